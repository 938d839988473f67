CREATE TABLE deals (
    id         uuid PRIMARY KEY,
    name       bytea NOT NULL,
    industry   text NOT NULL,
    stage      text NOT NULL CHECK (stage IN ('inbox', 'screening', 'diligence', 'committee', 'passed', 'invested')),
    version    bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN deals.name IS 'sealed with the deal''s key';

CREATE TABLE deal_members (
    deal_id  uuid NOT NULL REFERENCES deals (id),
    user_id  uuid NOT NULL REFERENCES users (id),
    role     text NOT NULL CHECK (role IN ('owner', 'editor', 'reader')),
    added_at timestamptz NOT NULL,
    PRIMARY KEY (deal_id, user_id)
);
CREATE INDEX deal_members_of_user ON deal_members (user_id);
