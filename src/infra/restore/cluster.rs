//! The private Postgres for the time of a restore: the one that runs, or one that is started and stopped again.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::broken::Broken;
use crate::infra::backup::Trouble;
use crate::infra::config::Config;
use crate::infra::db;
use crate::infra::postgres::{self, Layout, Role};
use crate::infra::services::{self, Services};

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
    is_ready: PathBuf,
    started: Option<Child>,
    broken: Option<Broken>,
}

/// What a cluster that was started here comes to.
enum State {
    Usable,
    /// It lets people in, and its databases cannot be opened.
    Unusable,
    Ended,
}

impl Cluster {
    /// Uses the cluster that runs, or makes and starts one. One that runs as a unit and does not answer is stopped; one that
    /// does not start is set aside under a name that ends with `kept_as`, and put back unless the new one [stays].
    ///
    /// [stays]: Cluster::stays
    pub async fn reach(config: &Config, services: &dyn Services, kept_as: &str) -> Result<Self, Trouble> {
        let layout = Layout::of(config)?;
        let is_ready = postgres::client(config, layout.major()?, "pg_isready")?;
        let broken = Broken::left(config, &layout)?;
        let mut cluster = Self { layout, is_ready, started: None, broken };
        if db::connect(&cluster.super_url()).await.is_ok() {
            return Ok(cluster);
        }
        if db::connect(&cluster.layout.url(Role::App)).await.is_ok() {
            return Err(Trouble::told(
                "the database runs, and this user may not rename it; nothing was changed: run this as the user who starts it",
            ));
        }
        // Also one that fails and is started again and again.
        if config.is_of_the_machine() && services.is_here() {
            services.stop(services::DATABASE).map_err(|error| Trouble::told(error.to_string()))?;
        }
        if cluster.tries(TRIES).await? {
            return Ok(cluster);
        }
        if cluster.layout.is_running() {
            return Err(Trouble::told("a database runs here and does not answer; nothing was changed: stop it first"));
        }
        if cluster.broken.is_none() {
            cluster.broken = Broken::set_aside(config, &cluster.layout, kept_as)?;
        }
        if cluster.broken.is_some() && cluster.tries(1).await? {
            return Ok(cluster);
        }
        Err(Trouble::told("the database could not be started; nothing was changed (see above)"))
    }

    /// Starts it, again if it ends at once. Whether it can be used.
    async fn tries(&mut self, most: u32) -> Result<bool, Trouble> {
        for _ in 0..most {
            self.start()?;
            let late = |_| Trouble::told("the database does not answer; nothing was changed");
            match tokio::time::timeout(PATIENCE, self.comes_to()).await.map_err(late)?? {
                State::Usable => return Ok(true),
                State::Unusable => return Ok(false),
                State::Ended => {}
            }
            // The one of a restore that was killed may still be ending.
            tokio::time::sleep(PAUSE).await;
        }
        Ok(false)
    }

    fn start(&mut self) -> Result<(), Trouble> {
        let program = std::env::current_exe().map_err(Trouble::io("find", "this program"))?;
        let mut command = Command::new(program);
        command.args(["database", "run", "--die-with-parent"]).stdin(Stdio::null()).stdout(Stdio::null());
        self.started = Some(command.spawn().map_err(Trouble::io("start", "the database"))?);
        Ok(())
    }

    /// What it comes to, once that is known.
    async fn comes_to(&mut self) -> Result<State, Trouble> {
        loop {
            let lets_in = self.lets_in()?;
            if db::connect(&self.super_url()).await.is_ok() {
                return Ok(State::Usable);
            }
            if self.started.as_mut().and_then(|child| child.try_wait().ok().flatten()).is_some() {
                self.started = None;
                return Ok(State::Ended);
            }
            if lets_in {
                self.end().map_err(Trouble::io("stop", "the database"))?;
                return Ok(State::Unusable);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Whether it has started, whatever its databases are like.
    fn lets_in(&self) -> Result<bool, Trouble> {
        let mut command = Command::new(&self.is_ready);
        command.args(["--quiet", "--dbname", &self.super_url()]).env_clear().env("LC_ALL", "C");
        Ok(command.status().map_err(Trouble::io("run", self.is_ready.display()))?.success())
    }

    /// Where the files of a cluster lie that could not be used.
    pub fn set_aside(&self) -> Option<&Path> {
        self.broken.as_ref().map(Broken::kept)
    }

    /// From here on what is restored is put into place, and the cluster that was set aside stays there.
    pub(super) fn stays(&mut self) {
        self.broken = None;
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
        // One that somebody else runs keeps its files; the marker keeps the server from it.
        if !self.layout.is_running()
            && let Some(broken) = self.broken.take()
            && let Err(error) = broken.put_back()
        {
            tracing::error!(%error, "the database's files could not be put back under their name");
        }
    }
}
