//! The parent's side: starts a child for each file and turns what it says, or how it dies, into words of the pipeline.

use std::ffi::OsString;
use std::io::Read;
use std::time::Duration;

use confine::{Child, Ended, FrameError, LaunchError, Launcher, Level, Limit};
use extract::ReadError;
use model::{Part, Reading};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use super::{Finish, Job, Order, Progress, kind};
use crate::base::{Error, Result};
use crate::infra::config;

const MIB: u64 = 1024 * 1024;
const PIECE: usize = 256 * 1024;

/// Larger things than this come from no honest child.
const LARGEST_THING: usize = 256 * 1024 * 1024;

/// Starts the processes that read files.
#[derive(Debug, Clone)]
pub struct Reader {
    launcher: Launcher,
    limits: extract::Limits,
    slots: usize,
    seconds: u64,
}

/// A file that is being read. Dropping it kills the process.
pub struct Session {
    child: Option<Child>,
    seconds: u64,
}

/// What a reader tells.
#[derive(Debug)]
pub enum Told {
    /// Parts done of all.
    Progress {
        /// Parts done.
        done: u32,
        /// All parts.
        total: u32,
    },
    /// A part was read.
    Part(Box<Part>),
    /// All parts were told; this is how well it went.
    Read(Reading),
    /// A small picture of a part.
    Thumbnail {
        /// The part's number.
        part: u32,
        /// The picture.
        jpeg: Vec<u8>,
    },
    /// It asks for a password, or for another one. The last word.
    Locked(String),
    /// It cannot be read, for this reason. The last word.
    Failed(String),
    /// All is said.
    End,
}

impl Reader {
    /// A reader as configured.
    pub fn of(config: &config::Reading) -> Result<Self> {
        let launcher = Launcher {
            program: config.program_or_this()?,
            arguments: ["child", "read"].map(OsString::from).to_vec(),
            limits: confine::Limits {
                address_space: config.memory_mib * MIB,
                cpu_seconds: config.cpu_seconds,
                wall: Duration::from_secs(config.seconds),
                ..confine::Limits::default()
            },
            allow_degraded: config.allow_degraded,
        };
        let slots = match config.slots {
            0 => std::thread::available_parallelism().map_or(1, usize::from).min(4),
            slots => slots,
        };
        Ok(Self { launcher, limits: extract::Limits::default(), slots, seconds: config.seconds })
    }

    /// How many files may be read at the same time.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// How far a child can be confined on this machine, by starting one.
    pub async fn level(&self) -> Result<Level, LaunchError> {
        let any = Launcher { allow_degraded: true, ..self.launcher.clone() };
        Ok(any.start().await?.level().clone())
    }

    /// Starts to read a file. What its sender does wrong is told by the session; an error is a fault of ours.
    pub async fn start(&self, job: Job, content: impl Read + Send + 'static) -> Result<Session> {
        let mut child = match self.launcher.start().await {
            Ok(child) => child,
            Err(LaunchError::Refused(reasons)) => {
                tracing::error!(?reasons, "a reader cannot be confined, so nothing is read");
                return Ok(Session { child: None, seconds: self.seconds });
            }
            Err(error) => return Err(Error::internal(error)),
        };
        let order = Order { kind: job.kind, password: job.password, limits: self.limits.clone() };
        let order = zeroize::Zeroizing::new(serde_json::to_vec(&order).map_err(Error::internal)?);
        if child.send(kind::ORDER, &order).await.is_ok() {
            send_file(&mut child, content).await?;
        }
        Ok(Session { child: Some(child), seconds: self.seconds })
    }
}

/// Decrypts on a thread that may block. That the child is gone is no fault here: its end tells why.
async fn send_file(child: &mut Child, content: impl Read + Send + 'static) -> Result<()> {
    let (to_pipe, mut pieces) = mpsc::channel::<Vec<u8>>(4);
    let reading = tokio::task::spawn_blocking(move || pieces_of(content, &to_pipe));
    while let Some(piece) = pieces.recv().await {
        if child.send(kind::FILE, &piece).await.is_err() {
            return Ok(());
        }
    }
    reading.await.map_err(Error::internal)?.map_err(Error::internal)?;
    let _ = child.send(kind::FILE, &[]).await;
    Ok(())
}

