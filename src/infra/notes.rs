//! Notes for the audit log, written while no server runs and no key is open: what an admin did meanwhile.
//!
//! A line of JSON each, in a file beside the keystore. The next server takes them into the log and removes the file. They
//! hold no secret, no name of a deal and no text.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use nix::fcntl::{Flock, FlockArg, OFlag};
use nix::unistd::{Gid, Uid, fchown};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::config::Config;
use super::keys::KeyFiles;
use crate::base::{Error, Result};

/// What somebody did at the console.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// When.
    pub at: DateTime<Utc>,
    /// Who signed in on the machine.
    pub login: String,
    /// The action's word, as in the audit log.
    pub action: String,
    /// What is particular to it.
    pub details: Value,
}

/// Where notes lie.
#[derive(Debug, Clone)]
pub struct Notes(PathBuf);

/// Nobody else touches the notes.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "held, not read")] Flock<File>);

impl Notes {
    /// Those of this installation.
    pub fn of(config: &Config) -> Self {
        Self(KeyFiles::of(config).keystore.with_file_name("audit-notes.jsonl"))
    }

    /// Keeps everybody else from adding and taking in notes until the result is dropped: a backup adds some while the
    /// server takes others in.
    pub fn hold(&self) -> Result<Held> {
        let path = self.0.with_extension("lock");
        let file = ours().create(true).truncate(false).write(true).open(path).map_err(Error::internal)?;
        self.give(&file).map_err(Error::internal)?;
        let held = Flock::lock(file, FlockArg::LockExclusive);
        held.map(Held).map_err(|(_, errno)| Error::internal(errno))
    }

    /// Adds a note, on disk when this returns. Waits for whoever holds them.
    pub fn add(&self, note: &Note) -> Result<()> {
        let _held = self.hold()?;
        let line = serde_json::to_string(note).map_err(Error::internal)?;
        let mut file = ours().create(true).read(true).append(true).open(&self.0).map_err(Error::internal)?;
        self.give(&file).map_err(Error::internal)?;
        // A note that was cut off must not swallow this one.
        let torn = ends_torn(&mut file).map_err(Error::internal)?;
        let line = format!("{}{line}\n", if torn { "\n" } else { "" });
        file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(Error::internal)
    }

    /// All notes, oldest first. A line that cannot be read, such as one that was cut off, is given as it stands.
    pub fn read(&self) -> Result<Vec<Result<Note, String>>> {
        let text = match fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::internal(error)),
        };
        Ok(text.lines().map(|line| serde_json::from_str(line).map_err(|_| line.chars().take(200).collect())).collect())
    }

    /// Removes the file, once its notes are in the log.
    pub fn clear(&self) -> Result<()> {
        match fs::remove_file(&self.0) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Error::internal(error)),
        }
        let folder = self.0.parent().unwrap_or(std::path::Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::internal)
    }
}

impl Notes {
    /// Root's notes belong to whom the folder belongs to, or the server could not take them in.
    fn give(&self, file: &File) -> std::io::Result<()> {
        let folder = fs::metadata(self.0.parent().unwrap_or(Path::new(".")))?;
        if Uid::effective().is_root() && folder.uid() != 0 {
            fchown(file, Some(Uid::from_raw(folder.uid())), Some(Gid::from_raw(folder.gid())))?;
        }
        Ok(())
    }
}

/// A file of the folder itself: the folder's owner may lay a link there, and root would follow it.
fn ours() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600).custom_flags(OFlag::O_NOFOLLOW.bits());
    options
}

/// Whether the last line has no end.
fn ends_torn(file: &mut File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn notes_are_kept_in_order_and_a_torn_one_hides_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let notes = Notes(dir.path().join("audit-notes.jsonl"));
        assert!(notes.read().unwrap().is_empty());
        let note = |slot| Note {
            at: "2026-11-23T09:00:00Z".parse().unwrap(),
            login: "anna".to_owned(),
            action: "key.removed".to_owned(),
            details: json!({ "slot": slot }),
        };
        notes.add(&note(1)).unwrap();
        fs::write(&notes.0, [fs::read(&notes.0).unwrap(), b"{\"at\":\"2026-".to_vec()].concat()).unwrap();
        notes.add(&note(2)).unwrap();
        let read = notes.read().unwrap();
        assert_eq!((read[0].clone(), read[2].clone()), (Ok(note(1)), Ok(note(2))));
        assert!(read[1].is_err());
        notes.clear().unwrap();
        notes.clear().unwrap();
        assert!(notes.read().unwrap().is_empty());
    }
}
