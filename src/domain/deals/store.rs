//! All SQL of deals and their members. Names are sealed on the way in and opened on the way out.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use vault::{Cell, Scope, Sealed, Vault};

use super::model::{Deal, Industry, MemberRole, Membership, Stage};
use crate::base::{DealId, Error, Result, UserId};
use crate::infra::db::Connection;
use crate::infra::db::schema::{deal_members, deals};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = deals)]
struct DealRow {
    id: Uuid,
    name: Vec<u8>,
    industry: String,
    stage: String,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = deal_members)]
struct MemberRow {
    deal_id: Uuid,
    user_id: Uuid,
    role: String,
    added_at: DateTime<Utc>,
}

fn name_cell(deal: Uuid) -> Cell {
    Cell { table: "deals", column: "name", row: deal }
}

fn seal_name(vault: &Vault, deal: &Deal) -> Result<Vec<u8>> {
    Ok(vault.seal(Scope::Deal(deal.id.0), &name_cell(deal.id.0), deal.name.as_bytes())?.into_stored())
}

fn unknown(word: &'static str) -> impl FnOnce() -> Error {
    move || Error::internal(format!("a row of deals has an unknown {word}"))
}

fn deal(vault: &Vault, row: DealRow) -> Result<Deal> {
    Ok(Deal {
        id: DealId(row.id),
        name: vault.open_text(Scope::Deal(row.id), &name_cell(row.id), &Sealed::from_stored(row.name))?,
        industry: Industry::parse(&row.industry).ok_or_else(unknown("industry"))?,
        stage: Stage::parse(&row.stage).ok_or_else(unknown("stage"))?,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn membership(row: MemberRow) -> Result<Membership> {
    Ok(Membership {
        deal: DealId(row.deal_id),
        user: UserId(row.user_id),
        role: MemberRole::parse(&row.role).ok_or_else(unknown("member role"))?,
        added_at: row.added_at,
    })
}

/// Adds deals.
pub(super) async fn insert_deals(conn: &mut Connection, vault: &Vault, new: &[Deal]) -> Result<()> {
    let rows: Vec<DealRow> = new
        .iter()
        .map(|deal| {
            Ok(DealRow {
                id: deal.id.0,
                name: seal_name(vault, deal)?,
                industry: deal.industry.as_str().to_owned(),
                stage: deal.stage.as_str().to_owned(),
                version: deal.version,
                created_at: deal.created_at,
                updated_at: deal.updated_at,
            })
        })
        .collect::<Result<_>>()?;
    diesel::insert_into(deals::table).values(rows).execute(conn).await?;
    Ok(())
}

/// Every deal that opens, for the catalogue. One that does not is logged and must not hide the others.
pub(super) async fn all_deals(conn: &mut Connection, vault: &Vault) -> Result<Vec<Deal>> {
    let rows: Vec<DealRow> = deals::table.select(DealRow::as_select()).load(conn).await?;
    let opened = rows.into_iter().filter_map(|row| {
        let id = row.id;
        deal(vault, row)
            .inspect_err(|error| tracing::error!(deal = %id, causes = error.causes(), "a deal does not open"))
            .ok()
    });
    Ok(opened.collect())
}

/// One deal.
pub(super) async fn find_deal(conn: &mut Connection, vault: &Vault, id: DealId) -> Result<Option<Deal>> {
    let row: Option<DealRow> = deals::table.find(id.0).select(DealRow::as_select()).first(conn).await.optional()?;
    row.map(|row| deal(vault, row)).transpose()
}

/// Writes a deal over the version that it was made from; `false` if that is not the newest any more.
pub(super) async fn update_deal(
    conn: &mut Connection,
    vault: &Vault,
    changed: &Deal,
    from_version: i64,
) -> Result<bool> {
    let rows = diesel::update(deals::table.filter(deals::id.eq(changed.id.0)).filter(deals::version.eq(from_version)))
        .set((
            deals::name.eq(seal_name(vault, changed)?),
            deals::industry.eq(changed.industry.as_str()),
            deals::stage.eq(changed.stage.as_str()),
            deals::version.eq(changed.version),
            deals::updated_at.eq(changed.updated_at),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Locks a deal until the transaction ends, so that changes of its members follow each other.
pub(super) async fn lock_deal(conn: &mut Connection, id: DealId) -> Result<()> {
    let _: Option<Uuid> = deals::table.find(id.0).select(deals::id).for_update().first(conn).await.optional()?;
    Ok(())
}

/// Keeps a deal from being changed until the transaction ends.
pub(super) async fn hold_deal(conn: &mut Connection, id: DealId) -> Result<()> {
    let _: Option<Uuid> = deals::table.find(id.0).select(deals::id).for_share().first(conn).await.optional()?;
    Ok(())
}

/// Whether a deal's text may go to external models.
pub(super) async fn external_models(conn: &mut Connection, id: DealId) -> Result<Option<bool>> {
    Ok(deals::table.find(id.0).select(deals::external_models).first(conn).await.optional()?)
}

/// Says whether a deal's text may go to external models.
pub(super) async fn set_external_models(conn: &mut Connection, id: DealId, allowed: bool) -> Result<()> {
    diesel::update(deals::table.find(id.0)).set(deals::external_models.eq(allowed)).execute(conn).await?;
    Ok(())
}

/// What one person may do with one deal.
pub(super) async fn find_role(conn: &mut Connection, deal: DealId, user: UserId) -> Result<Option<MemberRole>> {
    let word: Option<String> =
        deal_members::table.find((deal.0, user.0)).select(deal_members::role).first(conn).await.optional()?;
    word.map(|word| MemberRole::parse(&word).ok_or_else(unknown("member role"))).transpose()
}

/// Every deal that one person may open, and what they may do with it.
pub(super) async fn memberships_of(conn: &mut Connection, user: UserId) -> Result<Vec<Membership>> {
    let rows: Vec<MemberRow> =
        deal_members::table.filter(deal_members::user_id.eq(user.0)).select(MemberRow::as_select()).load(conn).await?;
    rows.into_iter().map(membership).collect()
}

/// The members of one deal, longest first.
pub(super) async fn members_of(conn: &mut Connection, deal: DealId) -> Result<Vec<Membership>> {
    let rows: Vec<MemberRow> = deal_members::table
        .filter(deal_members::deal_id.eq(deal.0))
        .order((deal_members::added_at, deal_members::user_id))
        .select(MemberRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(membership).collect()
}

/// Who owns these deals.
pub(super) async fn owners_of(conn: &mut Connection, deals: &[DealId]) -> Result<Vec<(DealId, UserId)>> {
    let ids: Vec<Uuid> = deals.iter().map(|deal| deal.0).collect();
    let rows: Vec<(Uuid, Uuid)> = deal_members::table
        .filter(deal_members::deal_id.eq_any(ids))
        .filter(deal_members::role.eq(MemberRole::Owner.as_str()))
        .order((deal_members::added_at, deal_members::user_id))
        .select((deal_members::deal_id, deal_members::user_id))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(deal, user)| (DealId(deal), UserId(user))).collect())
}

/// Adds members, or changes what they may do.
pub(super) async fn put_members(conn: &mut Connection, new: &[Membership]) -> Result<()> {
    let rows: Vec<MemberRow> = new
        .iter()
        .map(|one| MemberRow {
            deal_id: one.deal.0,
            user_id: one.user.0,
            role: one.role.as_str().to_owned(),
            added_at: one.added_at,
        })
        .collect();
    diesel::insert_into(deal_members::table)
        .values(rows)
        .on_conflict((deal_members::deal_id, deal_members::user_id))
        .do_update()
        .set(deal_members::role.eq(diesel::upsert::excluded(deal_members::role)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a member away; `false` if there is none.
pub(super) async fn delete_member(conn: &mut Connection, deal: DealId, user: UserId) -> Result<bool> {
    let gone = diesel::delete(deal_members::table.find((deal.0, user.0))).execute(conn).await?;
    Ok(gone == 1)
}
