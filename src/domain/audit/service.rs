//! Recording and reading. Recording is called inside the transaction of what is recorded.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use vault::Vault;

use super::model::{Action, AuditEntry, AuditFilter, ChainState, Object, Record};
use super::{sealer, store};
use crate::base::{AuditId, Ctx, Login, Page, PageRequest, Permission, Result};
use crate::infra::anchor::AnchorFile;
use crate::infra::db::{Connection, Db, Transact as _};
use crate::infra::entropy::{self, Entropy};
use crate::infra::notes::Note;

/// How long an entry waits for its seal at most, in quiet times.
const PAUSE: Duration = Duration::from_secs(2);

/// The audit log.
#[derive(Clone)]
pub struct Audit {
    db: Db,
    vault: Arc<Vault>,
    entropy: Arc<dyn Entropy>,
    anchor: AnchorFile,
}

impl Audit {
    /// The log in this database, its chain anchored in a file.
    pub fn new(db: Db, vault: Arc<Vault>, entropy: Arc<dyn Entropy>, anchor: AnchorFile) -> Self {
        Self { db, vault, entropy, anchor }
    }

    /// Adds an entry within the caller's transaction.
    pub async fn record(&self, conn: &mut Connection, cx: &Ctx, record: Record) -> Result<()> {
        let id = AuditId::new(cx.now, entropy::random(self.entropy.as_ref())?);
        store::insert(conn, &self.vault, cx, id, &record).await
    }

    /// Adds an entry in a transaction of its own: for refusals, which change nothing else.
    pub async fn record_alone(&self, cx: &Ctx, record: Record) -> Result<()> {
        let mut conn = self.db.write().await?;
        self.record(&mut conn, cx, record).await
    }

    /// Adds what was done at the console while no server ran. A note that cannot be read is recorded as that.
    pub async fn take_in(&self, cx: &Ctx, notes: Vec<Result<Note, String>>) -> Result<()> {
        if notes.is_empty() {
            return Ok(());
        }
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            // Entries are ordered by their time, so each has one of its own.
            let times = std::iter::successors(Some(cx.now), |time| Some(*time + TimeDelta::milliseconds(1)));
            for (note, now) in notes.into_iter().zip(times) {
                let (login, record) = noted(note);
                self.record(conn, &Ctx { login, now, ..*cx }, record).await?;
            }
            Ok(())
        })
        .await
    }

    /// A page of entries, newest first. Reading is recorded too.
    pub async fn list(&self, cx: &Ctx, filter: AuditFilter, page: &PageRequest) -> Result<Page<AuditEntry>> {
        cx.require(Permission::AuditRead)?;
        let (limit, before) = (page.limit()?, page.after::<AuditId>()?);
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let rows = store::list(conn, &self.vault, &filter, before, limit + 1).await?;
            let about =
                serde_json::json!({ "rows": rows.len().min(limit), "action": filter.action.map(Action::as_str) });
            let object = Object { kind: "audit", id: None, deal: filter.deal };
            self.record(conn, cx, Record::done(Action::AuditRead, object).with(about)).await?;
            Ok(Page::cut(rows, limit, |entry| entry.id))
        })
        .await
    }

    /// Seals for ever; a fault is logged and tried again.
    pub async fn seal_forever(self) {
        loop {
            match self.seal().await {
                Ok(sealed) if sealed == sealer::BATCH as usize => continue,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, causes = error.causes(), "sealing the audit log failed; trying again");
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Seals what waits. Gives how many entries were sealed; 0 also if another process is at it.
    pub async fn seal(&self) -> Result<usize> {
        sealer::seal_batch(&self.db, &self.vault, &self.anchor).await
    }

    /// Walks the whole chain.
    pub async fn verify(&self) -> Result<ChainState> {
        sealer::verify(&self.db, &self.vault, &self.anchor).await
    }
}

fn noted(note: Result<Note, String>) -> (Option<Login>, Record) {
    let object = Object::all("installation");
    match note {
        Ok(Note { at, login, action, details }) => {
            let known = Action::parse(&action).unwrap_or(Action::NoteDamaged);
            (Some(Login::new(&login)), Record::done(known, object).with(json!({ "at": at, "note": details })))
        }
        Err(_) => (None, Record::done(Action::NoteDamaged, object)),
    }
}
