//! Owns `audit_log` and `audit_seals`: who did and who saw what.
//!
//! Invariants:
//! - An entry is inserted in the transaction of what it records: both are there or neither is.
//! - Entries are never changed or removed; the database refuses it and the server's role may not.
//! - One background sealer chains entries, so writers do not queue behind each other.
//!
//! `sealer` makes and walks the chain. Called by every other domain (recording) and by compliance (reading).

mod model;
mod sealer;
mod service;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Action, AuditEntry, AuditFilter, ChainState, Object, Outcome, Record};
pub use service::Audit;
