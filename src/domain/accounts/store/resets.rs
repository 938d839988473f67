//! All SQL of password resets. A row is a link that can still be used, once its time has not ended.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::base::{Result, UserId};
use crate::infra::db::Connection;
use crate::infra::db::schema::password_resets;

/// Adds a link under the tag of its token; an earlier one of the person ends.
pub(in crate::domain::accounts) async fn replace(
    conn: &mut Connection,
    user: UserId,
    token_tag: Vec<u8>,
    made_by: Option<UserId>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    delete_of(conn, user).await?;
    diesel::insert_into(password_resets::table)
        .values((
            password_resets::user_id.eq(user.0),
            password_resets::token_tag.eq(token_tag),
            password_resets::made_by.eq(made_by.map(|id| id.0)),
            password_resets::created_at.eq(created_at),
            password_resets::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// For whom the link of a token is and when it ends, if it can still be used; locked until the transaction ends.
pub(in crate::domain::accounts) async fn lock_open(
    conn: &mut Connection,
    token_tag: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<(UserId, DateTime<Utc>)>> {
    let row: Option<(Uuid, DateTime<Utc>)> = password_resets::table
        .filter(password_resets::token_tag.eq(token_tag))
        .filter(password_resets::expires_at.gt(now))
        .select((password_resets::user_id, password_resets::expires_at))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|(user, expires_at)| (UserId(user), expires_at)))
}

/// Ends a person's link.
pub(in crate::domain::accounts) async fn delete_of(conn: &mut Connection, user: UserId) -> Result<()> {
    diesel::delete(password_resets::table.find(user.0)).execute(conn).await?;
    Ok(())
}

/// Ends the links that a person made for others.
pub(in crate::domain::accounts) async fn delete_made_by(conn: &mut Connection, maker: UserId) -> Result<()> {
    diesel::delete(password_resets::table.filter(password_resets::made_by.eq(maker.0))).execute(conn).await?;
    Ok(())
}

/// Removes links whose time has ended.
pub(in crate::domain::accounts) async fn sweep(conn: &mut Connection, now: DateTime<Utc>) -> Result<()> {
    let ended: Vec<Uuid> = password_resets::table
        .filter(password_resets::expires_at.le(now))
        .select(password_resets::user_id)
        .limit(1_000)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    let still_ended = password_resets::table.filter(password_resets::user_id.eq_any(ended));
    diesel::delete(still_ended.filter(password_resets::expires_at.le(now))).execute(conn).await?;
    Ok(())
}
