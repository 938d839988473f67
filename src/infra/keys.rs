//! Finds the keystore and its key file, makes them on a new installation, opens the vault.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use vault::{KeyFile, NewSlot, NewWay, Opener, RecoveryKey, RecoveryRecipient, Vault, VaultError};
use zeroize::Zeroizing;

use super::config::Config;

/// Where the files of the vault lie.
#[derive(Debug, Clone)]
pub struct KeyFiles {
    /// The key file of the file slot.
    pub key: PathBuf,
    /// The keystore.
    pub keystore: PathBuf,
}

/// What `init` found or did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initialised {
    /// Both files are new.
    Created,
    /// Both were there and fit.
    Already,
}

impl KeyFiles {
    /// The paths that the configuration names, or the usual ones.
    pub fn of(config: &Config) -> Self {
        let dir = config.storage.data_dir.join("keys");
        Self {
            key: config.keys.file.clone().unwrap_or_else(|| dir.join("vcconnect.key")),
            keystore: config.keys.keystore.clone().unwrap_or_else(|| dir.join("keystore.json")),
        }
    }

    /// Makes key file and keystore on a new installation, with a slot for each of the two ways to open it: the key file
    /// and a recovery key that lies elsewhere. Never replaces anything. `now` in seconds since 1970.
    pub fn init(&self, recovery: &RecoveryRecipient, now: i64) -> Result<Initialised, VaultError> {
        if self.keystore.exists() {
            self.open()?;
            return Ok(Initialised::Already);
        }
        for path in [&self.key, &self.keystore] {
            if let Some(parent) = path.parent() {
                private_dir(parent).map_err(|source| VaultError::Io {
                    what: "make the folder",
                    path: parent.to_owned(),
                    source,
                })?;
            }
        }
        let key = if self.key.exists() { KeyFile::read(&self.key)? } else { KeyFile::create(&self.key)? };
        let slots = [
            NewSlot { way: NewWay::KeyFile(&key), label: "this server", since: now },
            NewSlot { way: NewWay::Recovery(recovery), label: "recovery key", since: now },
        ];
        Vault::create(&self.keystore, &slots)?;
        Ok(Initialised::Created)
    }

    /// Makes a key file that is not there and adds it to the ways to open the vault. `now` in seconds since 1970.
    pub fn add_to(&self, vault: &Vault, now: i64) -> Result<(), VaultError> {
        if self.key.exists() {
            return Err(VaultError::KeyFileThere(self.key.clone()));
        }
        let key = KeyFile::create(&self.key)?;
        let added = vault.add_slot(&NewSlot { way: NewWay::KeyFile(&key), label: "this server", since: now });
        if added.is_err() {
            // It opens nothing.
            let _ = fs::remove_file(&self.key);
        }
        added.map(|_| ())
    }

    /// Opens the vault with the key file, as the server does when it starts.
    pub fn open(&self) -> Result<Vault, VaultError> {
        // Said first: where there is neither, it is the folder that is wrong and not the key.
        if !self.keystore.exists() {
            return Err(VaultError::KeystoreMissing(self.keystore.clone()));
        }
        Vault::open(&self.keystore, &Opener::KeyFile(KeyFile::read(&self.key)?))
    }
}

/// Whether a person who has another key can help: the keystore is there, only the server's own key does not open it.
pub fn can_be_unlocked(error: &VaultError) -> bool {
    matches!(
        error,
        VaultError::KeyFileMissing(_)
            | VaultError::KeyFileOpenToOthers { .. }
            | VaultError::KeyFileDamaged(_)
            | VaultError::WrongKey
    )
}

/// What somebody typed: a recovery key if it is one, otherwise a passphrase.
pub fn opener(typed: &str) -> Opener {
    match RecoveryKey::parse(typed) {
        Ok(key) => Opener::Recovery(key),
        Err(_) => Opener::Passphrase(Zeroizing::new(typed.trim().to_owned())),
    }
}

fn private_dir(path: &std::path::Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    DirBuilder::new().mode(0o700).create(path)
}
