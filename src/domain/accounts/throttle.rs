//! How long somebody waits after failed attempts. Three counts run: an account from one client, the account from
//! anywhere, the client for any account. Passwords and codes have such counts each.
//!
//! The first is strict. The second starts late, so that a stranger who guesses does not shut the owner out; the third
//! too, since an office shares its address.

use chrono::TimeDelta;

/// Failures that are older than this no longer count.
pub(super) const FORGIVEN_AFTER: TimeDelta = TimeDelta::hours(24);

/// Whose attempts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    AccountFromClient,
    Account,
    Client,
}

/// What is guessed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    Password,
    Code,
}

impl Subject {
    /// Label of the keyed tag under which the count is stored.
    pub(super) const fn label(self, guess: Guess) -> &'static str {
        match (guess, self) {
            (Guess::Password, Self::AccountFromClient) => "login-account-from-client",
            (Guess::Password, Self::Account) => "login-account",
            (Guess::Password, Self::Client) => "login-client",
            (Guess::Code, Self::AccountFromClient) => "code-account-from-client",
            (Guess::Code, Self::Account) => "code-account",
            (Guess::Code, Self::Client) => "code-client",
        }
    }

    /// The wait after this many failures in a row.
    pub(super) fn wait(self, failures: i32) -> Option<TimeDelta> {
        let ladder: &[(i32, i64)] = match self {
            Self::AccountFromClient => &[(15, 15), (10, 10), (7, 1)],
            Self::Account => &[(200, 10), (50, 1)],
            Self::Client => &[(100, 60), (60, 10), (30, 1)],
        };
        ladder.iter().find(|(from, _)| failures >= *from).map(|(_, minutes)| TimeDelta::minutes(*minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_a_stranger_shuts_nobody_out_for_long() {
        let minutes = |subject: Subject, failures| subject.wait(failures).map(|wait| wait.num_minutes());
        assert_eq!(minutes(Subject::AccountFromClient, 6), None);
        assert_eq!(minutes(Subject::AccountFromClient, 7), Some(1));
        assert_eq!(minutes(Subject::AccountFromClient, 1_000), Some(15));
        assert_eq!(minutes(Subject::Account, 49), None);
        assert_eq!(minutes(Subject::Account, 1_000), Some(10));
        assert_eq!(minutes(Subject::Client, 29), None);
        assert_eq!(minutes(Subject::Client, 1_000), Some(60));
    }
}
