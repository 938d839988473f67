//! Another password for somebody who forgot theirs: an admin or the console makes a link, its person chooses.
//! The second factor stays and is still asked for.

use chrono::TimeDelta;
use serde_json::json;
use zeroize::Zeroizing;

use super::attempts::forgive;
use super::model::{Email, NewPasswordReset, PasswordResetOffer, PersonName, User, UserState};
use super::password;
use super::second_factor::not_oneself;
use super::service::Accounts;
use super::store::{self, resets, sessions};
use super::throttle::Guess;
use crate::base::{Ctx, Error, ErrorCode, Permission, Result, UserId};
use crate::domain::audit::{Action, Object, Record};
use crate::infra::db::{Connection, Transact as _};

impl Accounts {
    /// Makes the link for a person; an earlier one ends. It is shown once.
    pub async fn make_password_reset(&self, cx: &Ctx, id: UserId) -> Result<NewPasswordReset> {
        cx.require(Permission::UsersManage)?;
        not_oneself(cx, id, "Change your own password under My sign-in.")?;
        let (token, tag) = self.new_token("password-reset")?;
        let expires_at = cx.now + TimeDelta::hours(i64::from(self.config.invitation_hours));
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            self.require_proof(conn, cx).await?;
            store::find_user(conn, &self.vault, id).await?.ok_or_else(|| Error::not_found("person"))?;
            if store::lock_active(conn, id).await?.is_none() {
                let detail = "This person is disabled and gets no link. Enable them first.";
                return Err(Error::new(ErrorCode::WrongState, detail));
            }
            resets::replace(conn, id, tag, cx.user().ok(), cx.now, expires_at).await?;
            self.audit.record(conn, cx, Record::done(Action::PasswordResetMade, Object::of("user", id.0))).await
        })
        .await?;
        // The secret stands behind the #, so it reaches neither a log nor another site.
        Ok(NewPasswordReset { link: self.link("reset", &token), expires_at })
    }

    /// For whom a link is. Whoever has the secret may ask.
    pub async fn look_up_password_reset(&self, cx: &Ctx, token: &str) -> Result<PasswordResetOffer> {
        let mut conn = self.db.write().await?;
        self.open_reset(&mut conn, cx, token).await
    }

    async fn open_reset(&self, conn: &mut Connection, cx: &Ctx, token: &str) -> Result<PasswordResetOffer> {
        let tag = self.vault.fingerprint("password-reset", token.as_bytes());
        let gone = || {
            let detail = "This link was used or has ended. Your password is as it was. Ask an admin of your fund for a new link.";
            Error::new(ErrorCode::NotFound, detail)
        };
        let (id, expires_at) = resets::lock_open(conn, &tag, cx.now).await?.ok_or_else(gone)?;
        let user: Option<User> = store::find_user(conn, &self.vault, id).await?;
        let user = user.filter(|user| user.state == UserState::Active).ok_or_else(gone)?;
        Ok(PasswordResetOffer { user, expires_at })
    }

    /// Gives the person of a link another password and ends their sessions. A password that will not do spends nothing.
    pub async fn use_password_reset(&self, cx: &Ctx, token: &str, new: Zeroizing<String>) -> Result<()> {
        let PasswordResetOffer { user, .. } = self.look_up_password_reset(cx, token).await?;
        let (name, email) = (PersonName::parse(&user.name).ok(), Email::parse(&user.email).ok());
        password::accept(&new, name.as_ref(), email.as_ref()).map_err(|error| Error::invalid(vec![error]))?;
        let hash = self.passwords.hash(new).await?;
        let subjects = self.subjects(cx, &user.email, Guess::Password);
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            // In this order everywhere: the person, then what is theirs.
            store::lock_active(conn, user.id).await?;
            let PasswordResetOffer { user, .. } = self.open_reset(conn, cx, token).await?;
            // Whoever tried the forgotten password too often need not wait to try the new one.
            forgive(conn, &subjects, cx.now).await?;
            store::update_password(conn, &self.vault, user.id, &hash).await?;
            resets::delete_of(conn, user.id).await?;
            let ended = sessions::delete_sessions_of(conn, user.id).await?;
            let record = Record::done(Action::PasswordReset, Object::of("user", user.id.0));
            self.audit.record(conn, cx, record.with(json!({ "sessions_ended": ended }))).await
        })
        .await
    }
}
