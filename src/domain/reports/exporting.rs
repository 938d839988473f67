//! One export: from the version's tree through the confined renderer to a sealed file.

use report::Format;

use super::model::{Export, Report};
use super::{Reports, store};
use crate::base::{Error, ExportId, Result, WorkState};
use crate::infra::clock::Clock;
use crate::infra::db::Transact as _;
use crate::infra::db::queue::{self, Ticket};
use crate::infra::rendering::Renderer;

/// How often the making of a file may be begun before it is given up.
const ATTEMPTS: i32 = 12;

impl Reports {
    /// Makes the file that a ticket stands for. A fault of ours is returned, and the work is tried again; at the last
    /// time it is told to the user.
    pub async fn make_file(&self, renderer: &Renderer, ticket: &Ticket, clock: &dyn Clock) -> Result<()> {
        let id = ExportId(ticket.subject);
        let found = store::find_export_for_worker(&mut *self.db.write().await?, &self.vault, id).await?;
        let Some((report, export)) = found else {
            queue::finish(&mut *self.db.write().await?, ticket).await?;
            return Ok(());
        };
        if ticket.attempt > ATTEMPTS {
            return self.give_up(&export, ticket, clock).await;
        }
        let export = self.begin(export, ticket, clock).await?;
        let tree = store::tree(&mut *self.db.write().await?, &self.vault, &report).await?;
        let file = render(renderer, &report, tree, export.format).await?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            finish(conn, ticket).await?;
            store::set_file(conn, &self.vault, &export, &file, clock.now()).await
        })
        .await
    }

    async fn begin(&self, export: Export, ticket: &Ticket, clock: &dyn Clock) -> Result<Export> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            if !queue::renew(conn, ticket, clock.now()).await? {
                return Err(lost());
            }
            store::set_export(conn, &self.vault, &export, WorkState::Running, None, clock.now()).await?;
            Ok::<_, Error>(Export { state: WorkState::Running, ..export })
        })
        .await
    }

    async fn give_up(&self, export: &Export, ticket: &Ticket, clock: &dyn Clock) -> Result<()> {
        let sentence = "The file could not be made after several tries. The report is safe; try again, and tell your \
                        admin if it stays.";
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            finish(conn, ticket).await?;
            store::set_export(conn, &self.vault, export, WorkState::Failed, Some(sentence), clock.now()).await?;
            Ok(())
        })
        .await
    }
}

async fn render(renderer: &Renderer, report: &Report, tree: Vec<u8>, format: Format) -> Result<Vec<u8>> {
    let parsed = tokio::task::spawn_blocking(move || serde_json::from_slice::<model::Report>(&tree));
    let tree = parsed.await.map_err(Error::internal)?.map_err(|error| {
        Error::internal(format!(
            "version {} of deal {} does not parse: {:?}",
            report.number,
            report.deal,
            error.classify()
        ))
    })?;
    renderer.render(&tree, format).await
}

async fn finish(conn: &mut crate::infra::db::Connection, ticket: &Ticket) -> Result<()> {
    if queue::finish(conn, ticket).await? { Ok(()) } else { Err(lost()) }
}

fn lost() -> Error {
    Error::internal("the making of a file was taken over or is not wanted any more")
}
