//! [`model::Document`]s in, [`model::Report`] out: facts, calculations, checks, contradictions, gaps and questions,
//! without a language model.
//!
//! A report is made in stages, whose results can be kept (as JSON) and need not be made again:
//!
//! ```text
//! survey(input)             what one look through a document says, of each document
//! Room::of(surveys)         what they say together
//! facts(input, survey, room)  the figures of each document
//! report(sources, template)   the report on all of them
//! ```
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
mod glance;
mod input;
mod ledger;
mod lines;
mod number;
mod ontology;
mod period;
pub mod prose;
mod questions;
mod role;
mod room;
mod setting;
mod survey;
mod template;
mod words;

/// The version of what this crate makes of documents, for what is kept under it: surveys, facts, reports. It is raised
/// with every change after which the same documents, or the same kept surveys and facts, may give something else: rules,
/// words that are looked for, metrics, formulas, sentences, and the form in which surveys and facts are kept. Templates
/// are not part of it; they have versions of their own.
pub const ENGINE: &str = "diligence 3";

pub use assemble::{analyse, report};
pub use facts::facts;
pub use glance::{KeyFigure, key_figures};
pub use input::{Input, Source};
pub use ledger::can_be_reckoned;
pub use ontology::is_unsigned;
pub use room::Room;
pub use survey::{Survey, survey};
pub use template::{RequiredMetric, Template, Topic};
