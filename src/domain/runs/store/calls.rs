//! All SQL of the journal of calls. A row is written once; only how the call ended is added.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use vault::Vault;

use crate::base::{CallId, DealId, Error, Result, RunId, UserId};
use crate::domain::runs::calls::{Call, CallOutcome, CallState};
use crate::infra::db::Connection;
use crate::infra::db::schema::{model_calls, report_runs};
use crate::infra::sealed::Place;

#[derive(Queryable, Selectable)]
#[diesel(table_name = model_calls)]
struct CallRow {
    id: Uuid,
    deal_id: Uuid,
    run_id: Uuid,
    sent_at: DateTime<Utc>,
    sent: Vec<u8>,
    state: String,
    outcome: Option<Vec<u8>>,
}

fn of_call(vault: &Vault, deal: DealId, id: CallId) -> Place<'_> {
    Place::new(vault, deal, "model_calls", id.0)
}

fn call(vault: &Vault, row: CallRow, started_by: Uuid) -> Result<Call> {
    let (deal, id) = (DealId(row.deal_id), CallId(row.id));
    let place = of_call(vault, deal, id);
    Ok(Call {
        id,
        deal,
        run: RunId(row.run_id),
        started_by: UserId(started_by),
        sent_at: row.sent_at,
        sent: place.open_json("sent", row.sent)?,
        state: CallState::parse(&row.state).ok_or_else(|| Error::internal("a call has an unknown state"))?,
        outcome: row.outcome.map(|stored| place.open_json("outcome", stored)).transpose()?,
    })
}

/// Adds a call that is about to go out.
pub(in crate::domain::runs) async fn insert_call(conn: &mut Connection, vault: &Vault, new: &Call) -> Result<()> {
    diesel::insert_into(model_calls::table)
        .values((
            model_calls::id.eq(new.id.0),
            model_calls::deal_id.eq(new.deal.0),
            model_calls::run_id.eq(new.run.0),
            model_calls::sent_at.eq(new.sent_at),
            model_calls::sent.eq(of_call(vault, new.deal, new.id).seal_json("sent", &new.sent)?),
            model_calls::state.eq(new.state.as_str()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Says how a call ended, once.
pub(in crate::domain::runs) async fn end_call(
    conn: &mut Connection,
    vault: &Vault,
    (deal, id): (DealId, CallId),
    state: CallState,
    outcome: &CallOutcome,
    now: DateTime<Utc>,
) -> Result<()> {
    diesel::update(model_calls::table.find(id.0).filter(model_calls::state.eq(CallState::Sent.as_str())))
        .set((
            model_calls::state.eq(state.as_str()),
            model_calls::outcome.eq(of_call(vault, deal, id).seal_json("outcome", outcome)?),
            model_calls::ended_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Says of all calls of a run that have not ended that nobody waits for them any more.
pub(in crate::domain::runs) async fn give_up_calls(
    conn: &mut Connection,
    vault: &Vault,
    (deal, run): (DealId, RunId),
    outcome: &CallOutcome,
    now: DateTime<Utc>,
) -> Result<()> {
    let open: Vec<Uuid> = model_calls::table
        .filter(model_calls::run_id.eq(run.0).and(model_calls::state.eq(CallState::Sent.as_str())))
        .select(model_calls::id)
        .load(conn)
        .await?;
    for id in open {
        end_call(conn, vault, (deal, CallId(id)), CallState::Failed, outcome, now).await?;
    }
    Ok(())
}

/// Calls of one deal or of all, newest first, older than one if one is given.
pub(in crate::domain::runs) async fn calls(
    conn: &mut Connection,
    vault: &Vault,
    deal: Option<DealId>,
    below: Option<CallId>,
    most: usize,
) -> Result<Vec<Call>> {
    let below = below.map_or(Uuid::max(), |id| id.0);
    let mut wanted = model_calls::table
        .inner_join(report_runs::table)
        .filter(model_calls::id.lt(below))
        .order(model_calls::id.desc())
        .limit(i64::try_from(most).map_err(Error::internal)?)
        .select((CallRow::as_select(), report_runs::started_by))
        .into_boxed();
    if let Some(deal) = deal {
        wanted = wanted.filter(model_calls::deal_id.eq(deal.0));
    }
    let rows: Vec<(CallRow, Uuid)> = wanted.load(conn).await?;
    rows.into_iter().map(|(row, by)| call(vault, row, by)).collect()
}
