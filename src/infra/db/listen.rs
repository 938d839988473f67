//! Notifications between processes: ids only, never content. Whoever listens reads the row itself.

use std::future::Future;
use std::time::Duration;

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl as _;
use futures_util::StreamExt as _;
use uuid::Uuid;

use super::{Connection, connect};
use crate::base::Result;

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// A deal was made or changed.
    Deals,
    /// Work waits in the queue.
    Jobs,
    /// Something happened in a run.
    Runs,
    /// A person was made or changed.
    Users,
}

impl Channel {
    const fn name(self) -> &'static str {
        match self {
            Self::Deals => "vcc_deals",
            Self::Jobs => "vcc_jobs",
            Self::Runs => "vcc_runs",
            Self::Users => "vcc_users",
        }
    }

    /// Tells every process, when the transaction commits.
    pub async fn notify(self, conn: &mut Connection, id: Uuid) -> Result<()> {
        diesel::sql_query("SELECT pg_notify($1, $2)")
            .bind::<Text, _>(self.name())
            .bind::<Text, _>(id.to_string())
            .execute(conn)
            .await?;
        Ok(())
    }
}

/// Listens for ever. `missed` is called after each (re)connection, since what happened meanwhile was not heard;
/// `changed` for each notification.
pub async fn listen<M, C, MF, CF>(url: String, channel: Channel, missed: M, changed: C)
where
    M: Fn() -> MF,
    C: Fn(Uuid) -> CF,
    MF: Future<Output = Result<()>>,
    CF: Future<Output = Result<()>>,
{
    loop {
        if let Err(error) = session(&url, channel, &missed, &changed).await {
            tracing::warn!(%error, causes = error.causes(), "notifications stopped; connecting again");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn session<M, C, MF, CF>(url: &str, channel: Channel, missed: &M, changed: &C) -> Result<()>
where
    M: Fn() -> MF,
    C: Fn(Uuid) -> CF,
    MF: Future<Output = Result<()>>,
    CF: Future<Output = Result<()>>,
{
    let mut conn = connect(url).await?;
    diesel::sql_query(format!("LISTEN {}", channel.name())).execute(&mut conn).await?;
    missed().await?;
    let mut notifications = std::pin::pin!(conn.notifications_stream());
    while let Some(notification) = notifications.next().await {
        if let Ok(id) = notification?.payload.parse() {
            changed(id).await?;
        }
    }
    Ok(())
}
