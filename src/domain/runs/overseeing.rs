//! What the console does with runs: it knows them by their ids, and reads none.

use uuid::Uuid;

use super::service::busy;
use super::{Runs, store};
use crate::base::{Ctx, Error, ErrorCode, GivenUp, JobId, Result, RunId, WorkState};
use crate::domain::accounts::UserState;
use crate::domain::deals::MemberRole;
use crate::infra::db::Transact as _;
use crate::infra::entropy;

impl Runs {
    /// Runs that failed and after which the deal saw no other, after an id, in order.
    pub async fn given_up(&self, cx: &Ctx, after: Option<RunId>, most: i64) -> Result<Vec<GivenUp>> {
        cx.require_console()?;
        store::given_up(&mut *self.db.read().await?, after, most).await
    }

    /// Gives a run up. What it has reckoned is kept.
    pub async fn stop(&self, cx: &Ctx, id: RunId) -> Result<()> {
        cx.require_console()?;
        let event = Uuid::from_bytes(entropy::random(self.entropy.as_ref())?);
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let run = store::find_for_worker(conn, &self.vault, id).await?.ok_or_else(|| Error::not_found("run"))?;
            self.give_up(conn, cx, &run, event).await
        })
        .await
    }

    /// Starts a run again that failed, in the name of who started it and with the same model, if they still may;
    /// `false` if there is none with this id.
    pub async fn retry_given_up(&self, cx: &Ctx, id: RunId) -> Result<bool> {
        cx.require_console()?;
        let random = || entropy::random(self.entropy.as_ref());
        let (again, job) = (RunId::new(cx.now, random()?), JobId::new(cx.now, random()?));
        let mut conn = self.db.write().await?;
        let begun = conn
            .transaction(async |conn| {
                let Some(run) = store::find_for_worker(conn, &self.vault, id).await? else { return Ok(false) };
                if run.state != WorkState::Failed || !store::is_newest(conn, run.deal, id).await? {
                    let detail =
                        "This run did not fail, or the deal has had another one since. Look at the list again.";
                    return Err(Error::new(ErrorCode::WrongState, detail));
                }
                let active = self.people.user(run.started_by).is_some_and(|user| user.state == UserState::Active);
                let may = self.deals.require_of(conn, run.started_by, run.deal, MemberRole::Editor).await;
                if !active || may.is_err() {
                    let detail = "Whoever started this report may not do so any more. Somebody who works on the deal \
                                  starts it again.";
                    return Err(Error::new(ErrorCode::WrongState, detail));
                }
                let writer = match &run.writer {
                    Some(writer) => Some(self.writer(conn, run.deal, writer.endpoint).await?),
                    None => None,
                };
                self.begin(conn, cx, (run.deal, again, job), writer.as_ref(), run.started_by).await?;
                Ok(true)
            })
            .await;
        begun.map_err(busy)
    }
}
