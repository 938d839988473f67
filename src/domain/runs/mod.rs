//! Owns `report_runs`, `run_events`, `report_units`, `written_sections` and `model_calls`: how a version of a report is
//! made, and what models were sent for it.
//!
//! Invariants:
//! - A run is rows, not a long future: what is done of it survives every crash, and whoever takes it up goes on from there.
//! - One run of a deal goes on at a time; it waits by itself until the deal's documents are read.
//! - A unit (the survey of a document, its figures) is keyed by everything that it follows from, so a second run of
//!   unchanged documents reckons nothing, and one that would give the same report makes no new version.
//! - Events are numbered from 1 and never change; their bodies are sealed, notifications carry ids alone. What a model is
//!   writing is removed once it is final; nothing else is, so only there are gaps.
//! - A model is asked only if the deal permits it at that moment, and a row in the journal says so before a byte is sent.
//!   A model that fails takes no section with it: the report is as it is without.
//! - A document that cannot be judged is told as such and holds up nothing.
//!
//! `making` does the work of a run, `units` is what is kept of it, `verifying` the last look at its quotes, `writing` lets
//! a model write sentences, `permitted` says which one may, `calls` what went out, `telling` its events, `overseeing` is for
//! the console, which reads no deal; `store` has a file for calls and one for what models wrote. Called by http and by the worker.

mod calls;
mod making;
mod model;
mod overseeing;
mod permitted;
mod service;
mod store;
mod telling;
#[cfg(test)]
mod tests;
mod units;
mod verifying;
mod writing;

pub use calls::{CallState, CallView, Passage};
pub use model::{Run, RunEvent, RunView, Stage, StageState, Told, Writer};
pub use permitted::{DealModels, Permitted};
pub use service::{Foundation, Runs};
pub use telling::Watch;
