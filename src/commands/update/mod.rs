//! `vcconnect update`: what a bundle brings, its installation, the way back. The work itself is a unit's, so that nobody's
//! connection has to last; `install` and `rollback` begin it and follow it.

mod asking;
mod beginning;
mod following;
mod told;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ::update::{Build, Journal, Kind, Outcome, trusted};
use clap::Subcommand;

use super::backup::deliver_if_open;
use super::desk::Sure;
use super::{Done, Failure, block_on, print, reply};
use crate::app::Outside;
use crate::infra::config::Config;
use crate::infra::services::Systemd;
use crate::infra::update::{Journals, Places, Plan, carry_out};

/// Where the distribution has it.
const DPKG: &str = "/usr/bin/dpkg";

/// Between two looks whether a version is healthy.
const PAUSE: Duration = Duration::from_secs(1);

const NOT_BEGUN: &str = "no update was begun; `vcconnect update install FILE` begins one";

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Verify a bundle and say what it brings; nothing is changed
    Check {
        /// The bundle
        bundle: PathBuf,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Install a bundle: as root
    Install {
        /// The bundle
        bundle: PathBuf,
        /// Make no backup before it
        #[arg(long)]
        without_backup: bool,
        #[command(flatten)]
        sure: Sure,
        /// For programs: a JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Say which version runs, and how far an update is
    Status {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Say which updates there were
    #[command(visible_alias = "list")]
    History {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Go back to the version before: as root
    #[command(visible_alias = "roll-back")]
    Rollback {
        #[command(flatten)]
        sure: Sure,
        /// For programs: a JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Go on with an update that was interrupted, if there is one: as root
    Resume,
    /// Do the work of an update that was begun; for the unit
    #[command(hide = true)]
    Run,
    /// Say whether this version could work with the data that is here; for an update
    #[command(hide = true)]
    Fits {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Find out whether the server that runs is of this version and works; for an update
    #[command(hide = true)]
    Healthy {
        /// Nobody has unlocked it
        #[arg(long)]
        sealed: bool,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Tell the audit log what was noted; for an update
    #[command(hide = true)]
    Tell,
}

impl Verb {
    /// Whether a program reads what is printed.
    pub(super) fn json(&self) -> bool {
        match self {
            Self::Check { json, .. }
            | Self::Install { json, .. }
            | Self::Status { json }
            | Self::History { json }
            | Self::Rollback { json, .. }
            | Self::Fits { json }
            | Self::Healthy { json, .. } => *json,
            Self::Resume | Self::Run | Self::Tell => false,
        }
    }
}

pub(super) fn run(config: &Config, verb: &Verb) -> Done {
    let outside = Outside::system();
    match verb {
        Verb::Check { bundle, json } => told::bundle(&beginning::check(config, bundle)?, *json),
        Verb::Install { bundle, without_backup, sure, json } => {
            beginning::install(config, &outside, bundle, *without_backup, *sure, *json)?;
            following::follow(config, *json)
        }
        Verb::Rollback { sure, json } => {
            beginning::roll_back(config, &outside, *sure, *json)?;
            following::follow(config, *json)
        }
        Verb::Status { json } => told::status(&beginning::reply(config, &outside)?, *json),
        Verb::History { json } => told::history(&beginning::reply(config, &outside)?, *json),
        Verb::Run => work(config, &outside, true),
        Verb::Resume => work(config, &outside, false),
        Verb::Fits { json } => asking::fits(config, *json),
        Verb::Healthy { sealed, .. } => asking::healthy(config, *sealed),
        Verb::Tell => {
            deliver_if_open(config, &outside);
            Ok(())
        }
    }
}

/// Takes what was begun to its end. `expected` if there must be something.
fn work(config: &Config, outside: &Outside, expected: bool) -> Done {
    let places = Places::of(config);
    let journals = Journals::of(&places);
    if journals.read()?.is_none() {
        return if expected { Err(NOT_BEGUN.into()) } else { Ok(()) };
    }
    let Some(_lock) = journals.lock()? else { return Err(beginning::UNDER_WAY.into()) };
    let journal = journals.read()?.ok_or(NOT_BEGUN)?;
    let plan = Plan {
        config: config.clone(),
        places,
        services: Arc::new(Systemd),
        clock: Arc::clone(&outside.clock),
        dpkg: DPKG.into(),
        keys: trusted(Build::this()),
        health: Duration::from_secs(config.update.health_seconds),
        pause: PAUSE,
        told: Box::new(|_, _| {}),
    };
    let had_ended = journal.ended.is_some();
    let journal = block_on(carry_out(&plan, journal))??;
    match &journal.ended {
        // What was left to do after the end is nothing to speak of.
        _ if had_ended && !expected => Ok(()),
        // The unit failed only if somebody has to look.
        Some(ended) if ended.outcome == Outcome::Stranded => Err(told::ended(&journal).into()),
        _ => print(&told::ended(&journal)),
    }
}

/// The word for what is done.
fn word(journal: &Journal) -> &'static str {
    match journal.kind {
        Kind::Install => "update",
        Kind::RollBack => "going back",
    }
}

/// The end of a command that programs follow.
fn finish(config: &Config, outside: &Outside, journal: &Journal, json: bool) -> Done {
    let well = journal.ended.as_ref().is_some_and(|ended| ended.outcome == Outcome::Done);
    let sentence = told::ended(journal);
    if !well {
        return Err(Failure::from(sentence));
    }
    if json { reply::print(&beginning::reply(config, outside)?, true) } else { print(&sentence) }
}
