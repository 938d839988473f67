//! The queue of work: a Postgres table, so that work survives every crash and is done by one worker at a time.
//!
//! Invariants: a ticket is held by a lease that ends unless it is renewed; only the holder of the newest lease can
//! finish, so a worker that was thought dead changes nothing any more. No transaction spans the work itself. Whoever
//! locks a job and its subject in one transaction locks the job first.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::jobs;
use super::{Channel, Connection, Db, Transact as _};
use crate::base::{Error, JobId, Result};

/// Time after which a worker that gave no sign of life has lost its ticket.
pub const LEASE: TimeDelta = TimeDelta::seconds(15);

/// What kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Documents are read; the subject is a document.
    Reading,
    /// Reports are made; the subject is a run.
    Runs,
    /// Reports become files; the subject is an export.
    Exports,
    /// Pages that a report cites are drawn ahead of time; the subject is a report.
    Pictures,
    /// What can be searched is brought up to date; the subject is a document or a report.
    Indexing,
}

impl Queue {
    /// Every queue.
    pub const ALL: [Self; 5] = [Self::Reading, Self::Runs, Self::Exports, Self::Pictures, Self::Indexing];

    /// Its word in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Runs => "runs",
            Self::Exports => "exports",
            Self::Pictures => "pictures",
            Self::Indexing => "indexing",
        }
    }

    fn parse(word: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|queue| queue.name() == word);
        known.ok_or_else(|| Error::internal("a row of the queue has an unknown word"))
    }
}

/// The right to do one piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// Names the work.
    pub id: JobId,
    /// What the work is about.
    pub subject: Uuid,
    /// How often it was begun, this time included.
    pub attempt: i32,
    lease: Uuid,
}

/// How much is on a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Its name.
    pub queue: &'static str,
    /// Being done.
    pub running: u64,
    /// Waiting.
    pub waiting: u64,
}

/// Work that is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Names it.
    pub id: JobId,
    /// Its queue.
    pub queue: Queue,
    /// What it is about.
    pub subject: Uuid,
    /// How often it was begun.
    pub attempts: i32,
    /// When it is due, or was.
    pub due_at: DateTime<Utc>,
    /// Somebody holds it until then.
    pub leased_until: Option<DateTime<Utc>>,
    /// Since when.
    pub since: DateTime<Utc>,
}

type UnfinishedRow = (Uuid, String, Uuid, i32, DateTime<Utc>, Option<DateTime<Utc>>, DateTime<Utc>);
type UnfinishedColumns =
    (jobs::id, jobs::queue, jobs::subject, jobs::attempts, jobs::due_at, jobs::leased_until, jobs::created_at);
const UNFINISHED: UnfinishedColumns =
    (jobs::id, jobs::queue, jobs::subject, jobs::attempts, jobs::due_at, jobs::leased_until, jobs::created_at);

fn unfinished_of(row: UnfinishedRow) -> Result<Unfinished> {
    let (id, queue, subject, attempts, due_at, leased_until, since) = row;
    let (id, queue) = (JobId(id), Queue::parse(&queue)?);
    Ok(Unfinished { id, queue, subject, attempts, due_at, leased_until, since })
}

/// The queue as a worker sees it.
#[derive(Debug, Clone)]
pub struct Work(Db);

impl Work {
    /// The queue in this database.
    pub fn of(db: Db) -> Self {
        Self(db)
    }

    /// How much is on each queue.
    pub async fn load(&self, now: DateTime<Utc>) -> Result<Vec<Load>> {
        let mut conn = self.0.read().await?;
        let all: Vec<(String, Option<DateTime<Utc>>)> =
            jobs::table.select((jobs::queue, jobs::leased_until)).load(&mut conn).await?;
        let count = |queue: Queue| {
            let of_queue = || all.iter().filter(|(name, _)| name == queue.name());
            let running = of_queue().filter(|(_, until)| until.is_some_and(|until| until > now)).count() as u64;
            Load { queue: queue.name(), running, waiting: of_queue().count() as u64 - running }
        };
        Ok(Queue::ALL.into_iter().map(count).collect())
    }

