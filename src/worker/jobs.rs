//! From a ticket to the use case that does its work.

use crate::app::App;
use crate::base::{ReportId, Result};
use crate::infra::db::queue::{Queue, Ticket};

/// What is only a convenience is not tried for ever.
const ATTEMPTS: i32 = 3;

pub(super) async fn perform(app: &App, queue: Queue, ticket: &Ticket) -> Result<()> {
    let clock = app.outside.clock.as_ref();
    match queue {
        Queue::Reading => app.documents.read(&app.reader, ticket, clock).await,
        Queue::Runs => app.runs.make(&app.judge, ticket, clock).await,
        Queue::Exports => app.reports.make_file(&app.renderer, ticket, clock).await,
        Queue::Pictures => draw_cited_pages(app, ticket).await,
        Queue::Indexing => app.search.update(&app.work, ticket, clock).await,
    }
}

/// So that a click on a citation finds its page drawn.
async fn draw_cited_pages(app: &App, ticket: &Ticket) -> Result<()> {
    if ticket.attempt > ATTEMPTS {
        tracing::error!(report = %ticket.subject, "its pages are not drawn ahead of time");
    } else if let Some(cited) = app.reports.cited_pages(ReportId(ticket.subject)).await? {
        app.documents.draw(&app.reader, app.outside.clock.as_ref(), cited.deal, &cited.pages).await?;
    }
    app.work.done(ticket).await
}
