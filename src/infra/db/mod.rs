//! Connections to Postgres. SQL itself stands in the stores of the domains.

mod listen;
mod migrate;
pub mod queue;
#[expect(missing_docs, reason = "generated from the database")]
pub mod schema;

use std::time::Duration;

use deadpool::managed::Timeouts;
use diesel::result::{ConnectionError, DatabaseErrorKind, Error as DieselError};
pub use diesel_async::AsyncConnection as Transact;
pub use diesel_async::AsyncPgConnection as Connection;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
pub use listen::{Channel, listen};
pub use migrate::{Schema, migrate, schema_state};

use super::config::Config;
use super::postgres::{Layout, Role};
use crate::base::{Error, ErrorCode, Result};

/// A connection borrowed from the pool.
pub type Borrowed = Object<Connection>;

const PATIENCE: Duration = Duration::from_secs(5);

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
        Role::Owner | Role::Super => config.database.owner_url.clone().or_else(|| config.database.url.clone()),
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

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
            | DieselError::BrokenTransactionManager => silent(error),
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Self::new(ErrorCode::AlreadyExists, "Something with the same name or address exists already.")
                    .caused_by(error)
            }
            other => Self::internal(other),
        }
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        silent(error)
    }
}
