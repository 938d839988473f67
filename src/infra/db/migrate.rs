//! Brings the schema up to date, as its owner and one process at a time. The server itself never migrates.

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sql_types::BigInt;
use diesel_async::AsyncMigrationHarness;
use diesel_async::RunQueryDsl as _;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use super::{Connection, connect};
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
    /// It has migrations that this program does not know.
    Ahead(Vec<String>),
}

impl Schema {
    /// A sentence for an admin; `None` if all is well.
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Current => None,
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
}

/// Applies what is missing and names it. Waits while another process migrates.
pub async fn migrate(owner_url: &str) -> Result<Vec<String>> {
    let mut connection = connect(owner_url).await?;
    diesel::sql_query("SELECT pg_advisory_lock($1)").bind::<BigInt, _>(LOCK).execute(&mut connection).await?;
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
    compare(&known()?, &applied)
}

/// How a list of applied migrations stands to this program.
pub fn compare_schema(applied: &[String]) -> Result<Schema> {
    compare(&known()?, applied)
}

fn known() -> Result<Vec<String>> {
    let migrations: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().map_err(Error::internal)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn compare(known: &[String], applied: &[String]) -> Result<Schema> {
    let without = |these: &[String], those: &[String]| -> Vec<String> {
        let mut rest: Vec<String> = these.iter().filter(|version| !those.contains(version)).cloned().collect();
        rest.sort();
        rest
    };
    let (unknown, missing) = (without(applied, known), without(known, applied));
    Ok(match () {
        () if !unknown.is_empty() => Schema::Ahead(unknown),
        () if !missing.is_empty() => Schema::Behind(missing),
        () => Schema::Current,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_change_is_worse_than_a_missing_one() {
        let list = |versions: &[&str]| versions.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>();
        assert_eq!(compare(&list(&["1"]), &list(&["1"])).unwrap(), Schema::Current);
        assert_eq!(compare(&list(&["1", "2"]), &list(&["1"])).unwrap(), Schema::Behind(list(&["2"])));
        assert_eq!(compare(&list(&["1", "2"]), &list(&["1", "3"])).unwrap(), Schema::Ahead(list(&["3"])));
    }
}
