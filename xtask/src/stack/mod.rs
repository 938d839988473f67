//! The whole product on this machine: a private database and a server, started and stopped together.

mod database;
mod home;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;
use serde::Deserialize;

use crate::children::{self, Service};
use crate::http::Client;
use crate::steps::{Show, Steps};
use crate::workshop::Workshop;

pub use database::Database;
pub use home::Home;

const READY_WITHIN: Duration = Duration::from_secs(60);
const READY_SOON: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(5);

const SERVER_MANNERS: &[(Signal, Duration)] = &[(Signal::SIGTERM, Duration::from_secs(30))];

/// How to start.
pub struct StackOptions {
    /// The executable of vcconnect.
    pub binary: PathBuf,
    /// Where everything is kept.
    pub home: Home,
    /// The port to serve on; None takes a free one.
    pub port: Option<u16>,
    /// A database for tests: quick, and not safe against a power cut.
    pub throwaway: bool,
    /// Whether the server's log goes to the terminal rather than to a file.
    pub log_to_terminal: bool,
}

/// A running product. It stops, server first, when this is dropped.
pub struct Stack {
    // Fields are dropped in this order: the server goes before its database.
    server: Service,
    database: Database,
    /// The address that people open.
    pub url: String,
    /// The one-time link for the first admin, while nobody has an account.
    pub first_admin_link: Option<String>,
}

#[derive(Deserialize)]
struct FirstAdmin {
    link: Option<String>,
}

impl Stack {
    /// Starts everything and waits until the server is ready.
    pub fn start(steps: &mut Steps, options: StackOptions) -> Result<Self> {
        let workshop = steps.workshop();
        let port = choose_port(options.port)?;
        let url = format!("http://localhost:{port}");
        let StackOptions { binary, home, throwaway, .. } = options;
        let database =
            steps.work("start the database", Show::Failure, || Database::start(workshop, &binary, home, throwaway))?;
        let first_admin_link =
            steps.work("prepare keys and tables", Show::Failure, || prepare(workshop, &database, &url))?;
        let show = if options.log_to_terminal { Show::Live } else { Show::Failure };
        let (server, _) =
            steps.work("start the server", show, || serve(workshop, &database, &url, port, options.log_to_terminal))?;
        Ok(Self { server, database, url, first_admin_link })
    }

    /// The server's process id.
    pub fn server_pid(&self) -> u32 {
        self.server.pid()
    }

    /// Starts the server anew on the same database; returns how long it took to be ready.
    pub fn restart_server(&mut self, workshop: &Workshop) -> Result<Duration> {
        self.server.stop()?;
        let port = choose_port(None)?;
        self.url = format!("http://localhost:{port}");
        let (server, ready_after) = serve(workshop, &self.database, &self.url, port, false)?;
        self.server = server;
        Ok(ready_after)
    }

    /// The last lines of the server's log.
    pub fn server_log(&self) -> String {
        tail(&self.database.home.log("server.log"))
    }

    /// An error if the server or the database ended by itself.
    pub fn must_be_up(&mut self) -> Result<()> {
        self.server.must_be_up()?;
        self.database.service.must_be_up()
    }

    /// Stops the server, then the database, and waits for each.
    pub fn stop(mut self) -> Result<()> {
        self.server.stop()?;
        self.database.stop()
    }
}

fn prepare(workshop: &Workshop, database: &Database, url: &str) -> Result<Option<String>> {
    let recovery_key = database.home.recovery_key();
    database.ask(workshop, &["keys", "init", "--recovery-key-file", &recovery_key.to_string_lossy()])?;
    database.ask(workshop, &["migrate"])?;
    let said = children::read(
        workshop,
        database.verb(&["users", "first-admin", "--json"]).env("VCCONNECT__SERVER__PUBLIC_URL", url),
    )?;
    if said.trim().is_empty() {
        return Ok(None);
    }
    let answer: FirstAdmin =
        serde_json::from_str(&said).with_context(|| format!("`vcconnect users first-admin --json` printed: {said}"))?;
    Ok(answer.link)
}

fn serve(
    workshop: &Workshop,
    database: &Database,
    url: &str,
    port: u16,
    log_to_terminal: bool,
) -> Result<(Service, Duration)> {
    let mut command = database.verb(&["serve"]);
    command.env("VCCONNECT__SERVER__LISTEN", format!("127.0.0.1:{port}")).env("VCCONNECT__SERVER__PUBLIC_URL", url);
    let log = database.home.log("server.log");
    if log_to_terminal {
        command.env("VCCONNECT__LOG__FORMAT", "pretty");
    } else {
        let output = File::create(&log).with_context(|| log.display().to_string())?;
        command.stdout(output.try_clone()?).stderr(output);
    }
    let start = Instant::now();
    let mut server = Service::start("server", &mut command, SERVER_MANNERS)?;
    match wait_until_ready(workshop, &mut server, port) {
        Ok(()) => Ok((server, start.elapsed())),
        Err(error) if log_to_terminal => Err(error),
        Err(error) => Err(error.context(tail(&log))),
    }
}

fn wait_until_ready(workshop: &Workshop, server: &mut Service, port: u16) -> Result<()> {
    let client = Client::new(&format!("http://127.0.0.1:{port}"));
    let start = Instant::now();
    while client.status("/readyz") != Some(200) {
        server.must_be_up()?;
        workshop.go_on()?;
        if start.elapsed() > READY_WITHIN {
            bail!("The server did not say that it is ready within a minute.");
        }
        // Closely while it matters for measuring; a server in trouble is not pestered.
        sleep(if start.elapsed() < READY_SOON { POLL } else { POLL * 50 });
    }
    Ok(())
}

fn choose_port(wanted: Option<u16>) -> Result<u16> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, wanted.unwrap_or(0))) {
        Ok(listener) => Ok(listener.local_addr()?.port()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "Another program uses port {} of this machine. Nothing was started. Please stop it or choose \
             another port: cargo xtask run --port N",
            wanted.unwrap_or(0)
        ),
        Err(error) => Err(error).context("no port could be opened"),
    }
}

/// The last lines of a log, for a message.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.get(lines.len().saturating_sub(30)..).unwrap_or_default();
    format!("{}:\n{}\n", log.display(), last.join("\n"))
}
