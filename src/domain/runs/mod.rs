//! Owns `report_runs`, `run_events` and `report_units`: how a version of a report is made.
//!
//! Invariants:
//! - A run is rows, not a long future: what is done of it survives every crash, and whoever takes it up goes on from there.
//! - One run of a deal goes on at a time; it waits by itself until the deal's documents are read.
//! - A unit (the survey of a document, its figures) is keyed by everything that it follows from, so a second run of
//!   unchanged documents reckons nothing, and one that would give the same report makes no new version.
//! - Events are numbered from 1 without gap and never change; their bodies are sealed, notifications carry ids alone.
//! - A document that cannot be judged is told as such and holds up nothing.
//!
//! `making` does the work of a run, `units` is what is kept of it, `verifying` the last look at its quotes, `telling` its
//! events. Called by http and by the worker.

mod making;
mod model;
mod service;
mod store;
mod telling;
#[cfg(test)]
mod tests;
mod units;
mod verifying;

pub use model::{Run, RunEvent, RunView, Stage, StageState, Told};
pub use service::{Foundation, Runs};
pub use telling::Watch;
