//! `vcconnect bench`: measures this program on files whose truth is known. For those who build it and those who buy it;
//! no server, no database, nothing stored.

mod facts;
mod matching;
mod tally;
mod truth;

use std::process::ExitCode;

use clap::Subcommand;

use super::Failure;

/// What can be measured.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Figures of the files of a folder against its truth.jsonl
    Facts(facts::Options),
}

pub(super) fn run(verb: &Verb) -> Result<ExitCode, Failure> {
    match verb {
        Verb::Facts(options) => facts::run(options),
    }
}
