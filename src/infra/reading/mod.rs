//! Reading a file, and drawing a part of it, in a confined child process of our own program: what goes over the pipe,
//! the parent's side ([`Reader`]) and the child's ([`child`]).
//!
//! Invariants: the file goes in as clear bytes over a pipe and lives in the child as a sealed file in memory; a part
//! comes back as soon as the document is read, pictures after all text. Whatever happens to the child, the parent gets
//! a sentence for the user. A child has one order and ends.

pub mod child;
mod drawing;
mod parent;

use extract::Limits;
use model::{DocumentKind, Reading};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use drawing::NoPicture;
pub use parent::{Reader, Session, Told};

/// What is to be done with which file. To the child, first.
#[derive(Serialize, Deserialize)]
struct Order {
    task: Task,
    kind: DocumentKind,
    password: Option<Zeroizing<String>>,
    limits: Limits,
}

/// What a child is for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Task {
    /// Its text, then small pictures of its parts. If it needed a password, which nobody keeps, then also pictures on
    /// which they can be read: those can be drawn at no other time.
    Read,
    /// A picture of a part, on which it can be read.
    Draw { part: u32 },
}

/// A file to read.
pub struct Job {
    /// What it is, as its name and first bytes say.
    pub kind: DocumentKind,
    /// The password that somebody gave for it.
    pub password: Option<Zeroizing<String>>,
}

/// Parts done of all parts. From the child.
#[derive(Serialize, Deserialize)]
struct Progress {
    done: u32,
    total: u32,
}

/// How the document was read. From the child, after its parts.
#[derive(Serialize, Deserialize)]
struct Finish {
    reading: Reading,
}

/// Kinds of frames. A stream is one thing in pieces, ended by an empty frame.
mod kind {
    pub(super) const ORDER: u8 = 1;
    /// A stream.
    pub(super) const FILE: u8 = 2;
    pub(super) const PROGRESS: u8 = 10;
    /// A stream: JSON of a part.
    pub(super) const PART: u8 = 11;
    pub(super) const FINISH: u8 = 12;
    /// A stream: number of the part (u32, big endian), then JPEG.
    pub(super) const THUMBNAIL: u8 = 13;
    pub(super) const FAILED: u8 = 14;
    /// A stream: number of the part (u32, big endian), then JPEG on which it can be read.
    pub(super) const PICTURE: u8 = 15;
}
