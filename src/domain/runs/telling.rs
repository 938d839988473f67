//! Events of a run on their way to who watches it: those that are there, then each as it comes.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;

use super::model::Told;
use super::{Runs, store};
use crate::base::{Ctx, DealId, Error, ErrorCode, Result, RunId};
use crate::domain::audit::{Action, Object, Record};
use crate::domain::deals::MemberRole;
use crate::infra::db::Transact as _;
use crate::infra::news::Heard;

/// Events that are fetched at a time.
const SOME: i64 = 200;

/// Watches a run.
pub struct Watch {
    runs: Runs,
    cx: Ctx,
    deal: DealId,
    id: RunId,
    last: i32,
    heard: Heard,
    _place: OwnedSemaphorePermit,
}

impl Runs {
    /// Watches a run from behind the event `last`. That somebody began to watch is recorded: events show figures.
    pub async fn watch(&self, cx: &Ctx, deal: DealId, id: RunId, last: i32) -> Result<Watch> {
        let last = last.max(0);
        let place = Arc::clone(&self.watchers).try_acquire_owned().map_err(|_| crowded())?;
        // Heard from before the first look, so that nothing falls between the two.
        let heard = self.news.of(id.0);
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let run = self.get(conn, cx, deal, id, MemberRole::Reader).await?;
            let record = Record::done(Action::ReportRead, Object::within(run.deal, "run", run.id.0));
            self.audit.record(conn, cx, record.with(json!({ "behind": last }))).await
        })
        .await?;
        Ok(Watch { runs: self.clone(), cx: *cx, deal, id, last, heard, _place: place })
    }
}

impl Watch {
    /// Events that were not told yet, which may be none so far; `None` when all is told. Fails when the watcher may no
    /// longer open the deal.
    pub async fn news(&mut self) -> Result<Option<Vec<(i32, Told)>>> {
        let mut conn = self.runs.db.read().await?;
        // The run before its events: the last of them is written with its end.
        let run = self.runs.get(&mut conn, &self.cx, self.deal, self.id, MemberRole::Reader).await?;
        let found = store::events_after(&mut conn, &self.runs.vault, (self.deal, self.id), self.last, SOME).await?;
        self.last = found.last().map_or(self.last, |(seq, _)| *seq);
        Ok((run.state.is_under_way() || !found.is_empty()).then_some(found))
    }

    /// Returns when there may be more.
    pub async fn wait(&mut self) {
        self.heard.next().await;
    }
}

fn crowded() -> Error {
    let detail = "Very many people watch reports being made at the moment. The report goes on; look again in a minute.";
    Error::new(ErrorCode::Unavailable, detail).retry_after(Duration::from_secs(60))
}
