//! Finds the keystore and its key file, makes them on a new installation, opens the vault.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use vault::{FileSlot, KeySlot, Protection, Vault, VaultError};

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

    /// Makes key file and keystore on a new installation. Never replaces either.
    pub fn init(&self) -> Result<Initialised, VaultError> {
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
        let slot = if self.key.exists() { FileSlot::read(&self.key)? } else { FileSlot::create(&self.key)? };
        Vault::create(&self.keystore, &[&slot])?;
        Ok(Initialised::Created)
    }

    /// Opens the vault with the key file.
    pub fn open(&self) -> Result<Vault, VaultError> {
        // Said first: where there is neither, it is the folder that is wrong and not the key.
        if !self.keystore.exists() {
            return Err(VaultError::KeystoreMissing(self.keystore.clone()));
        }
        Vault::open(&self.keystore, &FileSlot::read(&self.key)?)
    }

    /// What the key file protects and what not.
    pub fn protection(&self) -> Result<Protection, VaultError> {
        Ok(FileSlot::read(&self.key)?.protection())
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
