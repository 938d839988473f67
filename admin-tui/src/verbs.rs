//! The twin of each question: the command of our program that asks the same. With it the desk works when no server
//! answers, and the help names it for scripts. Secrets never stand in an argument, where others can read them: they go
//! to the standard input, a line each, the token of a confirmation first.

use protocol::admin::{Ask, Secret};

use crate::effect::{Order, RecoveryKey};
use crate::state::Screen;

/// A command, after the program's name.
#[derive(Debug, Clone, PartialEq)]
pub struct Twin {
    /// Noun and verb.
    pub words: &'static str,
    /// What follows. Free text is bound to its option by `=` or follows `--`, so that it is never taken for one.
    pub arguments: Vec<String>,
    /// What goes to the standard input.
    pub typed: Option<Secret>,
}

/// Restores a backup; not a question to a server, which stands still meanwhile.
pub const RESTORE: &str = "restore";
/// How far that is.
pub const RESTORE_STATUS: &str = "restore status";

/// What our program does itself also while a server answers: root's own work, which replaces the server.
pub const ROOT: &[&str] = &["updates install", "updates roll-back"];

/// What our program does without a server, unless the caller of this crate says otherwise.
pub const ALONE: &[&str] = &[
    "status",
    "keys list",
    "keys add-file",
    "keys add-passphrase",
    "keys add-recovery",
    "keys remove",
    "keys rotate",
    "keys prove",
    "keys unlock",
    "backups list",
    "backups create",
    "backups verify",
    "backups plan",
    RESTORE,
    RESTORE_STATUS,
    "updates list",
    "updates install",
    "updates roll-back",
];

/// The command that looks what a restore would do, or begins it so that it goes on without this program.
pub fn restore(order: &Order, looks: bool) -> Twin {
    let (file, typed) = match &order.key {
        RecoveryKey::File(path) => (path.as_str(), None),
        RecoveryKey::Typed(key) => ("-", Some(key.clone())),
    };
    let how = if looks { "--look" } else { "--begin" };
    let signed = order.verify_key.as_ref().map(|key| format!("--verify-key={key}"));
    let arguments = [how.to_owned(), format!("--set={}", order.set), format!("--recovery-key-file={file}")];
    let place = ["--".to_owned(), order.place.clone()];
    Twin { words: RESTORE, arguments: arguments.into_iter().chain(signed).chain(place).collect(), typed }
}

/// The commands of a screen.
pub const fn of(screen: Screen) -> &'static [&'static str] {
    match screen {
        Screen::Dashboard => &["status"],
        Screen::Users => &[
            "users list",
            "users invite",
            "users role",
            "users reset-password",
            "users reset-factor",
            "users disable",
            "users enable",
            "users sessions",
            "users end-sessions",
        ],
        Screen::Keys => &[
            "keys list",
            "keys add-file",
            "keys add-passphrase",
            "keys add-recovery",
            "keys remove",
            "keys rotate",
            "keys prove",
            "keys unlock",
        ],
        Screen::Backups => {
            &["backups list", "backups create", "backups verify", "backups plan", RESTORE, RESTORE_STATUS]
        }
        Screen::Updates => &["updates list", "updates install", "updates roll-back"],
        Screen::Jobs => &["jobs list", "jobs retry", "jobs cancel"],
    }
}

