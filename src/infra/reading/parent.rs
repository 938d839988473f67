//! The parent's side: starts a child for each order and turns what a reader says, or how it dies, into words of the
//! pipeline.

use std::io::Read;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use confine::{Child, Ended, LaunchError, Launcher, Level, Limit};
use extract::ReadError;
use model::{Part, Reading};
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, mpsc};

use super::{Finish, Job, Order, Progress, Task, kind};
use crate::base::{Error, Result};
use crate::infra::child::Kind;
use crate::infra::config;

const MIB: u64 = 1024 * 1024;
const PIECE: usize = 256 * 1024;

/// Larger things than this come from no honest child: JSON of a sheet of a hundred thousand cells has about 20 MiB.
const LARGEST_THING: usize = 128 * 1024 * 1024;

const LARGEST_THUMBNAIL: usize = 256 * 1024;
pub(super) const LARGEST_PICTURE: usize = 4 * 1024 * 1024;
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];
const LONGEST_SENTENCE: usize = 600;
const MOST_UNREAD: usize = 200;

/// Starts the processes that read files.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(super) launcher: Launcher,
    limits: extract::Limits,
    slots: usize,
    seconds: u64,
    /// Places for children that draw.
    pub(super) drawing: Arc<Semaphore>,
}

/// A file that is being read. Dropping it kills the process.
pub struct Session {
    child: Option<Child>,
    seconds: u64,
    /// Number of the last part that was told.
    parts: u32,
    /// It was told how well the document was read, after which only pictures follow.
    read: bool,
    /// Parts whose pictures may still come: none where the document has no password.
    pictures: RangeInclusive<u32>,
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
    /// A picture of a part, on which it can be read: of a document with a password.
    Picture {
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
            way: Kind::Read.way(config)?,
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
        let drawing = Arc::new(Semaphore::new(slots));
        Ok(Self { launcher, limits: extract::Limits::default(), slots, seconds: config.seconds, drawing })
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
        let last_picture = if job.password.is_some() { self.limits.parts } else { 0 };
        let child = match self.launcher.start().await {
            Ok(child) => Some(self.order(child, Task::Read, job, content).await?),
            Err(LaunchError::Refused(reasons)) => {
                tracing::error!(?reasons, "a reader cannot be confined, so nothing is read");
                None
            }
            Err(error) => return Err(Error::internal(error)),
        };
        Ok(Session { child, seconds: self.seconds, parts: 0, read: false, pictures: 1..=last_picture })
    }

    /// Tells a child what to do, and sends it the file.
    pub(super) async fn order(
        &self,
        mut child: Child,
        task: Task,
        job: Job,
        content: impl Read + Send + 'static,
    ) -> Result<Child> {
        let order = Order { task, kind: job.kind, password: job.password, limits: self.limits.clone() };
        let order = zeroize::Zeroizing::new(serde_json::to_vec(&order).map_err(Error::internal)?);
        if child.send(kind::ORDER, &order).await.is_ok() {
            send_file(&mut child, content).await?;
        }
        Ok(child)
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
    /// What the reader tells next. What it says otherwise than agreed is the file's doing, not ours: the reader counts
    /// as broken down over it.
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
        let told = match frame.kind {
            kind::PROGRESS | kind::PART | kind::FINISH | kind::FAILED if self.read => Err(Breach::Late(frame.kind)),
            kind::PROGRESS => parse(&frame.payload).map(|Progress { done, total }| Told::Progress { done, total }),
            kind::PART => match whole(child, kind::PART, frame.payload).await {
                Some(thing) => self.part(thing).await?,
                None => return self.end().await,
            },
            kind::FINISH => {
                self.read = true;
                parse(&frame.payload).map(|Finish { reading }| Told::Read(cleaned(reading)))
            }
            kind::THUMBNAIL => match whole(child, kind::THUMBNAIL, frame.payload).await {
                Some(thing) => picture(thing, LARGEST_THUMBNAIL).map(|(part, jpeg)| Told::Thumbnail { part, jpeg }),
                None => return self.end().await,
            },
            kind::PICTURE if self.read => match whole(child, kind::PICTURE, frame.payload).await {
                Some(thing) => self.picture(thing),
                None => return self.end().await,
            },
            kind::FAILED => parse(&frame.payload).map(|error| failed(&error)),
            other => Err(Breach::Kind(other)),
        };
        told.or_else(|breach| {
            tracing::warn!(%breach, "a reader spoke otherwise than agreed");
            self.child = None;
            Ok(Told::Failed(BROKEN.to_owned()))
        })
    }

    /// Parsing a large sheet takes long, so it gets a thread that may block.
    async fn part(&mut self, thing: Vec<u8>) -> Result<Result<Told, Breach>> {
        let parsed = tokio::task::spawn_blocking(move || parse::<Part>(&thing)).await.map_err(Error::internal)?;
        Ok(parsed.and_then(|part| {
            let sound = part.number > self.parts && part.is_sound();
            self.parts = part.number;
            if sound { Ok(Told::Part(Box::new(part))) } else { Err(Breach::Part) }
        }))
    }

