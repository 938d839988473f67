//! [`model::Document`]s in, [`model::Report`] out: facts, calculations, checks, contradictions, gaps and questions,
//! without a language model.
//!
//! Invariants: pure (no IO, no clock, no randomness). The same inputs give the same report, in whichever order they
//! come. A figure is taken only where metric, unit and scale are clear; in doubt it is left out or marked for review,
//! because a wrong figure is worse than a missing one. Every fact's place quotes the number as it stands.

mod assemble;
mod basis;
mod book;
#[cfg(test)]
mod build;
mod calculate;
mod checks;
mod compare;
mod excerpts;
mod extract;
mod facts;
mod gaps;
mod input;
mod ledger;
mod lines;
mod number;
mod ontology;
mod period;
mod questions;
mod role;
mod setting;
mod template;
mod words;

pub use assemble::analyse;
pub use facts::facts;
pub use input::Input;
pub use role::role;
pub use template::{RequiredMetric, Template, Topic};
