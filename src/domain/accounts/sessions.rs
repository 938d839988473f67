//! Signing in and out. The password is checked between two short transactions, never inside one. Whoever has a second
//! factor gets a short session with it that is good for nothing but giving the code; giving it makes a new one.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use zeroize::Zeroizing;

use super::attempts::{Subjects, forgive};
use super::model::{
    Authenticated, Client, Credentials, Email, PersonName, Session, SignedIn, Standing, User, UserState, field,
};
use super::password;
use super::second_factor::OFFERED;
use super::service::Accounts;
use super::store::sessions::Ground;
use super::store::{self, attempts, factors, resets, sessions};
use super::throttle::{FORGIVEN_AFTER, Guess};
use crate::base::{Actor, Ctx, Error, ErrorCode, Result, SessionId, UserId};
use crate::domain::audit::{Action, Object, Record};
use crate::infra::clock::Clock;
use crate::infra::db::{Connection, Transact as _};
use crate::infra::entropy;

/// How exact `last_seen_at` is; a write per request would be waste.
const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(60);
/// How long a session waits for its code.
const CODE_WITHIN: TimeDelta = TimeDelta::minutes(10);
const SWEEP_EVERY: Duration = Duration::from_secs(600);

impl Accounts {
    /// Signs somebody in. Wrong address and wrong password look and last alike.
    pub async fn sign_in(&self, cx: &Ctx, credentials: Credentials, client: &Client) -> Result<SignedIn> {
        let email = Email::parse(&credentials.email).ok();
        let subjects = self.subjects(cx, &credentials.email, Guess::Password);
        self.count_attempt(cx, &subjects, Guess::Password).await?;
        let login = match &email {
            Some(email) => {
                let mut conn = self.db.read().await?;
                store::find_login(&mut conn, &self.vault, email).await?
            }
            None => None,
        };
        let hash = login.as_ref().map(|(_, hash)| hash.clone());
        let fits = self.passwords.fits(credentials.password, hash).await?;
        match login {
            Some((user, hash)) if fits && user.state == UserState::Active => {
                self.admit(cx, (user, &hash), client, &subjects).await
            }
            known => self.turn_away(cx, known.map(|(user, _)| user.id)).await,
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
        let Some(subjects) = self.password_fits(cx, &me, old).await? else {
            return Err(Error::invalid(vec![field("old_password", "This is not your password.")]));
        };
        let hash = self.passwords.hash(new).await?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            store::lock_active(conn, me.id).await?;
            // A reset ends the session; what was asked before it must not undo it.
            if !sessions::is_there(conn, session).await? {
                return Err(Error::new(ErrorCode::SignedOut, "Sign in to go on."));
            }
            forgive(conn, &subjects, cx.now).await?;
            store::update_password(conn, &self.vault, me.id, &hash).await?;
            // Whoever could have used a link that waits would undo the choice.
            resets::delete_of(conn, me.id).await?;
            let ended = sessions::delete_other_sessions_of(conn, me.id, session).await?;
            let record = Record::done(Action::PasswordChanged, Object::of("user", me.id.0));
            self.audit.record(conn, cx, record.with(json!({ "sessions_ended": ended }))).await
        })
        .await
    }

    /// Checks a person's password as sign-in does: the counts to forgive if it fits, `None` if it does not.
    pub(super) async fn password_fits(
        &self,
        cx: &Ctx,
        user: &User,
        password: Zeroizing<String>,
    ) -> Result<Option<Subjects>> {
        let subjects = self.subjects(cx, &user.email, Guess::Password);
        self.count_attempt(cx, &subjects, Guess::Password).await?;
        let login = match Email::parse(&user.email) {
            Ok(email) => store::find_login(&mut *self.db.read().await?, &self.vault, &email).await?,
            Err(_) => None,
        };
        let fits = self.passwords.fits(password, login.map(|(_, hash)| hash)).await?;
        Ok(fits.then_some(subjects))
    }

    /// Lets in whose password fitted this hash.
    async fn admit(
        &self,
        cx: &Ctx,
        (user, hash): (User, &str),
        client: &Client,
        subjects: &Subjects,
    ) -> Result<SignedIn> {
        let admitted = self
            .db
            .write()
            .await?
            .transaction(async |conn| {
                forgive(conn, subjects, cx.now).await?;
                // Checking the password took a while: they may have been disabled meanwhile, or it was replaced.
                let Some(role) = store::lock_active(conn, user.id).await? else { return Ok(None) };
                if !store::has_password(conn, &self.vault, user.id, hash).await? {
                    return Ok(None);
                }
                let has_factor = factors::find_in_force(conn, user.id).await?.is_some();
                let user = User { role, ..user.clone() };
                let signed_in = self.start_session(conn, cx, user, has_factor, client).await?;
                let action =
                    if signed_in.standing == Standing::CodeNeeded { Action::PasswordGiven } else { Action::SignedIn };
                let record = Record::done(action, Object::of("session", signed_in.session.id.0));
                self.audit.record(conn, &as_user(cx, &signed_in), record).await?;
                Ok::<_, Error>(Some(signed_in))
            })
            .await?;
        match admitted {
            Some(signed_in) => Ok(signed_in),
            None => self.turn_away(cx, Some(user.id)).await,
        }
    }

    async fn turn_away(&self, cx: &Ctx, known: Option<UserId>) -> Result<SignedIn> {
        let object = known.map_or(Object::all("user"), |id| Object::of("user", id.0));
        self.audit.record_alone(cx, Record::denied(Action::SignInFailed, object)).await?;
        Err(Error::new(ErrorCode::WrongCredentials, "Mail address and password do not fit. Check both and try again."))
    }

    /// A session of somebody who gave their password alone. It waits for the code if they have a second factor.
    pub(super) async fn start_session(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        user: User,
        has_factor: bool,
        client: &Client,
    ) -> Result<SignedIn> {
        if Standing::of(user.role, has_factor, false) == Standing::CodeNeeded {
            let ground = Ground { factor_given: false, proved_at: None };
            return self.add_session(conn, cx, user, Standing::CodeNeeded, ground, CODE_WITHIN, client).await;
        }
        let standing = Standing::of(user.role, has_factor, false);
        let ground = Ground { factor_given: false, proved_at: Some(cx.now) };
        self.add_session(conn, cx, user, standing, ground, self.longest(), client).await
    }

    /// A session of somebody who gave their second factor too.
    pub(super) async fn start_whole_session(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        user: User,
        client: &Client,
    ) -> Result<SignedIn> {
        let ground = Ground { factor_given: true, proved_at: Some(cx.now) };
        self.add_session(conn, cx, user, Standing::SignedIn, ground, self.longest(), client).await
    }

    fn longest(&self) -> TimeDelta {
        TimeDelta::hours(i64::from(self.config.session_hours))
    }

    #[expect(clippy::too_many_arguments, reason = "what a session is made of")]
    async fn add_session(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        user: User,
        standing: Standing,
        ground: Ground,
        lasts: TimeDelta,
        client: &Client,
    ) -> Result<SignedIn> {
        let (token, tag) = self.new_token("session")?;
        let session = Session {
            id: SessionId::new(cx.now, entropy::random(self.entropy.as_ref())?),
            user: user.id,
            client: describe(cx, client),
            created_at: cx.now,
            last_seen_at: cx.now,
            expires_at: cx.now + lasts,
        };
        sessions::insert_session(conn, &self.vault, &session, tag, ground).await?;
        Ok(SignedIn { user, session, standing, token })
    }

    /// Who a bearer token belongs to, if its session is still good.
    pub async fn authenticate(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Authenticated>> {
        let tag = self.vault.fingerprint("session", token.as_bytes());
        let mut conn = self.db.write().await?;
        let Some(live) = sessions::find_live_session(&mut conn, &tag, now, self.idle_since(now)).await? else {
            return Ok(None);
        };
        if now - live.last_seen_at > TOUCH_EVERY {
            sessions::touch_session(&mut conn, live.id, now).await?;
        }
        Ok(Some(Authenticated { user: live.user, role: live.role, session: live.id, standing: live.standing }))
    }

    /// The actor's own sessions, newest first.
    pub async fn sessions(&self, cx: &Ctx) -> Result<Vec<Session>> {
        let user = cx.user()?;
        let mut conn = self.db.read().await?;
        sessions::sessions_of(&mut conn, &self.vault, user, cx.now, self.idle_since(cx.now)).await
    }

    /// How many sessions are live.
    pub async fn live_sessions(&self, now: DateTime<Utc>) -> Result<u64> {
        let live = sessions::live_counts(&mut *self.db.read().await?, now, self.idle_since(now)).await?;
        Ok(live.into_values().sum::<i64>().unsigned_abs())
    }

    /// Ends one of the actor's own sessions; the current one is signing out.
    pub async fn end_session(&self, cx: &Ctx, id: SessionId) -> Result<()> {
        let user = cx.user()?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            if !sessions::delete_session(conn, user, id).await? {
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
            sessions::sweep_sessions(conn, now, self.idle_since(now)).await?;
            resets::sweep(conn, now).await?;
            factors::sweep_offers(conn, now - OFFERED).await?;
            attempts::sweep_failures(conn, now - FORGIVEN_AFTER).await
        })
        .await
    }

    pub(super) fn idle_since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::minutes(i64::from(self.config.session_idle_minutes))
    }
}

/// The circumstances of somebody who has just signed in.
pub(super) fn as_user(cx: &Ctx, signed_in: &SignedIn) -> Ctx {
    let SignedIn { user, session, .. } = signed_in;
    Ctx { actor: Actor::User { id: user.id, role: user.role, session: session.id }, ..*cx }
}

/// Cut to a length that no header can stretch.
fn describe(cx: &Ctx, client: &Client) -> String {
    let browser: String = client.0.chars().filter(|c| !c.is_control()).take(200).collect();
    match cx.ip {
        Some(ip) => format!("{ip} {browser}").trim_end().to_owned(),
        None => browser,
    }
}
