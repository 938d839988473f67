//! All SQL of the audit log.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use vault::{Cell, Scope, Sealed, Vault};

use super::model::{AuditEntry, AuditFilter, Outcome, Record, actor_word};
use crate::base::{Actor, AuditId, Ctx, DealId, Error, RequestId, Result, UserId};
use crate::infra::db::Connection;
use crate::infra::db::schema::{audit_log, audit_seals};

/// Any fixed number: whoever holds this advisory lock seals.
const SEALER_LOCK: i64 = 7_163_301_918_206;

#[derive(Insertable, Queryable, Selectable, Clone)]
#[diesel(table_name = audit_log)]
struct Row {
    id: Uuid,
    at: DateTime<Utc>,
    request_id: Uuid,
    actor: String,
    actor_id: Option<Uuid>,
    action: String,
    object_kind: String,
    object_id: Option<Uuid>,
    deal_id: Option<Uuid>,
    outcome: String,
    details: Vec<u8>,
}

fn details_cell(id: Uuid) -> Cell {
    Cell { table: "audit_log", column: "details", row: id }
}

/// Adds an entry.
pub(super) async fn insert(conn: &mut Connection, vault: &Vault, cx: &Ctx, id: AuditId, record: &Record) -> Result<()> {
    let mut details = serde_json::json!({ "ip": cx.ip, "about": record.details });
    if let (Some(login), Some(details)) = (cx.login, details.as_object_mut()) {
        details.insert("login".to_owned(), login.name().into());
    }
    let sealed = vault.seal(Scope::Fund, &details_cell(id.0), details.to_string().as_bytes())?;
    let row = Row {
        id: id.0,
        at: cx.now,
        request_id: cx.request_id.0,
        actor: actor_word(&cx.actor).to_owned(),
        actor_id: match cx.actor {
            Actor::User { id, .. } => Some(id.0),
            Actor::Anonymous | Actor::Console => None,
        },
        action: record.action.as_str().to_owned(),
        object_kind: record.object.kind.to_owned(),
        object_id: record.object.id,
        deal_id: record.object.deal.map(|deal| deal.0),
        outcome: record.outcome.as_str().to_owned(),
        details: sealed.into_stored(),
    };
    diesel::insert_into(audit_log::table).values(row).execute(conn).await?;
    Ok(())
}

/// Entries before one, newest first; at most `limit`.
pub(super) async fn list(
    conn: &mut Connection,
    vault: &Vault,
    filter: &AuditFilter,
    before: Option<AuditId>,
    limit: usize,
) -> Result<Vec<AuditEntry>> {
    let mut query = audit_log::table
        .left_join(audit_seals::table)
        .select((Row::as_select(), audit_seals::seq.nullable()))
        .order(audit_log::id.desc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .into_boxed();
    if let Some(deal) = filter.deal {
        query = query.filter(audit_log::deal_id.eq(deal.0));
    }
    if let Some(actor) = filter.actor {
        query = query.filter(audit_log::actor_id.eq(actor.0));
    }
    if let Some(action) = filter.action {
        query = query.filter(audit_log::action.eq(action.as_str()));
    }
    if let Some(before) = before {
        query = query.filter(audit_log::id.lt(before.0));
    }
    let rows: Vec<(Row, Option<i64>)> = query.load(conn).await?;
    rows.into_iter().map(|(row, seq)| entry(vault, row, seq)).collect()
}

fn entry(vault: &Vault, row: Row, seq: Option<i64>) -> Result<AuditEntry> {
    // Details that do not open must not hide the entries around them.
    let opened = vault.open_bytes(Scope::Fund, &details_cell(row.id), &Sealed::from_stored(row.details)).ok();
    let details = opened.and_then(|text| serde_json::from_slice(&text).ok());
    let details = details.unwrap_or_else(|| serde_json::json!({ "about": { "damaged": true } }));
    Ok(AuditEntry {
        id: AuditId(row.id),
        at: row.at,
        request_id: RequestId(row.request_id),
        actor: row.actor,
        actor_id: row.actor_id.map(UserId),
        action: row.action,
        object_kind: row.object_kind,
        object_id: row.object_id,
        deal_id: row.deal_id.map(DealId),
        outcome: Outcome::parse(&row.outcome)
            .ok_or_else(|| Error::internal("an audit entry has an unknown outcome"))?,
        details,
        seq,
    })
}

/// Whether this transaction may seal: one process at a time does.
pub(super) async fn try_sealer_lock(conn: &mut Connection) -> Result<bool> {
    diesel::define_sql_function! { fn pg_try_advisory_xact_lock(key: BigInt) -> Bool; }
    Ok(diesel::select(pg_try_advisory_xact_lock(SEALER_LOCK)).get_result(conn).await?)
}

/// The chain's last place and link; `(0, [])` for an empty chain.
pub(super) async fn chain_end(conn: &mut Connection) -> Result<(i64, Vec<u8>)> {
    let last: Option<(i64, Vec<u8>)> = audit_seals::table
        .select((audit_seals::seq, audit_seals::link))
        .order(audit_seals::seq.desc())
        .first(conn)
        .await
        .optional()?;
    Ok(last.unwrap_or_default())
}

/// The link at a place.
pub(super) async fn link_at(conn: &mut Connection, seq: i64) -> Result<Option<Vec<u8>>> {
    Ok(audit_seals::table.find(seq).select(audit_seals::link).first(conn).await.optional()?)
}

/// Entries that have no link yet, oldest first; at most `limit`.
pub(super) async fn unsealed(conn: &mut Connection, limit: i64) -> Result<Vec<(AuditId, Vec<Vec<u8>>)>> {
    let rows: Vec<Row> = audit_log::table
        .left_join(audit_seals::table)
        .filter(audit_seals::seq.is_null())
        .select(Row::as_select())
        .order(audit_log::id)
        .limit(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (AuditId(row.id), parts(&row))).collect())
}

