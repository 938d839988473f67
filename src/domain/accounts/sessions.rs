//! Signing in and out. The password is checked between two short transactions, never inside one.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use zeroize::Zeroizing;

use super::model::{Authenticated, Client, Credentials, Email, PersonName, Session, SignedIn, User, UserState, field};
use super::password;
use super::service::Accounts;
use super::store::{self, Failures};
use super::throttle::{FORGIVEN_AFTER, Subject};
use crate::base::{Actor, Ctx, Error, ErrorCode, Result, SessionId, UserId};
use crate::domain::audit::{Action, Object, Record};
use crate::infra::clock::Clock;
use crate::infra::db::{Connection, Transact as _};
use crate::infra::entropy;

/// How exact `last_seen_at` is; a write per request would be waste.
const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(60);
const SWEEP_EVERY: Duration = Duration::from_secs(600);

impl Accounts {
    /// Signs somebody in. Wrong address and wrong password look and last alike.
    pub async fn sign_in(&self, cx: &Ctx, credentials: Credentials, client: &Client) -> Result<SignedIn> {
        let email = Email::parse(&credentials.email).ok();
        let subjects = self.subjects(cx, &credentials.email);
        self.count_attempt(cx, &subjects).await?;
        let login = match &email {
            Some(email) => {
                let mut conn = self.db.read().await?;
                store::find_login(&mut conn, &self.vault, email).await?
            }
            None => None,
        };
        let (user, hash) = login.unzip();
        let fits = self.passwords.fits(credentials.password, hash).await?;
        match user {
            Some(user) if fits && user.state == UserState::Active => self.admit(cx, user, client, &subjects).await,
            known => self.turn_away(cx, known.map(|user| user.id)).await,
        }
    }

