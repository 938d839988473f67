//! The folder of one database and one server.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// The folder in which one database and one server keep everything.
pub enum Home {
    /// A folder that stays.
    Lasting(PathBuf),
    /// A folder that goes with this value.
    Temporary(TempDir),
}

impl Home {
    /// A folder that stays.
    pub fn lasting(path: &Path) -> Result<Self> {
        let home = Self::Lasting(path.to_owned());
        home.prepare()?;
        Ok(home)
    }

    /// A folder that goes with this value. It lies in /tmp, since the path of the database's socket
    /// may have only 107 bytes.
    pub fn temporary() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("vcc-").tempdir_in("/tmp")?;
        let home = Self::Temporary(folder);
        home.prepare()?;
        Ok(home)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Self::Lasting(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// What the server calls its data directory.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Where the recovery key of a development installation lies: beside its data, which it protects only from accidents.
    pub(super) fn recovery_key(&self) -> PathBuf {
        self.path().join("recovery.key")
    }

    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The database may run as another user: it must be able to reach its own folder, no more.
    fn prepare(&self) -> Result<()> {
        for folder in [self.path(), &self.path().join("config"), &self.data()] {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
            fs::set_permissions(folder, fs::Permissions::from_mode(0o711))
                .with_context(|| folder.display().to_string())?;
        }
        Ok(())
    }
}
