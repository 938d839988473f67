-- One in force for each person, and one that was offered and waits for its first code.
CREATE TABLE second_factors (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users (id),
    secret       bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step    bigint
);
CREATE UNIQUE INDEX second_factors_in_force ON second_factors (user_id) WHERE confirmed_at IS NOT NULL;
CREATE UNIQUE INDEX second_factors_offered ON second_factors (user_id) WHERE confirmed_at IS NULL;
COMMENT ON COLUMN second_factors.secret IS 'sealed with the fund''s key: base32';
COMMENT ON COLUMN second_factors.last_step IS 'the time step of the last code that was taken: a code is good once';

CREATE TABLE recovery_codes (
    tag       bytea PRIMARY KEY,
    factor_id uuid NOT NULL REFERENCES second_factors (id) ON DELETE CASCADE,
    used_at   timestamptz
);
CREATE INDEX recovery_codes_of_factor ON recovery_codes (factor_id);
COMMENT ON COLUMN recovery_codes.tag IS 'keyed tag of the code and its person';

-- A link with which a person chooses another password: one at a time, removed when it is used.
CREATE TABLE password_resets (
    user_id    uuid PRIMARY KEY REFERENCES users (id),
    token_tag  bytea NOT NULL UNIQUE,
    made_by    uuid REFERENCES users (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX password_resets_made_by ON password_resets (made_by);

-- Sessions from before this change gave no second factor and proved nothing.
ALTER TABLE sessions ADD COLUMN factor_given boolean NOT NULL DEFAULT false;
ALTER TABLE sessions ADD COLUMN proved_at timestamptz;
COMMENT ON COLUMN sessions.proved_at IS 'when the person last gave their password or a code in this session';
