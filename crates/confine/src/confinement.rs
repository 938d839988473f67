//! What a child gives up before it reads its first byte, in the order in which the kernel wants it.
//!
//! Invariants:
//! - Runs in a process of one thread: namespaces, Landlock and seccomp hold for the thread that asks for them.
//! - Changing user, namespace or capabilities makes the kernel forget the death signal and the ban on dumps, so these
//!   are set afterwards.
//! - Nothing is believed because a call returned success; [`proof`] tries what must fail.

use std::fmt;

use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use nix::unistd::{Pid, getpgrp, getpid, getppid, setpgid};
use serde::{Deserialize, Serialize};

use crate::{Limits, proof, syscalls};

mod files;
mod privileges;

/// How far a child is confined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// No file beyond the system's programs, fonts and language data, no network, no other process.
    Full,
    /// Something of that is missing. Each reason is a sentence for the health page.
    Degraded(Vec<String>),
}

/// Why a child could not be confined at all. It must end without reading anything.
#[derive(Debug, thiserror::Error)]
pub enum ConfineError {
    /// The process has more than one thread, so a part of it would stay free.
    #[error("a reading process had {0} threads before it was confined; nothing was read")]
    Threads(usize),
    /// The parent had died before the child could bind itself to it.
    #[error("the program that started this reading process is gone; nothing was read")]
    Orphan,
    /// A step failed that every supported kernel has.
    #[error("a reading process could not {step}: {reason}; nothing was read")]
    Step {
        /// What was tried.
        step: &'static str,
        /// What the kernel answered.
        reason: String,
    },
}

impl ConfineError {
    fn step<E: fmt::Display>(step: &'static str) -> impl FnOnce(E) -> Self {
        move |reason| Self::Step { step, reason: reason.to_string() }
    }
}

/// Confines this process and all that it will start, for ever. Call it first in `main`, before any thread and before
/// any file is opened: descriptors above standard error are closed.
///
/// `parent` is the process that must be alive, where the launcher named one; the child then dies with it.
pub fn confine(limits: &Limits, parent: Option<Pid>) -> Result<Level, ConfineError> {
    alone()?;
    close_inherited()?;
    // Where memory runs out, the kernel shall end this process and not the server or its database.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    set_limits(limits)?;
    privileges::leave_root();
    let own_network = privileges::new_namespaces();
    privileges::drop_capabilities().map_err(ConfineError::step("drop its capabilities"))?;
    if own_network {
        lower(Resource::RLIMIT_NPROC, limits.processes)?;
    }
    bind_to_parent(parent)?;
    let mut reasons = Vec::new();
    let alone_in_network = own_network || proof::only_loopback();
    let rules = files::restrict();
    let seccomp = syscalls::restrict(rules.signals_scoped);
    reasons.extend(rules.missing.or_else(proof::file_rules));
    reasons.extend(seccomp.err().or_else(proof::call_filter));
    if !alone_in_network && !rules.network {
        reasons.push(
            "Only the filter of system calls keeps reading processes off the network: neither a network namespace nor network rules (Landlock) are available here."
                .to_owned(),
        );
    }
    Ok(if reasons.is_empty() { Level::Full } else { Level::Degraded(reasons) })
}

/// From here on not even a file in memory can be written. For a child that has received and sealed its document.
pub fn forbid_files() -> Result<(), ConfineError> {
    lower(Resource::RLIMIT_FSIZE, 0)
}

fn alone() -> Result<(), ConfineError> {
    let threads = std::fs::read_dir("/proc/self/task").map_err(ConfineError::step("count its threads"))?.count();
    if threads == 1 { Ok(()) } else { Err(ConfineError::Threads(threads)) }
}

/// A descriptor that the parent forgot to close on exec, such as that of its database, would be a hole.
fn close_inherited() -> Result<(), ConfineError> {
    let open: Vec<i32> = std::fs::read_dir("/proc/self/fd")
        .map_err(ConfineError::step("list its open files"))?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|number| *number > 2)
        .collect();
    for number in open {
        // The listing's own descriptor is among them and closed already.
        let _ = nix::unistd::close(number);
    }
    Ok(())
}

fn set_limits(limits: &Limits) -> Result<(), ConfineError> {
    lower(Resource::RLIMIT_CORE, 0)?;
    lower(Resource::RLIMIT_MEMLOCK, 0)?;
    lower(Resource::RLIMIT_MSGQUEUE, 0)?;
    lower(Resource::RLIMIT_AS, limits.address_space)?;
    lower(Resource::RLIMIT_FSIZE, limits.document_bytes)?;
    lower(Resource::RLIMIT_NOFILE, limits.open_files)?;
    // At the soft limit the kernel says why (SIGXCPU), at the hard one it only kills.
    lower(Resource::RLIMIT_CPU, limits.cpu_seconds.saturating_add(2))?;
    let (_, hard) = getrlimit(Resource::RLIMIT_CPU).map_err(ConfineError::step("read its limits"))?;
    setrlimit(Resource::RLIMIT_CPU, limits.cpu_seconds.min(hard), hard).map_err(ConfineError::step("limit itself"))
}

/// Sets both limits, but never above what holds already: that is not ours to raise.
fn lower(resource: Resource, to: u64) -> Result<(), ConfineError> {
    let (_, hard) = getrlimit(resource).map_err(ConfineError::step("read its limits"))?;
    let to = to.min(hard);
    setrlimit(resource, to, to).map_err(ConfineError::step("limit itself"))
}

fn bind_to_parent(parent: Option<Pid>) -> Result<(), ConfineError> {
    if getpgrp() != getpid() {
        let zero = Pid::from_raw(0);
        setpgid(zero, zero).map_err(ConfineError::step("lead a process group of its own"))?;
    }
    prctl::set_no_new_privs().map_err(ConfineError::step("forbid itself new privileges"))?;
    prctl::set_dumpable(false).map_err(ConfineError::step("forbid dumps of its memory"))?;
    prctl::set_pdeathsig(Signal::SIGKILL).map_err(ConfineError::step("bind itself to its parent"))?;
    // A parent that died before the line above sends no signal any more.
    if parent.is_some_and(|parent| parent != getppid()) { Err(ConfineError::Orphan) } else { Ok(()) }
}
