//! What is played on the machines, a file for each.

mod first_boot;
mod first_day;
mod fund;
mod installing;
mod repairing;
mod updating;

use std::path::PathBuf;

use anyhow::Result;

use super::machine::Hall;
use crate::steps::{Show, Steps};

/// A scenario by its name.
pub struct Scenario {
    /// What `--appliance NAME` chooses it by.
    pub name: &'static str,
    /// What it proves.
    pub about: &'static str,
    /// Whether it installs our package.
    pub needs_package: bool,
    /// Plays it on machines of its own.
    pub play: fn(&Hall, &mut Stage) -> Result<()>,
}

/// All of them, in the order in which they are played.
pub const SCENARIOS: &[Scenario] =
    &[first_boot::SCENARIO, installing::SCENARIO, first_day::SCENARIO, updating::SCENARIO, repairing::SCENARIO];

/// What a scenario works with, and what it leaves for the record.
pub struct Stage<'a> {
    /// The steps done.
    pub steps: Steps<'a>,
    /// The package to install.
    pub deb: Option<PathBuf>,
    /// The same as a newer version.
    pub newer: Option<PathBuf>,
    /// What was seen, in the order in which it was seen.
    pub notes: Vec<(&'static str, String)>,
}

impl Stage<'_> {
    /// A step of the scenario.
    pub fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.steps.work(name, Show::Failure, work)
    }

    /// Something worth reading in the record.
    pub fn note(&mut self, what: &'static str, seen: impl Into<String>) {
        self.notes.push((what, seen.into()));
    }
}
