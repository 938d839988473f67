//! Opens the index, fills it again when that is needed, and does the work that waits for it.
//!
//! The commit's number is counted in the database: the index's is the same, or one more when a crash came between the
//! two. Everything else (an older copy of the folder, a database that was restored) is another index.
//!
//! What waits is committed together at its first attempt only. What failed is tried alone from then on, so its attempts
//! (and the crashes that it causes) are its own; when nothing at all can be written, nobody's attempt counts.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use index::{Found, Index, Stamp};
use uuid::Uuid;

use super::model::Kind;
use super::texts::{self, Taken};
use super::turns::Turn;
use super::{Search, store};
use crate::base::{DocumentId, Error, ErrorCode, JobId, ReportId, Result};
use crate::infra::clock::Clock;
use crate::infra::db::Transact as _;
use crate::infra::db::queue::{self, Queue, Ticket, Work};
use crate::infra::entropy;

/// Time between two tries to open the index, or to write it when nothing can be written.
const AGAIN: Duration = Duration::from_secs(2);
/// Time after which a source that could not be taken in is tried again.
const PAUSE: TimeDelta = TimeDelta::seconds(5);
/// How often it is tried, interruptions included.
const ATTEMPTS: i32 = 12;
/// Sources that are committed together, if so many wait.
const MOST_SOURCES: usize = 64;
/// Bytes of text after which no more is added to a commit.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Subjects that are put into the queue in one transaction.
const PAGE: i64 = 500;

impl Search {
    /// Opens the index, however long that takes. Returns when it is open.
    pub async fn open_at_last(self, clock: Arc<dyn Clock>) {
        let mut told = false;
        while let Err(error) = self.open(clock.as_ref()).await {
            if !std::mem::replace(&mut told, true) {
                tracing::warn!(%error, causes = error.causes(), "the search index does not open; trying again");
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Returns when the index is open: until then there is no use in taking its work.
    pub async fn opened(&self) {
        // The sender lives as long as this does.
        let _ = self.index.subscribe().wait_for(Option::is_some).await;
    }

    /// Whether it is open now.
    pub fn is_open(&self) -> bool {
        self.index.borrow().is_some()
    }

    async fn open(&self, clock: &dyn Clock) -> Result<()> {
        let (folder, vault) = (Arc::clone(&self.folder), Arc::clone(&self.vault));
        let opened = tokio::task::spawn_blocking(move || Index::open(&folder, vault.index_key()));
        let opened = opened.await.map_err(Error::internal)?.map_err(Error::internal)?;
        let index = Arc::new(opened.index);
        let mark = store::find_mark(&mut *self.db.read().await?).await?;
        let known = mark.is_some_and(|mark| fits(mark, index.stamp()));
        if opened.found.is_empty() || !known {
            tracing::info!(found = ?opened.found, known, "the search index is built from the beginning");
            self.begin(&index, opened.found, clock).await?;
        }
        self.look_whether_complete(&index).await?;
        self.index.send_replace(Some(index));
        Ok(())
    }

    /// Nothing may wait any more, also not for another attempt.
    async fn look_whether_complete(&self, index: &Arc<Index>) -> Result<()> {
        if self.complete.load(Ordering::Acquire) {
            return Ok(());
        }
        let waiting = queue::unfinished(&mut *self.db.read().await?, Queue::Indexing).await?;
        if !waiting.is_empty() {
            return Ok(());
        }
        self.complete.store(true, Ordering::Release);
        let index = Arc::clone(index);
        let removed = tokio::task::spawn_blocking(move || index.remove_damaged()).await.map_err(Error::internal)?;
        if let Err(error) = removed {
            tracing::warn!(%error, "what is left of an earlier index is removed at the next start");
        }
        Ok(())
    }

    /// Has everything taken in. The mark comes last: without it the next start begins again.
    async fn begin(&self, index: &Arc<Index>, found: Found, clock: &dyn Clock) -> Result<()> {
        if found == Found::Ready {
            let index = Arc::clone(index);
            let clear = move || {
                let mut writer = index.write()?;
                writer.clear()?;
                writer.commit(0)?;
                writer.finish()
            };
            self.turns.take().await.on_a_thread(clear).await?;
        }
        let mut last = None;
        loop {
            let page = self.documents.ids_after(last, PAGE).await?;
            let Some(end) = page.last().copied() else { break };
            self.enqueue(page.into_iter().map(|id| id.0).collect(), clock).await?;
            last = Some(end);
        }
        let mut last = None;
        loop {
            let page = self.reports.ids_after(last, PAGE).await?;
            let Some(end) = page.last().copied() else { break };
            self.enqueue(page.into_iter().map(|id| id.0).collect(), clock).await?;
            last = Some(end);
        }
        store::put_mark(&mut *self.db.write().await?, index.stamp()).await
    }

    async fn enqueue(&self, subjects: Vec<Uuid>, clock: &dyn Clock) -> Result<()> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            for subject in subjects {
                let now = clock.now();
                let job = JobId::new(now, entropy::random(self.entropy.as_ref())?);
                queue::enqueue(conn, Queue::Indexing, job, subject, now).await?;
            }
            Ok(())
        })
        .await
    }

