//! Use cases of runs: authorise, validate, one transaction, view.

use std::sync::Arc;

use tokio::sync::Semaphore;
use uuid::Uuid;
use vault::Vault;

use super::calls::CallOutcome;
use super::model::{Outcome, Run, RunEvent, RunView, Told, Writer};
use super::{permitted, store};
use crate::base::{
    Ctx, DealId, EndpointId, Error, ErrorCode, JobId, Page, PageRequest, Result, RunId, UserId, WorkState,
};
use crate::domain::accounts::Directory;
use crate::domain::audit::{Action, Audit, Object, Record};
use crate::domain::deals::{Deals, MemberRole};
use crate::domain::documents::Documents;
use crate::domain::reports::Reports;
use crate::domain::settings::Settings;
use crate::infra::db::queue::{self, Queue};
use crate::infra::db::{Connection, Db, Transact as _};
use crate::infra::entropy::{self, Entropy};
use crate::infra::news::News;

/// The runs that make deals' reports.
#[derive(Clone)]
pub struct Runs {
    pub(super) db: Db,
    pub(super) vault: Arc<Vault>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) news: News,
    pub(super) audit: Audit,
    pub(super) deals: Deals,
    pub(super) documents: Documents,
    pub(super) reports: Reports,
    pub(super) settings: Settings,
    pub(super) people: Directory,
    pub(super) watchers: Arc<Semaphore>,
}

/// How many may watch at the same time; each looks into the database whenever something happens.
const WATCHERS: usize = 256;

/// What runs are built on.
#[derive(Clone)]
pub struct Foundation {
    /// Their rows.
    pub db: Db,
    /// Their keys.
    pub vault: Arc<Vault>,
    /// Their ids.
    pub entropy: Arc<dyn Entropy>,
    /// Where news of them are heard.
    pub news: News,
    /// The models that they may ask.
    pub settings: Settings,
}

impl Runs {
    /// The runs in this database.
    pub fn new(
        on: Foundation,
        audit: Audit,
        people: Directory,
        deals: Deals,
        documents: Documents,
        reports: Reports,
    ) -> Self {
        let Foundation { db, vault, entropy, news, settings } = on;
        let watchers = Arc::new(Semaphore::new(WATCHERS));
        Self { db, vault, entropy, news, audit, people, deals, documents, reports, settings, watchers }
    }

    /// Starts a run, with sentences of a model if one is given. It waits by itself until the deal's documents are read.
    pub async fn start(&self, cx: &Ctx, deal: DealId, model: Option<EndpointId>) -> Result<RunView> {
        let user = cx.user()?;
        let random = || entropy::random(self.entropy.as_ref());
        let (id, job) = (RunId::new(cx.now, random()?), JobId::new(cx.now, random()?));
        let mut conn = self.db.write().await?;
        let begun = conn
            .transaction(async |conn| {
                self.deals.require(conn, cx, deal, MemberRole::Editor).await?;
                if self.documents.count(conn, deal).await? == 0 {
                    let detail = "This deal has no documents yet. Drop some, then start the report.";
                    return Err(Error::new(ErrorCode::WrongState, detail));
                }
                let writer = match model {
                    Some(model) => Some(self.writer(conn, deal, model).await?),
                    None => None,
                };
                self.begin(conn, cx, (deal, id, job), writer.as_ref(), user).await
            })
            .await;
        Ok(self.view(begun.map_err(busy)?))
    }

    pub(super) async fn begin(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        (deal, id, job): (DealId, RunId, JobId),
        writer: Option<&Writer>,
        user: UserId,
    ) -> Result<Run> {
        let run = store::insert_run(conn, &self.vault, (deal, id), writer, user, cx.now).await?;
        queue::enqueue(conn, Queue::Runs, job, id.0, cx.now).await?;
        let record = Record::done(Action::RunStarted, object(&run)).with(permitted::details(writer));
        self.audit.record(conn, cx, record).await?;
        Ok(run)
    }

    /// A page of a deal's runs, newest first.
    pub async fn list(&self, cx: &Ctx, deal: DealId, page: &PageRequest) -> Result<Page<RunView>> {
        let (limit, last) = (page.limit()?, page.after::<RunId>()?);
        let mut conn = self.db.read().await?;
        self.deals.require(&mut conn, cx, deal, MemberRole::Reader).await?;
        let most = i64::try_from(limit + 1).map_err(Error::internal)?;
        let rows = store::runs_of(&mut conn, &self.vault, deal, last, most).await?;
        Ok(Page::cut(rows, limit, |run| run.id).map(|run| self.view(run)))
    }

    /// One run.
    pub async fn find(&self, cx: &Ctx, deal: DealId, id: RunId) -> Result<RunView> {
        let mut conn = self.db.read().await?;
        Ok(self.view(self.get(&mut conn, cx, deal, id, MemberRole::Reader).await?))
    }

    /// Gives a run up. What it has reckoned is kept, and the next run goes on from there.
    pub async fn cancel(&self, cx: &Ctx, deal: DealId, id: RunId) -> Result<RunView> {
        let event = Uuid::from_bytes(entropy::random(self.entropy.as_ref())?);
        let mut conn = self.db.write().await?;
        let run = conn
            .transaction(async |conn| {
                let run = self.get(conn, cx, deal, id, MemberRole::Editor).await?;
                self.give_up(conn, cx, &run, event).await?;
                self.get(conn, cx, deal, id, MemberRole::Editor).await
            })
            .await?;
        Ok(self.view(run))
    }

    /// Ends a run that is under way; its last event gets this id.
    pub(super) async fn give_up(&self, conn: &mut Connection, cx: &Ctx, run: &Run, event: Uuid) -> Result<()> {
        let (deal, id) = (run.deal, run.id);
        // The job before its subject, as the worker locks them.
        queue::cancel(conn, Queue::Runs, id.0).await?;
        let (state, outcome) = (WorkState::Cancelled, Outcome::default());
        if !store::end_run(conn, &self.vault, run, state, &outcome, cx.now).await? {
            let detail = "This run has come to rest already. Look at the list again.";
            return Err(Error::new(ErrorCode::WrongState, detail));
        }
        let told = Told { at: cx.now, event: RunEvent::Ended { state, sentence: None, report_number: None } };
        store::add_events(conn, &self.vault, (deal, id), &[(event, told)]).await?;
        store::remove_drafts(conn, id).await?;
        let unheard = CallOutcome::unheard("The run was cancelled before an answer came.");
        store::calls::give_up_calls(conn, &self.vault, (deal, id), &unheard, cx.now).await?;
        self.audit.record(conn, cx, Record::done(Action::RunCancelled, object(run))).await
    }

    pub(super) async fn get(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        deal: DealId,
        id: RunId,
        wanted: MemberRole,
    ) -> Result<Run> {
        self.deals.require(conn, cx, deal, wanted).await?;
        store::find_run(conn, &self.vault, deal, id).await?.ok_or_else(|| Error::not_found("run"))
    }

    fn view(&self, run: Run) -> RunView {
        let started_by = self.people.person(run.started_by);
        RunView { run, started_by }
    }
}

/// A second run of a deal is refused by the database.
pub(super) fn busy(error: Error) -> Error {
    if error.code != ErrorCode::AlreadyExists {
        return error;
    }
    let detail = "A report of this deal is being made already. Watch that one, or cancel it first.";
    Error::new(ErrorCode::WrongState, detail)
}

fn object(run: &Run) -> Object {
    Object::within(run.deal, "run", run.id.0)
}
