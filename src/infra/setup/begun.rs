//! The mark of a setup that was begun and is not finished. It lies in the data folder, says which recovery key file is
//! ours, and is locked while a setup runs, so that there are never two.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};

use super::owner::Owner;
use crate::infra::backup::Trouble;

const NAME: &str = "setup.unfinished";

/// What a setup that was cut off had begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When.
    pub at: DateTime<Utc>,
    /// Files with secrets that this setup makes and so may make again: the recovery key, its sheet, the first link.
    pub ours: Vec<PathBuf>,
}

impl Mark {
    /// The one that lies in this data folder.
    pub fn of(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join(NAME)).ok()?;
        // One that was cut off itself says that nothing else was begun.
        Some(serde_json::from_str(&text).unwrap_or(Self { at: DateTime::UNIX_EPOCH, ours: Vec::new() }))
    }
}

/// A setup that runs: nobody else runs one.
#[derive(Debug)]
pub struct Begun {
    path: PathBuf,
    file: Flock<File>,
    mark: Mark,
}

impl Begun {
    /// Leaves the mark, or takes up the one of a setup that was cut off.
    pub fn begin(data: &Path, now: DateTime<Utc>, owner: Owner) -> Result<Self, Trouble> {
        let path = data.join(NAME);
        let mark = Mark::of(data).unwrap_or(Mark { at: now, ours: Vec::new() });
        let file = OpenOptions::new().create(true).truncate(false).write(true).read(true).mode(0o600).open(&path);
        let file = file.map_err(Trouble::io("write", path.display()))?;
        let file = Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|_| {
            Trouble::told("another setup is running on this machine; wait for its end, or end it and start again")
        })?;
        owner.give(&path).map_err(Trouble::io("give away", path.display()))?;
        let mut begun = Self { path, file, mark };
        begun.write()?;
        Ok(begun)
    }

    /// Whether a file was made, or was to be made, by this setup.
    pub fn is_ours(&self, path: &Path) -> bool {
        self.mark.ours.iter().any(|ours| ours == path)
    }

    /// Says that a file is going to be made; on disk when this returns.
    pub fn will_make(&mut self, path: &Path) -> Result<(), Trouble> {
        if !self.is_ours(path) {
            self.mark.ours.push(path.to_owned());
        }
        self.write()
    }

    fn write(&mut self) -> Result<(), Trouble> {
        let failed = || Trouble::io("write", self.path.display());
        let text = serde_json::to_string(&self.mark).map_err(|error| Trouble::told(error.to_string()))?;
        let mut written = || {
            self.file.rewind()?;
            self.file.write_all(text.as_bytes())?;
            self.file.set_len(text.len() as u64)?;
            self.file.sync_all()
        };
        written().map_err(failed())
    }

    /// Takes the mark away: all is done.
    pub fn finish(self) -> Result<(), Trouble> {
        fs::remove_file(&self.path).map_err(Trouble::io("remove", self.path.display()))
    }
}

/// What a file of ours holds, cut off or whole.
pub fn left_in(path: &Path) -> Option<zeroize::Zeroizing<String>> {
    let mut text = zeroize::Zeroizing::new(String::new());
    File::open(path).ok()?.take(64 * 1024).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_outlives_a_setup_that_was_cut_off_and_not_one_that_ended() {
        let dir = tempfile::tempdir().unwrap();
        let (now, owner) = ("2026-11-23T09:00:00Z".parse().unwrap(), Owner::of(dir.path()));
        let mut begun = Begun::begin(dir.path(), now, owner).unwrap();
        begun.will_make(Path::new("/mnt/key")).unwrap();
        assert!(Begun::begin(dir.path(), now, owner).unwrap_err().to_string().contains("another setup"));
        drop(begun);
        let again = Begun::begin(dir.path(), now, owner).unwrap();
        assert!(again.is_ours(Path::new("/mnt/key")) && !again.is_ours(Path::new("/mnt/other")));
        again.finish().unwrap();
        assert_eq!(Mark::of(dir.path()), None);
        fs::write(dir.path().join(NAME), "{\"at\":\"20").unwrap();
        assert_eq!(Mark::of(dir.path()).unwrap().ours, Vec::<PathBuf>::new(), "torn");
    }
}
