//! Every word that this program shows. Sentences are calm and plain: what happened, what is safe, what to do.

use protocol::admin::{Factor, JobState, KeyKind, PartState, UserState};

use crate::effect::{Unit, UnitVerb};
use crate::state::Screen;

pub mod failure;
pub mod help;
pub mod key;
pub mod say;
pub mod setup;

/// The product.
pub const NAME: &str = "VCConnect";
/// Before the first answer.
pub const ASKING: &str = "Asking the server…";
/// In the header.
pub const OPEN: &str = "open";
/// In the header.
pub const SEALED: &str = "SEALED";
/// The server starts or stops.
pub const NOT_READY: &str = "not ready";
/// In the header.
pub const NOT_RUNNING: &str = "NOT RUNNING";
/// Where a figure is not known.
pub const UNKNOWN: &str = "–";
/// Before the row under the cursor.
pub const MARK: &str = "▸";
/// Before something that needs attention.
pub const ATTENTION: &str = "!";
/// Before what is being typed into a search.
pub const FIND: &str = "find: ";
/// In a terminal that is too small.
pub const TOO_SMALL: &str = "This terminal is too small: 60 columns and 15 rows are needed. Make it larger.";
/// Instead of a masked letter.
pub const MASK: char = '•';
/// Between two pieces of one line.
pub const DOT: &str = " · ";

/// The name of a screen.
pub const fn screen(screen: Screen) -> &'static str {
    match screen {
        Screen::Dashboard => "Dashboard",
        Screen::Users => "Users",
        Screen::Keys => "Keys",
        Screen::Backups => "Backups",
        Screen::Updates => "Updates",
        Screen::Jobs => "Jobs",
    }
}

/// What an empty list says.
pub const fn empty(screen: Screen) -> &'static str {
    match screen {
        Screen::Dashboard => "The server names no part of itself. r asks again.",
        Screen::Users => "Nobody is here yet. i makes a link with which somebody becomes a user.",
        Screen::Keys => {
            "Nothing opens the keystore but the key file that the server was set up with. a adds a passphrase, c a recovery key."
        }
        Screen::Backups => {
            "There is no backup yet. t sets where backups go and when, b makes one now. Until then a broken disk loses everything."
        }
        Screen::Updates => "No version is recorded yet. n installs a signed bundle.",
        Screen::Jobs => "Nothing waits and nothing failed.",
    }
}

/// How a part is.
pub const fn part(state: PartState) -> &'static str {
    match state {
        PartState::Ok => "ok",
        PartState::Note => "note",
        PartState::Problem => "PROBLEM",
    }
}

/// Whether somebody may sign in.
pub const fn user(state: UserState) -> &'static str {
    match state {
        UserState::Active => "active",
        UserState::Disabled => "DISABLED",
    }
}

/// A second factor.
pub const fn factor(factor: Factor) -> &'static str {
    match factor {
        Factor::Set => "set",
        Factor::None => "none",
        Factor::Owed => "owed",
    }
}

/// A way to open the keystore.
pub const fn kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::KeyFile => "key file",
        KeyKind::Passphrase => "passphrase",
        KeyKind::Recovery => "recovery key",
    }
}

/// How a job stands.
pub const fn job(state: JobState) -> &'static str {
    match state {
        JobState::Waiting => "waiting",
        JobState::Running => "running",
        JobState::Again(_) => "again",
        JobState::Failed => "FAILED",
    }
}

/// A unit.
pub const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Server => "the server",
        Unit::Database => "the database",
    }
}

/// What is done to a unit, as a choice.
pub const fn service(verb: UnitVerb, unit: Unit) -> &'static str {
    match (verb, unit) {
        (UnitVerb::Start, Unit::Server) => "Start the server",
        (UnitVerb::Stop, Unit::Server) => "Stop the server",
        (UnitVerb::Restart, Unit::Server) => "Restart the server",
        (UnitVerb::Start, Unit::Database) => "Start the database",
        (UnitVerb::Stop, Unit::Database) => "Stop the database",
        (UnitVerb::Restart, Unit::Database) => "Restart the database",
    }
}

/// What is lost when a unit stops.
pub const fn service_loses(unit: Unit) -> &'static str {
    match unit {
        Unit::Server => {
            "People who are signed in are interrupted, and nobody can work until it runs again. What is stored stays; work of the queue goes on afterwards."
        }
        Unit::Database => {
            "The server answers nobody until it runs again. What is stored stays; work of the queue goes on afterwards."
        }
    }
}

/// What is typed to restore.
pub const RESTORE_WORD: &str = "restore";

/// Heads of columns.
pub mod head {
    #![expect(missing_docs, reason = "the words are what they say")]
    pub const NAME: &str = "Name";
    pub const EMAIL: &str = "Mail";
    pub const ROLE: &str = "Role";
    pub const STATE: &str = "State";
    pub const FACTOR: &str = "Factor";
    pub const SESSIONS: &str = "Sessions";
    pub const SINCE: &str = "Since";
    pub const SLOT: &str = "Slot";
    pub const KIND: &str = "Kind";
    pub const PROVEN: &str = "Proven";
    pub const MADE: &str = "Made";
    pub const SIZE: &str = "Size";
    pub const AGE_BEGINS: &str = "age1";
    pub const AGE: &str = "Age";
    pub const PROOF: &str = "Proof";
    pub const VERSION: &str = "Version";
    pub const FROM: &str = "From";
    pub const WHEN: &str = "When";
    pub const OUTCOME: &str = "Outcome";
    pub const QUEUE: &str = "Queue";
    pub const ABOUT: &str = "About";
    pub const ATTEMPTS: &str = "Tries";
    pub const PART: &str = "Part";
    pub const DETAIL: &str = "What is so";
    pub const CLIENT: &str = "Client";
    pub const SEEN: &str = "Last seen";
}

