//! Owns `documents` and `document_parts`: the files of a deal, and what was read in them.
//!
//! Invariants:
//! - A file is an age file from its first byte on disk; its row is written after it is whole, in one transaction with the
//!   audit entry and the work of reading it.
//! - The type is decided by content; a file that is there already is not stored twice within a deal.
//! - Every document comes to rest: read, locked or failed with a sentence. A bad file never holds up another.
//! - A password is used for one reading and is never stored, logged or sent to another process of ours but the reader.
//!
//! `demo` loads the data room of a made-up company, `intake` streams an upload into a sealed file, `name`
//! makes a path that a browser sends harmless, `reading` runs the reader for one document. Called by http and by the worker.

mod demo;
mod intake;
mod model;
mod name;
mod reading;
mod service;
mod store;
#[cfg(test)]
mod tests;

pub use intake::Intake;
pub use model::{Document, DocumentList, DocumentState, DocumentView, NewFile, Original, PartSummary};
pub use name::FileName;
pub use service::{Documents, Foundation};
