//! Where backups of this installation go, with which keys they are made, and whether that place protects at all.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use ::backup::{Folder, Keep, Listed, Recipient, Repository, SigningKey};
use vault::Vault;

use super::trouble::Trouble;
use crate::infra::config::Config;
use crate::infra::keys::KeyFiles;
use crate::infra::test_copy::TestCopy;

/// The repository's folder and the signing key's file.
#[derive(Debug, Clone)]
pub struct BackupPlace {
    /// The folder that the configuration names.
    pub destination: Option<PathBuf>,
    /// The key that signs, beside the keystore.
    pub signing_key: PathBuf,
    keystore: PathBuf,
    data_dir: PathBuf,
    is_copy: bool,
}

impl BackupPlace {
    /// What the configuration names.
    pub fn of(config: &Config) -> Self {
        let keystore = KeyFiles::of(config).keystore;
        Self {
            destination: config.backup.destination.clone(),
            signing_key: keystore.with_file_name("backup.key"),
            keystore,
            data_dir: config.storage.data_dir.clone(),
            is_copy: TestCopy::of(config).is_some(),
        }
    }

    /// The folder, or what to set. A test copy has none: it must not touch the backups of what is real.
    pub fn destination(&self) -> Result<&Path, Trouble> {
        if self.is_copy {
            return Err(Trouble::told("This is a test copy: no backup is made of it. Nothing was written."));
        }
        self.destination.as_deref().ok_or_else(|| {
            Trouble::told(
                "there is no place for backups; nothing was written: name a folder on another disk as backup.destination in \
                 the configuration, for instance destination = \"/mnt/backup/vcconnect\" under [backup]",
            )
        })
    }

    /// The key that signs; made at first need.
    pub fn signing_key(&self) -> Result<SigningKey, Trouble> {
        Ok(SigningKey::open_or_create(&self.signing_key)?)
    }

    /// The key that signs, if there is one that can be used.
    pub fn signing_key_if_there(&self) -> Option<SigningKey> {
        self.signing_key.is_file().then(|| self.signing_key().ok()).flatten()
    }

    /// Whom backups are sealed for.
    pub fn recipients(&self) -> Result<Vec<Recipient>, Trouble> {
        let recipients = Vault::recovery_recipients(&self.keystore)?;
        let parsed: Option<Vec<_>> = recipients.iter().map(|one| one.to_string().parse().ok()).collect();
        parsed.ok_or_else(|| Trouble::told("the keystore names a recovery key that cannot be sealed for"))
    }

    /// The repository, made if there is none.
    pub fn repository(&self) -> Result<Repository, Trouble> {
        let folder = Folder::at(self.destination()?);
        Ok(Repository::open_or_create(Box::new(folder), &self.signing_key()?)?)
    }

    /// The repository, if there is one.
    pub fn existing(&self) -> Result<Repository, Trouble> {
        Ok(Repository::open(Box::new(Folder::at(self.destination()?)))?)
    }

    /// Whether there is a repository, be it damaged; before the first backup there is none.
    pub fn is_begun(&self) -> bool {
        self.destination.as_deref().is_some_and(|folder| folder.join("repository.json").exists())
    }

    /// A sentence if the backups lie on the disk of the data: one fault takes both.
    pub fn unprotected(&self) -> Option<String> {
        let destination = self.destination.as_deref()?;
        (device(destination)? == device(&self.data_dir)?).then(|| {
            format!(
                "The backups in {} are not protected: they lie on the same file system as the data. Take another disk or a \
                 mounted share as backup.destination.",
                destination.display()
            )
        })
    }
}

/// What the configuration keeps.
impl From<&Config> for Keep {
    fn from(config: &Config) -> Self {
        let backup = &config.backup;
        Self { daily: backup.keep_daily, weekly: backup.keep_weekly, monthly: backup.keep_monthly }
    }
}

/// The newest whole set, if there is a repository.
pub fn last_set(place: &BackupPlace) -> Option<Listed> {
    place.existing().ok()?.sets().ok()?.pop()
}

/// The file system of a folder, or of the one that it will be made in.
fn device(path: &Path) -> Option<u64> {
    path.ancestors().find_map(|path| path.metadata().ok()).map(|meta| meta.dev())
}
