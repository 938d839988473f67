//! Owns `documents`, `document_parts` and `page_images`: the files of a deal, what was read in them, and their pages as
//! pictures.
//!
//! Invariants:
//! - A file is an age file from its first byte on disk; its row is written after it is whole, in one transaction with the
//!   audit entry and the work of reading it.
//! - The type is decided by content; a file that is there already is not stored twice within a deal.
//! - Every document comes to rest: read, locked or failed with a sentence. A bad file never holds up another.
//! - A password is used for one reading and is never stored, logged or sent to another process of ours but the reader.
//!
//! `demo` loads the data room of a made-up company, `intake` streams an upload into a sealed file, `name` makes a path
//! that a browser sends harmless, `overseeing` is for the console, which reads no deal, `pictures` draws pages and
//! keeps them (`store` has a file for it), `reading` runs the reader for one document, `sources` is what runs and the search take in. Called by http and by the worker.

mod demo;
mod intake;
mod model;
mod name;
mod overseeing;
mod pictures;
mod reading;
mod service;
mod sources;
mod store;
#[cfg(test)]
mod tests;

pub use intake::Intake;
pub use model::{Document, DocumentList, DocumentState, DocumentView, NewFile, Original, PartSummary};
pub use name::FileName;
pub use service::{Documents, Foundation};
pub use sources::{Source, SourcePart};
