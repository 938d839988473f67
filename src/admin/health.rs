//! Whether the server works: every part is used once. An update keeps a version only if all of them do.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use protocol::Shown;
use protocol::admin::{Health, Part, PartState, Reply, Seal};
use uuid::Uuid;

use crate::app::{self, App};
use crate::base::{Ctx, Error, JobId, Result};
use crate::infra::entropy;

/// How long one part may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Of a server whose keystore is open.
pub(super) async fn of_open(app: &App, cx: &Ctx, address: Option<&SocketAddr>) -> Result<Reply> {
    cx.require_console()?;
    let mut parts: Vec<Part> = app.parts().await.iter().filter(|part| !part.works()).map(failed).collect();
    parts.push(tried("database", write(app, cx)).await);
    parts.push(tried("documents", read(app)).await);
    parts.push(if app.search.is_open() { works("search") } else { broken("search", "the index is not open yet") });
    Ok(health(Seal::Open, address, parts))
}

/// Of a server whose keystore is closed, or which is not there yet: nothing can be tried.
pub(super) fn of_closed(seal: Seal, address: Option<&SocketAddr>) -> Reply {
    health(seal, address, Vec::new())
}

fn health(seal: Seal, address: Option<&SocketAddr>, parts: Vec<Part>) -> Reply {
    let address = address.map(|address| Shown::new(&address.to_string()));
    Reply::Health(Health { version: Shown::new(env!("CARGO_PKG_VERSION")), seal, address, parts })
}

async fn write(app: &App, cx: &Ctx) -> Result<()> {
    let random = || entropy::random(app.outside.entropy.as_ref());
    let (id, subject) =
        (JobId::new(cx.now, random()?), Uuid::from_bytes(entropy::random(app.outside.entropy.as_ref())?));
    app.work.try_writing(id, subject, cx.now).await
}

async fn read(app: &App) -> Result<()> {
    app.documents.try_reading().await.map(drop)
}

async fn tried(name: &str, work: impl Future<Output = Result<()>>) -> Part {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(())) => works(name),
        Ok(Err(error)) => {
            tracing::error!(part = name, causes = error.causes(), "a part that was tried does not work");
            broken(name, &sentence(&error))
        }
        Err(_) => broken(name, &format!("no answer within {} seconds", PATIENCE.as_secs())),
    }
}

/// The causes are in the log.
fn sentence(error: &Error) -> String {
    error.detail.to_string()
}

fn failed(part: &app::Part) -> Part {
    broken(part.name(), part.detail().unwrap_or("does not work"))
}

fn works(name: &str) -> Part {
    Part { name: Shown::new(name), state: PartState::Ok, detail: Shown::new("works") }
}

fn broken(name: &str, detail: &str) -> Part {
    Part { name: Shown::new(name), state: PartState::Problem, detail: Shown::new(detail) }
}
