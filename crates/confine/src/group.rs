//! A process group that cannot outlive its handle.
//!
//! Each child has a thread that starts it, waits for it and reaps it. The kernel ties the death signal to the *thread*
//! that started a process, so a thread of a pool, which ends when idle, would take the child with it.
//!
//! Invariants:
//! - The group is killed before its leader is reaped, so its number cannot belong to anybody else yet.
//! - Nothing is killed after that.

use std::io;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};

use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;
use tokio::sync::oneshot;

use crate::Limit;

/// A started group and the parent's ends of its pipes.
pub(crate) struct Started {
    pub(crate) leash: Leash,
    pub(crate) input: ChildStdin,
    pub(crate) output: ChildStdout,
    pub(crate) complaints: ChildStderr,
    /// How the leader ended; comes when all of the group is dead and the leader is reaped.
    pub(crate) ended: oneshot::Receiver<io::Result<ExitStatus>>,
}

/// Kills the group when dropped.
pub(crate) struct Leash(pub(crate) Arc<Group>);

impl Drop for Leash {
    fn drop(&mut self) {
        self.0.kill(None);
    }
}

/// The number of a group while it is ours.
pub(crate) struct Group(Mutex<State>);

struct State {
    leader: Pid,
    reaped: bool,
    exceeded: Option<Limit>,
}

impl Group {
    /// Kills every process of the group. The first limit that is named is remembered.
    pub(crate) fn kill(&self, exceeded: Option<Limit>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.reaped {
            state.exceeded = state.exceeded.or(exceeded);
            let _ = killpg(state.leader, Signal::SIGKILL);
        }
    }

    /// The limit for which the group was killed.
    pub(crate) fn exceeded(&self) -> Option<Limit> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).exceeded
    }

    fn reap(&self, child: &mut Child) -> io::Result<ExitStatus> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = killpg(state.leader, Signal::SIGKILL);
        let status = child.wait();
        state.reaped = true;
        status
    }
}

/// Starts `command`, whose streams must be pipes and whose group its own.
pub(crate) async fn start(command: Command) -> io::Result<Started> {
    let (ready, started) = oneshot::channel();
    std::thread::Builder::new().name("child".to_owned()).spawn(move || keep(command, ready))?;
    started.await.unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))
}

fn keep(mut command: Command, ready: oneshot::Sender<io::Result<Started>>) {
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    let leader = Pid::from_raw(child.id().cast_signed());
    let group = Arc::new(Group(Mutex::new(State { leader, reaped: false, exceeded: None })));
    let (end, ended) = oneshot::channel();
    let leash = Leash(group.clone());
    let started = match (child.stdin.take(), child.stdout.take(), child.stderr.take()) {
        (Some(input), Some(output), Some(complaints)) => Ok(Started { leash, input, output, complaints, ended }),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    };
    // If nobody waits any more, what was to be sent is dropped, and the leash with it.
    let _ = ready.send(started);
    while waitid(Id::Pid(leader), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) == Err(Errno::EINTR) {}
    let _ = end.send(group.reap(&mut child));
}
