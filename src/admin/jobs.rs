//! Questions about work that is not done, or was given up.

use protocol::Shown;
use protocol::admin::{Ask, Job, JobState, Reply};

use super::status;
use crate::app::App;
use crate::base::{Ctx, JobId, PageRequest, Result};
use crate::domain::ops::{Kind, Piece, Stands};

/// As many as somebody looks through, unless they say otherwise.
const MOST: u16 = 200;

pub(super) async fn answer(app: &App, cx: &Ctx, ask: Ask) -> Result<Reply> {
    let mut page = PageRequest { limit: Some(MOST), cursor: None };
    match ask {
        Ask::RetryJob { job } => app.ops.retry(cx, JobId(job)).await?,
        Ask::CancelJob { job } => app.ops.cancel(cx, JobId(job)).await?,
        Ask::Jobs { limit, after } => page = PageRequest { limit: limit.or(page.limit), cursor: after },
        _ => {}
    }
    let queues = app.ops.load(cx).await?.into_iter().map(status::queue).collect();
    let page = app.ops.list(cx, &page).await?;
    Ok(Reply::Jobs { queues, jobs: page.items.iter().map(job).collect(), next: page.next_cursor })
}

fn job(piece: &Piece) -> Job {
    let state = match piece.stands {
        Stands::GivenUp => JobState::Failed,
        Stands::Waiting => JobState::Waiting,
        Stands::Running => JobState::Running,
        Stands::Again(at) => JobState::Again(at),
    };
    Job {
        id: piece.id,
        queue: Shown::new(piece.kind.name()),
        subject: piece.subject,
        state,
        attempts: piece.attempts,
        since: piece.since,
        sentence: (state == JobState::Failed).then(|| Shown::new(given_up(piece.kind))),
    }
}

/// Why, as far as whoever runs the server may know: the particulars are for those who work on the deal.
const fn given_up(kind: Kind) -> &'static str {
    match kind {
        Kind::Reading => "A document could not be read. Its row in the deal says why; retry reads its file again.",
        Kind::Runs => "A report could not be made. Its run in the deal says why; retry starts it again.",
        Kind::Exports => "A file could not be made of a report. The report is safe; retry makes the file again.",
        Kind::Pictures | Kind::Indexing => "It was tried too often.",
    }
}
