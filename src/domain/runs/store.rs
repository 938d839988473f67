//! All SQL of runs, their events and units. Outcomes, events and results are sealed on the way in and opened on the way
//! out.

pub(super) mod calls;
pub(super) mod written;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use vault::Vault;

use super::model::{Outcome, Run, RunEvent, Told, Writer};
use super::units::Unit;
use crate::base::{DealId, Error, GivenUp, Result, RunId, UserId, WorkState};
use crate::infra::db::schema::{documents, report_runs, report_units, run_events};
use crate::infra::db::{Channel, Connection};
use crate::infra::sealed::Place;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = report_runs)]
struct RunRow {
    id: Uuid,
    deal_id: Uuid,
    state: String,
    outcome: Option<Vec<u8>>,
    model: Option<Vec<u8>>,
    started_by: Uuid,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

fn of_run(vault: &Vault, deal: DealId, id: RunId) -> Place<'_> {
    Place::new(vault, deal, "report_runs", id.0)
}

fn of_event(vault: &Vault, deal: DealId, id: Uuid) -> Place<'_> {
    Place::new(vault, deal, "run_events", id)
}

fn of_unit(vault: &Vault, deal: DealId, id: Uuid) -> Place<'_> {
    Place::new(vault, deal, "report_units", id)
}

fn run(vault: &Vault, row: RunRow) -> Result<Run> {
    let (deal, id) = (DealId(row.deal_id), RunId(row.id));
    let outcome: Option<Outcome> =
        row.outcome.map(|stored| of_run(vault, deal, id).open_json("outcome", stored)).transpose()?;
    let Outcome { sentence, report_number } = outcome.unwrap_or_default();
    Ok(Run {
        id,
        deal,
        state: WorkState::parse(&row.state).ok_or_else(|| Error::internal("a row of runs has an unknown state"))?,
        sentence,
        report_number,
        writer: row.model.map(|stored| of_run(vault, deal, id).open_json("model", stored)).transpose()?,
        started_by: UserId(row.started_by),
        created_at: row.created_at,
        ended_at: row.ended_at,
    })
}

