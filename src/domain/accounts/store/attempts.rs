//! All SQL of failed attempts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::base::Result;
use crate::infra::db::Connection;
use crate::infra::db::schema::login_failures;

/// Failed attempts of a subject, locked until the transaction ends.
#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = login_failures)]
pub(in crate::domain::accounts) struct Failures {
    pub(in crate::domain::accounts) failures: i32,
    pub(in crate::domain::accounts) last_at: DateTime<Utc>,
    pub(in crate::domain::accounts) locked_until: Option<DateTime<Utc>>,
}

/// The count of a subject, made if there is none and locked until the transaction ends.
pub(in crate::domain::accounts) async fn lock_failures(
    conn: &mut Connection,
    subject: &[u8],
    now: DateTime<Utc>,
) -> Result<Failures> {
    diesel::insert_into(login_failures::table)
        .values((login_failures::subject.eq(subject), login_failures::failures.eq(0), login_failures::last_at.eq(now)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(login_failures::table.find(subject).select(Failures::as_select()).for_update().first(conn).await?)
}

/// Writes the count of a subject.
pub(in crate::domain::accounts) async fn set_failures(
    conn: &mut Connection,
    subject: &[u8],
    new: &Failures,
) -> Result<()> {
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
pub(in crate::domain::accounts) async fn delete_failures(conn: &mut Connection, subject: &[u8]) -> Result<()> {
    diesel::delete(login_failures::table.find(subject)).execute(conn).await?;
    Ok(())
}

/// Removes counts of failed attempts whose last one is older than `forgiven`.
pub(in crate::domain::accounts) async fn sweep_failures(conn: &mut Connection, forgiven: DateTime<Utc>) -> Result<()> {
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