    /// Does the work of a ticket, and of those that wait behind it, in one commit.
    pub async fn update(&self, work: &Work, ticket: &Ticket, clock: &dyn Clock) -> Result<()> {
        // Before anything is read: what an earlier turn still writes is older.
        let turn = self.turns.take().await;
        let index = self.index.borrow().clone().ok_or_else(|| Error::internal("the search index is not open"))?;
        let batch = self.gather(work, *ticket, clock).await?;
        if batch.tickets.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.commit(&index, &turn, batch.changes, &batch.tickets).await {
            return self.not_written(work, &index, &turn, &batch.tickets, &error, clock).await;
        }
        self.look_whether_complete(&index).await
    }

    /// A ticket with its texts, and others that wait behind it if all of them are at their first attempt.
    async fn gather(&self, work: &Work, first: Ticket, clock: &dyn Clock) -> Result<Batch> {
        let mut batch = Batch::default();
        let mut next = Some(first);
        while let Some(ticket) = next {
            if !batch.tickets.is_empty() && is_alone(&ticket) {
                self.put_off(&ticket, clock.now()).await?;
                break;
            }
            match self.take_in_or_give_up(&ticket).await {
                Ok(taken) => batch.add(ticket, taken),
                Err(error) => {
                    tracing::warn!(subject = %ticket.subject, causes = error.causes(), "a source is indexed later");
                    let due = clock.now() + PAUSE;
                    match error.code {
                        // That is no fault of the source.
                        ErrorCode::Unavailable => self.put_off(&ticket, due).await?,
                        _ => work.release(&ticket, due).await?,
                    }
                }
            }
            // Without its first ticket nobody keeps the work alive.
            if batch.tickets.is_empty() || is_alone(&ticket) || batch.is_full() {
                break;
            }
            let lease = Uuid::from_bytes(entropy::random(self.entropy.as_ref())?);
            next = work.claim(Queue::Indexing, lease, clock.now()).await?;
        }
        Ok(batch)
    }

    async fn put_off(&self, ticket: &Ticket, due: DateTime<Utc>) -> Result<()> {
        // That the ticket was lost changes nothing.
        queue::put_off(&mut *self.db.write().await?, ticket, due).await.map(drop)
    }

    /// After a write that failed: finds out whose fault it is.
    async fn not_written(
        &self,
        work: &Work,
        index: &Arc<Index>,
        turn: &Turn,
        tickets: &[Ticket],
        error: &Error,
        clock: &dyn Clock,
    ) -> Result<()> {
        tracing::warn!(sources = tickets.len(), causes = error.causes(), "sources are indexed later");
        let [ticket] = tickets else {
            for ticket in tickets {
                work.release(ticket, clock.now() + PAUSE).await?;
            }
            return Ok(());
        };
        if let Err(error) = self.commit(index, turn, Vec::new(), &[]).await {
            tracing::error!(causes = error.causes(), "the search index cannot be written");
            // Whatever comes next would fail too.
            tokio::time::sleep(AGAIN).await;
            return self.put_off(ticket, clock.now() + PAUSE).await;
        }
        if ticket.attempt > ATTEMPTS {
            tracing::error!(subject = %ticket.subject, "a source cannot be taken out of the search index");
            return work.done(ticket).await;
        }
        work.release(ticket, clock.now() + PAUSE).await
    }

