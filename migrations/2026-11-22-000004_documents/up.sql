CREATE TABLE documents (
    id          uuid PRIMARY KEY,
    deal_id     uuid NOT NULL REFERENCES deals (id),
    folder      bytea NOT NULL,
    name        bytea NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('pdf', 'xlsx', 'csv', 'docx', 'pptx', 'image', 'text')),
    bytes       bigint NOT NULL,
    content_tag bytea NOT NULL,
    state       text NOT NULL CHECK (state IN ('stored', 'reading', 'read', 'locked', 'failed')),
    parts_done  integer NOT NULL,
    parts_total integer NOT NULL,
    outcome     bytea,
    uploaded_by uuid NOT NULL REFERENCES users (id),
    version     bigint NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    UNIQUE (deal_id, content_tag)
);
COMMENT ON COLUMN documents.folder IS 'sealed with the deal''s key';
COMMENT ON COLUMN documents.name IS 'sealed with the deal''s key';
COMMENT ON COLUMN documents.content_tag IS 'HMAC of the content under the deal''s key: finds the same file again within one deal';
COMMENT ON COLUMN documents.outcome IS 'sealed JSON: how well it was read, or why it was not';

CREATE TABLE document_parts (
    id          uuid PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    number      integer NOT NULL,
    content     bytea NOT NULL,
    thumbnail   bytea,
    UNIQUE (document_id, number)
);
COMMENT ON COLUMN document_parts.content IS 'sealed: text and layout, JSON compressed by zstd';
COMMENT ON COLUMN document_parts.thumbnail IS 'sealed JPEG';

-- Work that waits or runs. A row is gone once its work is done; the thing itself says how it ended.
CREATE TABLE jobs (
    id           uuid PRIMARY KEY,
    queue        text NOT NULL,
    subject      uuid NOT NULL,
    attempts     integer NOT NULL,
    due_at       timestamptz NOT NULL,
    lease        uuid,
    leased_until timestamptz,
    created_at   timestamptz NOT NULL,
    UNIQUE (queue, subject)
);
CREATE INDEX jobs_due ON jobs (queue, due_at, id);
