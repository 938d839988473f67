//! From a ticket to the use case that does its work.

use crate::app::App;
use crate::base::Result;
use crate::infra::db::queue::{Queue, Ticket};

pub(super) async fn perform(app: &App, queue: Queue, ticket: &Ticket) -> Result<()> {
    match queue {
        Queue::Reading => app.documents.read(&app.reader, ticket, app.outside.clock.as_ref()).await,
    }
}
