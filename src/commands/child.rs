//! `vcconnect child …`: what the server and `analyze` start for work with files of strangers. Nobody calls it by hand.

use clap::Subcommand;

use super::Done;
use crate::infra::{reading, rendering};

/// What a child does.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Read one file
    Read,
    /// Render one report
    Render,
}

pub(super) fn run(verb: &Verb) -> Done {
    match verb {
        Verb::Read => Ok(reading::child::run()?),
        Verb::Render => Ok(rendering::run()?),
    }
}
