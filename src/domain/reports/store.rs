//! All SQL of versions and their files. Headers, trees and files are sealed on the way in and opened on the way out.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use report::Format;
use uuid::Uuid;
use vault::Vault;

use super::model::{Export, NewVersion, Report, Summary};
use crate::base::{DealId, Error, ExportId, GivenUp, ReportId, Result, UserId, WorkState};
use crate::infra::db::Connection;
use crate::infra::db::schema::{report_exports, reports};
use crate::infra::sealed::Place;

#[derive(Queryable, Selectable)]
#[diesel(table_name = reports)]
struct ReportRow {
    id: Uuid,
    deal_id: Uuid,
    number: i32,
    header: Vec<u8>,
    created_by: Uuid,
    created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = report_exports)]
struct ExportRow {
    id: Uuid,
    report_id: Uuid,
    format: String,
    state: String,
    outcome: Option<Vec<u8>>,
    bytes: Option<i64>,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

fn of_report(vault: &Vault, deal: DealId, id: ReportId) -> Place<'_> {
    Place::new(vault, deal, "reports", id.0)
}

fn of_export(vault: &Vault, deal: DealId, id: ExportId) -> Place<'_> {
    Place::new(vault, deal, "report_exports", id.0)
}

fn opened(vault: &Vault, row: ReportRow) -> Result<Report> {
    let (deal, id) = (DealId(row.deal_id), ReportId(row.id));
    Ok(Report {
        id,
        deal,
        number: row.number,
        summary: of_report(vault, deal, id).open_json("header", row.header)?,
        created_by: UserId(row.created_by),
        created_at: row.created_at,
    })
}

fn export(vault: &Vault, deal: DealId, row: ExportRow) -> Result<Export> {
    let unknown = || Error::internal("a row of exports has an unknown word");
    let id = ExportId(row.id);
    let sentence = row.outcome.map(|stored| of_export(vault, deal, id).open_text("outcome", stored)).transpose()?;
    Ok(Export {
        id,
        report: ReportId(row.report_id),
        deal,
        format: Format::parse(&row.format).ok_or_else(unknown)?,
        state: WorkState::parse(&row.state).ok_or_else(unknown)?,
        sentence,
        bytes: row.bytes,
        created_at: row.created_at,
        ended_at: row.ended_at,
    })
}