    /// Work that is not done, after an id, in order of ids and so of age; at most `most`.
    pub async fn unfinished(&self, after: Option<JobId>, most: i64) -> Result<Vec<Unfinished>> {
        let mut conn = self.0.read().await?;
        let rows: Vec<UnfinishedRow> = jobs::table
            .filter(jobs::id.gt(after.map_or(Uuid::nil(), |id| id.0)))
            .order(jobs::id)
            .limit(most)
            .select(UNFINISHED)
            .load(&mut conn)
            .await?;
        rows.into_iter().map(unfinished_of).collect()
    }

    /// One piece of work that is not done.
    pub async fn find(&self, id: JobId) -> Result<Option<Unfinished>> {
        let mut conn = self.0.read().await?;
        let row: Option<UnfinishedRow> = jobs::table.find(id.0).select(UNFINISHED).first(&mut conn).await.optional()?;
        row.map(unfinished_of).transpose()
    }

    /// Writes work and takes it back: whether the server may write, and the disk takes it. Nobody sees it.
    pub async fn try_writing(&self, id: JobId, subject: Uuid, now: DateTime<Utc>) -> Result<()> {
        let mut conn = self.0.write().await?;
        let mut written = false;
        let tried = conn.transaction(async |conn| {
            enqueue(conn, Queue::Reading, id, subject, now).await?;
            written = true;
            Err::<(), Error>(Error::internal("taken back"))
        });
        let tried = tried.await;
        if written { Ok(()) } else { tried }
    }

    /// Frees what an earlier life of this server held. Only while nobody works: at the start, by who holds the data
    /// folder's lock.
    pub async fn free_all(&self) -> Result<usize> {
        let mut conn = self.0.write().await?;
        let held = jobs::table.filter(jobs::lease.is_not_null());
        let free = (jobs::lease.eq(None::<Uuid>), jobs::leased_until.eq(None::<DateTime<Utc>>));
        Ok(diesel::update(held).set(free).execute(&mut conn).await?)
    }

    /// Takes the oldest work that is due and that nobody holds. `lease` is a random id of this attempt.
    pub async fn claim(&self, queue: Queue, lease: Uuid, now: DateTime<Utc>) -> Result<Option<Ticket>> {
        let mut conn = self.0.write().await?;
        conn.transaction(async |conn| {
            let next: Option<(Uuid, Uuid, i32)> = jobs::table
                .filter(jobs::queue.eq(queue.name()).and(jobs::due_at.le(now)))
                .filter(jobs::leased_until.is_null().or(jobs::leased_until.lt(now)))
                .order((jobs::due_at, jobs::id))
                .select((jobs::id, jobs::subject, jobs::attempts))
                .for_update()
                .skip_locked()
                .first(conn)
                .await
                .optional()?;
            let Some((id, subject, attempts)) = next else {
                return Ok(None);
            };
            let attempt = attempts.saturating_add(1);
            diesel::update(jobs::table.find(id))
                .set((jobs::attempts.eq(attempt), jobs::lease.eq(lease), jobs::leased_until.eq(now + LEASE)))
                .execute(conn)
                .await?;
            Ok(Some(Ticket { id: JobId(id), subject, attempt, lease }))
        })
        .await
    }

    /// Gives a sign of life; `false` if the ticket was lost.
    pub async fn renew(&self, ticket: &Ticket, now: DateTime<Utc>) -> Result<bool> {
        renew(&mut *self.0.write().await?, ticket, now).await
    }

    /// Takes work off the queue that leaves nothing to write. That the ticket was lost changes nothing.
    pub async fn done(&self, ticket: &Ticket) -> Result<()> {
        finish(&mut *self.0.write().await?, ticket).await?;
        Ok(())
    }

    /// Gives the ticket back; the work is tried again at `due`.
    pub async fn release(&self, ticket: &Ticket, due: DateTime<Utc>) -> Result<()> {
        let mut conn = self.0.write().await?;
        let held = jobs::table.find(ticket.id.0).filter(jobs::lease.eq(ticket.lease));
        diesel::update(held)
            .set((jobs::due_at.eq(due), jobs::lease.eq(None::<Uuid>), jobs::leased_until.eq(None::<DateTime<Utc>>)))
            .execute(&mut conn)
            .await?;
        Ok(())
    }
}

