//! The parent's side: start a child, talk to it, and know how it ended.

use std::ffi::OsString;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use nix::libc;
use tokio::io::AsyncReadExt;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::child::{self, Greeting};
use crate::frames::GREETING;
use crate::group::{self, Leash};
use crate::{Frame, FrameError, FrameReader, FrameWriter, Level, Limits};

/// How to start children of one kind.
#[derive(Debug, Clone)]
pub struct Launcher {
    /// The executable: our own.
    pub program: PathBuf,
    /// The verb that calls [`enter`](crate::enter).
    pub arguments: Vec<OsString>,
    /// What a child may use.
    pub limits: Limits,
    /// Whether a child that is not fully confined may work. A choice of the configuration, shown by health.
    pub allow_degraded: bool,
}

/// Why there is no child.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The executable did not start.
    #[error("the reading process could not be started: {0}")]
    Spawn(#[from] std::io::Error),
    /// It is not confined enough, for these reasons. It has been ended.
    #[error(
        "documents are not read on this host, because a reading process cannot be fully confined. {} No document was opened. Give the host what is missing, or allow `allow_degraded` in the configuration knowingly.",
        .0.join(" ")
    )]
    Refused(Vec<String>),
    /// It could not confine itself at all and says why.
    #[error("{0}")]
    Confine(String),
    /// It ended or spoke otherwise before it said how far it is confined.
    #[error("the reading process ended before it was confined; no document was opened ({0:?})")]
    Silent(Ended),
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// A child that has said how far it is confined. Dropping it kills it and all that it started.
///
/// Send all of the input before the first output is awaited only if the child reads all of it before it answers:
/// otherwise both wait for each other until the time is over.
pub struct Child {
    level: Level,
    input: Option<FrameWriter<ChildStdin>>,
    output: FrameReader<ChildStdout>,
    broken: bool,
    over: bool,
    clock: JoinHandle<()>,
    complaints: JoinHandle<bool>,
    ended: oneshot::Receiver<std::io::Result<ExitStatus>>,
    leash: Leash,
}

impl Drop for Child {
    fn drop(&mut self) {
        self.clock.abort();
        self.complaints.abort();
    }
}

impl Launcher {
    /// Starts a child and waits for its level. Needs a tokio runtime with time and input/output.
    pub async fn start(&self) -> Result<Child, LaunchError> {
        let mut child = Child::new(group::start(self.command()).await?, &self.limits)?;
        let Some(Frame { kind: GREETING, payload }) = child.next().await else {
            return Err(LaunchError::Silent(child.end().await));
        };
        match serde_json::from_slice(&payload) {
            Ok(Greeting::Confined(Level::Degraded(reasons))) if !self.allow_degraded => {
                Err(LaunchError::Refused(reasons))
            }
            Ok(Greeting::Confined(level)) => {
                child.level = level;
                Ok(child)
            }
            Ok(Greeting::Failed(sentence)) => Err(LaunchError::Confine(sentence)),
            Err(_) => Err(LaunchError::Silent(child.end().await)),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            // Tesseract with several threads takes three times the processor for the same page.
            .env("OMP_THREAD_LIMIT", "1")
            .env(child::PARENT, std::process::id().to_string())
            .env(child::LIMITS, serde_json::to_string(&self.limits).unwrap_or_default())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        command
    }
}

impl Child {
    fn new(started: group::Started, limits: &Limits) -> Result<Self, LaunchError> {
        let (wall, group) = (limits.wall, started.leash.0.clone());
        let complaints = ChildStderr::from_std(started.complaints)?;
        Ok(Self {
            level: Level::Degraded(Vec::new()),
            input: Some(FrameWriter::new(ChildStdin::from_std(started.input)?)),
            output: FrameReader::new(ChildStdout::from_std(started.output)?, limits.output_bytes),
            broken: false,
            over: false,
            // A task of its own, so that the time also runs while nobody awaits the child.
            clock: tokio::spawn(async move {
                tokio::time::sleep(wall).await;
                group.kill(Some(Limit::Wall));
            }),
            complaints: tokio::spawn(wanted_memory(complaints)),
            ended: started.ended,
            leash: started.leash,
        })
    }

    /// How far it is confined.
    pub fn level(&self) -> &Level {
        &self.level
    }

    /// Sends one frame. An error means that the child is gone or going: [`end`](Self::end) says why.
    pub async fn send(&mut self, kind: u8, payload: &[u8]) -> Result<(), FrameError> {
        self.writer()?.send(kind, payload).await
    }

    /// Sends what `from` has, to its end, as a stream.
    pub async fn send_stream(&mut self, kind: u8, from: impl tokio::io::AsyncRead + Unpin) -> Result<(), FrameError> {
        self.writer()?.send_stream(kind, from).await
    }

    /// Says that no input follows.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// The next frame; `None` when none will come, for whatever reason: [`end`](Self::end) says which. Giving up the
    /// wait loses nothing.
    pub async fn next(&mut self) -> Option<Frame> {
        if self.over {
            return None;
        }
        match self.output.next().await {
            Ok(Some(frame)) => Some(frame),
            Ok(None) => self.stop(),
            Err(FrameError::TooMuch(_)) => {
                self.leash.0.kill(Some(Limit::Output));
                self.stop()
            }
            Err(_) => {
                self.broken = true;
                self.leash.0.kill(None);
                self.stop()
            }
        }
    }

    /// Closes the input, drops the output that was not read, waits for the end and says how it came. All that the
    /// child started is dead then.
    pub async fn end(mut self) -> Ended {
        self.close_input();
        while self.next().await.is_some() {}
        let status = (&mut self.ended).await;
        let wanted_memory = (&mut self.complaints).await.unwrap_or(false);
        let exceeded = self.leash.0.exceeded();
        match status {
            Ok(Ok(status)) => judge(status, exceeded, wanted_memory, self.broken),
            _ => Ended::Crashed { code: None, signal: None },
        }
    }

    fn writer(&mut self) -> Result<&mut FrameWriter<ChildStdin>, FrameError> {
        self.input.as_mut().ok_or_else(|| std::io::Error::from(std::io::ErrorKind::BrokenPipe).into())
    }

    fn stop<T>(&mut self) -> Option<T> {
        self.over = true;
        None
    }
}

fn judge(status: ExitStatus, exceeded: Option<Limit>, wanted_memory: bool, broken: bool) -> Ended {
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
