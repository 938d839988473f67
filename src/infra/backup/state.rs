//! How far long work is, in a small file that others read: the web UI, the terminal, a monitor.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::infra::config::Config;

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
    /// The set that it is about, once that is known.
    pub set: Option<String>,
    /// Process that does it.
    pub pid: u32,
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
        if state.ended_at.is_some() || Path::new("/proc").join(state.pid.to_string()).exists() {
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
