//! A backup that somebody asks the server for. It is made by a process that is no part of the server: where the package's
//! units run, by one of theirs, which waits for a small file beside the admin socket; elsewhere by a child that outlives
//! the server. The file also says who asked, whom the audit log is told.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::trouble::Trouble;
use crate::infra::config::Config;
use crate::infra::services;

/// The package's unit that waits for the file.
const WAITING: &str = "/usr/lib/systemd/system/vcconnect-backup.path";
/// systemd says this to what it started.
const STARTED_BY_SYSTEMD: &str = "INVOCATION_ID";
/// Bytes of the file, of which there are a hundred.
const LARGEST: u64 = 4096;

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What is to be done.
    pub what: Wanted,
    /// Who signed in on the machine.
    pub login: String,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// A set is made.
    Create,
    /// This set is read again.
    Verify(String),
}

/// Where it is asked.
#[derive(Debug, Clone)]
pub struct AskedFile(PathBuf);

impl AskedFile {
    /// Of this installation.
    pub fn of(config: &Config) -> Self {
        let socket = config.admin.socket_of(&config.storage);
        Self(socket.with_file_name("backup.asked"))
    }

    /// Asks. What nobody took up before is replaced.
    pub fn put(&self, asked: &Asked) -> Result<(), Trouble> {
        let part = self.0.with_extension("asked.part");
        let text = serde_json::to_vec(asked).map_err(|error| Trouble::told(error.to_string()))?;
        fs::write(&part, text).and_then(|()| fs::rename(&part, &self.0)).map_err(Trouble::io("write", self.0.display()))
    }

    /// Takes up what was asked, so that nobody else does; `None` if nothing was.
    pub fn take(&self) -> Result<Option<Asked>, Trouble> {
        let mine = self.0.with_extension(format!("asked.{}", std::process::id()));
        match fs::rename(&self.0, &mine) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Trouble::io("take", self.0.display())(error)),
        }
        let text = fs::metadata(&mine).and_then(|meta| match meta.len() {
            0..=LARGEST => fs::read(&mine),
            _ => Err(std::io::Error::other("it is too large")),
        });
        let _ = fs::remove_file(&mine);
        let text = text.map_err(Trouble::io("read", self.0.display()))?;
        let asked = serde_json::from_slice(&text);
        asked.map(Some).map_err(|_| Trouble::told("what was asked for cannot be read; ask again"))
    }

    /// Whether it still waits to be taken up.
    pub fn waits(&self) -> bool {
        self.0.exists()
    }

    /// Takes the question back.
    pub fn withdraw(&self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Whether a unit of the package takes up what is asked: then no child of the server may do it, which would end with it.
pub fn a_unit_waits() -> bool {
    services::runs() && std::env::var_os(STARTED_BY_SYSTEMD).is_some() && Path::new(WAITING).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_taken_up_once() {
        let dir = tempfile::tempdir().unwrap();
        let file = AskedFile(dir.path().join("backup.asked"));
        assert_eq!(file.take().unwrap(), None);
        let asked = Asked { what: Wanted::Verify("20261123T020000Z-1".to_owned()), login: "anna".to_owned() };
        file.put(&asked).unwrap();
        assert!(file.waits());
        assert_eq!(file.take().unwrap(), Some(asked));
        assert!(!file.waits());
        assert_eq!(file.take().unwrap(), None);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left");
    }

    #[test]
    fn what_cannot_be_read_is_gone_as_well_or_it_would_be_taken_up_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let file = AskedFile(dir.path().join("backup.asked"));
        for text in ["nonsense".to_owned(), format!("{{\"login\":\"{}\"}}", "x".repeat(5000))] {
            fs::write(&file.0, text).unwrap();
            assert!(file.take().is_err());
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        }
    }
}
