//! Use cases: each is for the console alone, and each change is recorded by the domain that it belongs to.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::model::{Kind, Piece, Place};
use crate::base::{
    Ctx, DocumentId, Error, ErrorCode, ExportId, GivenUp, JobId, Page, PageRequest, ReportId, Result, RunId,
};
use crate::domain::audit::{Action, Audit, Object, Record};
use crate::domain::documents::Documents;
use crate::domain::reports::Reports;
use crate::domain::runs::Runs;
use crate::infra::db::queue::{self, Load, Work};
use crate::infra::db::{Db, Transact as _};

/// The work of the queue, and what was given up.
#[derive(Clone)]
pub struct Ops {
    db: Db,
    work: Work,
    audit: Audit,
    documents: Documents,
    reports: Reports,
    runs: Runs,
}

impl Ops {
    /// The work of these domains.
    pub fn new(db: Db, audit: Audit, documents: Documents, reports: Reports, runs: Runs) -> Self {
        Self { work: Work::of(db.clone()), db, audit, documents, reports, runs }
    }

    /// How much is on each queue.
    pub async fn load(&self, cx: &Ctx) -> Result<Vec<Load>> {
        cx.require_console()?;
        self.work.load(cx.now).await
    }

    /// A page of work: what was given up, then what waits or is being done, oldest first.
    pub async fn list(&self, cx: &Ctx, page: &PageRequest) -> Result<Page<Piece>> {
        cx.require_console()?;
        let (limit, after) = (page.limit()?, page.after::<Place>()?);
        let most = i64::try_from(limit + 1).map_err(Error::internal)?;
        let mut rows = match after {
            Some(Place::OnTheQueue(_)) => Vec::new(),
            Some(Place::GivenUp(id)) => self.given_up(cx, Some(id), most).await?,
            None => self.given_up(cx, None, most).await?,
        };
        if rows.len() <= limit {
            let last = match after {
                Some(Place::OnTheQueue(id)) => Some(JobId(id)),
                _ => None,
            };
            let waiting = self.work.unfinished(last, most).await?;
            rows.extend(waiting.iter().map(|work| Piece::on_the_queue(work, cx.now)));
            rows.truncate(limit + 1);
        }
        Ok(Page::cut(rows, limit, Piece::place))
    }

    async fn given_up(&self, cx: &Ctx, after: Option<Uuid>, most: i64) -> Result<Vec<Piece>> {
        let read = self.documents.given_up(cx, after.map(DocumentId), most).await?;
        let made = self.reports.given_up(cx, after.map(ExportId), most).await?;
        let run = self.runs.given_up(cx, after.map(RunId), most).await?;
        let of = |kind: Kind, all: Vec<GivenUp>| all.into_iter().map(move |one| Piece::given_up(kind, &one));
        let mut all: Vec<Piece> =
            of(Kind::Reading, read).chain(of(Kind::Exports, made)).chain(of(Kind::Runs, run)).collect();
        all.sort_by_key(Piece::place);
        all.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(all)
    }

    /// Takes work off the queue, or stops it.
    pub async fn cancel(&self, cx: &Ctx, id: JobId) -> Result<()> {
        cx.require_console()?;
        let work = self.work.find(id).await?.ok_or_else(gone)?;
        match work.queue {
            Kind::Reading => self.documents.stop_reading(cx, DocumentId(work.subject)).await,
            Kind::Runs => self.runs.stop(cx, RunId(work.subject)).await,
            Kind::Exports => self.reports.stop_export(cx, ExportId(work.subject)).await,
            Kind::Pictures => self.reports.stop_drawing(cx, ReportId(work.subject)).await,
            Kind::Indexing => Err(Error::new(
                ErrorCode::WrongState,
                "Without this work the search would miss something for good, or find what was removed. It was not \
                 cancelled; it is done by itself.",
            )),
        }
    }

    /// Has work that was given up done again, and work that waits for another attempt at once.
    pub async fn retry(&self, cx: &Ctx, id: JobId) -> Result<()> {
        cx.require_console()?;
        if let Some(work) = self.work.find(id).await? {
            return self.hasten(cx, id, work.queue, work.leased_until).await;
        }
        let again = self.documents.retry_given_up(cx, DocumentId(id.0)).await?
            || self.reports.retry_given_up(cx, ExportId(id.0)).await?
            || self.runs.retry_given_up(cx, RunId(id.0)).await?;
        if again { Ok(()) } else { Err(gone()) }
    }

    async fn hasten(&self, cx: &Ctx, id: JobId, kind: Kind, held: Option<DateTime<Utc>>) -> Result<()> {
        let waits_for_its_turn = "This work is being done, or waits for its turn. Nothing was changed.";
        if held.is_some_and(|until| until > cx.now) {
            return Err(Error::new(ErrorCode::WrongState, waits_for_its_turn));
        }
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            if !queue::hasten(conn, id, cx.now).await? {
                return Err(Error::new(ErrorCode::WrongState, waits_for_its_turn));
            }
            let record = Record::done(Action::JobHastened, Object::of("job", id.0));
            self.audit.record(conn, cx, record.with(json!({ "kind": kind.name() }))).await
        })
        .await
    }
}

fn gone() -> Error {
    Error::new(
        ErrorCode::NotFound,
        "There is no such work any more: it was done, was given up, or was begun anew. Look at the list again.",
    )
}
