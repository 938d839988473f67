//! Counting attempts: each is counted as failed before it is checked, and forgiven when it fits. Passwords and codes
//! are counted apart, so that whoever knows a password cannot forgive their own guesses at codes with it.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::service::Accounts;
use super::store::attempts::{self as store, Failures};
use super::throttle::{FORGIVEN_AFTER, Guess, Subject};
use crate::base::{Ctx, Error, ErrorCode, Result};
use crate::domain::audit::{Action, Object, Record};
use crate::infra::db::{Connection, Transact as _};

/// Whose counts an attempt is in, with their keyed tags.
pub(super) type Subjects = Vec<(Subject, Vec<u8>)>;

impl Accounts {
    pub(super) fn subjects(&self, cx: &Ctx, email: &str, guess: Guess) -> Subjects {
        let account = email.trim().to_lowercase();
        let network = cx.ip.map(network).unwrap_or_default();
        let values = [
            (Subject::AccountFromClient, format!("{network} {account}")),
            (Subject::Account, account),
            (Subject::Client, network),
        ];
        values.into_iter().map(|(subject, value)| (subject, self.vault.blind(subject.label(guess), &value))).collect()
    }

    /// Counts the attempt as failed in advance; fails while a subject has to wait. A new lock is recorded.
    pub(super) async fn count_attempt(&self, cx: &Ctx, subjects: &Subjects, guess: Guess) -> Result<()> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            for (subject, tag) in subjects {
                let known = store::lock_failures(conn, tag, cx.now).await?;
                if let Some(until) = known.locked_until.filter(|until| *until > cx.now) {
                    return Err(wait_until(until, cx.now));
                }
                let counted = one_more(*subject, &known, cx.now);
                store::set_failures(conn, tag, &counted).await?;
                if counted.locked_until.is_some() {
                    let about = json!({ "locked": subject.label(guess), "failures": counted.failures });
                    let record = Record::denied(Action::SignInLocked, Object::all("user")).with(about);
                    self.audit.record(conn, cx, record).await?;
                }
            }
            Ok(())
        })
        .await
    }
}

/// After a success the account starts anew; the client, who may be guessing at others, is forgiven this one attempt.
pub(super) async fn forgive(conn: &mut Connection, subjects: &Subjects, now: DateTime<Utc>) -> Result<()> {
    for (subject, tag) in subjects {
        match subject {
            Subject::AccountFromClient | Subject::Account => store::delete_failures(conn, tag).await?,
            Subject::Client => forgive_one(conn, tag, now).await?,
        }
    }
    Ok(())
}

async fn forgive_one(conn: &mut Connection, tag: &[u8], now: DateTime<Utc>) -> Result<()> {
    let known = store::lock_failures(conn, tag, now).await?;
    let forgiven = Failures { failures: (known.failures - 1).max(0), locked_until: None, ..known };
    store::set_failures(conn, tag, &forgiven).await
}

fn one_more(subject: Subject, known: &Failures, now: DateTime<Utc>) -> Failures {
    let fresh = now - known.last_at > FORGIVEN_AFTER;
    let failures = if fresh { 1 } else { known.failures + 1 };
    Failures { failures, last_at: now, locked_until: subject.wait(failures).map(|wait| now + wait) }
}

fn wait_until(until: DateTime<Utc>, now: DateTime<Utc>) -> Error {
    let wait = (until - now).to_std().unwrap_or_default();
    let minutes = wait.as_secs().div_ceil(60).max(1);
    Error::new(
        ErrorCode::TooManyAttempts,
        format!("Too many failed attempts. Try again in {minutes} minute(s); the account itself is safe."),
    )
    .retry_after(wait)
}

/// Whom an address stands for: an IPv6 client has a whole /64 to itself.
fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn an_ipv6_network_is_one_client() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
