//! All SQL of invitations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use vault::Vault;

use super::{cell, open, role_of, seal};
use crate::base::{InvitationId, Result, SystemRole, UserId};
use crate::domain::accounts::model::Invitation;
use crate::infra::db::Connection;
use crate::infra::db::schema::invitations;

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
pub(in crate::domain::accounts) async fn insert_invitation(
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
pub(in crate::domain::accounts) async fn lock_invitation(
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
pub(in crate::domain::accounts) async fn open_invitations(
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
pub(in crate::domain::accounts) async fn use_invitation(
    conn: &mut Connection,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(invitations::table.find(id.0)).set(invitations::used_at.eq(now)).execute(conn).await?;
    Ok(())
}

/// Takes an unused invitation back; `false` if there is none.
pub(in crate::domain::accounts) async fn delete_invitation(conn: &mut Connection, id: InvitationId) -> Result<bool> {
    let gone =
        diesel::delete(invitations::table.find(id.0).filter(invitations::used_at.is_null())).execute(conn).await?;
    Ok(gone == 1)
}

/// Takes a person's unused invitations back.
pub(in crate::domain::accounts) async fn delete_invitations_by(conn: &mut Connection, user: UserId) -> Result<()> {
    let open = invitations::table.filter(invitations::invited_by.eq(user.0)).filter(invitations::used_at.is_null());
    diesel::delete(open).execute(conn).await?;
    Ok(())
}

/// Takes earlier unused links for the first admin back.
pub(in crate::domain::accounts) async fn delete_first_admin_invitations(conn: &mut Connection) -> Result<()> {
    let open = invitations::table
        .filter(invitations::invited_by.is_null())
        .filter(invitations::role.eq(SystemRole::Admin.as_str()))
        .filter(invitations::used_at.is_null());
    diesel::delete(open).execute(conn).await?;
    Ok(())
}
