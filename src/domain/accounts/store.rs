//! All SQL of people, sessions, invitations and failed attempts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use vault::{Cell, Scope, Sealed, Vault};

use super::model::{Email, Invitation, Session, User, UserState};
use crate::base::{Error, InvitationId, Result, SessionId, SystemRole, UserId};
use crate::infra::db::Connection;
use crate::infra::db::schema::{invitations, login_failures, sessions, users};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = users)]
struct UserRow {
    id: Uuid,
    role: String,
    state: String,
    name: Vec<u8>,
    email: Vec<u8>,
    email_blind: Vec<u8>,
    password_hash: Vec<u8>,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

fn cell(table: &'static str, column: &'static str, row: Uuid) -> Cell {
    Cell { table, column, row }
}

fn seal(vault: &Vault, cell: &Cell, text: &str) -> Result<Vec<u8>> {
    Ok(vault.seal(Scope::Fund, cell, text.as_bytes())?.into_stored())
}

fn open(vault: &Vault, cell: &Cell, bytes: Vec<u8>) -> Result<String> {
    Ok(vault.open_text(Scope::Fund, cell, &Sealed::from_stored(bytes))?)
}

fn blind(vault: &Vault, email: &Email) -> Vec<u8> {
    vault.blind("users.email", email.as_str())
}

fn role_of(word: &str) -> Result<SystemRole> {
    SystemRole::parse(word).ok_or_else(|| Error::internal("a row has an unknown role"))
}

fn user(vault: &Vault, row: UserRow) -> Result<User> {
    Ok(User {
        id: UserId(row.id),
        name: open(vault, &cell("users", "name", row.id), row.name)?,
        email: open(vault, &cell("users", "email", row.id), row.email)?,
        role: role_of(&row.role)?,
        state: UserState::parse(&row.state).ok_or_else(|| Error::internal("a row has an unknown state"))?,
        version: row.version,
        created_at: row.created_at,
    })
}

/// Adds a person.
pub(super) async fn insert_user(
    conn: &mut Connection,
    vault: &Vault,
    new: &User,
    email: &Email,
    hash: &str,
) -> Result<()> {
    let id = new.id.0;
    let row = UserRow {
        id,
        role: new.role.as_str().to_owned(),
        state: new.state.as_str().to_owned(),
        name: seal(vault, &cell("users", "name", id), &new.name)?,
        email: seal(vault, &cell("users", "email", id), email.as_str())?,
        email_blind: blind(vault, email),
        password_hash: seal(vault, &cell("users", "password_hash", id), hash)?,
        version: new.version,
        created_at: new.created_at,
        updated_at: new.created_at,
    };
    diesel::insert_into(users::table).values(row).execute(conn).await?;
    Ok(())
}

/// Everybody whose row opens. One that does not is logged and must not shut the others out.
pub(super) async fn users(conn: &mut Connection, vault: &Vault) -> Result<Vec<User>> {
    let rows: Vec<UserRow> = users::table.select(UserRow::as_select()).load(conn).await?;
    let opened = rows.into_iter().filter_map(|row| {
        let id = row.id;
        user(vault, row)
            .inspect_err(|error| tracing::error!(user = %id, causes = error.causes(), "a person does not open"))
            .ok()
    });
    Ok(opened.collect())
}

/// One person.
pub(super) async fn find_user(conn: &mut Connection, vault: &Vault, id: UserId) -> Result<Option<User>> {
    let row: Option<UserRow> = users::table.find(id.0).select(UserRow::as_select()).first(conn).await.optional()?;
    row.map(|row| user(vault, row)).transpose()
}

/// Whether somebody may sign in, locked until the transaction ends, so that disabling them waits or comes first.
pub(super) async fn lock_active(conn: &mut Connection, id: UserId) -> Result<bool> {
    let state: Option<String> =
        users::table.find(id.0).select(users::state).for_update().first(conn).await.optional()?;
    Ok(state.as_deref() == Some(UserState::Active.as_str()))
}

/// A person by address, with the stored password hash.
pub(super) async fn find_login(conn: &mut Connection, vault: &Vault, email: &Email) -> Result<Option<(User, String)>> {
    let row: Option<UserRow> = users::table
        .filter(users::email_blind.eq(blind(vault, email)))
        .select(UserRow::as_select())
        .first(conn)
        .await
        .optional()?;
    let Some(mut row) = row else { return Ok(None) };
    let hash = open(vault, &cell("users", "password_hash", row.id), std::mem::take(&mut row.password_hash))?;
    Ok(Some((user(vault, row)?, hash)))
}

/// Changes role and state of a version; `false` if it is not that version any more.
pub(super) async fn update_user(
    conn: &mut Connection,
    changed: &User,
    from_version: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(users::table.filter(users::id.eq(changed.id.0)).filter(users::version.eq(from_version)))
        .set((
            users::role.eq(changed.role.as_str()),
            users::state.eq(changed.state.as_str()),
            users::version.eq(changed.version),
            users::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Gives a person another password.
pub(super) async fn update_password(conn: &mut Connection, vault: &Vault, id: UserId, hash: &str) -> Result<()> {
    let sealed = seal(vault, &cell("users", "password_hash", id.0), hash)?;
    diesel::update(users::table.find(id.0)).set(users::password_hash.eq(sealed)).execute(conn).await?;
    Ok(())
}

/// Active admins, locked until the transaction ends, so that two of them cannot remove each other.
pub(super) async fn lock_active_admins(conn: &mut Connection) -> Result<Vec<UserId>> {
    let ids: Vec<Uuid> = users::table
        .filter(users::role.eq(SystemRole::Admin.as_str()))
        .filter(users::state.eq(UserState::Active.as_str()))
        .select(users::id)
        .order(users::id)
        .for_update()
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Whether there is anybody.
pub(super) async fn any_user(conn: &mut Connection) -> Result<bool> {
    let first: Option<Uuid> = users::table.select(users::id).first(conn).await.optional()?;
    Ok(first.is_some())
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    id: Uuid,
    token_tag: Vec<u8>,
    user_id: Uuid,
    client: Vec<u8>,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// Adds a session under the tag of its token.
pub(super) async fn insert_session(
    conn: &mut Connection,
    vault: &Vault,
    new: &Session,
    token_tag: Vec<u8>,
) -> Result<()> {
    let row = SessionRow {
        id: new.id.0,
        token_tag,
        user_id: new.user.0,
        client: seal(vault, &cell("sessions", "client", new.id.0), &new.client)?,
        created_at: new.created_at,
        last_seen_at: new.last_seen_at,
        expires_at: new.expires_at,
    };
    diesel::insert_into(sessions::table).values(row).execute(conn).await?;
    Ok(())
}

/// What a request needs to know of the session that it came with.
#[derive(Debug, Clone, Copy)]
pub(super) struct LiveSession {
    pub(super) id: SessionId,
    pub(super) user: UserId,
    pub(super) role: SystemRole,
    pub(super) last_seen_at: DateTime<Utc>,
}

/// The session of a token, if it is still good and its person may sign in.
pub(super) async fn find_live_session(
    conn: &mut Connection,
    token_tag: &[u8],
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<Option<LiveSession>> {
    let row: Option<(Uuid, Uuid, String, DateTime<Utc>)> = sessions::table
        .inner_join(users::table)
        .filter(sessions::token_tag.eq(token_tag))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(idle_since))
        .filter(users::state.eq(UserState::Active.as_str()))
        .select((sessions::id, users::id, users::role, sessions::last_seen_at))
        .first(conn)
        .await
        .optional()?;
    let Some((id, user, role, last_seen_at)) = row else { return Ok(None) };
    Ok(Some(LiveSession { id: SessionId(id), user: UserId(user), role: role_of(&role)?, last_seen_at }))
}

/// Notes that a session was used.
pub(super) async fn touch_session(conn: &mut Connection, id: SessionId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(sessions::table.find(id.0)).set(sessions::last_seen_at.eq(now)).execute(conn).await?;
    Ok(())
}

/// A person's sessions that are still good, newest first.
pub(super) async fn sessions_of(
    conn: &mut Connection,
    vault: &Vault,
    user: UserId,
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<Vec<Session>> {
    let rows: Vec<SessionRow> = sessions::table
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(idle_since))
        .order(sessions::id.desc())
        .select(SessionRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Session {
                id: SessionId(row.id),
                user: UserId(row.user_id),
                client: open(vault, &cell("sessions", "client", row.id), row.client)?,
                created_at: row.created_at,
                last_seen_at: row.last_seen_at,
                expires_at: row.expires_at,
            })
        })
        .collect()
}

/// Ends one session of a person; `false` if there is none.
pub(super) async fn delete_session(conn: &mut Connection, user: UserId, id: SessionId) -> Result<bool> {
    let gone = diesel::delete(sessions::table.find(id.0).filter(sessions::user_id.eq(user.0))).execute(conn).await?;
    Ok(gone == 1)
}

/// Ends all sessions of a person but one.
pub(super) async fn delete_other_sessions_of(conn: &mut Connection, user: UserId, kept: SessionId) -> Result<usize> {
    let others = sessions::table.filter(sessions::user_id.eq(user.0)).filter(sessions::id.ne(kept.0));
    Ok(diesel::delete(others).execute(conn).await?)
}

/// Ends all sessions of a person.
pub(super) async fn delete_sessions_of(conn: &mut Connection, user: UserId) -> Result<usize> {
    Ok(diesel::delete(sessions::table.filter(sessions::user_id.eq(user.0))).execute(conn).await?)
}

/// Sessions that are still good.
pub(super) async fn count_live_sessions(
    conn: &mut Connection,
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<u64> {
    let live = sessions::table.filter(sessions::expires_at.gt(now).and(sessions::last_seen_at.gt(idle_since)));
    let count: i64 = live.count().get_result(conn).await?;
    Ok(count.unsigned_abs())
}

/// Removes sessions that have ended by themselves. One that somebody else is changing is left for the next time.
pub(super) async fn sweep_sessions(conn: &mut Connection, now: DateTime<Utc>, idle_since: DateTime<Utc>) -> Result<()> {
    let ended: Vec<Uuid> = sessions::table
        .filter(sessions::expires_at.le(now).or(sessions::last_seen_at.le(idle_since)))
        .select(sessions::id)
        .limit(1_000)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    diesel::delete(sessions::table.filter(sessions::id.eq_any(ended))).execute(conn).await?;
    Ok(())
}

/// Removes counts of failed attempts whose last one is older than `forgiven`.
pub(super) async fn sweep_failures(conn: &mut Connection, forgiven: DateTime<Utc>) -> Result<()> {
    let old: Vec<Vec<u8>> = login_failures::table
        .filter(login_failures::last_at.lt(forgiven))
        .select(login_failures::subject)
        .limit(10_000)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    diesel::delete(login_failures::table.filter(login_failures::subject.eq_any(old))).execute(conn).await?;
    Ok(())
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = invitations)]
struct InvitationRow {
    id: Uuid,
    token_tag: Vec<u8>,
    role: String,
    email: Option<Vec<u8>>,
    invited_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

fn invitation(vault: &Vault, row: InvitationRow) -> Result<Invitation> {
    let email = row.email.map(|bytes| open(vault, &cell("invitations", "email", row.id), bytes)).transpose()?;
    Ok(Invitation {
        id: InvitationId(row.id),
        role: role_of(&row.role)?,
        email,
        invited_by: row.invited_by.map(UserId),
        created_at: row.created_at,
        expires_at: row.expires_at,
        used_at: row.used_at,
    })
}

/// Adds an invitation under the tag of its token.
pub(super) async fn insert_invitation(
    conn: &mut Connection,
    vault: &Vault,
    new: &Invitation,
    token_tag: Vec<u8>,
) -> Result<()> {
    let email =
        new.email.as_deref().map(|email| seal(vault, &cell("invitations", "email", new.id.0), email)).transpose()?;
    let row = InvitationRow {
        id: new.id.0,
        token_tag,
        role: new.role.as_str().to_owned(),
        email,
        invited_by: new.invited_by.map(|id| id.0),
        created_at: new.created_at,
        expires_at: new.expires_at,
        used_at: new.used_at,
    };
    diesel::insert_into(invitations::table).values(row).execute(conn).await?;
    Ok(())
}

/// The invitation of a token, locked until the transaction ends.
pub(super) async fn lock_invitation(
    conn: &mut Connection,
    vault: &Vault,
    token_tag: &[u8],
) -> Result<Option<Invitation>> {
    let row: Option<InvitationRow> = invitations::table
        .filter(invitations::token_tag.eq(token_tag))
        .select(InvitationRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(|row| invitation(vault, row)).transpose()
}

/// Invitations that can still be accepted, newest first.
pub(super) async fn open_invitations(
    conn: &mut Connection,
    vault: &Vault,
    now: DateTime<Utc>,
) -> Result<Vec<Invitation>> {
    let rows: Vec<InvitationRow> = invitations::table
        .filter(invitations::used_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .order(invitations::id.desc())
        .limit(500)
        .select(InvitationRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(|row| invitation(vault, row)).collect()
}

/// Marks an invitation as used.
pub(super) async fn use_invitation(conn: &mut Connection, id: InvitationId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(invitations::table.find(id.0)).set(invitations::used_at.eq(now)).execute(conn).await?;
    Ok(())
}

/// Takes an unused invitation back; `false` if there is none.
pub(super) async fn delete_invitation(conn: &mut Connection, id: InvitationId) -> Result<bool> {
    let gone =
        diesel::delete(invitations::table.find(id.0).filter(invitations::used_at.is_null())).execute(conn).await?;
    Ok(gone == 1)
}

/// Takes a person's unused invitations back.
pub(super) async fn delete_invitations_by(conn: &mut Connection, user: UserId) -> Result<()> {
    let open = invitations::table.filter(invitations::invited_by.eq(user.0)).filter(invitations::used_at.is_null());
    diesel::delete(open).execute(conn).await?;
    Ok(())
}

/// Takes earlier unused links for the first admin back.
pub(super) async fn delete_first_admin_invitations(conn: &mut Connection) -> Result<()> {
    let open = invitations::table.filter(invitations::invited_by.is_null()).filter(invitations::used_at.is_null());
    diesel::delete(open).execute(conn).await?;
    Ok(())
}

/// Failed attempts of a subject, locked until the transaction ends.
#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = login_failures)]
pub(super) struct Failures {
    pub(super) failures: i32,
    pub(super) last_at: DateTime<Utc>,
    pub(super) locked_until: Option<DateTime<Utc>>,
}

/// The count of a subject, made if there is none and locked until the transaction ends.
pub(super) async fn lock_failures(conn: &mut Connection, subject: &[u8], now: DateTime<Utc>) -> Result<Failures> {
    diesel::insert_into(login_failures::table)
        .values((login_failures::subject.eq(subject), login_failures::failures.eq(0), login_failures::last_at.eq(now)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(login_failures::table.find(subject).select(Failures::as_select()).for_update().first(conn).await?)
}

/// Writes the count of a subject.
pub(super) async fn set_failures(conn: &mut Connection, subject: &[u8], new: &Failures) -> Result<()> {
    diesel::update(login_failures::table.find(subject))
        .set((
            login_failures::failures.eq(new.failures),
            login_failures::last_at.eq(new.last_at),
            login_failures::locked_until.eq(new.locked_until),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgives a subject.
pub(super) async fn delete_failures(conn: &mut Connection, subject: &[u8]) -> Result<()> {
    diesel::delete(login_failures::table.find(subject)).execute(conn).await?;
    Ok(())
}
