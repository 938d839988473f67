//! The journal of what is under way, and the history of what has ended. Replaced whole, on disk before anything goes on.
//! Anybody may read them: they hold versions, times and sentences.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};
use update::Journal;

use super::places::Places;
use crate::infra::backup::Trouble;
use crate::infra::files;

/// Others hold the lock for a moment to see whether somebody does.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(25);

/// The files.
#[derive(Debug, Clone)]
pub struct Journals {
    dir: PathBuf,
}

/// Nobody else works on the journal.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held, not read")] Flock<File>);

impl Journals {
    /// Those of these places.
    pub fn of(places: &Places) -> Self {
        Self { dir: places.dir.clone() }
    }

    /// Makes their folder.
    pub fn make(&self) -> Result<(), Trouble> {
        if self.dir.is_dir() {
            return Ok(());
        }
        let made =
            fs::create_dir_all(&self.dir).and_then(|()| fs::set_permissions(&self.dir, Permissions::from_mode(0o755)));
        made.map_err(self.failed("make", ""))
    }

    /// Takes the right to work on the journal; `None` if another process has it for longer than it takes to look.
    pub fn lock(&self) -> Result<Option<Lock>, Trouble> {
        for _ in 0..TRIES {
            if let Some(lock) = self.try_lock()? {
                return Ok(Some(lock));
            }
            std::thread::sleep(PAUSE);
        }
        Ok(None)
    }

    /// Whether nobody works on the journal. Whoever may not look cannot tell, and takes it that somebody does.
    pub fn is_idle(&self) -> bool {
        self.try_lock().is_ok_and(|lock| lock.is_some())
    }

    fn try_lock(&self) -> Result<Option<Lock>, Trouble> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(self.dir.join("lock"));
        match Flock::lock(file.map_err(self.failed("open", "lock"))?, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Some(Lock(lock))),
            Err((_, nix::errno::Errno::EWOULDBLOCK)) => Ok(None),
            Err((_, errno)) => Err(self.failed("lock", "lock")(errno.into())),
        }
    }

    /// What is under way, or was last.
    pub fn read(&self) -> Result<Option<Journal>, Trouble> {
        match fs::read(self.journal()) {
            Ok(text) => Journal::parse(&text).map(Some).ok_or_else(|| {
                Trouble::told(format!(
                    "{} cannot be read: it is damaged or of another version; look at it, and remove it if the server runs",
                    self.journal().display()
                ))
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("read", "state.json")(error)),
        }
    }

    /// Replaces the journal. On disk when this returns.
    pub fn write(&self, journal: &Journal) -> Result<(), Trouble> {
        let text = journal.text().map_err(io::Error::from).map_err(self.failed("write", "state.json"))?;
        self.replace("state.json", &text)
    }

    /// Removes the journal of what was never begun.
    pub fn remove(&self) -> Result<(), Trouble> {
        let removed = fs::remove_file(self.journal()).and_then(|()| sync(&self.dir));
        removed.map_err(self.failed("remove", "state.json"))
    }

    /// What has ended, oldest first. A line that was cut off is left out.
    pub fn history(&self) -> Result<Vec<Journal>, Trouble> {
        match fs::read_to_string(self.dir.join("history.jsonl")) {
            Ok(text) => Ok(text.lines().filter_map(|line| Journal::parse(line.as_bytes())).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.failed("read", "history.jsonl")(error)),
        }
    }

    /// Adds what has ended, unless it is there.
    pub fn add(&self, journal: &Journal) -> Result<(), Trouble> {
        let mut known = self.history()?;
        if known.iter().any(|one| one.id == journal.id) {
            return Ok(());
        }
        known.push(journal.clone());
        let mut text = Vec::new();
        for one in &known {
            let written = serde_json::to_writer(&mut text, one).map_err(io::Error::from);
            written.map_err(self.failed("write", "history.jsonl"))?;
            text.push(b'\n');
        }
        self.replace("history.jsonl", &text)
    }

    /// There is the whole file or the one before.
    fn replace(&self, name: &str, text: &[u8]) -> Result<(), Trouble> {
        files::replace(&self.dir.join(name), text, 0o644, |_| Ok(())).map_err(self.failed("write", name))
    }

    fn journal(&self) -> PathBuf {
        self.dir.join("state.json")
    }

    fn failed(&self, what: &'static str, name: &str) -> impl FnOnce(io::Error) -> Trouble + use<> {
        Trouble::io(what, self.dir.join(name).display().to_string())
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use update::{Kind, Version};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_journal_is_kept_and_history_names_each_once() {
        let dir = tempfile::tempdir().unwrap();
        let journals = Journals { dir: dir.path().join("update") };
        let version = |text| Version::parse(text).unwrap();
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        let one =
            |id| Journal::new(Uuid::from_u128(id), Kind::Install, version("0.1.0"), version("0.2.0"), "anna", now);
        assert!(journals.lock().is_err() && !journals.is_idle(), "nothing is made by looking");
        journals.make().unwrap();
        let held = journals.lock().unwrap();
        assert!(held.is_some());
        assert!(journals.lock().unwrap().is_none() && !journals.is_idle(), "one at a time");
        assert_eq!(journals.read().unwrap(), None);
        journals.write(&one(1)).unwrap();
        assert_eq!(journals.read().unwrap(), Some(one(1)));
        for id in [1, 1, 2] {
            journals.add(&one(id)).unwrap();
        }
        assert_eq!(journals.history().unwrap(), [one(1), one(2)]);
        fs::write(dir.path().join("update/state.json"), "{").unwrap();
        assert!(journals.read().unwrap_err().to_string().contains("cannot be read"));
    }
}
