//! Long work tells how far it is, and asks whether to go on.

use crate::error::BackupError;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The dump of the database is written; counted in bytes of the dump.
    Database,
    /// Files of documents are copied; counted in files.
    Files,
    /// What was written is read again; counted in bytes.
    Reading,
    /// The dump is loaded; counted in bytes of the sealed dump.
    Loading,
}

impl Step {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Files => "files",
            Self::Reading => "reading",
            Self::Loading => "loading",
        }
    }
}

/// Whoever follows long work, of which several parts may be done at once.
pub trait Watch: Sync {
    /// Hears how far a step is; a total of 0 is not known. `false` stops the work.
    fn at(&self, step: Step, done: u64, total: u64) -> bool;

    /// The same as a result.
    fn go_on(&self, step: Step, done: u64, total: u64) -> Result<(), BackupError> {
        if self.at(step, done, total) { Ok(()) } else { Err(BackupError::Cancelled) }
    }
}

/// Nobody follows.
#[derive(Debug)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn at(&self, _: Step, _: u64, _: u64) -> bool {
        true
    }
}
