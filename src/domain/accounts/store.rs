//! All SQL of people; below it that of sessions, invitations, second factors, password resets and failed attempts.

pub(super) mod attempts;
pub(super) mod factors;
pub(super) mod invitations;
pub(super) mod resets;
pub(super) mod sessions;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use vault::{Cell, Scope, Sealed, Vault};

use super::model::{Email, User, UserState};
use crate::base::{Error, Result, SystemRole, UserId};
use crate::infra::db::Connection;
use crate::infra::db::schema::users;

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

/// The ids of everybody, in order.
pub(super) async fn everybody(conn: &mut Connection) -> Result<Vec<UserId>> {
    let ids: Vec<Uuid> = users::table.order(users::id).select(users::id).load(conn).await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Puts somebody else's name, address and password into a person's row.
pub(super) async fn mask_user(
    conn: &mut Connection,
    vault: &Vault,
    id: UserId,
    name: &str,
    email: &Email,
    hash: &str,
) -> Result<()> {
    let id = id.0;
    diesel::update(users::table.find(id))
        .set((
            users::name.eq(seal(vault, &cell("users", "name", id), name)?),
            users::email.eq(seal(vault, &cell("users", "email", id), email.as_str())?),
            users::email_blind.eq(blind(vault, email)),
            users::password_hash.eq(seal(vault, &cell("users", "password_hash", id), hash)?),
        ))
        .execute(conn)
        .await?;
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

/// The role of somebody who may sign in, locked until the transaction ends, so that disabling them waits or comes first.
/// `None` if they may not.
pub(super) async fn lock_active(conn: &mut Connection, id: UserId) -> Result<Option<SystemRole>> {
    let active = users::table.find(id.0).filter(users::state.eq(UserState::Active.as_str()));
    let role: Option<String> = active.select(users::role).for_update().first(conn).await.optional()?;
    role.map(|role| role_of(&role)).transpose()
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

/// Whether a person's password is still the one with this hash.
pub(super) async fn has_password(conn: &mut Connection, vault: &Vault, id: UserId, hash: &str) -> Result<bool> {
    let stored: Option<Vec<u8>> = users::table.find(id.0).select(users::password_hash).first(conn).await.optional()?;
    let Some(stored) = stored else { return Ok(false) };
    Ok(open(vault, &cell("users", "password_hash", id.0), stored)? == hash)
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
