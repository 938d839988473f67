//! What the server says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Backup, BackupPlan, Confirm, Health, Invited, Job, Key, Long, Looked, PartState, Queue, Secret, Session, SetUp,
    Status, Update, User,
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

/// Something that was seen before a restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// How much it weighs: a problem stands in the way.
    pub state: PartState,
    /// What was seen, as a sentence.
    pub text: Shown,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// To [`super::Ask::Status`].
    Status(Status),
    /// To [`super::Ask::Health`].
    Health(Health),
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
        /// What waits, is done or failed; failed first, then by age.
        jobs: Vec<Job>,
        /// Where the next page starts; none on the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    },
    /// To [`super::Ask::Updates`].
    Updates {
        /// The version that runs.
        running: Shown,
        /// Versions that are laid beside it and not in use, newest first.
        beside: Vec<Shown>,
        /// Ids of the keys whose bundles are installed.
        keys: Vec<Shown>,
        /// Why something of this cannot be told, or what is not as it should be.
        warning: Option<Shown>,
        /// Newest first.
        history: Vec<Update>,
        /// What is going on, or was last.
        work: Option<Long>,
    },
    /// To `vcconnect restore status`. No server is asked: it stands still while a backup is restored.
    Restore {
        /// What is going on, or was last.
        work: Option<Long>,
        /// What came of it, once it has ended well.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<Shown>,
    },
    /// To `vcconnect restore … --look`: what a restore would do. Nothing was changed.
    Foreseen {
        /// Which set.
        set: Shown,
        /// The key that signed it: a restore that is told this one takes no other's set.
        verify_key: Shown,
        /// What was seen.
        seen: Vec<Seen>,
        /// What will be done and lost, a sentence each.
        loses: Vec<Shown>,
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
