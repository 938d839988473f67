//! Owns `search_index`, and the folder with the index itself: documents and reports found by their words.
//!
//! Invariants:
//! - The index can always be built anew from what the database holds; it is in no backup. One that is new, damaged or not
//!   the one that the database knows is filled again from the beginning.
//! - Hits, counts and snippets come from deals that the reader may open, by a filter inside the query.
//! - The server does not wait for it: until it is open and complete, the search says that it is loading.
//! - The work of indexing is done only when the index has it on disk; a crash between the two does it again.
//! - What was removed is out of the index's files when the work for it is done.
//! - A source that cannot be taken in holds up no other; it is tried alone, and in the end left out.
//! - That somebody searched is recorded, with the words sealed.
//!
//! `indexing` opens the index and does the work that waits for it, `turns` keeps that in order, `texts` is what is taken
//! in of a document or report.
//! Called by http and by the worker.

mod indexing;
mod model;
mod service;
mod store;
#[cfg(test)]
mod tests;
mod texts;
mod turns;

pub use model::{Asked, Found, Hit, Kind, SearchState, Source};
pub use service::{Foundation, Search};
