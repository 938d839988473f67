//! What is said when something was not done.

use protocol::Shown;

use crate::msg::Failure;

const UNREADABLE: &str = "The server's answer cannot be read. It may be of another version than this program; nothing more was asked. Leave with q and start vcconnect admin again; if that changes nothing, restart the server.";
const SILENT: &str =
    "No answer came in time. Nothing is lost, but it may have been done: look again before you repeat it.";
const DENIED: &str = "You may not use the admin socket. Nothing was asked. Be root, or have root add you to the group vcconnect-admin and sign in again.";
const AWAY: &str = "The server does not answer, and this cannot be done without it. Nothing was changed. Start the server first: 1, then s.";
/// Where a restore is not started from here.
pub const RESTORE_BY_HAND: &str = "This program does not restore here: run vcconnect restore with the folder of the backups and the file of the recovery key";
/// Where updates are not installed from here.
pub const ROOT_BY_HAND: &str =
    "Versions are not changed from here: run vcconnect update install FILE or vcconnect update rollback as root";

const NOT_SET_UP: &str = "This installation is not set up yet: there is neither a running server nor data. Set it up as root (sudo vcconnect-admin), or bring a server back from a backup: on the screen Backups, t names where they lie and o restores one.";
const NO_SYSTEMD: &str = "This machine has no systemd, so this program can neither start nor stop services here, nor read their log. Nothing was changed. Do it the way you started them.";

/// In sentences: what happened, what is safe, what to do.
pub fn sentence(failure: &Failure) -> String {
    match failure {
        Failure::Refused(refusal) => refusal.sentence.as_str().to_owned(),
        Failure::Confirm(_) | Failure::Unreadable => UNREADABLE.to_owned(),
        Failure::Broken(why) => format!(
            "The connection to the server broke ({why}). Nothing is lost, but what was asked may have been done: look again before you repeat it."
        ),
        Failure::Silent => SILENT.to_owned(),
        Failure::Denied => DENIED.to_owned(),
        Failure::Away => AWAY.to_owned(),
        Failure::NotSetUp => NOT_SET_UP.to_owned(),
        Failure::NoSystemd => NO_SYSTEMD.to_owned(),
        Failure::Program(said) => format!(
            "A program of this machine could not do it and said: {said}. Look whether it was done before you repeat it; the log on the dashboard (l) may say more."
        ),
    }
}

/// What is said where a program said nothing.
pub fn ended(code: Option<i32>) -> Shown {
    match code {
        Some(code) => Shown::new(&format!("nothing, and ended with code {code}")),
        None => Shown::new("nothing, and was ended by a signal"),
    }
}

/// A program that could not be started.
pub fn not_started(name: &str, error: &std::io::Error) -> Shown {
    Shown::new(&format!("{name} cannot be started ({error})"))
}

/// A fault of ours while something was asked.
pub const FAULT: &str = "this program made a mistake";
/// What a thread is called when there can be no more of them.
pub const THREAD: &str = "another task";
/// No terminal.
pub const NO_TERMINAL: &str =
    "vcconnect admin needs a terminal. Nothing was done. In a script use the commands, as in: vcconnect status --json";

/// A terminal that cannot be used.
pub fn terminal(error: &std::io::Error) -> String {
    format!("The terminal cannot be used ({error}). Nothing on the server was changed; what was begun there goes on.")
}