fn pieces_of(mut content: impl Read, to_pipe: &mpsc::Sender<Vec<u8>>) -> std::io::Result<()> {
    loop {
        let mut piece = vec![0; PIECE];
        let length = content.read(&mut piece)?;
        piece.truncate(length);
        if piece.is_empty() || to_pipe.blocking_send(piece).is_err() {
            return Ok(());
        }
    }
}

impl Session {
    /// What the reader tells next.
    pub async fn next(&mut self) -> Result<Told> {
        let Some(child) = &mut self.child else {
            return Ok(Told::Failed(
                "This machine cannot confine the program that reads files, so it reads none. The file is safe; tell your \
                 admin, who finds the reasons in `vcconnect doctor`."
                    .to_owned(),
            ));
        };
        let Some(frame) = child.next().await else {
            return self.end().await;
        };
        match frame.kind {
            kind::PROGRESS => {
                let Progress { done, total } = parse(&frame.payload)?;
                Ok(Told::Progress { done, total })
            }
            kind::PART => Ok(Told::Part(parse(&whole(child, kind::PART, frame.payload).await?)?)),
            kind::FINISH => Ok(Told::Read(parse::<Finish>(&frame.payload)?.reading)),
            kind::THUMBNAIL => thumbnail(&whole(child, kind::THUMBNAIL, frame.payload).await?),
            kind::FAILED => Ok(failed(&parse(&frame.payload)?)),
            other => Err(Error::internal(format!("a reader sent a frame of kind {other}"))),
        }
    }

    async fn end(&mut self) -> Result<Told> {
        let Some(child) = self.child.take() else {
            return Ok(Told::End);
        };
        let ended = child.end().await;
        if !matches!(ended, Ended::Finished) {
            tracing::info!(?ended, "a reader did not end in order");
        }
        let sentence = match ended {
            Ended::Finished => return Ok(Told::End),
            Ended::Killed { by: Limit::Wall } => {
                format!("Reading it took longer than {} seconds, which is the most for one file.", self.seconds)
            }
            Ended::Killed { by: Limit::Cpu } => "Reading it takes more work than a file may ask for.".to_owned(),
            Ended::Killed { by: Limit::Memory } => "Reading it needs more memory than a file may use.".to_owned(),
            Ended::Killed { by: Limit::Output } => "It holds more text than a file may have.".to_owned(),
            Ended::Crashed { .. } => "The program that reads files broke down over it.".to_owned(),
        };
        Ok(Told::Failed(format!(
            "{sentence} The file is safe and holds up no other; save it anew or in parts and drop that."
        )))
    }
}

/// Puts the pieces of a stream together.
async fn whole(child: &mut Child, kind: u8, first: Vec<u8>) -> Result<Vec<u8>> {
    let mut thing = first;
    if thing.is_empty() {
        return Ok(thing);
    }
    while let Some(frame) = child.next().await {
        if frame.kind != kind || thing.len() > LARGEST_THING {
            return Err(Error::internal(FrameError::Kind { wanted: kind, found: frame.kind }));
        }
        if frame.payload.is_empty() {
            return Ok(thing);
        }
        thing.extend_from_slice(&frame.payload);
    }
    Err(Error::internal(FrameError::Cut))
}

fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    serde_json::from_slice(json).map_err(|error| Error::internal(format!("a reader sent what is not agreed: {error}")))
}

fn thumbnail(thing: &[u8]) -> Result<Told> {
    let (number, jpeg) = thing.split_first_chunk::<4>().ok_or_else(|| Error::internal("a picture without number"))?;
    Ok(Told::Thumbnail { part: u32::from_be_bytes(*number), jpeg: jpeg.to_vec() })
}

fn failed(error: &ReadError) -> Told {
    match error {
        ReadError::NeedsPassword | ReadError::WrongPassword => Told::Locked(error.to_string()),
        other => Told::Failed(other.to_string()),
    }
}
