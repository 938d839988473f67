//! What the server says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Backup, BackupPlan, Confirm, Invited, Job, Key, Long, Looked, Queue, Secret, Session, SetUp, Status, Update, User,
};
use crate::{ErrorCode, Shown};

/// One line from the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The id of the request.
    pub id: u64,
    /// What is said to it.
    pub said: Said,
}

/// How a request goes on, or ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It is not done yet.
    Progress(Progress),
    /// It destroys something: ask again with this token.
    Confirm(Confirm),
    /// It was done.
    Done(Box<Reply>),
    /// It was not done.
    Refused(Refusal),
}

/// How far something is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done, as a sentence.
    pub step: Shown,
    /// How much of it, in the step's own unit.
    pub done: u64,
    /// Of how much; unknown at the beginning of some steps.
    pub total: Option<u64>,
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// For programs.
    pub code: ErrorCode,
    /// What happened, what is safe, what to do.
    pub sentence: Shown,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// To [`super::Ask::Status`].
    Status(Status),
    /// To [`super::Ask::Users`].
    Users(Vec<User>),
    /// To an invitation and to a password reset: a link that is shown once.
    Invited(Invited),
    /// To [`super::Ask::Sessions`].
    Sessions(Vec<Session>),
    /// To [`super::Ask::Keys`] and whatever changes them.
    Keys(Vec<Key>),
    /// To [`super::Ask::Backups`].
    Backups {
        /// Newest first.
        sets: Vec<Backup>,
        /// Where they go and when.
        plan: BackupPlan,
        /// What is going on, or was last.
        work: Option<Long>,
    },
    /// To [`super::Ask::Jobs`].
    Jobs {
        /// Each queue with its counts.
        queues: Vec<Queue>,
        /// What waits, is done or failed; failed first, then by age. At most 200.
        jobs: Vec<Job>,
    },
    /// To [`super::Ask::Updates`].
    Updates {
        /// Newest first.
        history: Vec<Update>,
        /// What is going on, or was last.
        work: Option<Long>,
    },
    /// To `vcconnect restore status`. No server is asked: it stands still while a backup is restored.
    Restore {
        /// What is going on, or was last.
        work: Option<Long>,
    },
    /// To `vcconnect keys recovery-key`: a new key in groups of letters, which nothing keeps.
    RecoveryKey(Vec<Secret>),
    /// To `vcconnect setup --check`.
    Looked(Looked),
    /// To `vcconnect setup`.
    SetUp(Box<SetUp>),
    /// Done, as a sentence, where there is nothing else to show.
    Well {
        /// What was done.
        sentence: Shown,
        /// When.
        at: DateTime<Utc>,
    },
}
