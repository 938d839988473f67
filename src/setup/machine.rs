//! What is seen of the machine itself: who asks, disks, clock, port, Postgres.

use std::path::Path;

use chrono::{DateTime, Utc};
use protocol::admin::{Part, PartState};

use super::Setup;
use super::answers::part;
use crate::infra::config::Config;
use crate::infra::host;
use crate::infra::postgres::{self, Layout};
use crate::infra::services;
use crate::infra::setup::{Disks, Encryption, Machine, Owner};

/// Less is not enough to begin with, in bytes.
const LEAST_DISK: u64 = 1 << 30;
/// Less is soon not enough.
const LITTLE_DISK: u64 = 10 << 30;
/// A clock before this version was made is wrong.
const MADE: &str = "2026-11-01T00:00:00Z";

fn ok(name: &str, sentence: impl std::fmt::Display) -> Part {
    part(name, PartState::Ok, sentence)
}

fn note(name: &str, sentence: impl std::fmt::Display) -> Part {
    part(name, PartState::Note, sentence)
}

fn problem(name: &str, sentence: impl std::fmt::Display) -> Part {
    part(name, PartState::Problem, sentence)
}

/// Everything about the machine that does not hang on answers alone.
pub(super) fn look(setup: &Setup<'_>, config: &Config, owner: Owner, machine: &Machine, disks: &Disks) -> Vec<Part> {
    let data = &config.storage.data_dir;
    [
        who(data, owner),
        manager(setup),
        vec![room(host::free_bytes(nearest(data)), data)],
        swap(disks),
        clock(setup.outside.clock.now(), machine.keeps_time()),
        port(setup, config, machine),
        database(config),
        distribution(machine),
    ]
    .concat()
}

fn nearest(path: &Path) -> &Path {
    path.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("/"))
}

fn who(data: &Path, owner: Owner) -> Vec<Part> {
    if !owner.is_served() {
        let sentence = format!("run this as root, or as {}, who owns {}", owner.name(), data.display());
        return vec![problem("who", sentence)];
    }
    match owner.may_write(data) {
        Ok(()) => Vec::new(),
        Err(error) => {
            vec![problem("who", format!("{} cannot write into {}: {error}", owner.name(), data.display()))]
        }
    }
}

fn manager(setup: &Setup<'_>) -> Vec<Part> {
    if !setup.answers.start || setup.services.is_here() {
        return Vec::new();
    }
    let sentence = "systemd does not run this machine, so nothing can be started: say start = false, and start database and \
                    server another way";
    vec![problem("start", sentence)]
}

fn room(free: Option<u64>, data: &Path) -> Part {
    match free {
        None => problem("disk", format!("the disk of {} cannot be examined", data.display())),
        Some(free) if free < LEAST_DISK => {
            problem("disk", format!("{} MiB are left for {}; make room for at least 1 GiB", free >> 20, data.display()))
        }
        Some(free) if free < LITTLE_DISK => note(
            "disk",
            format!("{} GiB are left for {}: enough to begin with, and soon too little", free >> 30, data.display()),
        ),
        Some(free) => ok("disk", format!("{} GiB are left for {}", free >> 30, data.display())),
    }
}

fn swap(disks: &Disks) -> Vec<Part> {
    let in_clear: Vec<String> = host::swap_areas()
        .into_iter()
        .filter(|area| disks.under_swap(Path::new(area)) != Encryption::Encrypted)
        .collect();
    if in_clear.is_empty() {
        return Vec::new();
    }
    let sentence =
        "may receive open documents from memory, and is not seen to be encrypted: encrypt it or switch it off";
    vec![note("swap", format!("{} {sentence}", in_clear.join(", ")))]
}

fn clock(now: DateTime<Utc>, keeps_time: bool) -> Vec<Part> {
    if MADE.parse().is_ok_and(|made: DateTime<Utc>| now < made) {
        let sentence = format!("the clock says {}, which is too early: set it first", now.format("%Y-%m-%d %H:%M UTC"));
        return vec![problem("clock", sentence)];
    }
    if keeps_time {
        return Vec::new();
    }
    let sentence = "nothing is seen to set the clock of this machine; with a wrong one no second factor works. Install \
                    systemd-timesyncd or chrony";
    vec![note("clock", sentence)]
}

fn port(setup: &Setup<'_>, config: &Config, machine: &Machine) -> Vec<Part> {
    let mut found = Vec::new();
    if setup.answers.server.port != 443 {
        found.push(note(
            "server.port",
            "the package listens at 443; for another port change its socket too: systemctl edit vcconnect.socket",
        ));
    }
    let ours = setup.services.is_active(services::SOCKET) || setup.services.is_active(services::SERVER);
    if !setup.answers.start || ours {
        return found;
    }
    let address = config.server.listen;
    if let Err(error) = machine.is_free(address) {
        let sentence = format!("nobody can listen at {address} ({error}): stop what does, or take another port");
        found.push(problem("server.port", sentence));
    }
    found
}

fn database(config: &Config) -> Vec<Part> {
    if config.database.url.is_some() {
        let sentence =
            "the configuration names an external server: it is used as it is, and backups of it need its dump";
        return vec![note("database", sentence)];
    }
    let major = Layout::of(config).and_then(|layout| layout.major());
    match major.and_then(|major| postgres::client(config, major, "pg_dump").map(|_| major)) {
        Ok(major) => vec![ok("database", format!("PostgreSQL {major} of the distribution will run it"))],
        Err(error) => vec![problem("database", error)],
    }
}

fn distribution(machine: &Machine) -> Vec<Part> {
    let sentence = |version: &str, port| {
        format!(
            "the distribution's own cluster {version}/main (port {port}) is here. VCConnect does not use it and never touches \
             it; if nobody else needs it: systemctl disable --now postgresql@{version}-main"
        )
    };
    let found = machine.distribution_clusters();
    found.iter().map(|one| note("database", sentence(&one.version, one.port))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(parts: &[Part]) -> String {
        parts
            .iter()
            .map(|part| format!("{:?} {}: {}", part.state, part.name, part.detail))
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn room_is_judged() {
        let data = Path::new("/data");
        assert!(said(&[room(Some(500 << 20), data)]).starts_with("Problem disk: 500 MiB are left"));
        assert!(said(&[room(Some(3 << 30), data)]).starts_with("Note disk: 3 GiB"));
        assert!(said(&[room(Some(30 << 30), data)]).starts_with("Ok disk"));
        assert!(said(&[room(None, data)]).starts_with("Problem"));
    }

    #[test]
    fn a_clock_is_right_and_kept() {
        assert!(said(&clock("1970-01-01T00:10:00Z".parse().unwrap(), true)).contains("set it first"));
        assert!(said(&clock("2026-11-23T09:00:00Z".parse().unwrap(), false)).starts_with("Note clock"));
        assert_eq!(clock("2026-11-23T09:00:00Z".parse().unwrap(), true), []);
    }

    #[test]
    fn who_asks_must_be_able_to_write() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(who(&dir.path().join("data"), Owner::of(dir.path())), []);
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(who(Path::new("/proc/nowhere"), Owner::of(dir.path()))[0].detail.as_str().contains("cannot write"));
    }

    #[test]
    fn postgres_must_be_installed() {
        let config = Config::from_layers(
            Path::new("/nowhere"),
            [("VCCONNECT__DATABASE__BIN_DIR".to_owned(), "/nowhere/bin".to_owned())].into_iter(),
        );
        assert!(said(&database(&config.unwrap())).starts_with("Problem database: cannot run /nowhere/bin/postgres"));
    }
}
