//! People and invitations. Sessions stand in `sessions`.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::json;
use vault::Vault;
use zeroize::Zeroizing;

use super::directory::Directory;
use super::model::{
    Accepted, Client, Email, Invitation, InvitationView, NewInvitation, PersonName, SignedIn, User, UserChange,
    UserState, field,
};
use super::password::{self, Passwords};
use super::sessions::as_user;
use super::store::{self, invitations, resets, sessions};
use crate::base::{Ctx, Error, ErrorCode, FieldError, InvitationId, Permission, Result, SystemRole, UserId};
use crate::domain::audit::{Action, Audit, Object, Record};
use crate::infra::config;
use crate::infra::db::{Channel, Connection, Db, Transact as _};
use crate::infra::entropy::{self, Entropy};

/// People, their sessions and their invitations.
#[derive(Clone)]
pub struct Accounts {
    pub(super) db: Db,
    pub(super) vault: Arc<Vault>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) audit: Audit,
    pub(super) config: config::Accounts,
    pub(super) passwords: Passwords,
    directory: Directory,
    public_url: Arc<str>,
}

impl Accounts {
    /// The accounts in this database. Links that are given out start with `public_url`.
    pub fn new(
        db: Db,
        vault: Arc<Vault>,
        entropy: Arc<dyn Entropy>,
        audit: Audit,
        config: config::Accounts,
        public_url: &str,
    ) -> Result<Self> {
        let passwords = Passwords::new(config.password_hash_memory_mib, config.password_hash_slots)?;
        Ok(Self {
            db,
            vault,
            entropy,
            audit,
            config,
            passwords,
            directory: Directory::default(),
            public_url: public_url.into(),
        })
    }

    /// The names in memory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The person who asks.
    pub async fn me(&self, cx: &Ctx) -> Result<User> {
        let id = cx.user()?;
        let mut conn = self.db.read().await?;
        store::find_user(&mut conn, &self.vault, id).await?.ok_or_else(|| Error::not_found("person"))
    }

