//! All SQL of second factors and recovery codes. Secrets are sealed on the way in and opened on the way out.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use vault::{Scope, Sealed, Vault};
use zeroize::Zeroizing;

use super::{cell, seal};
use crate::base::{Result, SecondFactorId, UserId};
use crate::infra::db::Connection;
use crate::infra::db::schema::{recovery_codes, second_factors};

/// A second factor as it is stored.
#[derive(Debug)]
pub(in crate::domain::accounts) struct StoredFactor {
    pub(in crate::domain::accounts) id: SecondFactorId,
    /// Base32.
    pub(in crate::domain::accounts) secret: Zeroizing<Vec<u8>>,
    pub(in crate::domain::accounts) created_at: DateTime<Utc>,
    /// The time step of the last code that was taken.
    pub(in crate::domain::accounts) last_step: Option<i64>,
}

/// Replaces what was offered to a person before and not taken.
pub(in crate::domain::accounts) async fn offer(
    conn: &mut Connection,
    vault: &Vault,
    id: SecondFactorId,
    user: UserId,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let offered = second_factors::table.filter(second_factors::user_id.eq(user.0));
    diesel::delete(offered.filter(second_factors::confirmed_at.is_null())).execute(conn).await?;
    diesel::insert_into(second_factors::table)
        .values((
            second_factors::id.eq(id.0),
            second_factors::user_id.eq(user.0),
            second_factors::secret.eq(seal(vault, &cell("second_factors", "secret", id.0), secret)?),
            second_factors::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// What was offered to a person and waits for its first code, locked until the transaction ends.
pub(in crate::domain::accounts) async fn lock_offered(
    conn: &mut Connection,
    vault: &Vault,
    user: UserId,
) -> Result<Option<StoredFactor>> {
    lock(conn, vault, user, false).await
}

/// The factor that a person has, locked until the transaction ends.
pub(in crate::domain::accounts) async fn lock_in_force(
    conn: &mut Connection,
    vault: &Vault,
    user: UserId,
) -> Result<Option<StoredFactor>> {
    lock(conn, vault, user, true).await
}

type FactorRow = (Uuid, Vec<u8>, DateTime<Utc>, Option<i64>);

async fn lock(conn: &mut Connection, vault: &Vault, user: UserId, confirmed: bool) -> Result<Option<StoredFactor>> {
    let row: Option<FactorRow> = second_factors::table
        .filter(second_factors::user_id.eq(user.0))
        .filter(second_factors::confirmed_at.is_not_null().eq(confirmed))
        .select((second_factors::id, second_factors::secret, second_factors::created_at, second_factors::last_step))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    let Some((id, secret, created_at, last_step)) = row else { return Ok(None) };
    let sealed = Sealed::from_stored(secret);
    let secret = vault.open_bytes(Scope::Fund, &cell("second_factors", "secret", id), &sealed)?;
    Ok(Some(StoredFactor { id: SecondFactorId(id), secret, created_at, last_step }))
}

/// Since when a person has a second factor, and how many recovery codes are left.
pub(in crate::domain::accounts) async fn find_in_force(
    conn: &mut Connection,
    user: UserId,
) -> Result<Option<(DateTime<Utc>, i64)>> {
    let row: Option<(Uuid, Option<DateTime<Utc>>)> = second_factors::table
        .filter(second_factors::user_id.eq(user.0))
        .filter(second_factors::confirmed_at.is_not_null())
        .select((second_factors::id, second_factors::confirmed_at))
        .first(conn)
        .await
        .optional()?;
    let Some((id, Some(since))) = row else { return Ok(None) };
    let left = recovery_codes::table
        .filter(recovery_codes::factor_id.eq(id))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(conn)
        .await?;
    Ok(Some((since, left)))
}

/// Everybody who has a second factor.
pub(in crate::domain::accounts) async fn holders(conn: &mut Connection) -> Result<HashSet<UserId>> {
    let ids: Vec<Uuid> = second_factors::table
        .filter(second_factors::confirmed_at.is_not_null())
        .select(second_factors::user_id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Puts what was offered in force. What was in force before must be gone.
pub(in crate::domain::accounts) async fn confirm(
    conn: &mut Connection,
    id: SecondFactorId,
    step: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(second_factors::table.find(id.0))
        .set((second_factors::confirmed_at.eq(now), second_factors::last_step.eq(step)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes the time step of a code that was taken.
pub(in crate::domain::accounts) async fn set_last_step(
    conn: &mut Connection,
    id: SecondFactorId,
    step: i64,
) -> Result<()> {
    diesel::update(second_factors::table.find(id.0)).set(second_factors::last_step.eq(step)).execute(conn).await?;
    Ok(())
}

/// Takes the factor that a person has, with its recovery codes; `false` if there is none.
pub(in crate::domain::accounts) async fn delete_in_force(conn: &mut Connection, user: UserId) -> Result<bool> {
    let factor = second_factors::table.filter(second_factors::user_id.eq(user.0));
    let gone = diesel::delete(factor.filter(second_factors::confirmed_at.is_not_null())).execute(conn).await?;
    Ok(gone > 0)
}

/// Takes what was offered to a person and not taken.
pub(in crate::domain::accounts) async fn delete_offered(conn: &mut Connection, user: UserId) -> Result<()> {
    let factor = second_factors::table.filter(second_factors::user_id.eq(user.0));
    diesel::delete(factor.filter(second_factors::confirmed_at.is_null())).execute(conn).await?;
    Ok(())
}

/// Replaces the recovery codes of a factor, by their tags.
pub(in crate::domain::accounts) async fn replace_recovery_codes(
    conn: &mut Connection,
    factor: SecondFactorId,
    tags: &[Vec<u8>],
) -> Result<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::factor_id.eq(factor.0))).execute(conn).await?;
    let rows: Vec<_> =
        tags.iter().map(|tag| (recovery_codes::tag.eq(tag), recovery_codes::factor_id.eq(factor.0))).collect();
    diesel::insert_into(recovery_codes::table).values(rows).execute(conn).await?;
    Ok(())
}

/// Uses a recovery code of a factor; `false` if there is none that was not used before.
pub(in crate::domain::accounts) async fn use_recovery_code(
    conn: &mut Connection,
    factor: SecondFactorId,
    tag: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let code = recovery_codes::table
        .filter(recovery_codes::tag.eq(tag))
        .filter(recovery_codes::factor_id.eq(factor.0))
        .filter(recovery_codes::used_at.is_null());
    Ok(diesel::update(code).set(recovery_codes::used_at.eq(now)).execute(conn).await? == 1)
}

/// Removes what was offered before this time and not taken.
pub(in crate::domain::accounts) async fn sweep_offers(conn: &mut Connection, before: DateTime<Utc>) -> Result<()> {
    let old: Vec<Uuid> = second_factors::table
        .filter(second_factors::confirmed_at.is_null())
        .filter(second_factors::created_at.lt(before))
        .select(second_factors::id)
        .limit(1_000)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    diesel::delete(second_factors::table.filter(second_factors::id.eq_any(old))).execute(conn).await?;
    Ok(())
}
