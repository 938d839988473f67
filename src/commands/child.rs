//! `vcconnect child …`: what the server and `analyze` start for work with files of strangers. Nobody calls it by hand.

use clap::Subcommand;

use super::Done;
use crate::infra::{judging, reading, rendering};

/// What a child does.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Read one file
    Read,
    /// Survey a document, read its figures, or make a report
    Judge,
    /// Render one report
    Render,
}

pub(super) fn run(verb: &Verb) -> Done {
    match verb {
        Verb::Read => Ok(reading::child::run()?),
        Verb::Judge => Ok(judging::child::run()?),
        Verb::Render => Ok(rendering::run()?),
    }
}
