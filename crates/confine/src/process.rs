//! A child that this process started itself: it has the group, the clock and the end of it.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use tokio::io::AsyncReadExt;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::child;
use crate::ended::{Ended, Limit, judge};
use crate::group::{self, Leash};
use crate::limits::Limits;

/// The process and what watches it. Dropping it kills the process and all that it started.
pub(crate) struct Process {
    clock: JoinHandle<()>,
    complaints: JoinHandle<bool>,
    ended: oneshot::Receiver<std::io::Result<ExitStatus>>,
    leash: Leash,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.clock.abort();
        self.complaints.abort();
    }
}

impl Process {
    /// Starts it and gives the ends of its pipes.
    pub(crate) async fn start(
        program: &Path,
        arguments: &[OsString],
        limits: &Limits,
    ) -> std::io::Result<(Self, ChildStdin, ChildStdout)> {
        let started = group::start(command(program, arguments, limits)).await?;
        let (wall, group) = (limits.wall, started.leash.0.clone());
        let complaints = ChildStderr::from_std(started.complaints)?;
        let (input, output) = (ChildStdin::from_std(started.input)?, ChildStdout::from_std(started.output)?);
        let process = Self {
            // A task of its own, so that the time also runs while nobody awaits the child.
            clock: tokio::spawn(async move {
                tokio::time::sleep(wall).await;
                group.kill(Some(Limit::Wall));
            }),
            complaints: tokio::spawn(wanted_memory(complaints)),
            ended: started.ended,
            leash: started.leash,
        };
        Ok((process, input, output))
    }

    /// Kills all of it. The first limit that is named is remembered.
    pub(crate) fn kill(&self, exceeded: Option<Limit>) {
        self.leash.0.kill(exceeded);
    }

    /// Waits for its end. All that it started is dead then.
    pub(crate) async fn end(&mut self, broken: bool) -> Ended {
        let status = (&mut self.ended).await;
        let wanted_memory = (&mut self.complaints).await.unwrap_or(false);
        let exceeded = self.leash.0.exceeded();
        match status {
            Ok(Ok(status)) => judge(status, exceeded, wanted_memory, broken),
            _ => Ended::UNKNOWN,
        }
    }
}

fn command(program: &Path, arguments: &[OsString], limits: &Limits) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        // Tesseract with several threads takes three times the processor for the same page.
        .env("OMP_THREAD_LIMIT", "1")
        .env(child::PARENT, std::process::id().to_string())
        .env(child::LIMITS, serde_json::to_string(limits).unwrap_or_default())
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    command
}

/// Drains standard error, so that nothing blocks on it, and says only whether an allocation failed. The text is not
/// kept: poppler's may quote the document.
async fn wanted_memory(mut complaints: ChildStderr) -> bool {
    const START: &[u8] = b"memory allocation of ";
    let mut chunk = [0; 1024];
    let mut found = false;
    loop {
        match complaints.read(&mut chunk).await {
            Ok(count) if count > 0 => {
                let text = chunk.get(..count).unwrap_or_default();
                found = found || text.windows(START.len()).any(|window| window == START);
            }
            _ => return found,
        }
    }
}