/// The command that asks the same.
pub fn twin(ask: &Ask) -> Twin {
    let of = |words: &'static str, arguments: Vec<String>| Twin { words, arguments, typed: None };
    let plain = |words: &'static str| of(words, Vec::new());
    let about = |words: &'static str, what: String| of(words, vec!["--".to_owned(), what]);
    let typing = |words, arguments, typed: &Secret| Twin { words, arguments, typed: Some(typed.clone()) };
    match ask {
        Ask::Status => plain("status"),
        Ask::Health => plain("update healthy"),
        Ask::Users => plain("users list"),
        Ask::Invite { role, email } => {
            let email = email.as_ref().map(|email| format!("--email={email}"));
            of("users invite", [Some(format!("--role={}", role.word())), email].into_iter().flatten().collect())
        }
        Ask::SetRole { user, role } => {
            of("users role", vec![format!("--role={}", role.word()), "--".to_owned(), user.to_string()])
        }
        Ask::Disable { user } => about("users disable", user.to_string()),
        Ask::Enable { user } => about("users enable", user.to_string()),
        Ask::ResetPassword { user } => about("users reset-password", user.to_string()),
        Ask::ResetSecondFactor { user } => about("users reset-factor", user.to_string()),
        Ask::Sessions { user } => about("users sessions", user.to_string()),
        Ask::EndSessions { user, session } => {
            let session = session.map(|session| format!("--session={session}"));
            let user = ["--".to_owned(), user.to_string()];
            of("users end-sessions", session.into_iter().chain(user).collect())
        }
        Ask::Keys => plain("keys list"),
        Ask::AddPassphrase { label, passphrase } => {
            typing("keys add-passphrase", vec![format!("--label={label}")], passphrase)
        }
        Ask::AddKeyFile => plain("keys add-file"),
        Ask::AddRecovery { label, recipient } => {
            of("keys add-recovery", vec![format!("--label={label}"), "--".to_owned(), recipient.clone()])
        }
        Ask::RemoveKey { slot } => about("keys remove", slot.to_string()),
        Ask::RotateMasterKey => plain("keys rotate"),
        Ask::ProveRecovery { key } => typing("keys prove", Vec::new(), key),
        Ask::Unlock { with } => typing("keys unlock", Vec::new(), with),
        Ask::Backups => plain("backups list"),
        Ask::CreateBackup => plain("backups create"),
        Ask::VerifyBackup { set } => about("backups verify", set.clone()),
        Ask::PlanBackups { destination, at } => {
            of("backups plan", vec![format!("--destination={destination}"), format!("--at={at}")])
        }
        Ask::Jobs { limit, after } => {
            let limit = limit.map(|limit| format!("--limit={limit}"));
            let after = after.as_ref().map(|after| format!("--after={after}"));
            of("jobs list", limit.into_iter().chain(after).collect())
        }
        Ask::RetryJob { job } => about("jobs retry", job.to_string()),
        Ask::CancelJob { job } => about("jobs cancel", job.to_string()),
        Ask::Updates => plain("updates list"),
        Ask::InstallUpdate { bundle } => about("updates install", bundle.clone()),
        Ask::RollBack => plain("updates roll-back"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_an_argument() {
        let secret = || Secret("correct horse".to_owned());
        for ask in [
            Ask::AddPassphrase { label: "desk".to_owned(), passphrase: secret() },
            Ask::ProveRecovery { key: secret() },
            Ask::Unlock { with: secret() },
        ] {
            let twin = twin(&ask);
            assert_eq!(twin.typed, Some(secret()));
            assert!(!twin.arguments.concat().contains("horse"), "{twin:?}");
        }
    }

    #[test]
    fn a_recovery_key_is_typed_and_its_file_named() {
        let order = |key| Order { place: "/mnt/nas".to_owned(), set: "--yes".to_owned(), key, verify_key: None };
        let typed = restore(&order(RecoveryKey::Typed(Secret("AGE-SECRET-KEY-1X".to_owned()))), true);
        assert_eq!(typed.arguments, ["--look", "--set=--yes", "--recovery-key-file=-", "--", "/mnt/nas"]);
        assert_eq!(typed.typed, Some(Secret("AGE-SECRET-KEY-1X".to_owned())));
        let seen = Order { verify_key: Some("K".to_owned()), ..order(RecoveryKey::File("/dev/shm/k".to_owned())) };
        let begun = restore(&seen, false);
        assert_eq!(begun.arguments[0], "--begin");
        assert!(begun.arguments.contains(&"--verify-key=K".to_owned()) && begun.typed.is_none(), "{begun:?}");
    }

    #[test]
    fn free_text_is_never_an_option() {
        let evil = || "--config=/tmp/x".to_owned();
        let role = protocol::admin::Role::Admin;
        for ask in [
            Ask::VerifyBackup { set: evil() },
            Ask::InstallUpdate { bundle: evil() },
            Ask::AddRecovery { label: evil(), recipient: evil() },
            Ask::PlanBackups { destination: evil(), at: evil() },
            Ask::Invite { role, email: Some(evil()) },
        ] {
            let arguments = twin(&ask).arguments;
            let end = arguments.iter().position(|one| one == "--").unwrap_or(arguments.len());
            assert!(!arguments[..end].contains(&evil()), "{arguments:?}");
        }
    }

    #[test]
    fn what_works_alone_is_a_command_of_a_screen() {
        let all: Vec<&str> = Screen::ALL.into_iter().flat_map(|screen| of(screen).iter().copied()).collect();
        assert!(ALONE.iter().all(|words| all.contains(words)));
    }
}
