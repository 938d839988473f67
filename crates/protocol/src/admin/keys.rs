//! The ways to open the keystore.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Shown;

/// One way to open the keystore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its number; never given twice.
    pub slot: u32,
    /// What it is.
    pub kind: KeyKind,
    /// What the admin called it.
    pub label: Shown,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was last shown to work; for recovery keys.
    pub proven: Option<DateTime<Utc>>,
    /// What it protects and what not.
    pub protection: Protection,
}

/// Kinds of ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// A file on the server, or a credential of systemd.
    KeyFile,
    /// Something that is typed.
    Passphrase,
    /// A key that lies outside the server.
    Recovery,
}

/// In sentences, as they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// What is safe with it.
    pub against: Shown,
    /// What is not.
    pub not_against: Shown,
}
