//! What the console does with readings: it knows documents by their ids, and reads none.

use super::model::{DocumentState, Outcome};
use super::service::object;
use super::{Documents, store};
use crate::base::{Ctx, DocumentId, Error, ErrorCode, GivenUp, JobId, Result};
use crate::domain::audit::{Action, Record};
use crate::infra::db::Transact as _;
use crate::infra::db::queue::{self, Queue};
use crate::infra::entropy;

/// What the document's row says then.
const STOPPED: &str = "The admin of the server stopped the reading. The file is safe; try again.";

impl Documents {
    /// Documents that could not be read, after an id, in order.
    pub async fn given_up(&self, cx: &Ctx, after: Option<DocumentId>, most: i64) -> Result<Vec<GivenUp>> {
        cx.require_console()?;
        store::given_up(&mut *self.db.read().await?, after, most).await
    }

    /// Stops a reading that waits or goes on. The document comes to rest; one whose text is there already keeps it, and
    /// has only its pictures left.
    pub async fn stop_reading(&self, cx: &Ctx, id: DocumentId) -> Result<()> {
        cx.require_console()?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            // The job before its subject, as the worker locks them.
            queue::cancel(conn, Queue::Reading, id.0).await?;
            let document = store::find_for_worker(conn, &self.vault, id).await?;
            let document = document.ok_or_else(|| Error::not_found("document"))?;
            if document.state.is_moving() {
                let outcome = Outcome::NotRead { sentence: STOPPED.to_owned() };
                let failed = DocumentState::Failed;
                store::set_state(conn, &self.vault, &document, failed, Some(&outcome), cx.now).await?;
            } else {
                store::touch(conn, id, cx.now).await?;
            }
            self.audit.record(conn, cx, Record::done(Action::DocumentReadingStopped, object(&document))).await
        })
        .await?;
        self.take_password(id);
        Ok(())
    }

    /// Has a document read again that could not be read; `false` if there is none with this id.
    pub async fn retry_given_up(&self, cx: &Ctx, id: DocumentId) -> Result<bool> {
        cx.require_console()?;
        let job = JobId::new(cx.now, entropy::random(self.entropy.as_ref())?);
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let Some(document) = store::find_for_worker(conn, &self.vault, id).await? else { return Ok(false) };
            let failed = document.state == DocumentState::Failed;
            if !failed || !self.wait_again(conn, cx, job, &document, Action::DocumentRetried).await? {
                let detail = "This document is not one that could not be read any more. Look at the list again.";
                return Err(Error::new(ErrorCode::WrongState, detail));
            }
            Ok(true)
        })
        .await
    }
}
