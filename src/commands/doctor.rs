//! `vcconnect doctor`: what is wrong with this installation, and what to do. It changes nothing.

use ::backup::Listed;
use confine::Level;
use protocol::admin::{Part, PartState};
use serde::Serialize;
use vault::SlotKind;

use super::{Done, block_on};
use crate::infra::backup::{self, BackupPlace};
use crate::infra::clock::{Clock as _, SystemClock};
use crate::infra::config::Config;
use crate::infra::db::{self, schema_state};
use crate::infra::host;
use crate::infra::keys::KeyFiles;
use crate::infra::postgres::Role;
use crate::infra::reading::Reader;
use crate::infra::restore;
use crate::infra::test_copy::TestCopy;

const LOW_DISK: u64 = 2 << 30;
/// Hours: a day and what a backup may take.
const OLD_BACKUP: i64 = 26;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    part: &'static str,
    state: State,
    detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Note,
    Problem,
}

fn finding(part: &'static str, state: State, detail: impl Into<String>) -> Finding {
    Finding { part, state, detail: detail.into() }
}

/// The same in words of the admin socket.
pub(super) fn parts(config: &Config) -> Vec<Part> {
    let state = |state| match state {
        State::Ok => PartState::Ok,
        State::Note => PartState::Note,
        State::Problem => PartState::Problem,
    };
    let part = |one: Finding| Part { name: one.part.into(), state: state(one.state), detail: one.detail.into() };
    look(config).into_iter().map(part).collect()
}

fn look(config: &Config) -> Vec<Finding> {
    let mut findings: Vec<Finding> = copy(config).into_iter().collect();
    findings.extend(keys(config));
    findings.push(database(config));
    findings.extend(machine(config));
    findings.extend(backups(config));
    findings.extend(readers(config));
    findings
}

fn copy(config: &Config) -> Option<Finding> {
    TestCopy::of(config).map(|copy| finding("copy", State::Note, copy.sentence()))
}

pub(super) fn run(config: &Config, json: bool) -> Done {
    let findings = look(config);
    if json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for one in &findings {
            let mark = match one.state {
                State::Ok => "ok      ",
                State::Note => "note    ",
                State::Problem => "PROBLEM ",
            };
            println!("{mark}{:<10}{}", one.part, one.detail);
        }
    }
    match findings.iter().filter(|one| one.state == State::Problem).count() {
        0 => Ok(()),
        count => Err(format!("{count} problem(s); nothing was changed").into()),
    }
}

fn keys(config: &Config) -> Vec<Finding> {
    let files = KeyFiles::of(config);
    let opened = match files.open() {
        Ok(_) => finding("keys", State::Ok, format!("the keystore {} opens", files.keystore.display())),
        Err(error) => finding("keys", State::Problem, error.to_string()),
    };
    let protection = SlotKind::KeyFile.protection();
    let sentence = format!(
        "the key file protects from {}. It does not protect from {}.",
        protection.against, protection.not_against
    );
    vec![opened, finding("keys", State::Note, sentence)]
}

fn database(config: &Config) -> Finding {
    let state = db::url(config, Role::App).map_err(Into::into).and_then(|url| {
        block_on(async {
            let mut conn = db::connect(&url).await?;
            schema_state(&mut conn).await
        })
    });
    match state {
        Ok(Ok(schema)) => match (schema.problem(), schema.note()) {
            (Some(problem), _) => finding("database", State::Problem, problem),
            (None, Some(note)) => finding("database", State::Note, note),
            (None, None) => finding("database", State::Ok, "answers and has the schema of this version"),
        },
        Ok(Err(error)) => finding("database", State::Problem, format!("{} ({})", error.detail, error.causes())),
        Err(failure) => finding("database", State::Problem, failure.to_string()),
    }
}

