//! A document as it comes in.

use model::{Document, DocumentVersion};

/// A document of the data room, read or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Which state of which document.
    pub version: DocumentVersion,
    /// Its file name.
    pub name: String,
    /// What was read, or the sentence that says why it could not be.
    pub document: Result<Document, String>,
}
