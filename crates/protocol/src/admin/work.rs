//! Work that takes long: backups, updates, and the jobs of the queue.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Progress;
use crate::Shown;

/// One backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Names it; also the folder's name.
    pub set: Shown,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Bytes of the set, without files that it shares with others.
    pub bytes: u64,
    /// Documents' files that it holds, shared ones included.
    pub files: u64,
    /// Version that made it.
    pub version: Shown,
    /// Whether everything that it should hold is there.
    pub state: BackupState,
    /// Whether it was read again.
    pub proof: Proof,
}

/// Whether a backup is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupState {
    /// Everything is there.
    Whole,
    /// Something was missing when it was made, as told.
    Incomplete(Shown),
    /// It was damaged since, as told.
    Damaged(Shown),
}

/// How far a backup is known to be good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Not read since it was written.
    None,
    /// Read again and compared then.
    Verified(DateTime<Utc>),
    /// Restored as a trial then.
    Restored(DateTime<Utc>),
}

/// Where backups go and when they are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupPlan {
    /// The folder; none is set up at first.
    pub destination: Option<Shown>,
    /// Time of day, `HH:MM`.
    pub at: Option<Shown>,
    /// When the timer runs next.
    pub next: Option<DateTime<Utc>>,
    /// What is wrong with the destination, such as lying on the disk of the data.
    pub warning: Option<Shown>,
}

/// Something that goes on without its caller, and can be followed by anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Long {
    /// What it is, as in `backup` or `update`.
    pub what: Shown,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How far; none once it has ended.
    pub progress: Option<Progress>,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
    /// How it ended, where it did not end well.
    pub failed: Option<Shown>,
}

/// Work of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Names it; what failed is named by what it was about.
    pub id: Uuid,
    /// Its queue.
    pub queue: Shown,
    /// What it is about, by id: the admin of a server reads no deal.
    pub subject: Uuid,
    /// How it stands.
    pub state: JobState,
    /// How often it was begun; not known of what failed.
    pub attempts: Option<u32>,
    /// Since when it waits, or when it failed.
    pub since: DateTime<Utc>,
    /// Why it failed, as far as the admin of a server may know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<Shown>,
}

/// How work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits.
    Waiting,
    /// Is being done.
    Running,
    /// Waits because it went wrong before; tried again by itself then.
    Again(DateTime<Utc>),
    /// Was given up.
    Failed,
}

/// A version that was installed, or was to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// The version.
    pub version: Shown,
    /// The version before it.
    pub from: Option<Shown>,
    /// When.
    pub at: DateTime<Utc>,
    /// How it ended.
    pub state: UpdateState,
}

/// How an update ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateState {
    /// Runs now.
    Running,
    /// Ran, and was replaced by a newer one.
    Replaced,
    /// Was not healthy, or was taken back, as told: the version before it runs.
    RolledBack(Shown),
    /// Was refused before anything was touched, as told.
    Refused(Shown),
    /// Was not healthy, and the version before it is not either, as told.
    Stranded(Shown),
}
