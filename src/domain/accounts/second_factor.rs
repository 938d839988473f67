//! Setting up, giving and losing the second factor. What changes it needs a fresh proof of who asks, and ends the
//! person's other sessions.

use chrono::TimeDelta;
use serde_json::json;
use vault::Vault;
use zeroize::Zeroizing;

use super::attempts::forgive;
use super::authenticator::{self, Authenticator, Given, QrPicture, RECOVERY_BYTES, RECOVERY_CODES, SECRET_BYTES};
use super::model::{Client, FactorOffer, Proof, RecoveryCodes, SecondFactor, SignedIn, Standing, User, field};
use super::service::Accounts;
use super::sessions::as_user;
use super::store::factors::{self, StoredFactor};
use super::store::{self, sessions};
use super::throttle::Guess;
use crate::base::{Actor, Ctx, Error, ErrorCode, Permission, Result, SecondFactorId, SystemRole, UserId};
use crate::domain::audit::{Action, Object, Record};
use crate::infra::db::{Channel, Connection, Transact as _};
use crate::infra::entropy;

/// How long a proof is fresh.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// How long what was offered waits for its first code.
pub(super) const OFFERED: TimeDelta = TimeDelta::hours(1);

/// What a code turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Code,
    RecoveryCode,
}

impl Fit {
    const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

impl Accounts {
    /// The actor's second factor.
    pub async fn second_factor(&self, cx: &Ctx) -> Result<SecondFactor> {
        let me = self.me(cx).await?;
        let mut conn = self.db.read().await?;
        let found = factors::find_in_force(&mut conn, me.id).await?;
        let (since, recovery_codes_left) = found.map_or((None, 0), |(since, left)| (Some(since), left));
        Ok(SecondFactor { since, recovery_codes_left, required: me.role == SystemRole::Admin })
    }

    /// Takes the code of somebody who gave their password, and starts a new session in place of the one that waited.
    pub async fn give_code(&self, cx: &Ctx, standing: Standing, code: &str, client: &Client) -> Result<SignedIn> {
        let me = self.me(cx).await?;
        standing.allow(&[Standing::CodeNeeded])?;
        let given = Given::parse(code);
        let subjects = self.subjects(cx, &me.email, Guess::Code);
        self.count_attempt(cx, &subjects, Guess::Code).await?;
        let signed_in = self
            .db
            .write()
            .await?
            .transaction(async |conn| {
                let user = self.lock_actor(conn, cx, &me).await?;
                let Some(fit) = self.spend(conn, cx, &me, &given).await? else { return Ok::<_, Error>(None) };
                forgive(conn, &subjects, cx.now).await?;
                self.end_current(conn, cx).await?;
                let signed_in = self.start_whole_session(conn, cx, user, client).await?;
                let record = Record::done(Action::SignedIn, Object::of("session", signed_in.session.id.0));
                let record = record.with(json!({ "by": fit.word() }));
                self.audit.record(conn, &as_user(cx, &signed_in), record).await?;
                Ok(Some(signed_in))
            })
            .await?;
        match signed_in {
            Some(signed_in) => Ok(signed_in),
            None => Err(self.wrong_code(cx, me.id).await?),
        }
    }

    /// Notes in the session that it is still its person who asks.
    pub async fn prove(&self, cx: &Ctx, proof: Proof) -> Result<()> {
        let me = self.me(cx).await?;
        match proof {
            Proof::Password(password) => self.prove_by_password(cx, &me, password).await,
            Proof::Code(code) => self.prove_by_code(cx, &me, &code).await,
        }
    }

