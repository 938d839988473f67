//! All SQL of sessions.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use vault::Vault;

use super::{cell, open, role_of, seal};
use crate::base::{Result, SessionId, SystemRole, UserId};
use crate::domain::accounts::model::{Session, Standing, UserState};
use crate::infra::db::Connection;
use crate::infra::db::schema::{second_factors, sessions, users};

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
    factor_given: bool,
    proved_at: Option<DateTime<Utc>>,
}

/// What a new session stands on.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain::accounts) struct Ground {
    /// Whether the second factor was given.
    pub(in crate::domain::accounts) factor_given: bool,
    /// When the person proved who they are, if that is enough for what is asked for.
    pub(in crate::domain::accounts) proved_at: Option<DateTime<Utc>>,
}

/// Adds a session under the tag of its token.
pub(in crate::domain::accounts) async fn insert_session(
    conn: &mut Connection,
    vault: &Vault,
    new: &Session,
    token_tag: Vec<u8>,
    ground: Ground,
) -> Result<()> {
    let row = SessionRow {
        id: new.id.0,
        token_tag,
        user_id: new.user.0,
        client: seal(vault, &cell("sessions", "client", new.id.0), &new.client)?,
        created_at: new.created_at,
        last_seen_at: new.last_seen_at,
        expires_at: new.expires_at,
        factor_given: ground.factor_given,
        proved_at: ground.proved_at,
    };
    diesel::insert_into(sessions::table).values(row).execute(conn).await?;
    Ok(())
}

/// What a request needs to know of the session that it came with.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain::accounts) struct LiveSession {
    pub(in crate::domain::accounts) id: SessionId,
    pub(in crate::domain::accounts) user: UserId,
    pub(in crate::domain::accounts) role: SystemRole,
    pub(in crate::domain::accounts) standing: Standing,
    pub(in crate::domain::accounts) last_seen_at: DateTime<Utc>,
}

/// Session, person, role, last request, whether the factor was given, and the factor in force.
type LiveRow = (Uuid, Uuid, String, DateTime<Utc>, bool, Option<Uuid>);

/// The session of a token, if it is still good and its person may sign in.
pub(in crate::domain::accounts) async fn find_live_session(
    conn: &mut Connection,
    token_tag: &[u8],
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<Option<LiveSession>> {
    let in_force = second_factors::user_id.eq(users::id).and(second_factors::confirmed_at.is_not_null());
    let row: Option<LiveRow> = sessions::table
        .inner_join(users::table)
        .left_join(second_factors::table.on(in_force))
        .filter(sessions::token_tag.eq(token_tag))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(idle_since))
        .filter(users::state.eq(UserState::Active.as_str()))
        .select((
            sessions::id,
            users::id,
            users::role,
            sessions::last_seen_at,
            sessions::factor_given,
            second_factors::id.nullable(),
        ))
        .first(conn)
        .await
        .optional()?;
    let Some((id, user, role, last_seen_at, factor_given, factor)) = row else { return Ok(None) };
    let role = role_of(&role)?;
    let standing = Standing::of(role, factor.is_some(), factor_given);
    Ok(Some(LiveSession { id: SessionId(id), user: UserId(user), role, standing, last_seen_at }))
}

/// When the person of a session last proved who they are in it; `None` too if it has ended.
pub(in crate::domain::accounts) async fn proved_at(
    conn: &mut Connection,
    id: SessionId,
) -> Result<Option<DateTime<Utc>>> {
    let proved: Option<Option<DateTime<Utc>>> =
        sessions::table.find(id.0).select(sessions::proved_at).first(conn).await.optional()?;
    Ok(proved.flatten())
}

/// Notes that the person of a session proved who they are; `false` if it has ended.
pub(in crate::domain::accounts) async fn set_proved(
    conn: &mut Connection,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = diesel::update(sessions::table.find(id.0)).set(sessions::proved_at.eq(now)).execute(conn).await?;
    Ok(rows == 1)
}

/// Notes that a session was used.
pub(in crate::domain::accounts) async fn touch_session(
    conn: &mut Connection,
    id: SessionId,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(sessions::table.find(id.0)).set(sessions::last_seen_at.eq(now)).execute(conn).await?;
    Ok(())
}

/// A person's sessions that are still good, newest first.
pub(in crate::domain::accounts) async fn sessions_of(
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

/// How many sessions of each person are still good; who has none is not named.
pub(in crate::domain::accounts) async fn live_counts(
    conn: &mut Connection,
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<HashMap<UserId, i64>> {
    let rows: Vec<(Uuid, i64)> = sessions::table
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(idle_since))
        .group_by(sessions::user_id)
        .select((sessions::user_id, diesel::dsl::count_star()))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(user, count)| (UserId(user), count)).collect())
}

/// Whether a session was not ended.
pub(in crate::domain::accounts) async fn is_there(conn: &mut Connection, id: SessionId) -> Result<bool> {
    let found: Option<Uuid> = sessions::table.find(id.0).select(sessions::id).first(conn).await.optional()?;
    Ok(found.is_some())
}

/// Ends one session of a person; `false` if there is none.
pub(in crate::domain::accounts) async fn delete_session(
    conn: &mut Connection,
    user: UserId,
    id: SessionId,
) -> Result<bool> {
    let gone = diesel::delete(sessions::table.find(id.0).filter(sessions::user_id.eq(user.0))).execute(conn).await?;
    Ok(gone == 1)
}

/// Ends all sessions of a person but one.
pub(in crate::domain::accounts) async fn delete_other_sessions_of(
    conn: &mut Connection,
    user: UserId,
    kept: SessionId,
) -> Result<usize> {
    let others = sessions::table.filter(sessions::user_id.eq(user.0)).filter(sessions::id.ne(kept.0));
    Ok(diesel::delete(others).execute(conn).await?)
}

/// Ends all sessions of a person.
pub(in crate::domain::accounts) async fn delete_sessions_of(conn: &mut Connection, user: UserId) -> Result<usize> {
    Ok(diesel::delete(sessions::table.filter(sessions::user_id.eq(user.0))).execute(conn).await?)
}

/// Removes sessions that have ended by themselves. One that somebody else is changing is left for the next time.
pub(in crate::domain::accounts) async fn sweep_sessions(
    conn: &mut Connection,
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<()> {
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
