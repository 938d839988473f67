//! A private database: started, asked and stopped through vcconnect itself.

use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::Signal;

use super::home::Home;
use super::{POLL, tail};
use crate::children::{self, Service, bound};
use crate::workshop::Workshop;

/// Fast shutdown, then immediate shutdown: both leave no damage.
const DATABASE_MANNERS: &[(Signal, Duration)] =
    &[(Signal::SIGINT, Duration::from_secs(30)), (Signal::SIGQUIT, Duration::from_secs(15))];
/// A private database that answers.
pub struct Database {
    // Dropped first: a temporary home goes only once nobody lives there.
    pub(super) service: Service,
    binary: PathBuf,
    pub(super) home: Home,
    throwaway: bool,
}

impl Database {
    /// Starts the database and waits until it answers.
    pub fn start(workshop: &Workshop, binary: &Path, home: Home, throwaway: bool) -> Result<Self> {
        workshop.go_on()?;
        let log = home.log("database.log");
        let output = File::create(&log).with_context(|| log.display().to_string())?;
        // Not `bound`: becoming another user clears the parent-death signal, so the program arms it
        // by itself afterwards.
        let mut command = Command::new(binary);
        command
            .args(["database", "run", "--die-with-parent"])
            .args(throwaway.then_some("--throwaway"))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        configure(&mut command, &home, throwaway);
        let service = Service::start("database", &mut command, DATABASE_MANNERS)?;
        let mut database = Self { service, binary: binary.to_owned(), home, throwaway };
        match database.wait(workshop) {
            Ok(()) => Ok(database),
            Err(error) => Err(error.context(tail(&log))),
        }
    }

    /// The data folder of what runs on it.
    pub fn data(&self) -> PathBuf {
        self.home.data()
    }

    /// A verb of vcconnect that finds this database.
    pub fn verb(&self, words: &[&str]) -> Command {
        let mut command = bound(&self.binary);
        command.args(words);
        configure(&mut command, &self.home, self.throwaway);
        command
    }

    /// Runs a verb and returns what it prints.
    pub fn ask(&self, workshop: &Workshop, words: &[&str]) -> Result<String> {
        children::read(workshop, &mut self.verb(words))
    }

    /// The address of the database for one of its roles: `app`, `owner` or `super`.
    pub fn address(&self, workshop: &Workshop, role: &str) -> Result<String> {
        Self::address_in(workshop, &self.binary, &self.home, role)
    }

    /// The same for a database that another process of ours runs.
    pub fn address_in(workshop: &Workshop, binary: &Path, home: &Home, role: &str) -> Result<String> {
        let mut command = Self::verb_in(binary, home, &["database", "dsn", "--role", role]);
        Ok(children::read(workshop, &mut command)?.trim().to_owned())
    }

    /// A verb of vcconnect on what is kept in a home, whoever runs its database.
    pub fn verb_in(binary: &Path, home: &Home, words: &[&str]) -> Command {
        let mut command = bound(binary);
        command.args(words);
        configure(&mut command, home, false);
        command
    }

    /// Stops it and waits for its end.
    pub fn stop(&mut self) -> Result<()> {
        self.service.stop()
    }

    fn wait(&mut self, workshop: &Workshop) -> Result<()> {
        let mut waiting = self.verb(&["database", "wait"]).stdout(Stdio::null()).spawn()?;
        loop {
            if let Some(status) = waiting.try_wait()? {
                if status.success() {
                    return Ok(());
                }
                bail!("The database did not answer within a minute.");
            }
            let up = self.service.must_be_up().and_then(|()| workshop.go_on());
            if up.is_err() {
                waiting.kill()?;
                waiting.wait()?;
                return up;
            }
            sleep(POLL);
        }
    }
}

fn configure(command: &mut Command, home: &Home, throwaway: bool) {
    // A test must not depend on what the developer happens to have set.
    if throwaway {
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("VCCONNECT_") {
                command.env_remove(name);
            }
        }
    }
    command.env("VCCONNECT_CONFIG_DIR", home.path().join("config")).env("VCCONNECT__STORAGE__DATA_DIR", home.data());
}
