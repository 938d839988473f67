CREATE TABLE audit_log (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL,
    request_id  uuid NOT NULL,
    actor       text NOT NULL CHECK (actor IN ('anonymous', 'user', 'console')),
    actor_id    uuid,
    action      text NOT NULL,
    object_kind text NOT NULL,
    object_id   uuid,
    deal_id     uuid,
    outcome     text NOT NULL CHECK (outcome IN ('done', 'denied', 'failed')),
    details     bytea NOT NULL
);
CREATE INDEX audit_log_of_deal ON audit_log (deal_id, id) WHERE deal_id IS NOT NULL;
CREATE INDEX audit_log_of_actor ON audit_log (actor_id, id) WHERE actor_id IS NOT NULL;
COMMENT ON COLUMN audit_log.details IS 'sealed JSON: client address and what is particular to the action';

-- One link a row, added in the background; the rows themselves are never touched.
CREATE TABLE audit_seals (
    seq      bigint PRIMARY KEY,
    entry_id uuid NOT NULL UNIQUE REFERENCES audit_log (id),
    link     bytea NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME;
END $$;

CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON audit_log, audit_seals FROM vcc_app;
