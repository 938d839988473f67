//! How far long work is, in a small file that others read: the web UI, the terminal, a monitor.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::infra::config::Config;
use crate::infra::host;

/// Work that is under way or has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// `backup`, `verify` or `restore`.
    pub what: String,
    /// What is being done at the moment.
    pub step: String,
    /// How far the step is.
    pub done: u64,
    /// How far it goes; 0 if that is not known.
    pub total: u64,
    /// When the work was begun.
    pub started_at: DateTime<Utc>,
    /// When it ended; absent while it is under way, or if it was killed.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it did not come about, as a sentence.
    pub error: Option<String>,
    /// What came of it, as a sentence, where more is to be said than that it ended.
    #[serde(default)]
    pub result: Option<String>,
    /// The set that it is about, once that is known.
    pub set: Option<String>,
    /// Process that does it.
    pub pid: u32,
    /// When that process began, in the kernel's ticks.
    #[serde(default)]
    pub began: Option<u64>,
}

impl State {
    /// Work that begins now, in this process.
    pub fn beginning(what: &str, now: DateTime<Utc>) -> Self {
        let pid = std::process::id();
        Self {
            what: what.to_owned(),
            step: "starting".to_owned(),
            done: 0,
            total: 0,
            started_at: now,
            ended_at: None,
            error: None,
            result: None,
            set: None,
            pid,
            began: host::process_began(pid),
        }
    }

    /// Whether the process that does it is there. One that got its id later is another.
    fn is_alive(&self) -> bool {
        let began = host::process_began(self.pid);
        began.is_some() && self.began.is_none_or(|mine| Some(mine) == began)
    }
}

/// The file.
#[derive(Debug, Clone)]
pub struct StateFile(PathBuf);

impl StateFile {
    /// The file of one kind of work.
    pub fn of(config: &Config, what: &str) -> Self {
        Self(work_folder(config).join(format!("{what}.json")))
    }

    /// What it says.
    pub fn read(&self) -> Option<State> {
        serde_json::from_slice(&fs::read(&self.0).ok()?).ok()
    }

    /// What it says, where a process that was killed has ended as well.
    pub fn read_live(&self) -> Option<State> {
        let state = self.read()?;
        if state.ended_at.is_some() || state.is_alive() {
            return Some(state);
        }
        let error = "It was interrupted. What it had written is not used; begin it again.".to_owned();
        Some(State { ended_at: Some(state.started_at), error: Some(error), ..state })
    }

    /// Replaces it whole, and does not wait for the disk: after a crash nobody follows this work any more. That nobody can
    /// follow is no reason to stop it.
    pub fn write(&self, state: &State) {
        let part = self.0.with_extension("json.part");
        let written = make_folder(&self.0)
            .and_then(|()| fs::write(&part, serde_json::to_vec(state)?))
            .and_then(|()| fs::rename(&part, &self.0));
        if let Err(error) = written {
            tracing::warn!(%error, "how far the work is cannot be told");
        }
    }
}

/// Folder of what is known of long work.
pub(super) fn work_folder(config: &Config) -> PathBuf {
    config.storage.data_dir.join("work")
}

pub(super) fn make_folder(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let folder = file.parent().unwrap_or(Path::new("/"));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_got_the_id_of_a_dead_one_is_another() {
        let dir = tempfile::tempdir().unwrap();
        let file = StateFile(dir.path().join("backup.json"));
        let mine = State::beginning("backup", "2026-11-23T09:00:00Z".parse().unwrap());
        assert!(mine.began.is_some());
        file.write(&mine);
        assert_eq!(file.read_live(), Some(mine.clone()), "this process lives");
        file.write(&State { began: mine.began.map(|began| began + 1), ..mine.clone() });
        let dead = file.read_live().unwrap();
        assert!(dead.ended_at.is_some() && dead.error.unwrap().contains("interrupted"));
        file.write(&State { pid: u32::MAX, began: None, ..mine });
        assert!(file.read_live().unwrap().ended_at.is_some(), "nobody has this id");
    }
}
