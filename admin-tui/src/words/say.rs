//! Sentences with figures in them.

use protocol::Shown;

/// Since when there is no server, and of when the shown data is.
pub fn away(since: &str, of: Option<&str>) -> String {
    match of {
        Some(of) => {
            format!("The server does not answer since {since}. What is shown is of {of}; what is stored is safe.")
        }
        None => format!("The server does not answer since {since}. What is stored is safe on its disk."),
    }
}

/// That our own program looked, because no server answered.
pub fn alone(since: &str) -> String {
    format!("The server does not answer since {since}. What is shown was found without it; what is stored is safe.")
}

/// What to do about it.
pub const AWAY_KEYS: &str =
    "s starts, stops or restarts the server or the database · l shows the log · o restores a backup · u unlocks";

/// Why the keystore is closed.
pub fn sealed(why: &Shown) -> String {
    format!("The server is sealed: {why} Documents and names cannot be read. u unlocks it.")
}

/// Why the server that runs answers little.
pub fn not_ready(why: &Shown) -> String {
    format!("{why}. Backups, restoring and keys can be looked at meanwhile; if it stays so, l shows the log.")
}

/// A list that could not be asked anew.
pub fn old(of: &str, why: &str) -> String {
    format!("What is shown is of {of}. {why}")
}

/// Nothing fits a search.
pub fn nothing_fits(find: &str) -> String {
    format!("Nothing here contains “{find}”. Esc shows all.")
}

/// Where in a list.
pub fn position(at: usize, of: usize) -> String {
    format!("{at} of {of}")
}

/// A disk.
pub fn disk(holds: &Shown, free: &str, used: u64) -> String {
    format!("{holds} {free} free ({used} % used)")
}

/// A queue.
pub fn queue(name: &Shown, running: &str, waiting: &str) -> String {
    format!("{name} {running} running, {waiting} waiting")
}

/// No work.
pub const IDLE: &str = "nothing waits";

/// The newest backup.
pub fn backup(age: &str, size: &str, proof: &str) -> String {
    format!("{age}, {size}, {proof}")
}

/// No backup.
pub const NO_BACKUP: &str = "none yet";

/// How long ago.
pub fn ago(span: Option<String>) -> String {
    span.map_or_else(|| "just now".to_owned(), |span| format!("{span} ago"))
}

/// Not read since it was written.
pub const NOT_PROVEN: &str = "not verified";
/// Everything is there.
pub const WHOLE: &str = "whole";
/// Something was missing.
pub const INCOMPLETE: &str = "INCOMPLETE";
/// Something was damaged.
pub const DAMAGED: &str = "DAMAGED";
/// Never shown to work.
pub const NEVER: &str = "never";
/// Cannot be proven.
pub const NOT_NEEDED: &str = "–";

/// Read again.
pub fn verified(when: &str) -> String {
    format!("verified {when}")
}

/// Restored as a trial.
pub fn restored(when: &str) -> String {
    format!("restored {when}")
}

/// A certificate.
pub fn certificate(left: Option<String>, until: &str) -> String {
    match left {
        Some(left) => format!("{left} left, until {until}"),
        None => format!("EXPIRED {until}"),
    }
}

/// No certificate.
pub const NO_CERTIFICATE: &str = "none; plain HTTP to this machine alone";

/// How long the server runs, and who uses it.
pub fn running(span: Option<String>, sessions: u64) -> String {
    let span = span.unwrap_or_else(|| "0 s".to_owned());
    match sessions {
        1 => format!("for {span}, 1 session"),
        more => format!("for {span}, {more} sessions"),
    }
}

/// Where backups go.
pub fn plan(destination: &Shown, at: Option<&Shown>) -> String {
    match at {
        Some(at) => format!("{destination}, daily at {at}"),
        None => format!("{destination}, at no set time"),
    }
}

/// Nowhere.
pub const NO_PLAN: &str = "nowhere yet; t sets a folder and a time";

/// Work that goes on.
pub fn goes_on(what: &str, how_far: &str, step: &str) -> String {
    format!("{what}: {how_far} {step}")
}

/// Work that ended well.
pub fn ended(what: &Shown, when: &str) -> String {
    format!("{what}: done {when}")
}

