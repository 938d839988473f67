//! The ways to open the keystore, as somebody with a shell on the server manages them. Owns no table: slots stand in the
//! keystore, which `crates/vault` keeps.
//!
//! Invariants:
//! - Only the console may do any of this; no role of the web gives it.
//! - There are at least two ways to open the keystore, one of them a recovery key; what the server itself was opened by
//!   is not taken away under it.
//! - Each change is recorded in a transaction around it: what cannot be recorded is not done.
//!
//! Called by `admin`. While no server runs, the commands do the same on the vault and leave a note for the audit log.

mod model;
mod service;
#[cfg(test)]
mod tests;

pub use model::{Label, Passphrase};
pub use service::Keys;
