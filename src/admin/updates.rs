//! Questions about versions of the program. What is known of updates lies in files that root writes; installing and going
//! back are root's own commands, which go on while no server runs.

use chrono::{DateTime, Utc};
use protocol::Shown;
use protocol::admin::{Ask, Long, Progress, Reply, Update, UpdateState};
use update::{Build, Ended, Journal, Outcome, trusted};

use crate::base::{Ctx, Error, ErrorCode, Result};
use crate::infra::config::Config;
use crate::infra::update::{Journals, Places};

const NOT_THE_SERVER: &str = "The server cannot replace itself. Nothing was done; as root, run `vcconnect update install FILE` or \
                              `vcconnect update rollback`.";
const FOR_TESTS: &str = "This program was built for tests and installs what anybody signs. Do not use it.";

/// Ended work that is shown, newest first.
const MOST: usize = 200;

pub(super) fn answer(config: &Config, since: DateTime<Utc>, cx: &Ctx, ask: &Ask) -> Result<Reply> {
    cx.require_console()?;
    match ask {
        Ask::Updates => Ok(listed(config, since)),
        _ => Err(Error::new(ErrorCode::WrongState, NOT_THE_SERVER)),
    }
}

/// What runs, what lies beside it, what was installed; `since` is when the running version is known to run.
pub fn listed(config: &Config, since: DateTime<Utc>) -> Reply {
    let places = Places::of(config);
    let journals = Journals::of(&places);
    let (history, fault) = match journals.history() {
        Ok(history) => (history, None),
        Err(trouble) => (Vec::new(), Some(trouble.to_string())),
    };
    let (work, damaged) = match journals.read() {
        Ok(work) => (work, None),
        Err(trouble) => (None, Some(trouble.to_string())),
    };
    let running = places.running().map_or_else(|| env!("CARGO_PKG_VERSION").to_owned(), |version| version.to_string());
    let beside = places.laid().into_iter().map(|version| version.to_string()).filter(|version| *version != running);
    let build = Build::this();
    let test_build = (build == Build::Development && !cfg!(debug_assertions)).then(|| FOR_TESTS.to_owned());
    Reply::Updates {
        beside: beside.map(|version| Shown::new(&version)).collect(),
        keys: trusted(build).iter().map(|key| Shown::new(&key.id())).collect(),
        warning: fault.or(damaged).or(test_build).map(|sentence| Shown::new(&sentence)),
        history: rows(history, &running, since),
        work: work.map(|work| long(&journals, &work)),
        running: Shown::new(&running),
    }
}

/// What has ended, newest first; the version that runs is among it, also if no update brought it.
fn rows(history: Vec<Journal>, running: &str, since: DateTime<Utc>) -> Vec<Update> {
    let mut current = true;
    let mut rows: Vec<Update> = history
        .iter()
        .rev()
        .take(MOST)
        .filter_map(|journal| journal.ended.as_ref().map(|ended| row(journal, ended, running, &mut current)))
        .collect();
    if current {
        let running = Update { version: Shown::new(running), from: None, at: since, state: UpdateState::Running };
        rows.push(running);
    }
    rows
}

fn row(journal: &Journal, ended: &Ended, running: &str, current: &mut bool) -> Update {
    let why = Shown::new(ended.why.as_deref().unwrap_or_default());
    let state = match ended.outcome {
        Outcome::Done if *current && journal.to.to_string() == running => {
            *current = false;
            UpdateState::Running
        }
        Outcome::Done => UpdateState::Replaced,
        Outcome::Refused => UpdateState::Refused(why),
        Outcome::RolledBack => UpdateState::RolledBack(why),
        Outcome::Stranded => UpdateState::Stranded(why),
    };
    let text = |version: &update::Version| Shown::new(&version.to_string());
    Update { version: text(&journal.to), from: Some(text(&journal.from)), at: ended.at, state }
}

fn long(journals: &Journals, journal: &Journal) -> Long {
    let (done, total) = journal.position();
    let ended = journal.ended.as_ref();
    // Whoever works on it holds the lock. Whoever may not try it cannot tell.
    let interrupted = ended.is_none() && journals.is_idle();
    let failed = match ended {
        Some(ended) => ended.why.clone(),
        None if interrupted => Some("it was interrupted; `vcconnect update resume` goes on with it".to_owned()),
        None => None,
    };
    Long {
        what: Shown::new("update"),
        since: journal.began_at,
        progress: (ended.is_none() && !interrupted).then(|| Progress {
            step: Shown::new(journal.step.sentence()),
            done: done as u64,
            total: Some(total as u64),
        }),
        ended: ended.map(|ended| ended.at).or(interrupted.then_some(journal.began_at)),
        failed: failed.as_deref().map(Shown::new),
    }
}
