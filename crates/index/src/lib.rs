//! Full-text search whose files are ciphertext: passages go in under their deal, hits with snippets come out.
//!
//! Invariants:
//! - Nothing that this crate writes holds text in clear: segments, lists of files and commit marks are all sealed
//!   ([`Index`] gets one key; each file has a key of its own). File names are random.
//! - The index is disposable. What is damaged, of another form or begun by another key is put aside and begun anew;
//!   [`Found`] tells the caller that it has to be filled again. It is never a panic and never a wrong answer.
//! - Who may not open a deal learns nothing of it: the filter is inside each query, so hits, counts and snippets come
//!   from the allowed deals only. Word statistics, and so the order of hits, are those of the whole index.
//! - A commit that was acknowledged is on disk. Its mark carries the caller's sequence number, so that an old copy of
//!   the folder is found out.
//! - Names of deals and files are not in the index; the caller adds them when it shows a hit.
//! - All calls block; they belong on a thread for that. Memory is the index itself, decrypted, and about 20 MB more
//!   while a [`Writer`] is open.

mod analyzer;
mod ask;
mod cipher;
mod directory;
mod error;
mod filter;
mod index;
mod number;
mod passages;
mod query;
mod schema;
mod search;
mod snippet;
mod words;
mod writer;

#[cfg(test)]
mod tests;

pub use error::IndexError;
pub use index::{Found, Index, Opened, Stamp};
pub use passages::{Extract, passages};
pub use search::{DEEPEST, Hit, Query, Results};
pub use snippet::Piece;
pub use writer::{Passage, Source, Writer};