    async fn commit(
        &self,
        index: &Arc<Index>,
        turn: &Turn,
        changes: Vec<(Uuid, Option<Taken>)>,
        tickets: &[Ticket],
    ) -> Result<()> {
        let mark = store::find_mark(&mut *self.db.read().await?).await?;
        let sequence = mark.map_or(0, |mark| mark.sequence) + 1;
        let writing = Arc::clone(index);
        turn.on_a_thread(move || write(&writing, &changes, sequence)).await?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            for ticket in tickets {
                // One that was lost is done again by whoever has it; that changes nothing.
                queue::finish(conn, ticket).await?;
            }
            store::put_mark(conn, Stamp { id: index.stamp().id, sequence }).await
        })
        .await
    }

    /// As [`Search::take_in`]; `None` also for what could not be taken in too often.
    async fn take_in_or_give_up(&self, ticket: &Ticket) -> Result<Option<Taken>> {
        if ticket.attempt > ATTEMPTS {
            tracing::error!(subject = %ticket.subject, "a source cannot be searched");
            return Ok(None);
        }
        self.take_in(ticket.subject).await
    }

    /// The texts of a document that is read, or of a report; `None` for what is to be found no more.
    async fn take_in(&self, subject: Uuid) -> Result<Option<Taken>> {
        if let Some(source) = self.documents.source(DocumentId(subject)).await? {
            let document = source.document;
            let mut taken = Taken {
                id: subject,
                deal: document.deal,
                kind: Kind::Document(document.kind),
                texts: Vec::with_capacity(source.parts.len()),
            };
            for part in source.parts {
                // A part that is gone meanwhile comes back under a ticket of its own.
                if let Some(json) = self.documents.source_part(document.deal, part).await? {
                    let text = tokio::task::spawn_blocking(move || texts::of_part(&json));
                    taken.texts.push(text.await.map_err(Error::internal)??);
                }
            }
            return Ok(Some(taken));
        }
        let Some((report, tree)) = self.reports.stored(ReportId(subject)).await? else { return Ok(None) };
        let number = u32::try_from(report.number).map_err(Error::internal)?;
        let texts = texts::of_report(number, &tree);
        Ok(Some(Taken { id: subject, deal: report.deal, kind: Kind::Report, texts }))
    }
}

/// Whether the index is the one that the database knows.
pub(super) fn fits(mark: Stamp, index: Stamp) -> bool {
    mark.id == index.id && (index.sequence == mark.sequence || index.sequence == mark.sequence + 1)
}

/// Whether it failed before, or was interrupted.
fn is_alone(ticket: &Ticket) -> bool {
    ticket.attempt > 1
}

/// What one commit changes.
#[derive(Default)]
struct Batch {
    tickets: Vec<Ticket>,
    changes: Vec<(Uuid, Option<Taken>)>,
    bytes: usize,
}

impl Batch {
    fn add(&mut self, ticket: Ticket, taken: Option<Taken>) {
        self.bytes += taken.as_ref().map_or(0, Taken::bytes);
        self.changes.push((ticket.subject, taken));
        self.tickets.push(ticket);
    }

    fn is_full(&self) -> bool {
        self.tickets.len() >= MOST_SOURCES || self.bytes >= MOST_BYTES
    }
}

fn write(
    index: &Index,
    changes: &[(Uuid, Option<Taken>)],
    sequence: u64,
) -> std::result::Result<(), index::IndexError> {
    let mut writer = index.write()?;
    for (id, taken) in changes {
        match taken {
            Some(taken) => {
                let source = index::Source { id: taken.id, deal: taken.deal.0, kind: taken.kind.as_str() };
                writer.replace(&source, taken.passages())?;
            }
            None => writer.remove(*id),
        }
    }
    writer.commit(sequence)?;
    writer.finish()
}
