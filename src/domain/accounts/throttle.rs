//! How long somebody waits after failed attempts. Two counts run: one a mail address, one a client address.
//!
//! The address of an office is shared, so its ladder starts later; an account's stops at a quarter of an hour, so
//! that nobody is shut out for a day by a stranger.

use chrono::TimeDelta;

/// Failures that are older than this no longer count.
pub(super) const FORGIVEN_AFTER: TimeDelta = TimeDelta::hours(24);

/// Whose attempts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Account,
    Client,
}

impl Subject {
    /// Label of the keyed tag under which the count is stored.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Account => "login-account",
            Self::Client => "login-client",
        }
    }

    /// The wait after this many failures in a row.
    pub(super) fn wait(self, failures: i32) -> Option<TimeDelta> {
        let ladder: &[(i32, i64)] = match self {
            Self::Account => &[(15, 15), (10, 10), (7, 1)],
            Self::Client => &[(100, 60), (60, 10), (30, 1)],
        };
        ladder.iter().find(|(from, _)| failures >= *from).map(|(_, minutes)| TimeDelta::minutes(*minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_an_account_is_never_shut_for_long() {
        let minutes = |subject: Subject, failures| subject.wait(failures).map(|wait| wait.num_minutes());
        assert_eq!(minutes(Subject::Account, 6), None);
        assert_eq!(minutes(Subject::Account, 7), Some(1));
        assert_eq!(minutes(Subject::Account, 12), Some(10));
        assert_eq!(minutes(Subject::Account, 1_000), Some(15));
        assert_eq!(minutes(Subject::Client, 29), None);
        assert_eq!(minutes(Subject::Client, 1_000), Some(60));
    }
}
