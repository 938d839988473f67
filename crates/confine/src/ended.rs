//! How a child ended, in words of the parent.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use nix::libc;
use serde::{Deserialize, Serialize};

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// By itself and in order.
    Finished,
    /// At a limit.
    Killed {
        /// Which one.
        by: Limit,
    },
    /// Otherwise: by a signal, with an error, or because it did not speak the protocol.
    Crashed {
        /// Its exit code, if it ended by itself.
        code: Option<i32>,
        /// The signal that ended it, if one did.
        signal: Option<i32>,
    },
}

/// A limit that a child has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Time by the clock.
    Wall,
    /// Bytes that it sent.
    Output,
    /// Memory: an allocation failed, or the kernel ended it for want of memory.
    Memory,
    /// Time of the processor.
    Cpu,
}

impl Ended {
    /// Nobody could say how.
    pub(crate) const UNKNOWN: Self = Self::Crashed { code: None, signal: None };
}

/// What the status of a process means, with what the parent knows besides.
pub(crate) fn judge(status: ExitStatus, exceeded: Option<Limit>, wanted_memory: bool, broken: bool) -> Ended {
    let (code, signal) = (status.code(), status.signal());
    let by = match (exceeded, signal) {
        (Some(Limit::Output), _) => Some(Limit::Output),
        _ if status.success() || broken => None,
        (Some(limit), _) => Some(limit),
        (None, Some(libc::SIGXCPU)) => Some(Limit::Cpu),
        (None, Some(libc::SIGKILL)) => Some(Limit::Memory),
        (None, Some(libc::SIGABRT)) if wanted_memory => Some(Limit::Memory),
        (None, _) => None,
    };
    match by {
        Some(by) => Ended::Killed { by },
        None if status.success() && !broken => Ended::Finished,
        None => Ended::Crashed { code, signal },
    }
}
