//! What is done to a cluster and to a database that come out of a backup: names of databases, and what must not live on.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};

use super::schema::test_copy;
use super::{Connection, connect};
use crate::base::Result;
use crate::infra::postgres::{DATABASE, Role};
use crate::infra::test_copy::TestCopy;

/// The database that is being filled. One that is there was left by a try that was cut off.
pub const UNFINISHED: &str = "vcconnect_restoring";

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Makes the empty database that is to be filled; `url` is the superuser's, to another database of the cluster.
pub async fn begin(url: &str) -> Result<()> {
    let (owner, app, backup) = (Role::Owner.name(), Role::App.name(), Role::Backup.name());
    let mut conn = connect(url).await?;
    // One statement at a time: none of them may stand in a transaction.
    for statement in [
        format!("DROP DATABASE IF EXISTS {UNFINISHED} WITH (FORCE)"),
        format!("CREATE DATABASE {UNFINISHED} OWNER {owner} TEMPLATE template0"),
        format!("REVOKE ALL ON DATABASE {UNFINISHED} FROM PUBLIC"),
        format!("GRANT CONNECT ON DATABASE {UNFINISHED} TO {app}, {backup}"),
    ] {
        conn.batch_execute(&statement).await?;
    }
    Ok(())
}

/// Puts the filled database into place. The one that was there is kept under another name.
pub async fn switch(url: &str, kept_as: &str) -> Result<()> {
    let mut conn = connect(url).await?;
    let end = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('{DATABASE}', '{UNFINISHED}')"
    );
    conn.batch_execute(&end).await?;
    let both = format!(
        "BEGIN; ALTER DATABASE {DATABASE} RENAME TO {kept_as}; ALTER DATABASE {UNFINISHED} RENAME TO {DATABASE}; COMMIT"
    );
    Ok(conn.batch_execute(&both).await?)
}

/// Whether the database that is in use has tables: an installation that somebody worked with, or began to.
pub async fn is_filled(conn: &mut Connection) -> Result<bool> {
    let query = "SELECT relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE n.nspname = 'public' AND relkind = 'r' LIMIT 1";
    let found: Vec<Name> = diesel::sql_query(query).load(conn).await?;
    Ok(found.iter().any(|table| !table.name.is_empty()))
}

/// Ends what must not live on: sessions, links that nobody has used yet, and the hold on work of a server that is gone.
/// Within the caller's transaction, as the owner.
pub async fn end_what_was_open(conn: &mut Connection) -> Result<()> {
    for statement in [
        "DELETE FROM sessions",
        "DELETE FROM invitations WHERE used_at IS NULL",
        // A link that was used since the set was made would come back to life.
        "DELETE FROM password_resets",
        "DELETE FROM second_factors WHERE confirmed_at IS NULL",
        "UPDATE jobs SET lease = NULL, leased_until = NULL WHERE lease IS NOT NULL",
    ] {
        diesel::sql_query(statement).execute(conn).await?;
    }
    Ok(())
}

/// What a test copy must not have: what people did and searched for, how they come in, invitations with their addresses,
/// endpoints with their keys, and what was sent to them. The log is append-only by triggers, which this connection does
/// not fire.
const MASKED: [&str; 11] = [
    "SET LOCAL session_replication_role = 'replica'",
    "TRUNCATE audit_log, audit_seals",
    "DELETE FROM sessions",
    "DELETE FROM invitations",
    "DELETE FROM password_resets",
    "DELETE FROM recovery_codes",
    "DELETE FROM second_factors",
    "DELETE FROM login_failures",
    "DELETE FROM model_calls",
    "DELETE FROM model_endpoints",
    "UPDATE report_runs SET model = NULL",
];
const WITHOUT_DOCUMENTS: &str = "TRUNCATE documents, document_parts, page_images, report_units, report_runs, run_events, \
                                 reports, report_exports, written_sections, model_calls, jobs, search_index";

/// Takes what a test copy must not have out of it, and marks it. Within the caller's transaction, as the superuser.
pub async fn make_test_copy(conn: &mut Connection, mark: &TestCopy, documents: bool) -> Result<()> {
    let rest = ["UPDATE deals SET external_models = false", "SET LOCAL session_replication_role = 'origin'"];
    let all = MASKED.into_iter().chain((!documents).then_some(WITHOUT_DOCUMENTS)).chain(rest);
    for statement in all {
        diesel::sql_query(statement).execute(conn).await?;
    }
    diesel::insert_into(test_copy::table)
        .values((test_copy::source.eq(&mark.source), test_copy::made_at.eq(mark.made_at)))
        .execute(conn)
        .await?;
    Ok(())
}

/// What the database says of itself, if it is a test copy.
pub async fn marked(conn: &mut Connection) -> Result<Option<TestCopy>> {
    let row: Option<(String, DateTime<Utc>)> =
        test_copy::table.select((test_copy::source, test_copy::made_at)).first(conn).await.optional()?;
    Ok(row.map(|(source, made_at)| TestCopy { source, made_at }))
}