/// Adds the next version of a deal's report. One run of a deal goes on at a time, so nobody else takes the number.
pub(super) async fn insert_report(
    conn: &mut Connection,
    vault: &Vault,
    new: &NewVersion,
    now: DateTime<Utc>,
) -> Result<Report> {
    let last: Option<i32> = reports::table
        .filter(reports::deal_id.eq(new.deal.0))
        .select(diesel::dsl::max(reports::number))
        .first(conn)
        .await?;
    let number = last.unwrap_or_default().saturating_add(1);
    let summary = Summary::of(&new.report);
    let tree = serde_json::to_vec(&new.report).map_err(Error::internal)?;
    let place = of_report(vault, new.deal, new.id);
    diesel::insert_into(reports::table)
        .values((
            reports::id.eq(new.id.0),
            reports::deal_id.eq(new.deal.0),
            reports::number.eq(number),
            reports::run_id.eq(new.run.0),
            reports::inputs.eq(&new.inputs),
            reports::header.eq(place.seal_json("header", &summary)?),
            reports::content.eq(place.seal_packed("content", &tree)?),
            reports::created_by.eq(new.created_by.0),
            reports::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(Report { id: new.id, deal: new.deal, number, summary, created_by: new.created_by, created_at: now })
}

/// Versions of a deal, newest first, older than a number if one is given.
pub(super) async fn reports_of(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    below: Option<i32>,
    most: i64,
) -> Result<Vec<Report>> {
    let rows: Vec<ReportRow> = reports::table
        .filter(reports::deal_id.eq(deal.0).and(reports::number.lt(below.unwrap_or(i32::MAX))))
        .order(reports::number.desc())
        .limit(most)
        .select(ReportRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(|row| opened(vault, row)).collect()
}

/// How many versions a deal's report has.
pub(super) async fn count_reports(conn: &mut Connection, deal: DealId) -> Result<i64> {
    Ok(reports::table.filter(reports::deal_id.eq(deal.0)).count().get_result(conn).await?)
}

/// Keyed tag of what the newest version follows from, with its number.
pub(super) async fn latest_inputs(conn: &mut Connection, deal: DealId) -> Result<Option<(i32, Vec<u8>)>> {
    Ok(reports::table
        .filter(reports::deal_id.eq(deal.0))
        .order(reports::number.desc())
        .select((reports::number, reports::inputs))
        .first(conn)
        .await
        .optional()?)
}

/// A version of a deal.
pub(super) async fn find_report(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    number: i32,
) -> Result<Option<Report>> {
    let row: Option<ReportRow> = reports::table
        .filter(reports::deal_id.eq(deal.0).and(reports::number.eq(number)))
        .select(ReportRow::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(|row| opened(vault, row)).transpose()
}

/// A version, whichever deal it belongs to: for workers, which act for nobody.
pub(super) async fn find_for_worker(conn: &mut Connection, vault: &Vault, id: ReportId) -> Result<Option<Report>> {
    let row: Option<ReportRow> =
        reports::table.find(id.0).select(ReportRow::as_select()).first(conn).await.optional()?;
    row.map(|row| opened(vault, row)).transpose()
}

/// The tree of a version, JSON as it was written.
pub(super) async fn tree(conn: &mut Connection, vault: &Vault, report: &Report) -> Result<Vec<u8>> {
    let stored: Vec<u8> = reports::table.find(report.id.0).select(reports::content).first(conn).await?;
    of_report(vault, report.deal, report.id).open_packed("content", stored)
}

/// Ids of all versions after an id, in order: for who goes through all of them.
pub(super) async fn ids_after(conn: &mut Connection, last: Option<ReportId>, most: i64) -> Result<Vec<ReportId>> {
    let last = last.map_or(Uuid::nil(), |id| id.0);
    let ids: Vec<Uuid> = reports::table
        .filter(reports::id.gt(last))
        .order(reports::id)
        .limit(most)
        .select(reports::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(ReportId).collect())
}

/// Adds an export that waits; `false` if there is one of this format already.
pub(super) async fn insert_export(conn: &mut Connection, new: &Export, by: UserId) -> Result<bool> {
    let rows = diesel::insert_into(report_exports::table)
        .values((
            report_exports::id.eq(new.id.0),
            report_exports::report_id.eq(new.report.0),
            report_exports::format.eq(new.format.as_str()),
            report_exports::state.eq(new.state.as_str()),
            report_exports::requested_by.eq(by.0),
            report_exports::created_at.eq(new.created_at),
        ))
        .on_conflict((report_exports::report_id, report_exports::format))
        .do_nothing()
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// The exports of a version, by format.
pub(super) async fn exports_of(conn: &mut Connection, vault: &Vault, report: &Report) -> Result<Vec<Export>> {
    let rows: Vec<ExportRow> = report_exports::table
        .filter(report_exports::report_id.eq(report.id.0))
        .order(report_exports::format)
        .select(ExportRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(|row| export(vault, report.deal, row)).collect()
}

/// The export of a version in a format.
pub(super) async fn find_export(
    conn: &mut Connection,
    vault: &Vault,
    report: &Report,
    format: Format,
) -> Result<Option<Export>> {
    let row: Option<ExportRow> = report_exports::table
        .filter(report_exports::report_id.eq(report.id.0).and(report_exports::format.eq(format.as_str())))
        .select(ExportRow::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(|row| export(vault, report.deal, row)).transpose()
}

/// An export with its version: for the worker, which acts for nobody.
pub(super) async fn find_export_for_worker(
    conn: &mut Connection,
    vault: &Vault,
    id: ExportId,
) -> Result<Option<(Report, Export)>> {
    let rows: Option<(ReportRow, ExportRow)> = reports::table
        .inner_join(report_exports::table)
        .filter(report_exports::id.eq(id.0))
        .select((ReportRow::as_select(), ExportRow::as_select()))
        .first(conn)
        .await
        .optional()?;
    let Some((version, row)) = rows else { return Ok(None) };
    let version = opened(vault, version)?;
    let export = export(vault, version.deal, row)?;
    Ok(Some((version, export)))
}

/// Exports that could not be made, after an id, in order.
pub(super) async fn given_up(conn: &mut Connection, after: Option<ExportId>, most: i64) -> Result<Vec<GivenUp>> {
    let rows: Vec<(Uuid, DateTime<Utc>, Option<DateTime<Utc>>)> = report_exports::table
        .filter(report_exports::state.eq(WorkState::Failed.as_str()))
        .filter(report_exports::id.gt(after.map_or(Uuid::nil(), |id| id.0)))
        .order(report_exports::id)
        .limit(most)
        .select((report_exports::id, report_exports::created_at, report_exports::ended_at))
        .load(conn)
        .await?;
    let given_up = |(subject, begun, ended): (Uuid, _, Option<_>)| GivenUp { subject, since: ended.unwrap_or(begun) };
    Ok(rows.into_iter().map(given_up).collect())
}

/// Says how far an export is; `false` if its state is no longer the one that was seen.
pub(super) async fn set_export(
    conn: &mut Connection,
    vault: &Vault,
    seen: &Export,
    state: WorkState,
    sentence: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let outcome =
        sentence.map(|said| of_export(vault, seen.deal, seen.id).seal("outcome", said.as_bytes())).transpose()?;
    let ended = (!state.is_under_way()).then_some(now);
    let still = report_exports::table.find(seen.id.0).filter(report_exports::state.eq(seen.state.as_str()));
    let rows = diesel::update(still)
        .set((
            report_exports::state.eq(state.as_str()),
            report_exports::outcome.eq(outcome),
            report_exports::ended_at.eq(ended),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Keeps the file of an export.
pub(super) async fn set_file(
    conn: &mut Connection,
    vault: &Vault,
    seen: &Export,
    file: &[u8],
    now: DateTime<Utc>,
) -> Result<()> {
    let sealed = of_export(vault, seen.deal, seen.id).seal("file", file)?;
    let bytes = i64::try_from(file.len()).map_err(Error::internal)?;
    diesel::update(report_exports::table.find(seen.id.0))
        .set((
            report_exports::state.eq(WorkState::Done.as_str()),
            report_exports::outcome.eq(None::<Vec<u8>>),
            report_exports::file.eq(sealed),
            report_exports::bytes.eq(bytes),
            report_exports::ended_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The file of an export that is done.
pub(super) async fn file(conn: &mut Connection, vault: &Vault, export: &Export) -> Result<Option<Vec<u8>>> {
    let stored: Option<Option<Vec<u8>>> =
        report_exports::table.find(export.id.0).select(report_exports::file).first(conn).await.optional()?;
    let Some(stored) = stored.flatten() else { return Ok(None) };
    Ok(Some(of_export(vault, export.deal, export.id).open("file", stored)?.to_vec()))
}
