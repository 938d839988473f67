//! Owns `model_endpoints`: which language models the fund has.
//!
//! Invariants:
//! - The key of an endpoint goes to that endpoint and nowhere else: it is sealed, and no answer holds it.
//! - An endpoint never changes, so a key cannot be sent to another address than the one that it was given with; what is
//!   wrong is removed and added anew.
//! - Nothing of a deal is sent from here: testing an endpoint sends two fixed sentences.
//!
//! Called by http and by runs, which ask models on behalf of deals.

mod model;
mod service;
mod store;
#[cfg(test)]
mod tests;

pub use model::{ModelEndpoint, NewEndpoint, Reach, TestResult};
pub use service::Settings;
