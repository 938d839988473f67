-- A row says that this database is a copy that was made to try things out: nothing may leave it.
CREATE TABLE test_copy (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    source   text NOT NULL,
    made_at  timestamptz NOT NULL
);
COMMENT ON COLUMN test_copy.source IS 'the set of which it was made';
-- The server may read that and never take it back.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON test_copy FROM vcc_app;
