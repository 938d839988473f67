//! A copy of an installation that was made to try things out. It knows that it is one by a file in its data folder and by
//! a row in its database; one of the two is enough, and the server can take neither back.
//!
//! Invariants: nothing leaves a test copy, whatever is set in it; no backup is made of it; it says what it is.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::config::Config;

/// What every use case says that would let something leave.
pub const NOTHING_LEAVES: &str = "This is a test copy: nothing leaves it, and no language model is asked from here.";

/// In the data folder.
const FILE: &str = "test-copy.json";

/// Of what, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCopy {
    /// The set of which it was made; empty where the file that says so cannot be read.
    pub source: String,
    /// When.
    pub made_at: DateTime<Utc>,
}

impl TestCopy {
    /// Whether this data folder is of one. A file that is there and cannot be read is one all the same.
    pub fn of(config: &Config) -> Option<Self> {
        let unreadable = || Self { source: String::new(), made_at: DateTime::UNIX_EPOCH };
        match fs::read(config.storage.data_dir.join(FILE)) {
            Ok(text) => Some(serde_json::from_slice(&text).unwrap_or_else(|_| unreadable())),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(_) => Some(unreadable()),
        }
    }

    /// Marks a data folder, before anything else is in it.
    pub fn mark(&self, data_dir: &Path) -> std::io::Result<()> {
        let path = data_dir.join(FILE);
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o644).open(&path)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()
    }

    /// What it says of itself.
    pub fn sentence(&self) -> String {
        let made = self.made_at.format("%Y-%m-%d %H:%M UTC");
        format!("Test copy of {}, made on {made}. People have made-up names, and nothing leaves it.", self.source)
    }
}
