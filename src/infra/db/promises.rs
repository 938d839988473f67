//! What each change of the schema promises older programs, and how the promise reaches them: it is written into the
//! database itself, before the change. A program that finds changes that it does not know looks there, and nowhere else.
//!
//! A folder of `migrations` declares it in `metadata.toml`: `older_programs_run = true` where a program that does not know
//! the change reads and writes the database that it leaves without harm.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use rust_embed::RustEmbed;
use serde::Deserialize;

use super::Connection;
use crate::base::{Error, Result};
use crate::infra::postgres::Role;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/migrations"]
struct Folders;

#[derive(Debug, Deserialize)]
struct Declared {
    older_programs_run: bool,
}

/// Every change that this program knows, by version, and whether older programs run on it.
pub(super) fn declared() -> Result<BTreeMap<String, bool>> {
    let mut all = BTreeMap::new();
    for path in Folders::iter() {
        let Some(folder) = path.strip_suffix("/metadata.toml") else { continue };
        let file = Folders::get(&path).ok_or_else(|| Error::internal(format!("{path} cannot be read")))?;
        let text = String::from_utf8_lossy(&file.data).into_owned();
        let declared: Declared = toml::from_str(&text).map_err(Error::internal)?;
        all.insert(version_of(folder), declared.older_programs_run);
    }
    Ok(all)
}

/// As diesel makes it: the folder's name before the first `_`, without dashes.
fn version_of(folder: &str) -> String {
    folder.split('_').next().unwrap_or(folder).replace('-', "")
}

/// Writes the promises of all changes of this program, as the owner. The word of the newest program counts.
pub(super) async fn write(conn: &mut Connection) -> Result<()> {
    let app = Role::App.name();
    // A right that is withdrawn was given by the defaults of the schema.
    conn.batch_execute(&format!(
        "CREATE TABLE IF NOT EXISTS schema_promises (version text PRIMARY KEY, older_programs_run boolean NOT NULL);
         COMMENT ON TABLE schema_promises IS 'changes of the schema, and whether programs that do not know them may run';
         REVOKE ALL ON schema_promises FROM {app};
         GRANT SELECT ON schema_promises TO {app}"
    ))
    .await?;
    for (version, older_programs_run) in declared()? {
        diesel::sql_query(
            "INSERT INTO schema_promises (version, older_programs_run) VALUES ($1, $2) \
             ON CONFLICT (version) DO UPDATE SET older_programs_run = EXCLUDED.older_programs_run",
        )
        .bind::<Text, _>(version)
        .bind::<Bool, _>(older_programs_run)
        .execute(conn)
        .await?;
    }
    Ok(())
}

diesel::table! {
    schema_promises (version) {
        version -> Text,
        older_programs_run -> Bool,
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// The changes that promise that older programs run. A database that is older than promises has none.
pub(super) async fn kept(conn: &mut Connection) -> Result<BTreeSet<String>> {
    // Asked first, because an error would end the caller's transaction.
    let is_there = "SELECT to_regclass('public.schema_promises') IS NOT NULL AS found";
    let is_there: Vec<Found> = diesel::sql_query(is_there).load(conn).await?;
    if !is_there.iter().any(|row| row.found) {
        return Ok(BTreeSet::new());
    }
    let found: Vec<String> = schema_promises::table
        .filter(schema_promises::older_programs_run)
        .select(schema_promises::version)
        .load(conn)
        .await?;
    Ok(found.into_iter().collect())
}
