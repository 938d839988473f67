//! What the console does with the making of files and pictures: it knows versions by their ids, and reads none.

use super::service::{about, moved};
use super::{Reports, store};
use crate::base::{Ctx, Error, ExportId, GivenUp, JobId, ReportId, Result, WorkState};
use crate::domain::audit::Action;
use crate::infra::db::Transact as _;
use crate::infra::db::queue::{self, Queue};
use crate::infra::entropy;

impl Reports {
    /// Files that could not be made, after an id, in order.
    pub async fn given_up(&self, cx: &Ctx, after: Option<ExportId>, most: i64) -> Result<Vec<GivenUp>> {
        cx.require_console()?;
        store::given_up(&mut *self.db.read().await?, after, most).await
    }

    /// Gives up the making of a file.
    pub async fn stop_export(&self, cx: &Ctx, id: ExportId) -> Result<()> {
        cx.require_console()?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let found = store::find_export_for_worker(conn, &self.vault, id).await?;
            let (report, export) = found.ok_or_else(|| Error::not_found("file"))?;
            self.give_up_export(conn, cx, &report, &export).await
        })
        .await
    }

    /// Has a file made that could not be made; `false` if there is none with this id.
    pub async fn retry_given_up(&self, cx: &Ctx, id: ExportId) -> Result<bool> {
        cx.require_console()?;
        let job = JobId::new(cx.now, entropy::random(self.entropy.as_ref())?);
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let found = store::find_export_for_worker(conn, &self.vault, id).await?;
            let Some((report, export)) = found else { return Ok(false) };
            queue::enqueue(conn, Queue::Exports, job, id.0, cx.now).await?;
            let failed = export.state == WorkState::Failed;
            if !failed || !store::set_export(conn, &self.vault, &export, WorkState::Waiting, None, cx.now).await? {
                return Err(moved());
            }
            self.record(conn, cx, Action::ReportExported, &report, about(report.number, export.format)).await?;
            Ok(true)
        })
        .await
    }

    /// Leaves pages undrawn that a version cites: each is drawn when somebody looks at it.
    pub async fn stop_drawing(&self, cx: &Ctx, id: ReportId) -> Result<()> {
        cx.require_console()?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            queue::cancel(conn, Queue::Pictures, id.0).await?;
            let report = store::find_for_worker(conn, &self.vault, id).await?;
            let report = report.ok_or_else(|| Error::not_found("report"))?;
            let about = serde_json::json!({ "version": report.number });
            self.record(conn, cx, Action::ReportDrawingStopped, &report, about).await
        })
        .await
    }
}
