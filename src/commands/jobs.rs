//! `vcconnect jobs`: work that is not done, and what becomes of it.

use clap::Subcommand;
use protocol::admin::{Ask, Job, JobState, Reply};
use uuid::Uuid;

use super::desk::{self, Desk, Sure};
use super::{Done, print, reply};
use crate::infra::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Work that was given up, waits or is being done, oldest first
    List {
        /// How many, 1 to 200
        #[arg(long, default_value_t = 200)]
        limit: u16,
        /// Where the page starts, as the page before said
        #[arg(long)]
        after: Option<String>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Have work done again that was given up, or at once what waits for another attempt
    Retry {
        /// Which, as `list` names it
        id: Uuid,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Take work off the queue, or stop it; whoever waits for it is told
    Cancel {
        /// Which, as `list` names it
        id: Uuid,
        #[command(flatten)]
        sure: Sure,
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

impl Verb {
    /// Whether a program reads what is printed.
    pub(super) fn json(&self) -> bool {
        let (Self::List { json, .. } | Self::Retry { json, .. } | Self::Cancel { json, .. }) = self;
        *json
    }
}

pub(super) fn run(config: &Config, verb: &Verb) -> Done {
    let Some(mut server) = Desk::server(config)? else {
        return Err("no server runs; start it first: it alone knows what waits".into());
    };
    let (ask, sure) = match verb {
        Verb::List { limit, after, .. } => (Ask::Jobs { limit: Some(*limit), after: after.clone() }, Sure::default()),
        Verb::Retry { id, .. } => (Ask::RetryJob { job: *id }, Sure::default()),
        Verb::Cancel { id, sure, .. } => (Ask::CancelJob { job: *id }, *sure),
    };
    let said = desk::ask(&mut server, ask, sure, verb.json())?;
    let Reply::Jobs { jobs, next, .. } = &said else { return reply::print(&said, verb.json()) };
    match verb {
        _ if verb.json() => reply::print(&said, true),
        Verb::List { .. } => list(jobs, next.as_deref()),
        Verb::Retry { .. } => print("It is done again. `vcconnect jobs list` shows how it stands."),
        Verb::Cancel { .. } => print("It was cancelled, and whoever waits for it is told."),
    }
}

fn list(jobs: &[Job], next: Option<&str>) -> Done {
    for job in jobs {
        print(&line(job))?;
        if let Some(sentence) = &job.sentence {
            print(&format!("          {sentence}"))?;
        }
    }
    if jobs.is_empty() {
        print("Nothing waits.")?;
    }
    match next {
        Some(next) => print(&format!("There is more: vcconnect jobs list --after {next}")),
        None => Ok(()),
    }
}

fn line(job: &Job) -> String {
    let state = match job.state {
        JobState::Waiting => "waits".to_owned(),
        JobState::Running => "is being done".to_owned(),
        JobState::Again(at) => format!("tried again at {}", at.format("%H:%M:%S UTC")),
        JobState::Failed => format!("was given up {}", job.since.format("%Y-%m-%d %H:%M UTC")),
    };
    let begun = job.attempts.map(|attempts| format!("begun {attempts} times, ")).unwrap_or_default();
    format!("{:<10}{}  {begun}{state}", job.queue, job.id)
}