    async fn prove_by_password(&self, cx: &Ctx, me: &User, password: Zeroizing<String>) -> Result<()> {
        let Some(subjects) = self.password_fits(cx, me, password).await? else {
            self.audit.record_alone(cx, Record::denied(Action::Proved, Object::of("user", me.id.0))).await?;
            return Err(Error::invalid(vec![field("password", "This is not your password.")]));
        };
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            forgive(conn, &subjects, cx.now).await?;
            self.note_proof(conn, cx, me.id, "password").await
        })
        .await
    }

    async fn prove_by_code(&self, cx: &Ctx, me: &User, code: &str) -> Result<()> {
        let given = match Given::parse(code) {
            // A recovery code is for coming in without the app, and there are few of them.
            Given::Recovery(_) => Given::Nonsense,
            given => given,
        };
        let subjects = self.subjects(cx, &me.email, Guess::Code);
        self.count_attempt(cx, &subjects, Guess::Code).await?;
        let proved = self
            .db
            .write()
            .await?
            .transaction(async |conn| {
                self.lock_actor(conn, cx, me).await?;
                let Some(fit) = self.spend(conn, cx, me, &given).await? else { return Ok::<_, Error>(false) };
                forgive(conn, &subjects, cx.now).await?;
                self.note_proof(conn, cx, me.id, fit.word()).await?;
                Ok(true)
            })
            .await?;
        if proved { Ok(()) } else { Err(self.wrong_code(cx, me.id).await?) }
    }

    async fn note_proof(&self, conn: &mut Connection, cx: &Ctx, me: UserId, by: &str) -> Result<()> {
        if let Actor::User { session, .. } = cx.actor
            && !sessions::set_proved(conn, session, cx.now).await?
        {
            return Err(signed_out());
        }
        let record = Record::done(Action::Proved, Object::of("user", me.0)).with(json!({ "by": by }));
        self.audit.record(conn, cx, record).await
    }

    /// Fails unless the actor proved a short while ago who they are. The console did by its shell.
    pub(super) async fn require_proof(&self, conn: &mut Connection, cx: &Ctx) -> Result<()> {
        let session = match cx.actor {
            Actor::Console => return Ok(()),
            Actor::Anonymous => return Err(signed_out()),
            Actor::User { session, .. } => session,
        };
        match sessions::proved_at(conn, session).await? {
            Some(proved) if cx.now - proved < FRESH => Ok(()),
            _ => Err(Error::new(
                ErrorCode::ProofRequired,
                "Show first that it is still you, with your password or a code. Nothing was changed.",
            )),
        }
    }

    /// Offers the actor a second factor. It is theirs once they confirm it with a code; until then nothing changes.
    pub async fn start_second_factor(&self, cx: &Ctx) -> Result<FactorOffer> {
        let me = self.me(cx).await?;
        let secret = authenticator::base32(&entropy::random::<SECRET_BYTES>(self.entropy.as_ref())?);
        let uri = Authenticator::new(&secret, &me.email)?.uri()?;
        let qr = QrPicture::of(&uri)?;
        let id = SecondFactorId::new(cx.now, entropy::random(self.entropy.as_ref())?);
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            self.lock_actor(conn, cx, &me).await?;
            self.require_proof(conn, cx).await?;
            factors::offer(conn, &self.vault, id, me.id, &secret, cx.now).await?;
            self.audit.record(conn, cx, Record::done(Action::SecondFactorOffered, Object::of("user", me.id.0))).await
        })
        .await?;
        Ok(FactorOffer { secret, uri, qr })
    }

    /// Puts what was offered in force with its first code. All sessions of the person end; a new one starts.
    pub async fn confirm_second_factor(
        &self,
        cx: &Ctx,
        code: &str,
        client: &Client,
    ) -> Result<(SignedIn, RecoveryCodes)> {
        let me = self.me(cx).await?;
        let given = Given::parse(code);
        let subjects = self.subjects(cx, &me.email, Guess::Code);
        self.count_attempt(cx, &subjects, Guess::Code).await?;
        let confirmed = self
            .db
            .write()
            .await?
            .transaction(async |conn| {
                let user = self.lock_actor(conn, cx, &me).await?;
                let offered = factors::lock_offered(conn, &self.vault, me.id).await?;
                let offered = offered.filter(|offered| cx.now - offered.created_at < OFFERED).ok_or_else(no_offer)?;
                let Some(step) = fitting_step(&offered, &me.email, &given, cx)? else { return Ok(None) };
                forgive(conn, &subjects, cx.now).await?;
                let replaced = factors::delete_in_force(conn, me.id).await?;
                factors::confirm(conn, offered.id, step, cx.now).await?;
                let codes = self.add_recovery_codes(conn, me.id, offered.id).await?;
                // The session that asks goes on as a new one, if nobody has ended it.
                self.end_current(conn, cx).await?;
                let ended = sessions::delete_sessions_of(conn, me.id).await?;
                let signed_in = self.start_whole_session(conn, cx, user, client).await?;
                Channel::Users.notify(conn, me.id.0).await?;
                let record = Record::done(Action::SecondFactorSet, Object::of("user", me.id.0));
                let about = json!({ "replaced": replaced, "sessions_ended": ended });
                self.audit.record(conn, &as_user(cx, &signed_in), record.with(about)).await?;
                Ok::<_, Error>(Some((signed_in, codes)))
            })
            .await?;
        match confirmed {
            Some(confirmed) => Ok(confirmed),
            None => Err(self.wrong_code(cx, me.id).await?),
        }
    }

    /// Takes the actor's second factor. An admin keeps theirs.
    pub async fn remove_second_factor(&self, cx: &Ctx) -> Result<()> {
        let me = self.me(cx).await?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let user = self.lock_actor(conn, cx, &me).await?;
            self.require_proof(conn, cx).await?;
            if user.role == SystemRole::Admin {
                let detail = "An admin cannot be without a second factor. You can replace yours by another one.";
                return Err(Error::new(ErrorCode::WrongState, detail));
            }
            let ended = self.take_factor(conn, cx, me.id).await?;
            let record = Record::done(Action::SecondFactorRemoved, Object::of("user", me.id.0));
            self.audit.record(conn, cx, record.with(json!({ "sessions_ended": ended }))).await
        })
        .await
    }

    /// Takes somebody's second factor, so that they come in with their password alone and set up another one. For
    /// another admin or the console, when the app and the recovery codes are lost.
    pub async fn reset_second_factor(&self, cx: &Ctx, id: UserId) -> Result<()> {
        cx.require(Permission::UsersManage)?;
        not_oneself(cx, id, "Another admin, or somebody with a shell on the server, resets yours.")?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            self.require_proof(conn, cx).await?;
            store::find_user(conn, &self.vault, id).await?.ok_or_else(|| Error::not_found("person"))?;
            store::lock_active(conn, id).await?;
            let ended = self.take_factor(conn, cx, id).await?;
            let record = Record::done(Action::SecondFactorReset, Object::of("user", id.0));
            self.audit.record(conn, cx, record.with(json!({ "sessions_ended": ended }))).await
        })
        .await
    }

    /// Replaces the actor's recovery codes; the old ones end.
    pub async fn renew_recovery_codes(&self, cx: &Ctx) -> Result<RecoveryCodes> {
        let me = self.me(cx).await?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            self.lock_actor(conn, cx, &me).await?;
            self.require_proof(conn, cx).await?;
            let factor = factors::lock_in_force(conn, &self.vault, me.id).await?.ok_or_else(no_factor)?;
            let codes = self.add_recovery_codes(conn, me.id, factor.id).await?;
            let record = Record::done(Action::RecoveryCodesMade, Object::of("user", me.id.0));
            self.audit.record(conn, cx, record).await?;
            Ok(codes)
        })
        .await
    }

    /// Ends the person's sessions but the actor's, and gives how many.
    async fn take_factor(&self, conn: &mut Connection, cx: &Ctx, id: UserId) -> Result<usize> {
        if !factors::delete_in_force(conn, id).await? {
            return Err(no_factor());
        }
        factors::delete_offered(conn, id).await?;
        Channel::Users.notify(conn, id.0).await?;
        match cx.actor {
            Actor::User { id: me, session, .. } if me == id => {
                sessions::delete_other_sessions_of(conn, id, session).await
            }
            _ => sessions::delete_sessions_of(conn, id).await,
        }
    }

    async fn add_recovery_codes(
        &self,
        conn: &mut Connection,
        user: UserId,
        factor: SecondFactorId,
    ) -> Result<RecoveryCodes> {
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let bytes = Zeroizing::new(entropy::random::<RECOVERY_BYTES>(self.entropy.as_ref())?);
            codes.push(authenticator::recovery_code(bytes.as_slice()));
        }
        let tags: Vec<_> = codes.iter().map(|code| recovery_tag(&self.vault, user, &code.replace('-', ""))).collect();
        factors::replace_recovery_codes(conn, factor, &tags).await?;
        Ok(RecoveryCodes(codes))
    }

    /// Uses up what was given, if it fits.
    async fn spend(&self, conn: &mut Connection, cx: &Ctx, me: &User, given: &Given) -> Result<Option<Fit>> {
        let Some(factor) = factors::lock_in_force(conn, &self.vault, me.id).await? else { return Ok(None) };
        if let Given::Recovery(code) = given {
            let tag = recovery_tag(&self.vault, me.id, code);
            let used = factors::use_recovery_code(conn, factor.id, &tag, cx.now).await?;
            return Ok(used.then_some(Fit::RecoveryCode));
        }
        let Some(step) = fitting_step(&factor, &me.email, given, cx)? else { return Ok(None) };
        factors::set_last_step(conn, factor.id, step).await?;
        Ok(Some(Fit::Code))
    }

    /// The actor as they are now, locked until the transaction ends; whoever is disabled meanwhile is signed out.
    async fn lock_actor(&self, conn: &mut Connection, cx: &Ctx, me: &User) -> Result<User> {
        debug_assert_eq!(cx.user().ok(), Some(me.id));
        let role = store::lock_active(conn, me.id).await?.ok_or_else(signed_out)?;
        Ok(User { role, ..me.clone() })
    }

    async fn end_current(&self, conn: &mut Connection, cx: &Ctx) -> Result<()> {
        let Actor::User { id, session, .. } = cx.actor else { return Err(signed_out()) };
        if sessions::delete_session(conn, id, session).await? { Ok(()) } else { Err(signed_out()) }
    }

    /// Records a code that does not fit, and gives what to answer.
    async fn wrong_code(&self, cx: &Ctx, me: UserId) -> Result<Error> {
        self.audit.record_alone(cx, Record::denied(Action::SecondFactorFailed, Object::of("user", me.0))).await?;
        let message = "This code does not fit, or it was used already. Wait for the next one and try that.";
        Ok(Error::invalid(vec![field("code", message)]))
    }
}

