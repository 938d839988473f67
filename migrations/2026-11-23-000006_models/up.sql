CREATE TABLE model_endpoints (
    id         uuid PRIMARY KEY,
    reach      text NOT NULL CHECK (reach IN ('local', 'external')),
    settings   bytea NOT NULL,
    key        bytea,
    last_test  bytea,
    created_at timestamptz NOT NULL
);
COMMENT ON COLUMN model_endpoints.settings IS 'sealed with the fund''s key: JSON of name, URL and model';
COMMENT ON COLUMN model_endpoints.key IS 'sealed with the fund''s key';
COMMENT ON COLUMN model_endpoints.last_test IS 'sealed with the fund''s key: JSON of when and how';

-- Nothing of a deal goes to an external model until somebody allows it.
ALTER TABLE deals ADD COLUMN external_models boolean NOT NULL DEFAULT false;

ALTER TABLE report_runs ADD COLUMN model bytea;
COMMENT ON COLUMN report_runs.model IS 'sealed JSON: the model that writes sentences, as it was when the run was started';

-- What a model is writing: removed once its section is final.
ALTER TABLE run_events ADD COLUMN draft boolean NOT NULL DEFAULT false;
CREATE INDEX run_events_drafts ON run_events (run_id) WHERE draft;

-- Sentences that a model wrote for a section, so that it is not asked again while nothing changes.
CREATE TABLE written_sections (
    id      uuid PRIMARY KEY,
    deal_id uuid NOT NULL REFERENCES deals (id),
    section text NOT NULL,
    inputs  bytea NOT NULL,
    result  bytea NOT NULL,
    UNIQUE (deal_id, section)
);
COMMENT ON COLUMN written_sections.inputs IS 'HMAC under the deal''s key of everything that the result follows from';
COMMENT ON COLUMN written_sections.result IS 'sealed JSON';

-- What was written may quote a document that is removed. Sections are of a deal, not of a document, so no foreign key
-- can say this.
CREATE FUNCTION forget_written_sections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM written_sections WHERE deal_id = OLD.deal_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER documents_forget_written_sections AFTER DELETE ON documents
    FOR EACH ROW EXECUTE FUNCTION forget_written_sections();

-- What was sent to models: a row is written before a call goes out, and is never removed.
CREATE TABLE model_calls (
    id       uuid PRIMARY KEY,
    deal_id  uuid NOT NULL REFERENCES deals (id),
    run_id   uuid NOT NULL REFERENCES report_runs (id),
    sent_at  timestamptz NOT NULL,
    sent     bytea NOT NULL,
    state    text NOT NULL CHECK (state IN ('sent', 'answered', 'failed')),
    outcome  bytea,
    ended_at timestamptz
);
CREATE INDEX model_calls_of_deal ON model_calls (deal_id, id);
CREATE INDEX model_calls_of_run ON model_calls (run_id);
COMMENT ON COLUMN model_calls.sent IS 'sealed JSON: to which host and model, which passages of which documents';
COMMENT ON COLUMN model_calls.outcome IS 'sealed JSON: how it ended';
REVOKE UPDATE, DELETE, TRUNCATE ON model_calls FROM vcc_app;
GRANT UPDATE (state, outcome, ended_at) ON model_calls TO vcc_app;