/// Labels of figures and details.
pub mod label {
    #![expect(missing_docs, reason = "the words are what they say")]
    pub const DISK: &str = "Disk";
    pub const QUEUE: &str = "Queue";
    pub const BACKUP: &str = "Backup";
    pub const CERTIFICATE: &str = "Certificate";
    pub const RUNNING: &str = "Running";
    pub const DESTINATION: &str = "To";
    pub const NEXT: &str = "Next";
    pub const AGAINST: &str = "Safe against";
    pub const NOT_AGAINST: &str = "Not against";
    pub const FILES: &str = "Files";
    pub const ID: &str = "Id";
    pub const AGAIN: &str = "Again at";
    pub const AUTHORITY: &str = "Authority";
    pub const NAMES: &str = "For";
    pub const ISSUER: &str = "Signed by";
    pub const LABEL: &str = "Its name";
    pub const PASSPHRASE: &str = "Passphrase";
    pub const REPEAT: &str = "Once more";
    pub const RECIPIENT: &str = "Public half";
    pub const RECOVERY: &str = "Recovery key";
    pub const WITH: &str = "Passphrase or recovery key";
    pub const EMAIL: &str = "Mail address";
    pub const FOLDER: &str = "Folder";
    pub const TIME: &str = "Time of day";
    pub const TRUSTS: &str = "Trusts";
    pub const BUNDLE: &str = "File of the bundle";
    pub const TYPE: &str = "Type";
    pub const KEY_FILE: &str = "File of the recovery key";
    pub const OR_KEY: &str = "or the key itself";
}

/// Titles of popups and of what is being done.
pub mod title {
    #![expect(missing_docs, reason = "the words are what they say")]
    pub const HELP: &str = "Help";
    pub const TROUBLE: &str = "Not done";
    pub const CONFIRM: &str = "What will be lost";
    pub const WORKING: &str = "Being done";
    pub const LINK: &str = "A link, shown once";
    pub const LOGS: &str = "The last 200 lines of the log";
    pub const LEAVE: &str = "Leave?";
    pub const SERVICES: &str = "Server and database";
    pub const ROLE: &str = "What are they to be?";
    pub const UNLOCK: &str = "Unlock";
    pub const INVITE: &str = "Invite";
    pub const ADD_PASSPHRASE: &str = "Add a passphrase";
    pub const ADD_RECOVERY: &str = "Add a recovery key";
    pub const REMOVE_KEY: &str = "Remove a key";
    pub const ADD_KEY_FILE: &str = "Make a new key file";
    pub const ROTATE: &str = "Replace the master key";
    pub const PROVE: &str = "Prove a recovery key";
    pub const BACK_UP: &str = "Back up";
    pub const VERIFY: &str = "Verify a backup";
    pub const RESTORE: &str = "Restore a backup";
    pub const NOT_SO: &str = "It cannot be restored so";
    pub const PLAN: &str = "Where backups go, and when";
    pub const INSTALL: &str = "Install a signed bundle";
    pub const ROLL_BACK: &str = "Go back to the version before";
    pub const CHANGE_ROLE: &str = "Change a role";
    pub const PASSWORD: &str = "Reset a password";
    pub const FACTOR: &str = "Reset a second factor";
    pub const DISABLE: &str = "Disable";
    pub const ENABLE: &str = "Enable";
    pub const END_SESSIONS: &str = "End sessions";
    pub const RETRY: &str = "Try a job again";
    pub const CANCEL: &str = "Cancel a job";
}

/// What forms ask for.
pub mod hint {
    #![expect(missing_docs, reason = "the words are what they say")]
    pub const EMAIL: &str = "Leave it empty if anybody with the link may use it.";
    pub const PASSPHRASE: &str = "At least four words that nobody would put together. It is not stored.";
    pub const RECIPIENT: &str =
        "Make the key on another machine, keep it on paper, and give its public half here: age1…";
    pub const PROVE: &str = "AGE-SECRET-KEY-1…, as it stands on the paper. It is used once and not stored.";
    pub const UNLOCK: &str = "It opens the keystore of the running server and is not stored.";
    pub const PLAN: &str = "A folder on another disk than the data, and a time in the server's time zone, as in 02:00.";
    pub const BUNDLE: &str =
        "Its full path on this server. The signature is checked, and a backup is made, before anything changes.";
    pub const RESTORE: &str =
        "First it is only looked at, and you are told what would be replaced. The key goes to no argument and no log.";
    pub const KEY_NEEDED: &str = "Name the file of the recovery key, or paste the key.";
    pub const ONE_OF_BOTH: &str = "One of the two is enough. Empty the other.";
    pub const NEEDED: &str = "This cannot be empty.";
    pub const DIFFERENT: &str = "The two are not the same. Type the second one again.";
    pub const TIME: &str = "A time looks like 02:00.";
    pub const PATH: &str = "A full path begins with a slash.";
    pub const AGE_BEGINS: &str = "age1";
    pub const AGE: &str = "A public half begins with age1.";
}
