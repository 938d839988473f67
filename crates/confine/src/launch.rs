//! The parent's side: start a child, talk to it, and know how it ended.

use std::convert::Infallible;
use std::ffi::OsString;
use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::child::Greeting;
use crate::frames::{CLOSE, ENDED, GREETING};
use crate::process::Process;
use crate::unit::Unit;
use crate::{Ended, Frame, FrameError, FrameReader, FrameWriter, Level, Limit, Limits};

/// How to start children of one kind.
#[derive(Debug, Clone)]
pub struct Launcher {
    /// How one comes to be.
    pub way: Way,
    /// What a child may use.
    pub limits: Limits,
    /// Whether a child that is not fully confined may work. A choice of the configuration, shown by health.
    pub allow_degraded: bool,
}

/// How a child comes to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// This process starts it.
    Process {
        /// The executable: our own.
        program: PathBuf,
        /// The verb that calls [`enter`](crate::enter).
        arguments: Vec<OsString>,
    },
    /// The service manager starts a unit for whoever connects to this socket; the unit calls
    /// [`attend`](crate::attend).
    Unit {
        /// The socket.
        socket: PathBuf,
    },
}

/// Why there is no child.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The executable did not start.
    #[error("the reading process could not be started: {0}")]
    Spawn(#[from] std::io::Error),
    /// Nobody answers at the socket.
    #[error(
        "the reading process could not be started: nothing answers at {}: {source}. No document was opened. Start the \
         sockets of the readers: `systemctl start vcconnect.target`",
        socket.display()
    )]
    Connect {
        /// Where.
        socket: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
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

/// A child that has said how far it is confined. Dropping it kills it and all that it started.
///
/// Send all of the input before the first output is awaited only if the child reads all of it before it answers:
/// otherwise both wait for each other until the time is over.
pub struct Child {
    level: Level,
    pub(crate) input: Option<FrameWriter<Box<dyn AsyncWrite + Send + Sync + Unpin>>>,
    pub(crate) output: FrameReader<Box<dyn AsyncRead + Send + Sync + Unpin>>,
    broken: bool,
    over: bool,
    holder: Holder,
}

/// What keeps the child to its limits and knows its end.
enum Holder {
    Process(Process),
    Unit(Unit),
}

impl Launcher {
    /// Starts a child and waits for its level. Needs a tokio runtime with time and input/output.
    pub async fn start(&self) -> Result<Child, LaunchError> {
        let mut child = self.child().await?;
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

    async fn child(&self) -> Result<Child, LaunchError> {
        let limits = &self.limits;
        match &self.way {
            Way::Process { program, arguments } => {
                let (process, input, output) = Process::start(program, arguments, limits).await?;
                Ok(Child::new(Box::new(input), Box::new(output), limits, Holder::Process(process)))
            }
            Way::Unit { socket } => {
                let connected = Unit::connect(socket, limits).await;
                let (unit, input, output) =
                    connected.map_err(|source| LaunchError::Connect { socket: socket.clone(), source })?;
                Ok(Child::new(Box::new(input), Box::new(output), limits, Holder::Unit(unit)))
            }
        }
    }
}

impl Child {
    fn new(
        input: Box<dyn AsyncWrite + Send + Sync + Unpin>,
        output: Box<dyn AsyncRead + Send + Sync + Unpin>,
        limits: &Limits,
        holder: Holder,
    ) -> Self {
        Self {
            level: Level::Degraded(Vec::new()),
            input: Some(FrameWriter::new(input)),
            output: FrameReader::new(output, limits.output_bytes),
            broken: false,
            over: false,
            holder,
        }
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

    /// The next frame; `None` when none will come, for whatever reason: [`end`](Self::end) says which. Giving up the
    /// wait loses nothing.
    pub async fn next(&mut self) -> Option<Frame> {
        if self.over {
            return None;
        }
        match self.output.next().await {
            Ok(Some(frame)) => match &mut self.holder {
                Holder::Unit(unit) if frame.kind == ENDED => {
                    unit.told(&frame);
                    self.stop()
                }
                _ => Some(frame),
            },
            Ok(None) => self.stop(),
            Err(FrameError::TooMuch(_)) => {
                self.kill(Some(Limit::Output));
                self.stop()
            }
            Err(_) => {
                self.refuse();
                self.stop()
            }
        }
    }

    /// Closes the input, drops the output that was not read, waits for the end and says how it came. All that the
    /// child started is dead then.
    pub async fn end(mut self) -> Ended {
        let closed = self.close_input();
        let drained = async { while self.next().await.is_some() {} };
        tokio::select! {
            never = closed => match never {},
            () = drained => {}
        }
        match &mut self.holder {
            Holder::Process(process) => process.end(self.broken).await,
            Holder::Unit(unit) => unit.end(),
        }
    }

    /// It spoke otherwise than agreed: kills it, and its end says so.
    pub(crate) fn refuse(&mut self) {
        self.broken = true;
        self.kill(None);
    }

    /// Says that no input follows, and never returns. The half of a socket stays open as long as this is waited for: closed,
    /// it would say that there is no parent any more.
    fn close_input(&mut self) -> impl Future<Output = Infallible> + use<> {
        let input = match self.holder {
            Holder::Process(_) => {
                self.input = None;
                None
            }
            Holder::Unit(_) => self.input.take(),
        };
        async move {
            let mut input = input;
            if let Some(input) = &mut input {
                // A unit that is gone says so to whoever reads.
                let _ = input.send(CLOSE, &[]).await;
            }
            std::future::pending().await
        }
    }

    fn kill(&mut self, exceeded: Option<Limit>) {
        match &mut self.holder {
            Holder::Process(process) => process.kill(exceeded),
            Holder::Unit(unit) => unit.kill(exceeded),
        }
    }

    fn writer(&mut self) -> Result<&mut FrameWriter<Box<dyn AsyncWrite + Send + Sync + Unpin>>, FrameError> {
        self.input.as_mut().ok_or_else(|| std::io::Error::from(std::io::ErrorKind::BrokenPipe).into())
    }

    fn stop<T>(&mut self) -> Option<T> {
        self.over = true;
        None
    }
}
