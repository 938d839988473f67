//! Judging documents in a confined child process of our own program, a child for each unit of work: what goes over the
//! pipe, the parent's side ([`Judge`]) and the child's ([`child`]).
//!
//! A report is made of units that can be repeated and whose results can be kept: a survey of each document, the figures
//! of each document, and the report on all of them ([`diligence`]). Parts go in as the JSON that is kept of them and are
//! not parsed on this side, so the server holds one part at a time; what comes back is bounded, parsed and checked
//! against what was asked.
//!
//! Invariants: text of documents is parsed in the child alone. Whatever happens to a child, the parent gets a sentence
//! for the user, in which no document is quoted.

mod accept;
pub mod child;
mod ledger;
mod parent;

use chrono::{DateTime, Utc};
use diligence::{KeyFigure, Room, Survey, Template};
use model::{DocumentKind, DocumentVersion, Reading};
use serde::{Deserialize, Serialize};

pub use parent::{Judge, Unit};

/// A document before its parts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Head {
    /// Which state of which document.
    pub version: DocumentVersion,
    /// Its file name.
    pub name: String,
    /// What it is and how well it was read, or the sentence that says why it could not be; then it has no parts.
    pub read: Result<(DocumentKind, Reading), String>,
}

/// The figures of one document.
#[derive(Debug, Clone)]
pub struct Facts {
    /// JSON of all of them, as [`Unit::source`] takes it again.
    pub json: Vec<u8>,
    /// How many they are.
    pub count: usize,
    /// A first look at those that the template asks for.
    pub key_figures: Vec<KeyFigure>,
}

/// What is to be made. To the child, first.
#[derive(Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
enum Order {
    /// The survey of the one document that follows.
    Survey,
    /// The figures of the one document that follows.
    Facts { survey: Survey, room: Room, template: Template },
    /// The report on the documents that follow, each with its survey and its figures.
    Report { template: Template, company: Option<String>, prepared_at: DateTime<Utc> },
}

/// Kinds of messages. Each is a stream: pieces, ended by an empty frame.
mod kind {
    pub(super) const ORDER: u8 = 1;
    /// A document begins: its head as JSON.
    pub(super) const HEAD: u8 = 2;
    /// Its survey as JSON, if it is known.
    pub(super) const SURVEY: u8 = 3;
    /// Its figures as JSON, if they are known.
    pub(super) const FACTS: u8 = 4;
    /// A part of it as JSON.
    pub(super) const PART: u8 = 5;
    /// No more documents follow.
    pub(super) const END: u8 = 6;
    /// From the child: JSON of what was asked for.
    pub(super) const ANSWER: u8 = 10;
    /// From the child, after the answer: JSON of key figures.
    pub(super) const KEY_FIGURES: u8 = 11;
}

#[cfg(test)]
mod tests;
