//! The private Postgres for the time of a restore: the one that runs, or one that is started and stopped again.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::infra::backup::Trouble;
use crate::infra::config::Config;
use crate::infra::db;
use crate::infra::postgres::{Layout, Role};

/// A database of every cluster, to connect to while ours are made and renamed.
const MAINTENANCE: &str = "postgres";
const PATIENCE: Duration = Duration::from_secs(90);
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(100);

/// A cluster that answers.
#[derive(Debug)]
pub struct Cluster {
    layout: Layout,
    started: Option<Child>,
}

impl Cluster {
    /// Uses the cluster that runs, or makes and starts one.
    pub async fn reach(config: &Config) -> Result<Self, Trouble> {
        let layout = Layout::of(config)?;
        let mut cluster = Self { layout, started: None };
        if db::connect(&cluster.super_url()).await.is_ok() {
            return Ok(cluster);
        }
        if db::connect(&cluster.layout.url(Role::App)).await.is_ok() {
            return Err(Trouble::told(
                "the database runs, and this user may not rename it; nothing was changed: run this as the user who starts it",
            ));
        }
        let late = |_| Trouble::told("the database does not answer; nothing was changed");
        for _ in 0..TRIES {
            cluster.start()?;
            if tokio::time::timeout(PATIENCE, cluster.answers()).await.map_err(late)? {
                return Ok(cluster);
            }
            // The one of a restore that was killed may still be ending.
            tokio::time::sleep(PAUSE).await;
        }
        Err(Trouble::told("the database could not be started; nothing was changed (see above)"))
    }

    fn start(&mut self) -> Result<(), Trouble> {
        let program = std::env::current_exe().map_err(Trouble::io("find", "this program"))?;
        let mut command = Command::new(program);
        command.args(["database", "run", "--die-with-parent"]).stdin(Stdio::null()).stdout(Stdio::null());
        self.started = Some(command.spawn().map_err(Trouble::io("start", "the database"))?);
        Ok(())
    }

    /// Whether it answers, once it does or has ended.
    async fn answers(&mut self) -> bool {
        while db::connect(&self.super_url()).await.is_err() {
            if self.started.as_mut().and_then(|child| child.try_wait().ok().flatten()).is_some() {
                self.started = None;
                return false;
            }
            tokio::time::sleep(POLL).await;
        }
        true
    }

    /// The superuser's way to a database that is never renamed.
    pub fn super_url(&self) -> String {
        self.layout.url_of(Role::Super, MAINTENANCE)
    }

    /// A role's way to a database.
    pub fn url_of(&self, role: Role, database: &str) -> String {
        self.layout.url_of(role, database)
    }

    /// Stops it, if it was started here.
    pub fn stop(mut self) -> Result<(), Trouble> {
        self.end().map_err(Trouble::io("stop", "the database"))
    }

    fn end(&mut self) -> std::io::Result<()> {
        let Some(mut child) = self.started.take() else { return Ok(()) };
        if let Ok(pid) = i32::try_from(child.id()) {
            kill(Pid::from_raw(pid), Signal::SIGINT)?;
        }
        child.wait().map(drop)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It also ends with this process.
        let _ = self.end();
    }
}