/// Adds a run that waits. Fails with [`crate::base::ErrorCode::AlreadyExists`] while another of the deal is under way.
pub(super) async fn insert_run(
    conn: &mut Connection,
    vault: &Vault,
    (deal, id): (DealId, RunId),
    writer: Option<&Writer>,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<Run> {
    let row = RunRow {
        id: id.0,
        deal_id: deal.0,
        state: WorkState::Waiting.as_str().to_owned(),
        outcome: None,
        model: writer.map(|writer| of_run(vault, deal, id).seal_json("model", writer)).transpose()?,
        started_by: by.0,
        created_at: now,
        ended_at: None,
    };
    let stored: RunRow =
        diesel::insert_into(report_runs::table).values(row).returning(RunRow::as_returning()).get_result(conn).await?;
    run(vault, stored)
}

/// Runs of a deal, newest first, older than one if one is given.
pub(super) async fn runs_of(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    below: Option<RunId>,
    most: i64,
) -> Result<Vec<Run>> {
    let below = below.map_or(Uuid::max(), |id| id.0);
    let rows: Vec<RunRow> = report_runs::table
        .filter(report_runs::deal_id.eq(deal.0).and(report_runs::id.lt(below)))
        .order(report_runs::id.desc())
        .limit(most)
        .select(RunRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(|row| run(vault, row)).collect()
}

/// A run of a deal.
pub(super) async fn find_run(conn: &mut Connection, vault: &Vault, deal: DealId, id: RunId) -> Result<Option<Run>> {
    Ok(find_for_worker(conn, vault, id).await?.filter(|run| run.deal == deal))
}

/// A run, whichever deal it belongs to: for the worker, which acts for nobody.
pub(super) async fn find_for_worker(conn: &mut Connection, vault: &Vault, id: RunId) -> Result<Option<Run>> {
    let row: Option<RunRow> = report_runs::table.find(id.0).select(RunRow::as_select()).first(conn).await.optional()?;
    row.map(|row| run(vault, row)).transpose()
}

/// Whether a deal has no newer run than this one.
pub(super) async fn is_newest(conn: &mut Connection, deal: DealId, id: RunId) -> Result<bool> {
    let newer = report_runs::table.filter(report_runs::deal_id.eq(deal.0).and(report_runs::id.gt(id.0)));
    Ok(!diesel::select(diesel::dsl::exists(newer)).get_result::<bool>(conn).await?)
}

/// Runs that failed and are the newest of their deal, after an id, in order.
pub(super) async fn given_up(conn: &mut Connection, after: Option<RunId>, most: i64) -> Result<Vec<GivenUp>> {
    let newer = diesel::alias!(report_runs as newer);
    let is_newer = newer.field(report_runs::deal_id).eq(report_runs::deal_id);
    let is_newer = newer.filter(is_newer.and(newer.field(report_runs::id).gt(report_runs::id)));
    let rows: Vec<(Uuid, DateTime<Utc>, Option<DateTime<Utc>>)> = report_runs::table
        .filter(report_runs::state.eq(WorkState::Failed.as_str()))
        .filter(report_runs::id.gt(after.map_or(Uuid::nil(), |id| id.0)))
        .filter(diesel::dsl::not(diesel::dsl::exists(is_newer)))
        .order(report_runs::id)
        .limit(most)
        .select((report_runs::id, report_runs::created_at, report_runs::ended_at))
        .load(conn)
        .await?;
    let given_up = |(subject, begun, ended): (Uuid, _, Option<_>)| GivenUp { subject, since: ended.unwrap_or(begun) };
    Ok(rows.into_iter().map(given_up).collect())
}

/// Says that a run goes on, or waits again.
pub(super) async fn set_state(conn: &mut Connection, id: RunId, state: WorkState) -> Result<()> {
    diesel::update(report_runs::table.find(id.0)).set(report_runs::state.eq(state.as_str())).execute(conn).await?;
    Ok(())
}

/// Brings a run to rest; `false` if it has come to rest before.
pub(super) async fn end_run(
    conn: &mut Connection,
    vault: &Vault,
    seen: &Run,
    state: WorkState,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<bool> {
    let sealed = of_run(vault, seen.deal, seen.id).seal_json("outcome", outcome)?;
    let under_way = [WorkState::Waiting, WorkState::Running].map(WorkState::as_str);
    let still = report_runs::table.find(seen.id.0).filter(report_runs::state.eq_any(under_way));
    let rows = diesel::update(still)
        .set((report_runs::state.eq(state.as_str()), report_runs::outcome.eq(sealed), report_runs::ended_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Adds events behind those that are there, and tells who listens. Whoever adds holds the run's ticket or has just
/// taken it away, so nobody else counts at the same time.
pub(super) async fn add_events(
    conn: &mut Connection,
    vault: &Vault,
    (deal, id): (DealId, RunId),
    told: &[(Uuid, Told)],
) -> Result<()> {
    if told.is_empty() {
        return Ok(());
    }
    let last: Option<i32> = run_events::table
        .filter(run_events::run_id.eq(id.0))
        .select(diesel::dsl::max(run_events::seq))
        .first(conn)
        .await?;
    let rows = told
        .iter()
        .zip(last.unwrap_or_default().saturating_add(1)..)
        .map(|((event, told), seq)| {
            let body = of_event(vault, deal, *event).seal_json("body", told)?;
            Ok((
                run_events::id.eq(*event),
                run_events::run_id.eq(id.0),
                run_events::seq.eq(seq),
                run_events::body.eq(body),
                run_events::draft.eq(matches!(told.event, RunEvent::Draft { .. })),
            ))
        })
        .collect::<Result<Vec<_>>>()?;
    diesel::insert_into(run_events::table).values(rows).execute(conn).await?;
    Channel::Runs.notify(conn, id.0).await
}

/// Removes what a model was writing, once it is final or there is a newer draft: all but the newest event of the run, so
/// that no number is used twice.
pub(super) async fn remove_drafts(conn: &mut Connection, id: RunId) -> Result<()> {
    let last: Option<i32> = run_events::table
        .filter(run_events::run_id.eq(id.0))
        .select(diesel::dsl::max(run_events::seq))
        .first(conn)
        .await?;
    let drafts = run_events::table.filter(run_events::run_id.eq(id.0).and(run_events::draft));
    diesel::delete(drafts.filter(run_events::seq.lt(last.unwrap_or_default()))).execute(conn).await?;
    Ok(())
}

/// Events of a run after a number, in order.
pub(super) async fn events_after(
    conn: &mut Connection,
    vault: &Vault,
    (deal, id): (DealId, RunId),
    last: i32,
    most: i64,
) -> Result<Vec<(i32, Told)>> {
    let rows: Vec<(Uuid, i32, Vec<u8>)> = run_events::table
        .filter(run_events::run_id.eq(id.0).and(run_events::seq.gt(last)))
        .order(run_events::seq)
        .limit(most)
        .select((run_events::id, run_events::seq, run_events::body))
        .load(conn)
        .await?;
    rows.into_iter()
        .map(|(event, seq, body)| Ok((seq, of_event(vault, deal, event).open_json("body", body)?)))
        .collect()
}

/// What was reckoned of a document, if it follows from the same inputs.
pub(super) async fn find_unit(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    unit: &Unit,
) -> Result<Option<Vec<u8>>> {
    let row: Option<(Uuid, Vec<u8>)> = report_units::table
        .filter(report_units::document_id.eq(unit.document.0).and(report_units::kind.eq(unit.kind.as_str())))
        .filter(report_units::inputs.eq(&unit.inputs))
        .select((report_units::id, report_units::result))
        .first(conn)
        .await
        .optional()?;
    row.map(|(id, stored)| of_unit(vault, deal, id).open_packed("result", stored)).transpose()
}

/// Keeps what was reckoned of a document in the place of what was reckoned before; `false` if the document is gone.
pub(super) async fn put_unit(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    (id, unit): (Uuid, &Unit),
    result: &[u8],
) -> Result<bool> {
    // The document before what hangs on it, as its removal locks them.
    let there: Option<Uuid> =
        documents::table.find(unit.document.0).select(documents::id).for_key_share().first(conn).await.optional()?;
    if there.is_none() {
        return Ok(false);
    }
    let old = report_units::table
        .filter(report_units::document_id.eq(unit.document.0).and(report_units::kind.eq(unit.kind.as_str())));
    diesel::delete(old).execute(conn).await?;
    let sealed = of_unit(vault, deal, id).seal_packed("result", result)?;
    diesel::insert_into(report_units::table)
        .values((
            report_units::id.eq(id),
            report_units::document_id.eq(unit.document.0),
            report_units::kind.eq(unit.kind.as_str()),
            report_units::inputs.eq(&unit.inputs),
            report_units::result.eq(sealed),
        ))
        .execute(conn)
        .await?;
    Ok(true)
}
