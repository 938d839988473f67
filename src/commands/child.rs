//! `vcconnect child …`: what the server and `analyze` start for work with files of strangers. Nobody calls it by hand.

use clap::{Subcommand, ValueEnum};

use super::{Done, block_on};
use crate::infra::child::{Kind, attend};
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
    /// In a unit: start a child for whoever connected to its socket, and hand on what they say
    Attend {
        /// What the child does
        #[arg(value_enum)]
        to: What,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum What {
    /// Read one file
    Read,
    /// Judge
    Judge,
    /// Render one report
    Render,
}

impl From<What> for Kind {
    fn from(what: What) -> Self {
        match what {
            What::Read => Self::Read,
            What::Judge => Self::Judge,
            What::Render => Self::Render,
        }
    }
}

pub(super) fn run(verb: &Verb) -> Done {
    match verb {
        Verb::Read => Ok(reading::child::run()?),
        Verb::Judge => Ok(judging::child::run()?),
        Verb::Render => Ok(rendering::run()?),
        Verb::Attend { to } => Ok(block_on(attend((*to).into()))??),
    }
}