/// Adds links to the chain.
pub(super) async fn append_seals(conn: &mut Connection, seals: &[(i64, AuditId, Vec<u8>)]) -> Result<()> {
    let rows: Vec<_> = seals
        .iter()
        .map(|(seq, id, link)| (audit_seals::seq.eq(seq), audit_seals::entry_id.eq(id.0), audit_seals::link.eq(link)))
        .collect();
    diesel::insert_into(audit_seals::table).values(rows).execute(conn).await?;
    Ok(())
}

/// A place in the chain: its link, and what the link was made from unless the entry is gone.
pub(super) struct SealedEntry {
    pub(super) seq: i64,
    pub(super) link: Vec<u8>,
    pub(super) parts: Option<Vec<Vec<u8>>>,
}

/// Links after a place, in order; at most `limit`.
pub(super) async fn sealed_after(conn: &mut Connection, seq: i64, limit: i64) -> Result<Vec<SealedEntry>> {
    let rows: Vec<(i64, Vec<u8>, Option<Row>)> = audit_seals::table
        .left_join(audit_log::table)
        .filter(audit_seals::seq.gt(seq))
        .select((audit_seals::seq, audit_seals::link, Option::<Row>::as_select()))
        .order(audit_seals::seq)
        .limit(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(seq, link, row)| SealedEntry { seq, link, parts: row.as_ref().map(parts) }).collect())
}

/// Entries without a link.
pub(super) async fn count_unsealed(conn: &mut Connection) -> Result<i64> {
    let count = audit_log::table
        .left_join(audit_seals::table)
        .filter(audit_seals::seq.is_null())
        .count()
        .get_result(conn)
        .await?;
    Ok(count)
}

/// Every column of an entry as bytes: the link is made over what is stored, sealed details included.
fn parts(row: &Row) -> Vec<Vec<u8>> {
    let id = |id: Option<Uuid>| id.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    vec![
        row.id.as_bytes().to_vec(),
        row.at.timestamp_micros().to_be_bytes().to_vec(),
        row.request_id.as_bytes().to_vec(),
        row.actor.clone().into_bytes(),
        id(row.actor_id),
        row.action.clone().into_bytes(),
        row.object_kind.clone().into_bytes(),
        id(row.object_id),
        id(row.deal_id),
        row.outcome.clone().into_bytes(),
        row.details.clone(),
    ]
}
