//! What the first setup of a machine says: what it found, and what it brought.

use serde::{Deserialize, Serialize};

use super::{Part, Secret};
use crate::Shown;

/// What was seen before anything was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// Sentences. A part is named after the answer that it is about, as in `server.name`, or after what was looked at.
    pub found: Vec<Part>,
    /// Whether there is a keystore already: an earlier setup made it with a recovery key of its own.
    pub has_keys: bool,
    /// Whether a setup was finished here before.
    pub finished: bool,
}

/// What a setup brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    /// What people type into the browser.
    pub url: Shown,
    /// Fingerprint (SHA-256) of the authority that was made here; none where a certificate was given.
    pub authority: Option<Shown>,
    /// One-time link of the first admin; none where it was written into a file, or where nobody needs one.
    pub link: Option<Secret>,
    /// Whether the server runs.
    pub runs: bool,
    /// What protects from what, and what is not protected yet.
    pub said: Vec<Part>,
    /// What to do now, a sentence each.
    pub next: Vec<Shown>,
}
