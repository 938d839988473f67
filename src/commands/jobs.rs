//! `vcconnect jobs`: work that is not done.

use clap::Subcommand;
use protocol::admin::{Ask, JobState, Reply};

use super::desk::{self, Desk, Sure};
use super::{Done, print, reply};
use crate::infra::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Work that waits or is being done, oldest first
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

impl Verb {
    /// Whether a program reads what is printed.
    pub(super) fn json(&self) -> bool {
        let Self::List { json } = self;
        *json
    }
}

pub(super) fn run(config: &Config, verb: &Verb) -> Done {
    let Some(mut server) = Desk::server(config)? else {
        return Err("no server runs; start it first: it alone knows what waits".into());
    };
    let said = desk::ask(&mut server, Ask::Jobs, Sure::default(), verb.json())?;
    let Reply::Jobs { jobs, .. } = &said else { return reply::print(&said, verb.json()) };
    if verb.json() {
        return reply::print(&said, true);
    }
    for job in jobs {
        let state = match job.state {
            JobState::Waiting => "waits".to_owned(),
            JobState::Running => "is being done".to_owned(),
            JobState::Again(at) => format!("tried again at {}", at.format("%H:%M:%S UTC")),
            JobState::Failed => "was given up".to_owned(),
        };
        print(&format!("{:<10}{}  begun {} times, {state}", job.queue, job.subject, job.attempts))?;
    }
    if jobs.is_empty() { print("Nothing waits.") } else { Ok(()) }
}
