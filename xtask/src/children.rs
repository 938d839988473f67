//! Child processes that never outlive this program: not after Ctrl-C, nor after kill -9.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use crate::workshop::Workshop;

const TICK: Duration = Duration::from_millis(20);
const GRACE: Duration = Duration::from_secs(10);

/// A command that the kernel ends when this program dies, however it dies.
///
/// `setpriv` (part of every Debian) arms the parent-death signal and becomes the program, so the
/// process id stays. The signal follows the thread that spawns: spawn from the main thread only.
pub fn bound(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--"]).arg(program).stdin(Stdio::null());
    command
}

/// Cargo with these words in the checkout.
pub fn cargo(workshop: &Workshop, words: &[&str]) -> Command {
    let mut command = bound("cargo");
    command.args(words).current_dir(&workshop.root);
    command
}

/// Waits for a child that does one thing and ends; passes a stop on to it.
pub fn finish(workshop: &Workshop, child: &mut Child) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            workshop.go_on()?;
            return Ok(status);
        }
        if workshop.stopping() {
            signal(child, Signal::SIGTERM)?;
            if wait_at_most(child, GRACE)?.is_none() {
                child.kill()?;
                child.wait()?;
            }
            workshop.go_on()?;
        }
        sleep(TICK);
    }
}

/// Runs a command and returns what it prints; its errors go into the message.
pub fn read(workshop: &Workshop, command: &mut Command) -> Result<String> {
    workshop.go_on()?;
    let output = command.output().with_context(|| line(command))?;
    if !output.status.success() {
        bail!(
            "`{}` failed ({}):\n{}",
            line(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// A command as a person would type it.
pub fn line(command: &Command) -> String {
    let words: Vec<_> =
        std::iter::once(command.get_program()).chain(command.get_args()).map(|word| word.to_string_lossy()).collect();
    match words.iter().position(|word| word == "--") {
        Some(at) if words.first().is_some_and(|word| word == "setpriv") => {
            words.get(at + 1..).unwrap_or_default().join(" ")
        }
        _ => words.join(" "),
    }
}

/// Does some work and then ends every process that it left behind (a browser whose test runner was
/// stopped), but none that was there before.
pub fn leaving_nobody<T>(work: impl FnOnce() -> T) -> Result<T> {
    let before = own_children()?;
    // While this holds, the orphans of our children become our children.
    prctl::set_child_subreaper(true)?;
    let value = work();
    dismiss_all_but(&before)?;
    prctl::set_child_subreaper(false)?;
    Ok(value)
}

fn dismiss_all_but(before: &[Pid]) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < GRACE * 2 {
        let mut strangers = own_children()?;
        strangers.retain(|pid| !before.contains(pid));
        if strangers.is_empty() {
            return Ok(());
        }
        let request = if start.elapsed() < GRACE { Signal::SIGTERM } else { Signal::SIGKILL };
        for stranger in strangers {
            // An error means that it ended meanwhile.
            let _ = kill(stranger, request);
            let _ = waitpid(stranger, Some(WaitPidFlag::WNOHANG));
        }
        sleep(TICK);
    }
    bail!("Some processes of the last step do not end, not even by force.")
}

fn own_children() -> Result<Vec<Pid>> {
    let mut children = Vec::new();
    for task in fs::read_dir("/proc/self/task")? {
        let list = fs::read_to_string(task?.path().join("children")).unwrap_or_default();
        children.extend(list.split_whitespace().filter_map(|pid| pid.parse().ok()).map(Pid::from_raw));
    }
    Ok(children)
}

fn signal(child: &Child, signal: Signal) -> Result<()> {
    let pid = Pid::from_raw(i32::try_from(child.id()).context("a process id out of range")?);
    match kill(pid, signal) {
        Ok(()) | Err(nix::errno::Errno::ESRCH) => Ok(()),
        Err(errno) => Err(errno).context("a child process could not be signalled"),
    }
}

fn wait_at_most(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let end = Instant::now() + limit;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(Some(status)),
            Ok(None) if Instant::now() >= end => return Ok(None),
            Ok(None) => sleep(TICK),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// A child that serves until it is told to stop.
pub struct Service {
    name: &'static str,
    child: Child,
    /// What to send, and how long to wait for the end, from polite to final.
    manners: &'static [(Signal, Duration)],
}

impl Service {
    /// Starts it in a process group of its own: a Ctrl-C at the terminal must reach only us, so
    /// that we stop the services in order.
    pub fn start(name: &'static str, command: &mut Command, manners: &'static [(Signal, Duration)]) -> Result<Self> {
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("{name} could not be started: {}", line(command)))?;
        Ok(Self { name, child, manners })
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// An error that says how it ended, if it did.
    pub fn must_be_up(&mut self) -> Result<()> {
        if let Some(status) = self.ended()? {
            bail!("The {} ended by itself ({status}).", self.name);
        }
        Ok(())
    }

    /// Stops it and waits for its end.
    pub fn stop(&mut self) -> Result<()> {
        for (polite, limit) in self.manners {
            if self.ended()?.is_some() {
                return Ok(());
            }
            signal(&self.child, *polite)?;
            if wait_at_most(&mut self.child, *limit)?.is_some() {
                return Ok(());
            }
            eprintln!("The {} did not stop within {} s of {polite}.", self.name, limit.as_secs());
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("The {} could not be stopped: {error:#}", self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_a_person_types_it() {
        assert_eq!(line(bound("cargo").args(["fmt", "--", "--check"])), "cargo fmt -- --check");
        assert_eq!(line(Command::new("npm").arg("ci")), "npm ci");
    }
}
