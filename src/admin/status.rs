//! How everything is, as the dashboard shows it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use protocol::Shown;
use protocol::admin::{Certificate, Disk, Part, PartState, Queue, Seal, Status};

use super::backups;
use super::closed::Closed;
use crate::app::{self, App};
use crate::infra::config::Config;
use crate::infra::db::queue::Load;
use crate::infra::host;
use crate::infra::tls::Facts;

/// How long the place of backups may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Of a server whose keystore is open.
pub(super) async fn of_open(app: &App, since: DateTime<Utc>, now: DateTime<Utc>) -> Status {
    let mut parts: Vec<Part> = app.parts().await.iter().map(part).collect();
    let (queues, sessions) = match app.load_of_work(now).await {
        Ok(found) => found,
        Err(error) => {
            parts.push(problem("queue", &error.detail));
            Default::default()
        }
    };
    let queues = queues.into_iter().map(queue).collect();
    let certificate = app.certificate().and_then(Result::ok).map(|facts| certificate(app, facts));
    let config = app.config.clone();
    let backup = tokio::task::spawn_blocking(move || backups::newest(&config));
    // A share that hangs must not hang the dashboard.
    let backup = tokio::time::timeout(PATIENCE, backup).await.ok().and_then(Result::ok).flatten();
    Status { parts, queues, sessions, certificate, backup, ..empty(&app.config, Seal::Open, since, now) }
}

/// Of a server that is closed: what can be seen without it.
pub(super) fn of_closed(config: &Config, closed: &Closed, since: DateTime<Utc>, now: DateTime<Utc>) -> Status {
    Status { parts: vec![closed.part()], ..empty(config, closed.seal(), since, now) }
}

/// Of an installation whose server does not run: what was found without it.
pub fn of_stopped(config: &Config, found: Vec<Part>, now: DateTime<Utc>) -> Status {
    let shut = found.iter().find(|part| part.name.as_str() == "keys" && part.state == PartState::Problem);
    let seal = shut.map_or(Seal::Open, |part| Seal::Sealed(part.detail.clone()));
    let mut parts = vec![problem("web", "the server does not run; start it")];
    parts.extend(found);
    Status { parts, ..empty(config, seal, now, now) }
}

fn empty(config: &Config, seal: Seal, since: DateTime<Utc>, at: DateTime<Utc>) -> Status {
    Status {
        version: Shown::new(env!("CARGO_PKG_VERSION")),
        url: Shown::new(&config.server.public_url),
        at,
        since,
        seal,
        parts: Vec::new(),
        disks: disks(config),
        queues: Vec::new(),
        backup: None,
        certificate: None,
        sessions: 0,
    }
}

/// How much is on a queue.
pub(super) fn queue(load: Load) -> Queue {
    Queue { name: Shown::new(load.queue), running: load.running, waiting: load.waiting }
}

fn certificate(app: &App, facts: Facts) -> Certificate {
    let authority = app.config.tls.authority.as_ref().and_then(|path| Facts::of(path).ok());
    Certificate {
        names: facts.names.iter().map(|name| Shown::new(name)).collect(),
        issuer: Shown::new(&facts.issuer),
        until: facts.until,
        authority: authority.map(|authority| Shown::new(&authority.fingerprint)),
    }
}

fn disks(config: &Config) -> Vec<Disk> {
    let data =
        host::disk(&config.storage.data_dir).map(|(total, free)| Disk { holds: Shown::new("data"), total, free });
    data.into_iter().collect()
}

fn part(part: &app::Part) -> Part {
    let state = match part.state() {
        app::PartState::Ok => PartState::Ok,
        app::PartState::Degraded => PartState::Note,
        app::PartState::Failed => PartState::Problem,
    };
    Part { name: Shown::new(part.name()), state, detail: Shown::new(part.detail().unwrap_or("works")) }
}

fn problem(name: &str, detail: &str) -> Part {
    Part { name: Shown::new(name), state: PartState::Problem, detail: Shown::new(detail) }
}