    /// The one-time link for the first admin; `None` if there is a user already. An earlier unused link ends.
    pub async fn first_admin(&self, cx: &Ctx) -> Result<Option<String>> {
        cx.require(Permission::UsersManage)?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            if store::any_user(conn).await? {
                return Ok(None);
            }
            invitations::delete_first_admin_invitations(conn).await?;
            let new = self.add_invitation(conn, cx, SystemRole::Admin, None).await?;
            Ok(Some(new.link))
        })
        .await
    }

    /// Invites somebody; the link is shown once.
    pub async fn invite(&self, cx: &Ctx, role: SystemRole, email: Option<&str>) -> Result<NewInvitation> {
        cx.require(Permission::UsersManage)?;
        let email = email.map(Email::parse).transpose().map_err(|error| Error::invalid(vec![error]))?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| self.add_invitation(conn, cx, role, email.as_ref()).await).await
    }

    async fn add_invitation(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        role: SystemRole,
        email: Option<&Email>,
    ) -> Result<NewInvitation> {
        let (token, tag) = self.new_token("invitation")?;
        let invitation = Invitation {
            id: InvitationId::new(cx.now, entropy::random(self.entropy.as_ref())?),
            role,
            email: email.map(|email| email.as_str().to_owned()),
            invited_by: cx.user().ok(),
            created_at: cx.now,
            expires_at: cx.now + TimeDelta::hours(i64::from(self.config.invitation_hours)),
            used_at: None,
        };
        invitations::insert_invitation(conn, &self.vault, &invitation, tag).await?;
        let record = Record::done(Action::Invited, Object::of("invitation", invitation.id.0));
        self.audit.record(conn, cx, record.with(json!({ "role": role }))).await?;
        let link = self.link("welcome", &token);
        Ok(NewInvitation { view: self.with_name(invitation), link })
    }

    /// A link to a page. The secret stands behind the #, so it reaches neither a log nor another site.
    pub(super) fn link(&self, page: &str, token: &str) -> String {
        format!("{}/{page}#{token}", self.public_url)
    }

    fn with_name(&self, invitation: Invitation) -> InvitationView {
        let invited_by = invitation.invited_by.map(|id| self.directory.person(id));
        InvitationView { invitation, invited_by }
    }

    /// Invitations that can still be accepted, newest first.
    pub async fn invitations(&self, cx: &Ctx) -> Result<Vec<InvitationView>> {
        cx.require(Permission::UsersManage)?;
        let mut conn = self.db.read().await?;
        let open = invitations::open_invitations(&mut conn, &self.vault, cx.now).await?;
        Ok(open.into_iter().map(|invitation| self.with_name(invitation)).collect())
    }

    /// Takes an invitation back.
    pub async fn revoke_invitation(&self, cx: &Ctx, id: InvitationId) -> Result<()> {
        cx.require(Permission::UsersManage)?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            if !invitations::delete_invitation(conn, id).await? {
                return Err(Error::not_found("invitation"));
            }
            self.audit.record(conn, cx, Record::done(Action::InvitationRevoked, Object::of("invitation", id.0))).await
        })
        .await
    }

    /// What a link offers, and whether it makes the first account. Whoever has the secret may ask.
    pub async fn look_up_invitation(&self, cx: &Ctx, token: &str) -> Result<(Invitation, bool)> {
        let mut conn = self.db.write().await?;
        let invitation = self.open_invitation(&mut conn, cx, token).await?;
        Ok((invitation, !store::any_user(&mut conn).await?))
    }

    async fn open_invitation(&self, conn: &mut Connection, cx: &Ctx, token: &str) -> Result<Invitation> {
        let tag = self.vault.fingerprint("invitation", token.as_bytes());
        let found = invitations::lock_invitation(conn, &self.vault, &tag).await?;
        found.filter(|invitation| invitation.is_open(cx.now)).ok_or_else(|| {
            Error::new(ErrorCode::NotFound, "This link was used or has ended. Ask an admin of your fund for a new one.")
        })
    }

    /// Makes an account from an invitation and signs the new person in.
    pub async fn accept_invitation(&self, cx: &Ctx, accepted: Accepted, client: &Client) -> Result<SignedIn> {
        let (invitation, _) = self.look_up_invitation(cx, &accepted.token).await?;
        let password = Zeroizing::new(accepted.password);
        let (name, email) = check(&accepted.name, &accepted.email, &password, &invitation)?;
        let hash = self.passwords.hash(password).await?;
        let mut conn = self.db.write().await?;
        let signed_in = conn
            .transaction(async |conn| {
                let invitation = self.open_invitation(conn, cx, &accepted.token).await?;
                if store::find_login(conn, &self.vault, &email).await?.is_some() {
                    let message = "There is an account with this address already; sign in with it.";
                    return Err(Error::invalid(vec![field("email", message)]));
                }
                let user = self.new_user(cx, &name, &email, invitation.role)?;
                store::insert_user(conn, &self.vault, &user, &email, &hash).await?;
                invitations::use_invitation(conn, invitation.id, cx.now).await?;
                Channel::Users.notify(conn, user.id.0).await?;
                let signed_in = self.start_session(conn, cx, user, false, client).await?;
                let record = Record::done(Action::InvitationAccepted, Object::of("invitation", invitation.id.0));
                let record = record.with(json!({ "role": signed_in.user.role }));
                self.audit.record(conn, &as_user(cx, &signed_in), record).await?;
                Ok(signed_in)
            })
            .await?;
        self.directory.put(signed_in.user.clone());
        Ok(signed_in)
    }

    fn new_user(&self, cx: &Ctx, name: &PersonName, email: &Email, role: SystemRole) -> Result<User> {
        Ok(User {
            id: UserId::new(cx.now, entropy::random(self.entropy.as_ref())?),
            name: name.as_str().to_owned(),
            email: email.as_str().to_owned(),
            role,
            state: UserState::Active,
            version: 1,
            created_at: cx.now,
        })
    }

    /// Changes a person's role or state. Disabling ends their sessions.
    pub async fn change_user(&self, cx: &Ctx, id: UserId, from_version: i64, change: UserChange) -> Result<User> {
        cx.require(Permission::UsersManage)?;
        let mut conn = self.db.write().await?;
        let changed = conn
            .transaction(async |conn| {
                let admins = store::lock_active_admins(conn).await?;
                let known = store::find_user(conn, &self.vault, id).await?.ok_or_else(|| Error::not_found("person"))?;
                if known.version != from_version {
                    return Err(Error::changed_meanwhile("person"));
                }
                let changed = User {
                    role: change.role.unwrap_or(known.role),
                    state: change.state.unwrap_or(known.state),
                    version: known.version + 1,
                    ..known
                };
                keep_an_admin(&admins, &changed)?;
                if !store::update_user(conn, &changed, from_version, cx.now).await? {
                    return Err(Error::changed_meanwhile("person"));
                }
                if changed.state == UserState::Disabled {
                    sessions::delete_sessions_of(conn, id).await?;
                    resets::delete_of(conn, id).await?;
                }
                if changed.state == UserState::Disabled
                    || !changed.role.permissions().contains(&Permission::UsersManage)
                {
                    // A link of theirs would let them back in.
                    invitations::delete_invitations_by(conn, id).await?;
                    resets::delete_made_by(conn, id).await?;
                }
                Channel::Users.notify(conn, id.0).await?;
                let record = Record::done(Action::UserChanged, Object::of("user", id.0)).with(json!(change));
                self.audit.record(conn, cx, record).await?;
                Ok(changed)
            })
            .await?;
        self.directory.put(changed.clone());
        Ok(changed)
    }

    /// Reads all names again.
    pub async fn load_directory(&self) -> Result<()> {
        self.directory.load(&self.db, &self.vault).await
    }

    /// Reads one name again.
    pub async fn refresh_directory(&self, id: UserId) -> Result<()> {
        self.directory.refresh(&self.db, &self.vault, id).await
    }

    /// A bearer token of 256 bits and the tag that is stored in its place.
    pub(super) fn new_token(&self, purpose: &str) -> Result<(Zeroizing<String>, Vec<u8>)> {
        use base64::Engine as _;
        let bytes = Zeroizing::new(entropy::random::<32>(self.entropy.as_ref())?);
        let token = Zeroizing::new(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes.as_slice()));
        let tag = self.vault.fingerprint(purpose, token.as_bytes());
        Ok((token, tag))
    }
}

/// Everything that is wrong with an acceptance, at once.
fn check(name: &str, email: &str, password: &str, invitation: &Invitation) -> Result<(PersonName, Email)> {
    let name = PersonName::parse(name);
    let email = Email::parse(email).and_then(|email| match &invitation.email {
        Some(meant) if meant != email.as_str() => Err(field("email", "This invitation is for another address.")),
        _ => Ok(email),
    });
    let password = password::accept(password, name.as_ref().ok(), email.as_ref().ok());
    match (name, email, password) {
        (Ok(name), Ok(email), Ok(())) => Ok((name, email)),
        (name, email, password) => {
            let wrong: Vec<FieldError> = [name.err(), email.err(), password.err()].into_iter().flatten().collect();
            Err(Error::invalid(wrong))
        }
    }
}

fn keep_an_admin(admins: &[UserId], changed: &User) -> Result<()> {
    let stays = changed.role == SystemRole::Admin && changed.state == UserState::Active;
    if stays || admins.iter().any(|admin| *admin != changed.id) || !admins.contains(&changed.id) {
        return Ok(());
    }
    Err(Error::new(ErrorCode::LastAdmin, "This is the last active admin. Make somebody else an admin first."))
}
