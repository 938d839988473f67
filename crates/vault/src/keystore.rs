//! The keystore file: wrapped keys as JSON, outside the database, replaced atomically under a lock.
//!
//! A half-written file is never seen: the new text goes to a temporary file beside it, is synced, then renamed.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::VaultError;
use crate::slot::SlotEntry;

const FORMAT: u32 = 2;

/// The file's content. All keys in it are wrapped.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keystore {
    pub(crate) format: u32,
    /// Counts the master keys that there were.
    pub(crate) master: u32,
    /// The number of the next slot.
    pub(crate) next_slot: u32,
    pub(crate) slots: Vec<SlotEntry>,
    pub(crate) fund: WrappedKey,
    #[serde(default)]
    pub(crate) deals: BTreeMap<Uuid, DealEntry>,
}

/// A data key, wrapped by the master key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrappedKey {
    pub(crate) generation: u32,
    pub(crate) key: String,
}

/// What one deal's data is sealed with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DealEntry {
    pub(crate) data: WrappedKey,
    /// age recipient of the deal's files, in clear: whoever uploads needs no secret.
    pub(crate) recipient: String,
    /// age identity of the deal's files, wrapped.
    pub(crate) identity: String,
}

impl Keystore {
    /// Without slots yet.
    pub(crate) fn new(fund: WrappedKey) -> Self {
        Self { format: FORMAT, master: 1, next_slot: 1, slots: Vec::new(), fund, deals: BTreeMap::new() }
    }
}

/// Tells whether a file is still the one that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    size: u64,
    changed: SystemTime,
}

/// Makes a new name in the folder of `path` outlast a power cut.
pub(crate) fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}

/// Where a keystore lies.
#[derive(Debug, Clone)]
pub(crate) struct KeystoreFile {
    path: PathBuf,
}

impl KeystoreFile {
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Holds the lock until the result is dropped; every change happens inside it.
    pub(crate) fn lock(&self) -> Result<Flock<File>, VaultError> {
        let path = self.path.with_extension("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(VaultError::io("open the keystore's lock", &path))?;
        Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, errno)| VaultError::io("lock", &path)(errno.into()))
    }

    pub(crate) fn read(&self) -> Result<Keystore, VaultError> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(VaultError::KeystoreMissing(self.path.clone()));
            }
            Err(error) => return Err(VaultError::io("read the keystore", &self.path)(error)),
        };
        self.parse(&text)
    }

    fn parse(&self, text: &str) -> Result<Keystore, VaultError> {
        #[derive(Deserialize)]
        struct Header {
            format: u32,
        }
        let damaged = |error: serde_json::Error| self.damaged(error.to_string());
        let header: Header = serde_json::from_str(text).map_err(damaged)?;
        if header.format > FORMAT {
            return Err(VaultError::KeystoreNewer { found: header.format, known: FORMAT });
        }
        if header.format < FORMAT {
            return Err(VaultError::KeystoreOlder { found: header.format, known: FORMAT });
        }
        serde_json::from_str(text).map_err(damaged)
    }

    /// The caller holds the lock.
    pub(crate) fn replace(&self, keystore: &Keystore) -> Result<(), VaultError> {
        let text = serde_json::to_vec(keystore).map_err(|error| self.damaged(error.to_string()))?;
        let temporary = self.path.with_extension("new");
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&temporary)
            .map_err(VaultError::io("make the new keystore", &temporary))?;
        file.write_all(&text)
            .and_then(|()| file.sync_all())
            .map_err(VaultError::io("write the new keystore", &temporary))?;
        fs::rename(&temporary, &self.path).map_err(VaultError::io("replace the keystore", &self.path))?;
        sync_folder_of(&self.path).map_err(VaultError::io("sync the folder of", &self.path))
    }

    /// Changes whenever the file is replaced.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        let meta = fs::metadata(&self.path).ok()?;
        Some(Stamp { inode: meta.ino(), size: meta.size(), changed: meta.modified().ok()? })
    }

    pub(crate) fn damaged(&self, reason: impl Into<String>) -> VaultError {
        VaultError::KeystoreDamaged { path: self.path.clone(), reason: reason.into() }
    }
}
