//! Brings the schema up to date, as its owner and one process at a time. The server itself never migrates.

use std::collections::BTreeSet;

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sql_types::BigInt;
use diesel_async::AsyncMigrationHarness;
use diesel_async::RunQueryDsl as _;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::{Connection, connect, promises};
use crate::base::{Error, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
/// Any fixed number: whoever holds this advisory lock migrates.
const LOCK: i64 = 7_163_301_918_205;

/// How the schema of the database stands to this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schema {
    /// The program was written for it.
    Current,
    /// Migrations are missing.
    Behind(Vec<String>),
    /// It has migrations that this program does not know, and each of them promises that older programs run.
    Newer(Vec<String>),
    /// It has migrations that this program does not know.
    Ahead(Vec<String>),
}

impl Schema {
    /// A sentence for an admin; `None` if all is well.
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Current | Self::Newer(_) => None,
            Self::Behind(missing) => Some(format!(
                "the database lacks {} change(s) of this version ({}); nothing was touched: run `vcconnect migrate`",
                missing.len(),
                missing.join(", ")
            )),
            Self::Ahead(unknown) => Some(format!(
                "the database was changed by a newer version of this program ({}); nothing was touched: install that version",
                unknown.join(", ")
            )),
        }
    }

    /// A sentence about what is worth knowing where there is no problem.
    pub fn note(&self) -> Option<String> {
        match self {
            Self::Newer(unknown) => Some(format!(
                "the database has {} change(s) of a newer version ({}), which say that this version may run on them",
                unknown.len(),
                unknown.join(", ")
            )),
            _ => None,
        }
    }
}

/// What this program would do to a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Versions of the changes, in order.
    pub changes: Vec<String>,
    /// Whether a program that knows none of them runs afterwards.
    pub older_programs_run: bool,
}

/// What [`migrate`] would do.
pub async fn pending(conn: &mut Connection) -> Result<Pending> {
    let changes = match schema_state(conn).await? {
        Schema::Behind(missing) => missing,
        _ => Vec::new(),
    };
    let declared = promises::declared()?;
    let older_programs_run = changes.iter().all(|change| declared.get(change) == Some(&true));
    Ok(Pending { changes, older_programs_run })
}

/// Applies what is missing and names it. Waits while another process migrates. The promises are there before the changes,
/// so that no program ever finds a change without its promise.
pub async fn migrate(owner_url: &str) -> Result<Vec<String>> {
    let mut connection = connect(owner_url).await?;
    diesel::sql_query("SELECT pg_advisory_lock($1)").bind::<BigInt, _>(LOCK).execute(&mut connection).await?;
    promises::write(&mut connection).await?;
    // The harness is synchronous over an async connection, so it gets a thread of its own. The lock ends with the connection.
    tokio::task::spawn_blocking(move || {
        let mut harness = AsyncMigrationHarness::new(connection);
        let applied = harness.run_pending_migrations(MIGRATIONS)?;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(applied.iter().map(ToString::to_string).collect())
    })
    .await
    .map_err(Error::internal)?
    .map_err(Error::internal)
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// Compares the database with the migrations inside this program.
pub async fn schema_state(conn: &mut Connection) -> Result<Schema> {
    use diesel::QueryDsl as _;
    use diesel::result::{DatabaseErrorKind, Error as DieselError};
    let applied: Result<Vec<String>, DieselError> =
        __diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(conn).await;
    let applied = match applied {
        Ok(applied) => applied,
        // A database that was never migrated has no table to ask.
        Err(DieselError::DatabaseError(DatabaseErrorKind::Unknown, info))
            if info.message().contains("does not exist") =>
        {
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    let promised = promises::kept(conn).await?;
    Ok(compare(&known()?, &applied, &promised))
}

/// How a list of applied migrations stands to this program, some of which promise that older programs run.
pub fn compare_schema(applied: &[String], promised: &[String]) -> Result<Schema> {
    Ok(compare(&known()?, applied, &promised.iter().cloned().collect()))
}

fn known() -> Result<Vec<String>> {
    let migrations: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().map_err(Error::internal)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// Those of these that are not among those.
fn missing(these: &[String], those: &[String]) -> Vec<String> {
    let mut rest: Vec<String> = these.iter().filter(|version| !those.contains(version)).cloned().collect();
    rest.sort();
    rest
}

/// Changes that this program does not know are no trouble if all of them promise so and none of its own is missing.
fn compare(known: &[String], applied: &[String], promised: &BTreeSet<String>) -> Schema {
    let (unknown, missing) = (missing(applied, known), missing(known, applied));
    match () {
        () if unknown.is_empty() && missing.is_empty() => Schema::Current,
        () if unknown.is_empty() => Schema::Behind(missing),
        () if missing.is_empty() && unknown.iter().all(|version| promised.contains(version)) => Schema::Newer(unknown),
        () => Schema::Ahead(unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(versions: &[&str]) -> Vec<String> {
        versions.iter().map(|version| (*version).to_owned()).collect()
    }

    fn compared(known: &[&str], applied: &[&str], promised: &[&str]) -> Schema {
        compare(&list(known), &list(applied), &list(promised).into_iter().collect())
    }

    #[test]
    fn an_unknown_change_is_worse_than_a_missing_one() {
        assert_eq!(compared(&["1"], &["1"], &[]), Schema::Current);
        assert_eq!(compared(&["1", "2"], &["1"], &[]), Schema::Behind(list(&["2"])));
        assert_eq!(compared(&["1", "2"], &["1", "3"], &[]), Schema::Ahead(list(&["3"])));
    }

    #[test]
    fn an_unknown_change_is_no_trouble_only_if_it_says_so_and_none_is_missing() {
        let newer = compared(&["1"], &["1", "3"], &["2", "3"]);
        assert_eq!(newer, Schema::Newer(list(&["3"])));
        assert!(newer.problem().is_none() && newer.note().is_some_and(|note| note.contains("(3)")));
        assert_eq!(compared(&["1"], &["1", "3", "4"], &["3"]), Schema::Ahead(list(&["3", "4"])));
        assert_eq!(compared(&["1", "2"], &["1", "3"], &["3"]), Schema::Ahead(list(&["3"])));
    }

    #[test]
    fn every_change_says_whether_older_programs_run() {
        let declared: Vec<String> = promises::declared().unwrap().into_keys().collect();
        let mut known = known().unwrap();
        known.sort();
        assert_eq!(declared, known);
    }
}
