//! What is done to a cluster and to a database that come out of a backup: names of databases, and what must not live on.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};

use super::{Connection, connect};
use crate::base::Result;
use crate::infra::postgres::{DATABASE, Role};

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
