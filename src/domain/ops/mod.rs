//! The work of the queue as somebody with a shell on the server oversees it. Owns no table: tickets stand in the queue
//! (`infra/db/queue.rs`), what was given up in the rows of the domain that it belongs to.
//!
//! Invariants:
//! - Only the console may do any of this; no role of the web gives it.
//! - Work is told by ids, kinds and times alone: whoever runs the server reads no deal.
//! - What may be stopped or tried again is decided by the domain that the work belongs to, which also records it.
//!
//! Called by `admin`.

mod model;
mod service;
#[cfg(test)]
mod tests;

pub use model::{Kind, Piece, Stands};
pub use service::Ops;
