//! What can go wrong with keys and ciphertext, each said so that the reader knows what is safe and what to do.

use std::path::PathBuf;

use uuid::Uuid;

/// A fault of the keystore, of a key slot or of a ciphertext.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A new key file was asked for where one lies.
    #[error(
        "there is a key file at {0} already; nothing was changed. Move it away if it is not the one that opens this keystore"
    )]
    KeyFileThere(PathBuf),
    /// The file slot's key file does not exist.
    #[error(
        "the key file {0} is missing; nothing is lost while a copy of it or another key slot exists: put it back, or run `vcconnect keys init` on a new installation"
    )]
    KeyFileMissing(PathBuf),
    /// The key file can be read by others than its owner.
    #[error("the key file {path} has mode {mode:o}; it must be readable by its owner alone: run `chmod 600 {path}`")]
    KeyFileOpenToOthers {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key file does not hold a key.
    #[error("the key file {0} does not hold a key; restore it from its copy")]
    KeyFileDamaged(PathBuf),
    /// There is no keystore yet.
    #[error(
        "there is no keystore at {0}; is storage.data_dir the folder of your installation? A new one needs `vcconnect keys init`, a lost keystore its copy"
    )]
    KeystoreMissing(PathBuf),
    /// A keystore exists where a new one was to be made.
    #[error("a keystore exists already at {0}; it was left as it is")]
    KeystoreExists(PathBuf),
    /// The keystore cannot be parsed, or an entry in it does not open.
    #[error("the keystore {path} is damaged ({reason}); restore it from a backup")]
    KeystoreDamaged {
        /// The keystore file.
        path: PathBuf,
        /// Which part is damaged.
        reason: String,
    },
    /// The keystore was written by a newer version of this program.
    #[error("the keystore has format {found}, this version knows format {known}; install the newer version again")]
    KeystoreNewer {
        /// Format of the file.
        found: u32,
        /// Newest format that this version reads.
        known: u32,
    },
    /// The keystore was written by a version before the first release.
    #[error("the keystore has format {found}, which no released version wrote; this version knows format {known}")]
    KeystoreOlder {
        /// Format of the file.
        found: u32,
        /// The format that this version reads.
        known: u32,
    },
    /// No slot of the keystore opens with the key at hand.
    #[error("the key does not open this keystore; is it the key of another installation, or one that was removed?")]
    WrongKey,
    /// The master key was replaced by another program since this one opened the keystore.
    #[error("the master key was replaced while this program ran; nothing was changed: restart it")]
    MasterReplaced,
    /// What was typed is no recovery key.
    #[error(
        "this is not a recovery key: it begins with AGE-SECRET-KEY-1 and has 58 letters and digits behind that; compare it letter by letter"
    )]
    NotARecoveryKey,
    /// What was given is no public half of a recovery key.
    #[error("this is not the public half of a recovery key, which begins with age1")]
    NotARecipient,
    /// There would be too few ways to open the keystore.
    #[error(
        "a keystore has at least {} ways to open it, so that one loss loses nothing; nothing was changed: add another one first",
        crate::LEAST_SLOTS
    )]
    TooFewSlots,
    /// There would be no recovery key.
    #[error("this is the last recovery key, and backups are sealed for it; nothing was changed: add another one first")]
    LastRecovery,
    /// The slot is the one by which this program opened the keystore.
    #[error("slot {0} is what opened the keystore for this program; nothing was changed: open it by another one first")]
    SlotInUse(u32),
    /// There is no such slot.
    #[error("there is no slot {0}")]
    UnknownSlot(u32),
    /// The keystore has no key for this deal.
    #[error("there is no key for deal {0}; the keystore is older than the database, restore the newer one")]
    UnknownDeal(Uuid),
    /// A ciphertext does not authenticate: altered, moved to another place, or sealed with another key.
    #[error("a sealed value does not open: it was altered, moved or sealed with another key")]
    Damaged,
    /// The system's random source or a cipher refused to work.
    #[error("the cryptographic library refused to work: {0}")]
    Crypto(&'static str),
    /// Reading or writing a file failed.
    #[error("cannot {what} {path}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
}

impl VaultError {
    pub(crate) fn io(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source }
    }
}
