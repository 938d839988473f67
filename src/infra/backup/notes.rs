//! What the audit log is still to be told. A backup needs no open keystore, an audit entry does; so what was done is
//! noted in a file first, and whoever has the keystore open next (this command, the next one, the server) writes the
//! entries and takes the notes away.
//!
//! A note that was written twice, because its writer was cut off between the entry and the file, names the same set.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::state::{make_folder, work_folder};
use super::trouble::Trouble;
use crate::infra::config::Config;

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// The audit action's word.
    pub action: String,
    /// When it was done.
    pub at: DateTime<Utc>,
    /// What is particular to it.
    pub about: Value,
}

/// The file with the notes.
#[derive(Debug, Clone)]
pub struct Notes(PathBuf);

/// Notes that were taken up. Nobody else adds or takes notes meanwhile.
#[derive(Debug)]
pub struct Taken {
    /// What is to be told, oldest first.
    pub notes: Vec<Note>,
    path: PathBuf,
    _lock: Flock<File>,
}

impl Notes {
    /// The file of this installation.
    pub fn of(config: &Config) -> Self {
        Self(work_folder(config).join("audit-notes.jsonl"))
    }

    /// Adds notes, on disk when this returns.
    pub fn add(&self, notes: &[Note]) -> Result<(), Trouble> {
        let failed = || Trouble::io("note for the audit log in", self.0.display());
        let _lock = self.lock()?;
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.0).map_err(failed())?;
        let lines = notes.iter().filter_map(|note| serde_json::to_string(note).ok()).map(|line| line + "\n");
        file.write_all(lines.collect::<String>().as_bytes()).and_then(|()| file.sync_all()).map_err(failed())
    }

    /// Takes up what waits; nothing, as long as there is no file.
    pub fn take(&self) -> Result<Option<Taken>, Trouble> {
        if !self.0.exists() {
            return Ok(None);
        }
        let lock = self.lock()?;
        let text = match fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Trouble::io("read", self.0.display())(error)),
        };
        // A line that was cut off by a crash says nothing.
        let notes = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Ok(Some(Taken { notes, path: self.0.clone(), _lock: lock }))
    }

    fn lock(&self) -> Result<Flock<File>, Trouble> {
        let failed = || Trouble::io("lock", self.0.display());
        make_folder(&self.0).map_err(failed())?;
        let path = self.0.with_extension("lock");
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path).map_err(failed())?;
        Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, errno)| failed()(errno.into()))
    }
}

impl Taken {
    /// Everything was told.
    pub fn done(self) -> Result<(), Trouble> {
        fs::remove_file(&self.path).map_err(Trouble::io("remove", self.path.display()))
    }
}