fn machine(config: &Config) -> Vec<Finding> {
    let dir = &config.storage.data_dir;
    let disk = match host::free_bytes(dir) {
        None => finding("disk", State::Problem, format!("{} is not there or cannot be entered", dir.display())),
        Some(free) if free < LOW_DISK => {
            finding("disk", State::Problem, format!("{} MiB are left for {}; make room", free >> 20, dir.display()))
        }
        Some(free) => finding("disk", State::Ok, format!("{} GiB are left for {}", free >> 30, dir.display())),
    };
    let swap = match host::swap_areas().as_slice() {
        [] => finding("swap", State::Ok, "none: what is open in memory is never written to disk"),
        areas => finding(
            "swap",
            State::Note,
            format!("{} may receive open documents from memory; encrypt it or switch it off", areas.join(", ")),
        ),
    };
    vec![disk, swap]
}

fn backups(config: &Config) -> Vec<Finding> {
    let place = BackupPlace::of(config);
    let mut findings: Vec<Finding> =
        restore::unfinished(config).map(|sentence| finding("restore", State::Problem, sentence)).into_iter().collect();
    if place.destination.is_none() {
        findings.push(finding(
            "backup",
            State::Note,
            "no backup is made: name a folder on another disk as backup.destination",
        ));
        return findings;
    }
    findings.push(match backup::last_set(&place) {
        None => finding("backup", State::Problem, "there is no set yet: run `vcconnect backup create`"),
        Some(set) => age_of(&set),
    });
    findings.extend(place.unprotected().map(|sentence| finding("backup", State::Note, sentence)));
    findings
}

fn age_of(set: &Listed) -> Finding {
    let hours = (SystemClock.now() - set.id.at()).num_hours();
    match &set.manifest {
        Err(fault) => finding("backup", State::Problem, format!("the newest set cannot be used: {fault}")),
        Ok(_) if hours > OLD_BACKUP => finding(
            "backup",
            State::Problem,
            format!("the newest set is {hours} hours old: run `vcconnect backup create`"),
        ),
        Ok(manifest) if !manifest.is_complete() => {
            finding("backup", State::Problem, format!("documents have no file in the newest set, {}", set.id))
        }
        Ok(_) if set.verified_at.is_none() => {
            let sentence = format!("the newest set, {}, was not verified: run `vcconnect backup verify`", set.id);
            finding("backup", State::Note, sentence)
        }
        Ok(_) => {
            finding("backup", State::Ok, format!("the newest set, {}, is {hours} hours old and was verified", set.id))
        }
    }
}

/// Programs of the distribution that read what we do not read ourselves, and their packages.
const PROGRAMS: &[(&str, &str)] = &[
    ("pdfinfo", "poppler-utils"),
    ("pdftotext", "poppler-utils"),
    ("pdfimages", "poppler-utils"),
    ("pdftoppm", "poppler-utils"),
    ("tesseract", "tesseract-ocr"),
];

fn readers(config: &Config) -> Vec<Finding> {
    let mut findings = vec![confinement(config)];
    for (program, package) in PROGRAMS {
        if !host::has_program(program) {
            let sentence = format!("{program} is missing, so some files cannot be read: apt-get install {package}");
            findings.push(finding("readers", State::Problem, sentence));
        }
    }
    findings
}

fn confinement(config: &Config) -> Finding {
    let level = Reader::of(&config.reading)
        .map_err(|error| error.causes())
        .and_then(|reader| block_on(reader.level()).map_err(|error| error.to_string()))
        .and_then(|level| level.map_err(|error| error.to_string()));
    match level {
        Ok(Level::Full) => finding("readers", State::Ok, "the processes that read files are fully confined"),
        Ok(Level::Degraded(reasons)) if config.reading.allow_degraded => {
            let sentence = format!("read files without full confinement, as configured: {}", reasons.join(" "));
            finding("readers", State::Note, sentence)
        }
        Ok(Level::Degraded(reasons)) => {
            let sentence = format!("no file is read, because a reader cannot be fully confined: {}", reasons.join(" "));
            finding("readers", State::Problem, sentence)
        }
        Err(sentence) => finding("readers", State::Problem, sentence),
    }
}
