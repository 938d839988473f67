//! Why a backup or a restore did not come about.

use ::backup::BackupError;
use vault::VaultError;

use crate::base;
use crate::infra::postgres::PostgresError;

/// A fault, in words that say what is safe.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Of the repository.
    #[error(transparent)]
    Repository(#[from] BackupError),
    /// Of the private Postgres.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// Of the keystore.
    #[error(transparent)]
    Keys(#[from] VaultError),
    /// Of the database or of something else of ours.
    #[error("{} ({})", .0.detail, .0.causes())]
    Other(base::Error),
    /// Anything that needs a sentence of its own.
    #[error("{0}")]
    Told(String),
}

impl Trouble {
    /// A sentence.
    pub fn told(sentence: impl Into<String>) -> Self {
        Self::Told(sentence.into())
    }

    /// What the system refused, and with what.
    pub fn io(what: &str, path: impl std::fmt::Display) -> impl FnOnce(std::io::Error) -> Self {
        let sentence = format!("cannot {what} {path}");
        move |source| Self::Told(format!("{sentence}: {source}"))
    }

    /// Whether somebody stopped it.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Repository(BackupError::Cancelled))
    }
}

impl From<base::Error> for Trouble {
    fn from(error: base::Error) -> Self {
        Self::Other(error)
    }
}
