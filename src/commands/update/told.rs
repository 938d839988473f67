//! What people and programs are told of bundles and updates.

use ::update::{Journal, Kind, Manifest, Outcome};
use protocol::Shown;
use protocol::admin::{Reply, Update, UpdateState};
use serde_json::json;

use crate::commands::{Done, print, reply};
use crate::infra::files::printable;

/// A bundle that was verified.
pub(super) fn bundle(manifest: &Manifest, json: bool) -> Done {
    if json {
        return print(&json!({ "bundle": manifest }).to_string());
    }
    let Manifest { version, made_at, notes, .. } = manifest;
    print(&format!(
        "Version {version}, made {}, {} MiB. The signature is good, and it can be installed here.",
        made_at.format("%Y-%m-%d"),
        manifest.bytes().div_ceil(1 << 20)
    ))?;
    print(if manifest.expand_only {
        "If it is taken back, nothing is lost."
    } else {
        "If it is taken back by itself, what was written since the server was stopped for it is lost."
    })?;
    if notes.trim().is_empty() { Ok(()) } else { print(&notes.lines().map(printable).collect::<Vec<_>>().join("\n")) }
}

/// How it ended, as a sentence.
pub(super) fn ended(journal: &Journal) -> String {
    let Journal { from, to, .. } = journal;
    let Some(ended) = &journal.ended else { return "It has not ended.".to_owned() };
    let why = ended.why.as_deref().unwrap_or_default();
    let sealed = if journal.sealed { " It waits to be unlocked." } else { "" };
    match (ended.outcome, journal.kind) {
        (Outcome::Done, Kind::Install) => {
            format!("Version {to} runs. {from} stays beside it, for the way back.{sealed}")
        }
        (Outcome::Done, Kind::RollBack) => format!("Version {to} runs again. What was written since stays.{sealed}"),
        (Outcome::Refused, _) => format!("Version {to} was not begun, and {from} was not touched: {why}"),
        (Outcome::RolledBack, _) => format!("Version {from} runs again, because {to} did not work: {why}"),
        (Outcome::Stranded, _) => {
            format!(
                "Version {from} is in place again and does not work either: {why}. What is stored is safe: see docs/updates.md"
            )
        }
    }
}

/// What runs, and what goes on.
pub(super) fn status(said: &Reply, json: bool) -> Done {
    let (false, Reply::Updates { running, beside, keys, warning, work, .. }) = (json, said) else {
        return reply::print(said, true);
    };
    print(&format!("Version {running} runs."))?;
    if !beside.is_empty() {
        print(&format!("Beside it, not in use: {}.", joined(beside)))?;
    }
    print(&format!("Bundles are installed that one of these keys signed: {}.", joined(keys)))?;
    if let Some(warning) = warning {
        print(&format!("PROBLEM {warning}"))?;
    }
    let Some(work) = work else { return Ok(()) };
    match (&work.progress, &work.failed) {
        (Some(progress), _) => {
            let total = progress.total.unwrap_or_default();
            print(&format!("Under way: {} of {total}, {}.", progress.done, progress.step))
        }
        (None, Some(why)) => print(&format!("The last one: {why}")),
        (None, None) => Ok(()),
    }
}

/// What there was, newest first.
pub(super) fn history(said: &Reply, json: bool) -> Done {
    let (false, Reply::Updates { history, .. }) = (json, said) else { return reply::print(said, true) };
    history.iter().try_for_each(|update| print(&row(update)))
}

fn row(update: &Update) -> String {
    let from = update.from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
    let outcome = match &update.state {
        UpdateState::Running => "runs now".to_owned(),
        UpdateState::Replaced => "replaced".to_owned(),
        UpdateState::RolledBack(why) => format!("rolled back: {why}"),
        UpdateState::Refused(why) => format!("refused: {why}"),
        UpdateState::Stranded(why) => format!("FAILED: {why}"),
    };
    format!("{}  {}{from}  {outcome}", update.at.format("%Y-%m-%d %H:%M UTC"), update.version)
}

fn joined(words: &[Shown]) -> String {
    words.iter().map(Shown::as_str).collect::<Vec<_>>().join(", ")
}

/// As the beginning of a sentence.
pub(super) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