    /// They come in the order of the parts, and only where they are wanted.
    fn picture(&mut self, thing: Vec<u8>) -> Result<Told, Breach> {
        let (part, jpeg) = picture(thing, LARGEST_PICTURE)?;
        if !self.pictures.contains(&part) {
            return Err(Breach::Picture);
        }
        self.pictures = part + 1..=*self.pictures.end();
        Ok(Told::Picture { part, jpeg })
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
            Ended::Finished if self.read => return Ok(Told::End),
            Ended::Finished | Ended::Crashed { .. } => return Ok(Told::Failed(BROKEN.to_owned())),
            Ended::Killed { by: Limit::Wall } => {
                format!("Reading it took longer than {} seconds, which is the most for one file.", self.seconds)
            }
            Ended::Killed { by: Limit::Cpu } => "Reading it takes more work than a file may ask for.".to_owned(),
            Ended::Killed { by: Limit::Memory } => "Reading it needs more memory than a file may use.".to_owned(),
            Ended::Killed { by: Limit::Output } => "It holds more text than a file may have.".to_owned(),
        };
        Ok(Told::Failed(format!("{sentence} The file is safe and holds up no other; save it in parts and drop those.")))
    }
}

const BROKEN: &str = "The program that reads files broke down over it. The file is safe and holds up no other; save it \
                      anew in its own program and drop that.";

/// How a reader spoke otherwise than agreed. Never what it said: that may be the document's text.
#[derive(Debug, thiserror::Error)]
pub(super) enum Breach {
    #[error("a frame of the unknown kind {0}")]
    Kind(u8),
    #[error("a frame of kind {0} after the document was told whole")]
    Late(u8),
    #[error("JSON that does not fit ({category:?}, column {column})")]
    Json { category: serde_json::error::Category, column: usize },
    #[error("a part that contradicts itself or comes out of order")]
    Part,
    #[error("a picture that is none or too large")]
    Picture,
}

/// Puts the pieces of a stream together; nothing if the child ended in the middle or sent too much.
pub(super) async fn whole(child: &mut Child, kind: u8, first: Vec<u8>) -> Option<Vec<u8>> {
    let mut thing = first;
    if thing.is_empty() {
        return Some(thing);
    }
    while let Some(frame) = child.next().await {
        if frame.kind != kind || thing.len() > LARGEST_THING {
            return None;
        }
        if frame.payload.is_empty() {
            return Some(thing);
        }
        thing.extend_from_slice(&frame.payload);
    }
    None
}

pub(super) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, Breach> {
    serde_json::from_slice(json).map_err(|error| Breach::Json { category: error.classify(), column: error.column() })
}

/// A picture with the number of its part.
pub(super) fn picture(mut thing: Vec<u8>, most: usize) -> Result<(u32, Vec<u8>), Breach> {
    let (number, jpeg) = thing.split_first_chunk::<4>().ok_or(Breach::Picture)?;
    if !jpeg.starts_with(JPEG) || jpeg.len() > most {
        return Err(Breach::Picture);
    }
    let number = u32::from_be_bytes(*number);
    Ok((number, thing.split_off(4)))
}

fn failed(error: &ReadError) -> Told {
    let sentence = sentence(&error.to_string());
    match error {
        ReadError::NeedsPassword | ReadError::WrongPassword => Told::Locked(sentence),
        _ => Told::Failed(sentence),
    }
}

/// A sentence of a reader as it may be stored and shown: without characters that steer a terminal, and short.
pub(super) fn sentence(said: &str) -> String {
    said.chars().filter(|found| !found.is_control()).take(LONGEST_SENTENCE).collect()
}

fn cleaned(mut reading: Reading) -> Reading {
    reading.unread.truncate(MOST_UNREAD);
    for unread in &mut reading.unread {
        unread.what = sentence(&unread.what);
    }
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_says_is_cleaned_before_it_is_kept() {
        let told = failed(&ReadError::Damaged(format!("\u{1b}]52;c;{}", "x".repeat(5_000))));
        let Told::Failed(said) = told else { panic!("{told:?}") };
        assert!(!said.contains('\u{1b}') && said.chars().count() == LONGEST_SENTENCE, "{said}");
    }

    #[test]
    fn only_small_pictures_are_pictures() {
        let told = |bytes: &[u8]| picture([&[0, 0, 0, 1], bytes].concat(), 20);
        assert_eq!(told(b"\xff\xd8\xff\xe0 and so on").unwrap(), (1, b"\xff\xd8\xff\xe0 and so on".to_vec()));
        assert!(matches!(told(b"<script>"), Err(Breach::Picture)));
        assert!(matches!(told(&[JPEG, &[0; 18]].concat()), Err(Breach::Picture)));
        assert!(matches!(picture(b"ab".to_vec(), 20), Err(Breach::Picture)));
    }

    #[test]
    fn large_pictures_come_in_order_and_only_where_a_password_opened_the_file() {
        let thing = |part: u8| [&[0, 0, 0, part], JPEG].concat();
        let session = |last| Session { child: None, seconds: 1, parts: 3, read: true, pictures: 1..=last };
        let mut unlocked = session(3);
        assert!(matches!(unlocked.picture(thing(1)), Ok(Told::Picture { part: 1, .. })));
        assert!(matches!(unlocked.picture(thing(3)), Ok(Told::Picture { part: 3, .. })));
        for again in [0, 1, 3, 4] {
            assert!(matches!(unlocked.picture(thing(again)), Err(Breach::Picture)), "{again}");
        }
        assert!(matches!(session(0).picture(thing(1)), Err(Breach::Picture)));
    }

    #[test]
    fn a_breach_does_not_repeat_what_was_said() {
        let breach = parse::<Finish>(br#"{"reading":"the secret plan"}"#).err().unwrap();
        assert!(!breach.to_string().contains("secret"), "{breach}");
    }
}
