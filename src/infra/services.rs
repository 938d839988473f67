//! The units of the package, as the service manager of the machine knows them.
//!
//! Invariants: a unit is named in full and never made of what somebody typed; there is no shell between us and the
//! manager; what it said is in the error.

use std::process::Command;

/// All that VCConnect runs: enabled and started once it is set up, and stopped with one word.
pub const TARGET: &str = "vcconnect.target";
/// The server.
pub const SERVER: &str = "vcconnect.service";
/// The socket that browsers reach, which outlives the server so that nobody is turned away during an update.
pub const SOCKET: &str = "vcconnect.socket";
/// The private Postgres.
pub const DATABASE: &str = "vcconnect-db.service";
/// A backup.
pub const BACKUP: &str = "vcconnect-backup.service";
/// When backups are made.
pub const BACKUP_TIMER: &str = "vcconnect-backup.timer";
/// Begins a backup that somebody asked for at the server.
pub const BACKUP_PATH: &str = "vcconnect-backup.path";
/// The installation of an update.
pub const UPDATE: &str = "vcconnect-update.service";

/// Where the distribution has it.
const SYSTEMCTL: &str = "/usr/bin/systemctl";
const SYSTEMD_RUN: &str = "/usr/bin/systemd-run";
/// There only where systemd is the first process.
const RUNNING: &str = "/run/systemd/system";

/// Why a unit is not as it was asked to be.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Another service manager, or none.
    #[error("systemd does not run this machine, so {0} cannot be asked for; start it another way")]
    NoSystemd(String),
    /// The manager's own words.
    #[error("systemctl {what} failed: {said}; `journalctl -u {unit}` says more")]
    Refused {
        /// What was asked.
        what: String,
        /// Of which unit.
        unit: String,
        /// What it answered.
        said: String,
    },
    /// It could not be run.
    #[error("cannot run systemctl: {0}")]
    Run(#[from] std::io::Error),
}

/// A manager of units. A call returns once the manager says that it is done: a unit that tells when it is ready, is.
pub trait Services: Send + Sync {
    /// Starts a unit.
    fn start(&self, unit: &str) -> Result<(), ServiceError>;
    /// Asks for a unit to be started and does not wait.
    fn begin(&self, unit: &str) -> Result<(), ServiceError>;
    /// Forgets that a unit failed: one that failed often may not be started for a while otherwise.
    fn forgive(&self, _unit: &str) {}
    /// Stops a unit.
    fn stop(&self, unit: &str) -> Result<(), ServiceError>;
    /// Stops a unit and starts it.
    fn restart(&self, unit: &str) -> Result<(), ServiceError> {
        self.stop(unit)?;
        self.start(unit)
    }
    /// Has a unit start with the machine, and starts it now.
    fn enable(&self, unit: &str) -> Result<(), ServiceError>;
    /// Has the manager read the units again.
    fn reread(&self) -> Result<(), ServiceError>;
    /// Whether a unit runs.
    fn is_active(&self, unit: &str) -> bool;
    /// Whether it runs this machine at all.
    fn is_here(&self) -> bool {
        true
    }
}

/// The systemd of this machine.
#[derive(Debug, Clone, Copy)]
pub struct Systemd;

/// Whether systemd runs this machine.
pub fn runs() -> bool {
    std::path::Path::new(RUNNING).is_dir()
}

/// Runs a program as a unit that is made for it and goes when it ends; it outlives whoever asks.
pub fn begin_apart(unit: &str, program: &std::path::Path, words: &[std::ffi::OsString]) -> Result<(), ServiceError> {
    let mut command = Command::new(SYSTEMD_RUN);
    command.args(["--no-ask-password", "--quiet", "--collect", "--service-type=exec", "--unit", unit, "--"]);
    answered(command.arg(program).args(words), || format!("run {unit}"), unit)
}

fn answered(command: &mut Command, what: impl FnOnce() -> String, unit: &str) -> Result<(), ServiceError> {
    let answer = command.env("LC_ALL", "C").env("SYSTEMD_COLORS", "0").output()?;
    if answer.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&answer.stderr).trim().to_owned();
    Err(ServiceError::Refused { what: what(), unit: unit.to_owned(), said })
}

impl Systemd {
    fn ask(words: &[&str], unit: &str) -> Result<(), ServiceError> {
        if !runs() {
            return Err(ServiceError::NoSystemd(unit.to_owned()));
        }
        answered(Command::new(SYSTEMCTL).args(words), || words.join(" "), unit)
    }
}

impl Services for Systemd {
    fn start(&self, unit: &str) -> Result<(), ServiceError> {
        Self::ask(&["start", "--", unit], unit)
    }

    fn begin(&self, unit: &str) -> Result<(), ServiceError> {
        Self::ask(&["start", "--no-block", "--", unit], unit)
    }

    fn forgive(&self, unit: &str) {
        // One that did not fail has nothing to be forgiven.
        let _ = Self::ask(&["reset-failed", "--", unit], unit);
    }

    fn stop(&self, unit: &str) -> Result<(), ServiceError> {
        Self::ask(&["stop", "--", unit], unit)
    }

    fn restart(&self, unit: &str) -> Result<(), ServiceError> {
        Self::ask(&["restart", "--", unit], unit)
    }

    fn enable(&self, unit: &str) -> Result<(), ServiceError> {
        Self::ask(&["enable", "--now", "--", unit], unit)
    }

    fn reread(&self) -> Result<(), ServiceError> {
        Self::ask(&["daemon-reload"], "systemd")
    }

    fn is_here(&self) -> bool {
        runs()
    }

    fn is_active(&self, unit: &str) -> bool {
        Self::ask(&["is-active", "--quiet", "--", unit], unit).is_ok()
    }
}

/// For tests of whoever asks a manager.
#[cfg(test)]
pub mod double {
    use std::sync::Mutex;

    use super::{ServiceError, Services};

    /// A manager of units that runs nothing, and remembers what it was asked.
    pub struct Remembers {
        asked: Mutex<Vec<String>>,
        active: bool,
    }

    impl Remembers {
        /// One whose units all run, or none.
        pub fn new(active: bool) -> Self {
            Self { asked: Mutex::default(), active }
        }

        /// What it was asked, in order.
        pub fn asked(&self) -> Vec<String> {
            self.asked.lock().unwrap().clone()
        }

        /// Something else that happened.
        pub fn note(&self, what: &str) {
            self.asked.lock().unwrap().push(what.to_owned());
        }

        fn hears(&self, what: &str, unit: &str) -> Result<(), ServiceError> {
            self.note(format!("{what} {unit}").trim());
            Ok(())
        }
    }

    impl Services for Remembers {
        fn start(&self, unit: &str) -> Result<(), ServiceError> {
            self.hears("start", unit)
        }

        fn begin(&self, unit: &str) -> Result<(), ServiceError> {
            self.hears("begin", unit)
        }

        fn stop(&self, unit: &str) -> Result<(), ServiceError> {
            self.hears("stop", unit)
        }

        fn restart(&self, unit: &str) -> Result<(), ServiceError> {
            self.hears("restart", unit)
        }

        fn enable(&self, unit: &str) -> Result<(), ServiceError> {
            self.hears("enable", unit)
        }

        fn reread(&self) -> Result<(), ServiceError> {
            self.hears("reread", "")
        }

        fn is_active(&self, _unit: &str) -> bool {
            self.active
        }
    }
}