/// Adds work, and wakes a worker when the transaction commits. Work on the same subject that waits or runs is begun
/// anew: whoever runs it has lost it.
pub async fn enqueue(conn: &mut Connection, queue: Queue, id: JobId, subject: Uuid, now: DateTime<Utc>) -> Result<()> {
    diesel::insert_into(jobs::table)
        .values((
            jobs::id.eq(id.0),
            jobs::queue.eq(queue.name()),
            jobs::subject.eq(subject),
            jobs::attempts.eq(0),
            jobs::due_at.eq(now),
            jobs::created_at.eq(now),
        ))
        .on_conflict((jobs::queue, jobs::subject))
        .do_update()
        .set((
            jobs::attempts.eq(0),
            jobs::due_at.eq(now),
            jobs::lease.eq(None::<Uuid>),
            jobs::leased_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Channel::Jobs.notify(conn, id.0).await
}

/// Keeps the ticket for another while; `false` if it was lost.
pub async fn renew(conn: &mut Connection, ticket: &Ticket, now: DateTime<Utc>) -> Result<bool> {
    let held = jobs::table.find(ticket.id.0).filter(jobs::lease.eq(ticket.lease));
    let rows = diesel::update(held).set(jobs::leased_until.eq(now + LEASE)).execute(conn).await?;
    Ok(rows == 1)
}

/// Keeps the ticket after a step that is done for good: the next interruption is the first one again. `false` if it was
/// lost, and then the step must not be written.
pub async fn advance(conn: &mut Connection, ticket: &Ticket, now: DateTime<Utc>) -> Result<bool> {
    let held = jobs::table.find(ticket.id.0).filter(jobs::lease.eq(ticket.lease));
    let kept = (jobs::leased_until.eq(now + LEASE), jobs::attempts.eq(1));
    Ok(diesel::update(held).set(kept).execute(conn).await? == 1)
}

/// Gives the ticket back for a while because what the work needs is not there yet, which is no failed attempt; `false` if
/// it was lost.
pub async fn put_off(conn: &mut Connection, ticket: &Ticket, due: DateTime<Utc>) -> Result<bool> {
    let held = jobs::table.find(ticket.id.0).filter(jobs::lease.eq(ticket.lease));
    let rows = diesel::update(held)
        .set((
            jobs::attempts.eq(ticket.attempt - 1),
            jobs::due_at.eq(due),
            jobs::lease.eq(None::<Uuid>),
            jobs::leased_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Takes the work off the queue, in the transaction that writes its result; `false` if the ticket was lost, and then
/// the result must not be written.
pub async fn finish(conn: &mut Connection, ticket: &Ticket) -> Result<bool> {
    let held = jobs::table.find(ticket.id.0).filter(jobs::lease.eq(ticket.lease));
    Ok(diesel::delete(held).execute(conn).await? == 1)
}

/// Has work that waits for another attempt begun now, as if it were the first; `false` if it does not wait any more.
pub async fn hasten(conn: &mut Connection, id: JobId, now: DateTime<Utc>) -> Result<bool> {
    let waits = jobs::table.find(id.0).filter(jobs::due_at.gt(now));
    let rows = diesel::update(waits).set((jobs::due_at.eq(now), jobs::attempts.eq(0))).execute(conn).await?;
    Channel::Jobs.notify(conn, id.0).await?;
    Ok(rows == 1)
}

/// The subjects of all work of a queue that is not done.
pub async fn unfinished(conn: &mut Connection, queue: Queue) -> Result<HashSet<Uuid>> {
    let subjects: Vec<Uuid> = jobs::table.filter(jobs::queue.eq(queue.name())).select(jobs::subject).load(conn).await?;
    Ok(subjects.into_iter().collect())
}

/// Takes work off the queue that nobody needs any more; whoever holds it learns at the next renewal.
pub async fn cancel(conn: &mut Connection, queue: Queue, subject: Uuid) -> Result<()> {
    let waiting = jobs::table.filter(jobs::queue.eq(queue.name()).and(jobs::subject.eq(subject)));
    diesel::delete(waiting).execute(conn).await?;
    Ok(())
}