/// Work that did not.
pub fn failed(what: &Shown, when: &str, why: &Shown) -> String {
    format!("{what}: FAILED {when}: {why}")
}

/// Work whose progress is not known.
pub const GOING_ON: &str = "It goes on.";

/// In the popup of something that is being done.
pub fn waiting(span: Option<String>) -> String {
    let span = span.unwrap_or_else(|| "0 s".to_owned());
    format!("For {span}. Once the server has begun it, it goes on without this program and without this connection.")
}

/// In the line at the bottom.
pub fn doing(title: &str) -> String {
    format!("{title}: being done…")
}

/// When something else is asked meanwhile.
pub fn busy(title: &str) -> String {
    format!("“{title}” is still being done. Wait for its end, then ask again.")
}

/// Something was done.
pub fn done(title: &str) -> String {
    format!("Done: {title}.")
}

/// Something long was begun.
pub fn begun(title: &str) -> String {
    format!("Begun: {title}. It goes on when you leave.")
}

/// The word to type.
pub fn type_word(word: &Shown) -> String {
    format!("Type {word} and press Enter:")
}

/// Another word was typed.
pub const WRONG_WORD: &str = "That is not the word. Nothing was done.";
/// Nothing was typed in time.
pub const TOO_LATE: &str = "It was not confirmed within two minutes. Nothing was done.";
/// A server asks for a word that nobody can type.
pub const NO_WORD: &str = "The server did not say which word confirms this. Nothing was done.";
/// Unlock where nothing is locked.
pub const NOT_SEALED: &str = "The server is open. There is nothing to unlock.";
/// A key for a row where there is none.
pub const NO_ROW: &str = "Choose a row first.";

/// About a link.
pub fn link(until: &str) -> String {
    format!(
        "It is shown once, here, and not kept: copy it before you close this or change the screen. Whoever has it can use it, once, until {until}."
    )
}

/// Whose link, or who is meant.
pub fn subject(title: &str, who: &str) -> String {
    format!("{title}: {who}")
}

/// A key by its number.
pub fn slot(number: u32, label: &Shown) -> String {
    format!("slot {number}, {label}")
}

/// Before leaving with something typed.
pub const LEAVE: &str = "What you typed was not sent. Leave and lose it?";

/// What systemd did.
pub fn unit_done(verb: &str, unit: &str) -> String {
    match verb {
        "stop" => format!("Systemd stopped {unit}."),
        "start" => format!("Systemd started {unit}."),
        _ => format!("Systemd restarted {unit}."),
    }
}

/// An empty log.
pub const NO_LINES: &str = "The log is empty.";

/// Sessions of somebody without any.
pub const NO_SESSIONS: &str = "Nobody is signed in under this name.";

/// A list that takes its time.
pub const READING: &str = "Reading…";

/// What runs, and what lies beside it.
pub fn release(running: &Shown, beside: &[Shown]) -> String {
    match beside {
        [] => format!("{running} runs, and no other version is here"),
        beside => format!("{running} runs; beside it, not in use: {}", joined(beside)),
    }
}

/// The keys whose bundles are installed.
pub fn trusts(keys: &[Shown]) -> String {
    joined(keys)
}

fn joined(words: &[Shown]) -> String {
    words.iter().map(Shown::as_str).collect::<Vec<_>>().join(", ")
}

/// Which step of how many.
pub fn step(done: u64, of: Option<u64>) -> String {
    of.map_or_else(String::new, |of| format!("step {done} of {of},"))
}

/// What somebody should look at.
pub fn attention(why: &Shown) -> String {
    format!("! {why}")
}

/// The version that runs.
pub const RUNS: &str = "runs now";
/// A version that ran.
pub const REPLACED: &str = "replaced";

/// An update that was taken back.
pub fn rolled_back(why: &Shown) -> String {
    format!("ROLLED BACK: {why}")
}

/// An update that was refused.
pub fn refused(why: &Shown) -> String {
    format!("REFUSED: {why}")
}

/// There are more jobs than are shown.
pub const MORE_JOBS: &str = "n for the next page";

/// An update after which nothing works.
pub fn stranded(why: &Shown) -> String {
    format!("FAILED: {why}")
}

/// A job's next try.
pub fn again(when: &str) -> String {
    format!("again at {when}")
}
