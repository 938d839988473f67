//! Connections to Postgres. SQL itself stands in the stores of the domains.

pub mod copied;
mod listen;
mod migrate;
mod promises;
pub mod queue;
pub mod restored;
#[expect(missing_docs, reason = "generated from the database")]
pub mod schema;
pub mod snapshot;

use std::time::Duration;

use deadpool::managed::Timeouts;
use diesel::result::{ConnectionError, DatabaseErrorKind, Error as DieselError};
pub use diesel_async::AsyncConnection as Transact;
pub use diesel_async::AsyncPgConnection as Connection;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
pub use listen::{Channel, listen};
pub use migrate::{Pending, Schema, compare_schema, migrate, pending, schema_state};

use super::config::Config;
use super::postgres::{Layout, Role};
use crate::base::{Error, ErrorCode, Result};

/// A connection borrowed from the pool.
pub type Borrowed = Object<Connection>;

const PATIENCE: Duration = Duration::from_secs(5);

/// How the database's messages end when its disk is full. Its code for that does not reach us.
const NO_SPACE: &str = ": No space left on device";

/// How messages begin when the database ends a connection, and when one breaks.
const TERMINATED: &str = "terminating connection";
const CUT_OFF: [&str; 2] = ["connection closed", "error communicating with the server"];

/// The database as the domains see it.
#[derive(Clone)]
pub struct Db {
    primary: Pool<Connection>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("pool", &self.primary.status()).finish()
    }
}

impl Db {
    /// A pool that connects when it is first asked.
    pub fn open(url: &str, size: usize) -> Result<Self> {
        let manager = AsyncDieselConnectionManager::<Connection>::new(url);
        let primary = Pool::builder(manager)
            .max_size(size)
            .timeouts(Timeouts { wait: Some(PATIENCE), create: Some(PATIENCE), recycle: Some(PATIENCE) })
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(Error::internal)?;
        Ok(Self { primary })
    }

    /// A connection for changes and for reads that must see them.
    pub async fn write(&self) -> Result<Borrowed> {
        self.primary.get().await.map_err(silent)
    }

    /// A connection for reads that may be a moment old. With one server it is the same pool.
    pub async fn read(&self) -> Result<Borrowed> {
        self.write().await
    }
}

/// Where the app's role connects: the external server if one is named, the private one otherwise.
pub fn url(config: &Config, role: Role) -> Result<String> {
    let external = match role {
        Role::App => config.database.url.clone(),
        Role::Owner | Role::Backup | Role::Super => {
            config.database.owner_url.clone().or_else(|| config.database.url.clone())
        }
    };
    match external {
        Some(url) => Ok(url),
        None => Layout::of(config).map(|layout| layout.url(role)).map_err(Error::internal),
    }
}

/// One connection outside the pool, for migrations and waiting.
pub async fn connect(url: &str) -> Result<Connection> {
    Connection::establish(url).await.map_err(silent)
}

fn silent(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::unavailable("The database does not answer. Nothing was changed; try again in a few seconds.", source)
}

/// A statement that was under way may have been done when the connection broke.
fn cut_off(source: DieselError) -> Error {
    let sentence = "The database stopped answering in the middle of this. It was done whole or not at all; look again in a \
                    few seconds.";
    Error::unavailable(sentence, source)
}

fn is_cut_off(kind: &DatabaseErrorKind, message: &str) -> bool {
    match kind {
        DatabaseErrorKind::ClosedConnection => true,
        // Values that cannot be sent have the same kind.
        DatabaseErrorKind::UnableToSendCommand => CUT_OFF.iter().any(|start| message.starts_with(start)),
        _ => message.starts_with(TERMINATED),
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::BrokenTransactionManager => cut_off(error),
            DieselError::DatabaseError(ref kind, ref said) if is_cut_off(kind, said.message()) => cut_off(error),
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Self::new(ErrorCode::AlreadyExists, "Something with the same name or address exists already.")
                    .caused_by(error)
            }
            DieselError::DatabaseError(_, ref said) if said.message().ends_with(NO_SPACE) => Self::disk_full(error),
            other => Self::internal(other),
        }
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        silent(error)
    }
}
