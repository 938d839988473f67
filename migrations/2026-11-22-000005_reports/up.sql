CREATE TABLE report_runs (
    id         uuid PRIMARY KEY,
    deal_id    uuid NOT NULL REFERENCES deals (id),
    state      text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    outcome    bytea,
    started_by uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    ended_at   timestamptz
);
CREATE INDEX report_runs_of_deal ON report_runs (deal_id, id);
-- One run of a deal at a time.
CREATE UNIQUE INDEX report_runs_under_way ON report_runs (deal_id) WHERE state IN ('waiting', 'running');
COMMENT ON COLUMN report_runs.outcome IS 'sealed JSON: how it ended, as a sentence';

CREATE TABLE run_events (
    id     uuid PRIMARY KEY,
    run_id uuid NOT NULL REFERENCES report_runs (id),
    seq    integer NOT NULL,
    body   bytea NOT NULL,
    UNIQUE (run_id, seq)
);
COMMENT ON COLUMN run_events.body IS 'sealed JSON: what happened and when';

-- What was reckoned of a document for reports, so that it is not reckoned again while nothing changes.
CREATE TABLE report_units (
    id          uuid PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('survey', 'figures')),
    inputs      bytea NOT NULL,
    result      bytea NOT NULL,
    UNIQUE (document_id, kind)
);
COMMENT ON COLUMN report_units.inputs IS 'HMAC under the deal''s key of everything that the result follows from';
COMMENT ON COLUMN report_units.result IS 'sealed JSON';

CREATE TABLE reports (
    id         uuid PRIMARY KEY,
    deal_id    uuid NOT NULL REFERENCES deals (id),
    number     integer NOT NULL,
    run_id     uuid NOT NULL UNIQUE REFERENCES report_runs (id),
    inputs     bytea NOT NULL,
    header     bytea NOT NULL,
    content    bytea NOT NULL,
    created_by uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    UNIQUE (deal_id, number)
);
COMMENT ON COLUMN reports.inputs IS 'HMAC under the deal''s key of everything that the report follows from';
COMMENT ON COLUMN reports.header IS 'sealed JSON: what lists show of it';
COMMENT ON COLUMN reports.content IS 'sealed: the report''s tree, JSON compressed by zstd';
-- A version is never changed.
REVOKE UPDATE, DELETE, TRUNCATE ON reports FROM vcc_app;

CREATE TABLE report_exports (
    id           uuid PRIMARY KEY,
    report_id    uuid NOT NULL REFERENCES reports (id),
    format       text NOT NULL CHECK (format IN ('pdf', 'docx', 'json', 'markdown')),
    state        text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    outcome      bytea,
    file         bytea,
    bytes        bigint,
    requested_by uuid NOT NULL REFERENCES users (id),
    created_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    UNIQUE (report_id, format)
);
COMMENT ON COLUMN report_exports.outcome IS 'sealed: why there is no file, as a sentence';
COMMENT ON COLUMN report_exports.file IS 'sealed';
ALTER TABLE report_exports ALTER COLUMN file SET STORAGE EXTERNAL;

-- Pages drawn so that they can be read: a cache, drawn again when it is gone, hence without write-ahead log.
CREATE UNLOGGED TABLE page_images (
    id          uuid PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    number      integer NOT NULL,
    jpeg        bytea NOT NULL,
    bytes       integer NOT NULL,
    seen_at     timestamptz NOT NULL,
    UNIQUE (document_id, number)
);
CREATE INDEX page_images_seen ON page_images (seen_at);
COMMENT ON COLUMN page_images.jpeg IS 'sealed JPEG';
ALTER TABLE page_images ALTER COLUMN jpeg SET STORAGE EXTERNAL;

-- How far the search index must be at least; one that knows less, or is another, is built anew.
CREATE TABLE search_index (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    id       uuid NOT NULL,
    sequence bigint NOT NULL
);
