//! Questions about work that is not done.

use chrono::{DateTime, Utc};
use protocol::Shown;
use protocol::admin::{Job, JobState, Reply};

use super::status;
use crate::app::App;
use crate::base::{Ctx, Result};
use crate::infra::db::queue::Unfinished;

/// As many as somebody looks through.
const MOST: i64 = 200;

pub(super) async fn answer(app: &App, cx: &Ctx) -> Result<Reply> {
    cx.require_console()?;
    let queues = app.work.load(cx.now).await?.into_iter().map(status::queue).collect();
    let jobs = app.work.unfinished(MOST).await?.into_iter().map(|work| job(work, cx.now)).collect();
    Ok(Reply::Jobs { queues, jobs })
}

fn job(work: Unfinished, now: DateTime<Utc>) -> Job {
    let state = match work.leased_until {
        Some(until) if until > now => JobState::Running,
        _ if work.due_at > now => JobState::Again(work.due_at),
        _ => JobState::Waiting,
    };
    Job {
        id: work.id.0,
        queue: Shown::new(&work.queue),
        subject: work.subject,
        state,
        attempts: work.attempts.unsigned_abs(),
        since: work.since,
    }
}
