//! What can go wrong with a repository, said so that the reader knows what is safe and what to do.

use std::io;

/// A fault of a repository or of the way to it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no repository.
    #[error("{0} is not a backup repository: it has no repository.json that can be read")]
    NoRepository(String),
    /// A newer program made it.
    #[error(
        "the backup was written by a newer version of this program (format {found}, this one knows {known}); nothing was touched: use that version"
    )]
    Newer {
        /// Format that was found.
        found: u32,
        /// Newest format that is known.
        known: u32,
    },
    /// The repository belongs to somebody else.
    #[error(
        "the repository {0} belongs to another installation; nothing was written: give this one a folder of its own (backup.destination)"
    )]
    OtherInstallation(String),
    /// Somebody else works on it.
    #[error("another backup is working on {0}; nothing was written: wait for its end")]
    Busy(String),
    /// No room.
    #[error("the disk of the backup is full; no set was added, and the sets that are there are whole: make room")]
    Full,
    /// No key to seal to.
    #[error(
        "there is no recovery key to seal a backup to; nothing was written: make one first, or the backup could never be opened"
    )]
    NoRecipients,
    /// The set is not there.
    #[error("there is no set {0} in this repository")]
    NoSuchSet(String),
    /// Something was altered or cut.
    #[error("{object} is damaged: {what}")]
    Damaged {
        /// Which object.
        object: String,
        /// How.
        what: String,
    },
    /// The signing key cannot be used.
    #[error("the backup key {0} cannot be used: it must hold a key and be readable by its owner alone (chmod 600)")]
    SigningKey(String),
    /// The key opens nothing here.
    #[error("this recovery key does not open {0}; is it the one that was printed for this installation?")]
    WrongKey(String),
    /// Stopped on request.
    #[error("stopped on request; no set was added")]
    Cancelled,
    /// The cryptographic library refused.
    #[error("the cryptographic library refused to work: {0}")]
    Crypto(&'static str),
    /// Reading or writing failed.
    #[error("cannot {what} {object}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// With which object.
        object: String,
        /// The system's answer.
        source: io::Error,
    },
}

impl BackupError {
    /// A failure of reading or writing an object.
    pub fn io(what: &'static str, object: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let object = object.into();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io { what, object, source },
        }
    }

    pub(crate) fn damaged(object: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Damaged { object: object.into(), what: what.into() }
    }
}
