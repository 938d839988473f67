-- The server's role gets rows; the schema belongs to its owner.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO vcc_app;
GRANT USAGE ON SCHEMA public TO vcc_app;
GRANT SELECT ON TABLE __diesel_schema_migrations TO vcc_app;

CREATE TABLE users (
    id            uuid PRIMARY KEY,
    role          text NOT NULL CHECK (role IN ('admin', 'partner', 'analyst', 'compliance', 'viewer', 'guest')),
    state         text NOT NULL CHECK (state IN ('active', 'disabled')),
    name          bytea NOT NULL,
    email         bytea NOT NULL,
    email_blind   bytea NOT NULL UNIQUE,
    password_hash bytea NOT NULL,
    version       bigint NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);
COMMENT ON COLUMN users.name IS 'sealed';
COMMENT ON COLUMN users.email IS 'sealed';
COMMENT ON COLUMN users.email_blind IS 'keyed tag of the normalised address, for equality';
COMMENT ON COLUMN users.password_hash IS 'sealed argon2id string';

CREATE TABLE sessions (
    id           uuid PRIMARY KEY,
    token_tag    bytea NOT NULL UNIQUE,
    user_id      uuid NOT NULL REFERENCES users (id),
    client       bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);
COMMENT ON COLUMN sessions.client IS 'sealed: address and browser';

CREATE TABLE invitations (
    id         uuid PRIMARY KEY,
    token_tag  bytea NOT NULL UNIQUE,
    role       text NOT NULL CHECK (role IN ('admin', 'partner', 'analyst', 'compliance', 'viewer', 'guest')),
    email      bytea,
    invited_by uuid REFERENCES users (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
COMMENT ON COLUMN invitations.email IS 'sealed';

-- Failed attempts, so that a restart of the server forgives nobody.
CREATE TABLE login_failures (
    subject      bytea PRIMARY KEY,
    failures     integer NOT NULL,
    last_at      timestamptz NOT NULL,
    locked_until timestamptz
);
COMMENT ON COLUMN login_failures.subject IS 'keyed tag of a mail address or of a client address';
