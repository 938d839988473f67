//! How an installation is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Backup;
use crate::Shown;

/// How everything is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Version of the running server.
    pub version: Shown,
    /// How people reach it.
    pub url: Shown,
    /// When this was looked at.
    pub at: DateTime<Utc>,
    /// Since when the server runs.
    pub since: DateTime<Utc>,
    /// Whether the keystore is open.
    pub seal: Seal,
    /// Each part and how it is, in the order in which it matters.
    pub parts: Vec<Part>,
    /// The file systems of data and backups.
    pub disks: Vec<Disk>,
    /// The work that waits.
    pub queues: Vec<Queue>,
    /// The newest backup.
    pub backup: Option<Backup>,
    /// The certificate that browsers see; none while the server speaks plain HTTP to its own machine.
    pub certificate: Option<Certificate>,
    /// People who are signed in now.
    pub sessions: u64,
}

/// What a server showed when it was asked to use every part once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Version of the running server.
    pub version: Shown,
    /// Whether the keystore is open. Without it no part can be tried.
    pub seal: Seal,
    /// Where the web interface is answered, as address and port.
    pub address: Option<Shown>,
    /// Each part that was tried.
    pub parts: Vec<Part>,
}

/// Whether what is stored can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seal {
    /// The keystore is open.
    Open,
    /// It is not, because of this.
    Sealed(Shown),
    /// The server starts or stops and answers little meanwhile; nobody has to unlock it.
    Away(Shown),
}

/// A part of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What the admin calls it: web, database, keys, readers, search, backup, …
    pub name: Shown,
    /// How it is.
    pub state: PartState,
    /// What is so, in a few words; for a problem also what to do.
    pub detail: Shown,
}

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// Well.
    Ok,
    /// Worth knowing; everything works.
    Note,
    /// Something does not work or is not safe.
    Problem,
}

/// A file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// What lies there: data, backups.
    pub holds: Shown,
    /// Bytes in all.
    pub total: u64,
    /// Bytes that are free for us.
    pub free: u64,
}

/// One queue of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Its name.
    pub name: Shown,
    /// Being done.
    pub running: u64,
    /// Waiting.
    pub waiting: u64,
}

/// What browsers are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The names that it is for.
    pub names: Vec<Shown>,
    /// Who signed it.
    pub issuer: Shown,
    /// Good until then.
    pub until: DateTime<Utc>,
    /// SHA-256 of the certificate of the authority that was made here, in hex with colons.
    pub authority: Option<Shown>,
}
