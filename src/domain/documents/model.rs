//! Documents and how far they are. No IO.

use chrono::{DateTime, Utc};
use model::{DocumentKind, Reading};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::name::FileName;
use crate::base::{DealId, DocumentId, Page, PartId, UserId};
use crate::domain::accounts::Person;

/// How far a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// Stored, waiting to be read.
    Stored,
    /// Being read.
    Reading,
    /// Read; a sentence says how well.
    Read,
    /// Waiting for its password.
    Locked,
    /// Not readable; a sentence says why.
    Failed,
}

impl DocumentState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Stored, Self::Reading, Self::Read, Self::Locked, Self::Failed];

    /// The word in the database and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Reading => "reading",
            Self::Read => "read",
            Self::Locked => "locked",
            Self::Failed => "failed",
        }
    }

    /// The state with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether it will come to rest by itself.
    pub const fn is_moving(self) -> bool {
        matches!(self, Self::Stored | Self::Reading)
    }

    /// Whether somebody may ask to have it read again.
    pub const fn may_retry(self) -> bool {
        matches!(self, Self::Read | Self::Failed)
    }
}

/// How reading ended, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(super) enum Outcome {
    Read { reading: Reading },
    NotRead { sentence: String },
}

/// A document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Names it, and as long as a file has one content also this state of it.
    pub id: DocumentId,
    /// The deal that it belongs to.
    pub deal: DealId,
    /// What it is called.
    pub name: FileName,
    /// What it is, by its content.
    pub kind: DocumentKind,
    /// Size of the file in bytes.
    pub bytes: i64,
    /// How far it is.
    pub state: DocumentState,
    /// Parts that were read so far, and all; 0 of 0 before that is known.
    pub progress: (i32, i32),
    /// How well it was read, or why not: one sentence.
    pub sentence: Option<String>,
    /// Who added it.
    pub uploaded_by: UserId,
    /// Grows with each change.
    pub version: i64,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Last change.
    pub updated_at: DateTime<Utc>,
}

/// A file that has been stored and is to become a document.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Names the file and the document.
    pub id: DocumentId,
    /// What it is called.
    pub name: FileName,
    /// What it is.
    pub kind: DocumentKind,
    /// Size in bytes.
    pub bytes: i64,
    /// Keyed tag of its content.
    pub content_tag: Vec<u8>,
}

/// A document as its reader sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentView {
    /// The document.
    pub document: Document,
    /// Who added it.
    pub uploaded_by: Person,
    /// Whether there is a small picture of its first part.
    pub pictured: bool,
}

/// A page of documents.
#[derive(Debug)]
pub struct DocumentList {
    /// The page, by folder and name.
    pub page: Page<DocumentView>,
    /// Documents of the deal, on all pages.
    pub total: usize,
    /// How many of them wait, are being read, or get their pictures.
    pub moving: usize,
}

/// A part without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSummary {
    /// Number, from 1.
    pub number: i32,
    /// Whether there is a small picture of it.
    pub thumbnail: bool,
}

/// A part that was read, on its way to the store.
#[derive(Debug)]
pub(super) struct StoredPart {
    pub(super) id: PartId,
    pub(super) number: i32,
    /// Sealed already: a whole document is never in memory in clear.
    pub(super) content: Vec<u8>,
}

/// The file as it was uploaded.
#[derive(Debug)]
pub struct Original<R> {
    /// What it is called.
    pub name: FileName,
    /// What it is.
    pub kind: DocumentKind,
    /// Size in bytes.
    pub bytes: i64,
    /// Its bytes in clear, read as they are needed.
    pub content: R,
}