    /// Gives the actor another password and ends their other sessions. The old one is checked like a sign-in.
    pub async fn change_password(
        &self,
        cx: &Ctx,
        session: SessionId,
        old: Zeroizing<String>,
        new: Zeroizing<String>,
    ) -> Result<()> {
        let me = self.me(cx).await?;
        let (name, email) = (PersonName::parse(&me.name).ok(), Email::parse(&me.email).ok());
        password::accept(&new, name.as_ref(), email.as_ref()).map_err(|error| Error::invalid(vec![error]))?;
        let subjects = self.subjects(cx, &me.email);
        self.count_attempt(cx, &subjects).await?;
        let login = match &email {
            Some(email) => store::find_login(&mut *self.db.read().await?, &self.vault, email).await?,
            None => None,
        };
        if !self.passwords.fits(old, login.map(|(_, hash)| hash)).await? {
            return Err(Error::invalid(vec![field("old_password", "This is not your password.")]));
        }
        let hash = self.passwords.hash(new).await?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            forgive(conn, &subjects, cx.now).await?;
            store::update_password(conn, &self.vault, me.id, &hash).await?;
            let ended = store::delete_other_sessions_of(conn, me.id, session).await?;
            let record = Record::done(Action::PasswordChanged, Object::of("user", me.id.0));
            self.audit.record(conn, cx, record.with(json!({ "sessions_ended": ended }))).await
        })
        .await
    }

    fn subjects(&self, cx: &Ctx, email: &str) -> Vec<(Subject, Vec<u8>)> {
        let account = email.trim().to_lowercase();
        let network = cx.ip.map(network).unwrap_or_default();
        let values = [
            (Subject::AccountFromClient, format!("{network} {account}")),
            (Subject::Account, account),
            (Subject::Client, network),
        ];
        values.into_iter().map(|(subject, value)| (subject, self.vault.blind(subject.label(), &value))).collect()
    }

    /// Counts the attempt as failed in advance; fails while a subject has to wait. A new lock is recorded.
    async fn count_attempt(&self, cx: &Ctx, subjects: &[(Subject, Vec<u8>)]) -> Result<()> {
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
                    let about = json!({ "locked": subject.label(), "failures": counted.failures });
                    let record = Record::denied(Action::SignInLocked, Object::all("user")).with(about);
                    self.audit.record(conn, cx, record).await?;
                }
            }
            Ok(())
        })
        .await
    }

    async fn admit(&self, cx: &Ctx, user: User, client: &Client, subjects: &[(Subject, Vec<u8>)]) -> Result<SignedIn> {
        let mut conn = self.db.write().await?;
        let admitted = conn
            .transaction(async |conn| {
                forgive(conn, subjects, cx.now).await?;
                // Checking the password took a while: they may have been disabled meanwhile.
                if !store::lock_active(conn, user.id).await? {
                    return Ok(None);
                }
                let (session, token) = self.start_session(conn, cx, user.id, client).await?;
                let as_user = Ctx { actor: Actor::User { id: user.id, role: user.role, session: session.id }, ..*cx };
                let record = Record::done(Action::SignedIn, Object::of("session", session.id.0));
                self.audit.record(conn, &as_user, record).await?;
                Ok::<_, Error>(Some((session, token)))
            })
            .await?;
        match admitted {
            Some((session, token)) => Ok(SignedIn { user, session, token }),
            None => self.turn_away(cx, Some(user.id)).await,
        }
    }

    async fn turn_away(&self, cx: &Ctx, known: Option<UserId>) -> Result<SignedIn> {
        let object = known.map_or(Object::all("user"), |id| Object::of("user", id.0));
        self.audit.record_alone(cx, Record::denied(Action::SignInFailed, object)).await?;
        Err(Error::new(ErrorCode::WrongCredentials, "Mail address and password do not fit. Check both and try again."))
    }

    pub(super) async fn start_session(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        user: UserId,
        client: &Client,
    ) -> Result<(Session, Zeroizing<String>)> {
        let (token, tag) = self.new_token("session")?;
        let session = Session {
            id: SessionId::new(cx.now, entropy::random(self.entropy.as_ref())?),
            user,
            client: describe(cx, client),
            created_at: cx.now,
            last_seen_at: cx.now,
            expires_at: cx.now + TimeDelta::hours(i64::from(self.config.session_hours)),
        };
        store::insert_session(conn, &self.vault, &session, tag).await?;
        Ok((session, token))
    }

    /// Who a bearer token belongs to, if its session is still good.
    pub async fn authenticate(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Authenticated>> {
        let tag = self.vault.fingerprint("session", token.as_bytes());
        let mut conn = self.db.write().await?;
        let Some(live) = store::find_live_session(&mut conn, &tag, now, self.idle_since(now)).await? else {
            return Ok(None);
        };
        if now - live.last_seen_at > TOUCH_EVERY {
            store::touch_session(&mut conn, live.id, now).await?;
        }
        Ok(Some(Authenticated { user: live.user, role: live.role, session: live.id }))
    }

    /// The actor's own sessions, newest first.
    pub async fn sessions(&self, cx: &Ctx) -> Result<Vec<Session>> {
        let user = cx.user()?;
        let mut conn = self.db.read().await?;
        store::sessions_of(&mut conn, &self.vault, user, cx.now, self.idle_since(cx.now)).await
    }

    /// How many sessions are live.
    pub async fn live_sessions(&self, now: DateTime<Utc>) -> Result<u64> {
        store::count_live_sessions(&mut *self.db.read().await?, now, self.idle_since(now)).await
    }

    /// Ends one of the actor's own sessions; the current one is signing out.
    pub async fn end_session(&self, cx: &Ctx, id: SessionId) -> Result<()> {
        let user = cx.user()?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            if !store::delete_session(conn, user, id).await? {
                return Err(Error::not_found("session"));
            }
            self.audit.record(conn, cx, Record::done(Action::SessionEnded, Object::of("session", id.0))).await
        })
        .await
    }

    /// Removes what has ended, for ever, a few times an hour.
    pub async fn sweep_forever(self, clock: Arc<dyn Clock>) {
        loop {
            if let Err(error) = self.sweep(clock.now()).await {
                tracing::warn!(%error, causes = error.causes(), "ended sessions could not be removed; trying again");
            }
            tokio::time::sleep(SWEEP_EVERY).await;
        }
    }

    async fn sweep(&self, now: DateTime<Utc>) -> Result<()> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            store::sweep_sessions(conn, now, self.idle_since(now)).await?;
            store::sweep_failures(conn, now - FORGIVEN_AFTER).await
        })
        .await
    }

    fn idle_since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::minutes(i64::from(self.config.session_idle_minutes))
    }
}

fn one_more(subject: Subject, known: &Failures, now: DateTime<Utc>) -> Failures {
    let fresh = now - known.last_at > FORGIVEN_AFTER;
    let failures = if fresh { 1 } else { known.failures + 1 };
    Failures { failures, last_at: now, locked_until: subject.wait(failures).map(|wait| now + wait) }
}

/// After a success the account starts anew; the client, who may be guessing at others, is forgiven this one attempt.
async fn forgive(conn: &mut Connection, subjects: &[(Subject, Vec<u8>)], now: DateTime<Utc>) -> Result<()> {
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

/// Cut to a length that no header can stretch.
fn describe(cx: &Ctx, client: &Client) -> String {
    let browser: String = client.0.chars().filter(|c| !c.is_control()).take(200).collect();
    match cx.ip {
        Some(ip) => format!("{ip} {browser}").trim_end().to_owned(),
        None => browser,
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
