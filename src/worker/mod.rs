//! Does the work that waits in the queue, beside the requests.
//!
//! Invariants: a ticket is renewed while its work goes on, and the work is dropped (its child process killed) as soon as
//! the ticket is lost; a fault of ours gives the ticket back for later. A notification wakes a worker at once; looking
//! every few seconds finds what no notification told, such as the tickets of a process that died.

mod jobs;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::FutureExt as _;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::app::App;
use crate::base::{Error, Result};
use crate::infra::db::queue::{Queue, Ticket};
use crate::infra::entropy;

/// Time between two looks at the queue when nothing is told.
const LOOK: Duration = Duration::from_secs(3);

/// Time between two signs of life; three fit into a lease.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

/// Time before work is tried again after a fault of ours.
const PAUSE: TimeDelta = TimeDelta::seconds(5);

/// How often a ticket is given back to a queue that does not answer, and the time between: a lease, together.
const GIVING_BACK: usize = 15;
const BETWEEN: Duration = Duration::from_secs(1);

/// Workers that run until this is dropped.
#[derive(Debug)]
pub struct Workers(Vec<JoinHandle<()>>);

impl Drop for Workers {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

/// Starts the workers of every queue.
pub fn start(app: &Arc<App>) -> Workers {
    let queues = slots(app).map(|(queue, slots)| (queue, slots, Arc::new(Notify::new())));
    let wakes = queues.iter().map(|(_, _, wake)| Arc::clone(wake)).collect();
    let mut tasks = vec![tokio::spawn(app.hear_jobs(wakes))];
    for (queue, slots, wake) in queues {
        for _ in 0..slots {
            let (app, wake) = (Arc::clone(app), Arc::clone(&wake));
            tasks.push(tokio::spawn(async move { work(&app, queue, &wake).await }));
        }
    }
    Workers(tasks)
}

/// How much of each kind of work goes on at a time, so that none waits for another kind. Several runs, so that a deal
/// whose documents or whose model take long does not hold up all others.
fn slots(app: &App) -> [(Queue, usize); 5] {
    let reading = (Queue::Reading, app.reader.slots());
    [reading, (Queue::Runs, 4), (Queue::Exports, 1), (Queue::Pictures, 1), (Queue::Indexing, 1)]
}

async fn work(app: &App, queue: Queue, wake: &Notify) {
    if queue == Queue::Indexing {
        // Another process that has the index open does that work.
        app.search.opened().await;
    }
    loop {
        match claim(app, queue).await {
            Ok(Some(ticket)) => {
                // There may be more: somebody else looks while this one works.
                wake.notify_one();
                perform(app, queue, &ticket).await;
            }
            Ok(None) => {
                let _ = tokio::time::timeout(LOOK, wake.notified()).await;
            }
            Err(error) => {
                tracing::warn!(%error, causes = error.causes(), "the queue does not answer");
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

async fn claim(app: &App, queue: Queue) -> Result<Option<Ticket>> {
    let lease = Uuid::from_bytes(entropy::random(app.outside.entropy.as_ref())?);
    app.work.claim(queue, lease, app.outside.clock.now()).await
}

async fn perform(app: &App, queue: Queue, ticket: &Ticket) {
    // A panic over one piece of work must not end the worker of its queue.
    let work = AssertUnwindSafe(jobs::perform(app, queue, ticket)).catch_unwind();
    let outcome = tokio::select! {
        outcome = work => outcome.unwrap_or_else(|_| Err(Error::internal("a worker broke down over its work"))),
        () = until_lost(app, ticket) => return,
    };
    if let Err(error) = outcome {
        tracing::warn!(job = %ticket.id, attempt = ticket.attempt, causes = error.causes(), "work is tried again later");
        give_back(app, ticket).await;
    }
}

/// Gives a ticket back for later; while the queue does not answer, until the lease has ended by itself.
async fn give_back(app: &App, ticket: &Ticket) {
    for _ in 0..GIVING_BACK {
        match app.work.release(ticket, app.outside.clock.now() + PAUSE).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(job = %ticket.id, causes = error.causes(), "a ticket could not be given back"),
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Gives signs of life; returns when the ticket is no longer ours.
async fn until_lost(app: &App, ticket: &Ticket) {
    loop {
        tokio::time::sleep(SIGN_OF_LIFE).await;
        match app.work.renew(ticket, app.outside.clock.now()).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::info!(job = %ticket.id, "work was cancelled or taken over");
                return;
            }
            Err(error) => tracing::warn!(job = %ticket.id, causes = error.causes(), "no sign of life could be given"),
        }
    }
}
