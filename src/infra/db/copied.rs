//! A copy of the whole database, made while nothing uses it, for a change that an older program could not follow: going
//! back then means to put the copy into place.

use diesel_async::SimpleAsyncConnection as _;

use super::connect;
use crate::base::Result;
use crate::infra::postgres::{DATABASE, Layout, Role};

/// A database of every cluster, to connect to while ours are copied and renamed.
const MAINTENANCE: &str = "postgres";
/// The copy while it is made.
const UNFINISHED: &str = "vcconnect_before_update_unfinished";
/// The copy.
const COPY: &str = "vcconnect_before_update";
/// What was taken back, kept until the next copy is made.
const TAKEN_BACK: &str = "vcconnect_taken_back";

/// The superuser's way to the cluster.
pub fn super_url(layout: &Layout) -> String {
    layout.url_of(Role::Super, MAINTENANCE)
}

/// Makes the copy, in place of an earlier one. The server must not run.
pub async fn make(super_url: &str) -> Result<()> {
    let (owner, app, backup) = (Role::Owner.name(), Role::App.name(), Role::Backup.name());
    // One statement at a time: none of them may stand in a transaction.
    all(
        super_url,
        [
            drop_if_there(UNFINISHED),
            drop_if_there(COPY),
            drop_if_there(TAKEN_BACK),
            end_connections(DATABASE),
            format!("CREATE DATABASE {UNFINISHED} OWNER {owner} TEMPLATE {DATABASE} STRATEGY file_copy"),
            // Rights to a database are not copied.
            format!("REVOKE ALL ON DATABASE {UNFINISHED} FROM PUBLIC"),
            format!("GRANT CONNECT ON DATABASE {UNFINISHED} TO {app}, {backup}"),
            format!("ALTER DATABASE {UNFINISHED} RENAME TO {COPY}"),
        ],
    )
    .await
}

/// Puts the copy into place, unless that was done. What was in place is kept under another name for a while.
pub async fn put_back(super_url: &str) -> Result<()> {
    let swap = format!(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_database WHERE datname = '{COPY}') THEN \
         ALTER DATABASE {DATABASE} RENAME TO {TAKEN_BACK}; ALTER DATABASE {COPY} RENAME TO {DATABASE}; END IF; END $$"
    );
    all(super_url, [end_connections(DATABASE), end_connections(COPY), swap]).await
}

/// Removes the copy.
pub async fn remove(super_url: &str) -> Result<()> {
    all(super_url, [drop_if_there(UNFINISHED), drop_if_there(COPY)]).await
}

fn drop_if_there(database: &str) -> String {
    format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")
}

fn end_connections(database: &str) -> String {
    format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
}

async fn all<const N: usize>(super_url: &str, statements: [String; N]) -> Result<()> {
    let mut conn = connect(super_url).await?;
    for statement in statements {
        conn.batch_execute(&statement).await?;
    }
    Ok(())
}