/// The time step of a code of the app, if it fits and comes after the last one that was taken.
fn fitting_step(factor: &StoredFactor, account: &str, given: &Given, cx: &Ctx) -> Result<Option<i64>> {
    let Given::Code(code) = given else { return Ok(None) };
    let secret = std::str::from_utf8(&factor.secret).map_err(Error::internal)?;
    let step = Authenticator::new(secret, account)?.step(code, cx.now);
    Ok(step.filter(|step| factor.last_step.is_none_or(|last| *step > last)))
}

/// A code of one person is nobody else's.
fn recovery_tag(vault: &Vault, user: UserId, code: &str) -> Vec<u8> {
    vault.fingerprint("recovery-code", format!("{user} {code}").as_bytes())
}

/// Fails for somebody who would use the right over others on themselves.
pub(super) fn not_oneself(cx: &Ctx, id: UserId, instead: &str) -> Result<()> {
    match cx.actor {
        Actor::User { id: me, .. } if me == id => Err(Error::new(ErrorCode::WrongState, instead)),
        _ => Ok(()),
    }
}

fn signed_out() -> Error {
    Error::new(ErrorCode::SignedOut, "Sign in to go on.")
}

fn no_offer() -> Error {
    Error::new(ErrorCode::WrongState, "This set-up has ended. Nothing was changed; start it again.")
}

fn no_factor() -> Error {
    Error::new(ErrorCode::WrongState, "There is no second factor. Nothing was changed.")
}
