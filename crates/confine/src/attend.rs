//! In the unit that the service manager starts for a connection: starts the child that is asked for, hands its frames
//! on, and says how it ended. It looks into none of them.
//!
//! Invariants: the child ends when the parent hangs up; what it cannot say over a pipe, it cannot say over the socket.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;

use crate::child::Greeting;
use crate::frames::{CLOSE, ENDED, GREETING, LIMITS};
use crate::{Child, Ended, Frame, FrameError, FrameReader, FrameWriter, LaunchError, Launcher, Limits, Way};

/// Why a connection was not attended to.
#[derive(Debug, thiserror::Error)]
pub enum AttendError {
    /// The socket failed.
    #[error("the socket of a reader failed: {0}")]
    Socket(#[from] std::io::Error),
    /// The parent spoke otherwise than agreed.
    #[error("who connected to the socket of a reader spoke otherwise than agreed: {0}")]
    Order(String),
}

/// Attends to the one connection that is `socket`: starts `program` with `arguments` as its child.
pub async fn attend(socket: OwnedFd, program: PathBuf, arguments: Vec<OsString>) -> Result<(), AttendError> {
    let stream = StdStream::from(socket);
    stream.set_nonblocking(true)?;
    let (reads, writes) = UnixStream::from_std(stream)?.into_split();
    let (mut reads, mut writes) = (FrameReader::new(reads, u64::MAX), FrameWriter::new(writes));
    let limits = limits(reads.next().await).map_err(AttendError::Order)?;
    let way = Way::Process { program, arguments };
    // Whether its level suffices is for the parent to say.
    let launched = Launcher { way, limits, allow_degraded: true }.start().await;
    let greeting = match &launched {
        Ok(child) => Greeting::Confined(child.level().clone()),
        Err(LaunchError::Silent(ended)) => {
            last_word(&mut writes, *ended).await;
            return Ok(());
        }
        Err(error) => Greeting::Failed(error.to_string()),
    };
    let words = serde_json::to_vec(&greeting).map_err(std::io::Error::other)?;
    let heard = writes.send(GREETING, &words).await.is_ok();
    if let Ok(child) = launched
        && let Some(ended) = hand_on(child, heard, &mut reads, &mut writes).await
    {
        last_word(&mut writes, ended).await;
    }
    Ok(())
}

fn limits(first: Result<Option<Frame>, FrameError>) -> Result<Limits, String> {
    match first {
        Ok(Some(Frame { kind: LIMITS, payload })) => {
            serde_json::from_slice(&payload).map_err(|error| error.to_string())
        }
        Ok(Some(frame)) => Err(format!("a frame of kind {} came first", frame.kind)),
        Ok(None) => Err("nothing was said".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Both directions at once, until one of them ends: how the child ended, or nothing if the parent hung up.
async fn hand_on(
    mut child: Child,
    heard: bool,
    reads: &mut FrameReader<impl AsyncRead + Unpin>,
    writes: &mut FrameWriter<impl AsyncWrite + Unpin>,
) -> Option<Ended> {
    let stopped = match heard {
        false => Stopped::ParentGone,
        true => tokio::select! {
            () = to_child(reads, &mut child.input) => Stopped::ParentGone,
            stopped = to_parent(&mut child.output, writes) => stopped,
        },
    };
    let wanted = !matches!(stopped, Stopped::ParentGone);
    if !matches!(stopped, Stopped::Silent) {
        child.refuse();
    }
    // Also where nobody wants to know: a unit that ends before its child is dead is taken for one that hangs.
    let ended = child.end().await;
    wanted.then_some(ended)
}

/// Why nothing more is handed on.
enum Stopped {
    /// The parent hung up.
    ParentGone,
    /// The child says nothing more, or nothing that is a frame: its end tells.
    Silent,
    /// The child said what only we may say.
    Forged,
}

/// Ends when the parent hangs up. A child that reads no more is told by its end.
async fn to_child<W: AsyncWrite + Unpin>(
    reads: &mut FrameReader<impl AsyncRead + Unpin>,
    input: &mut Option<FrameWriter<W>>,
) {
    while let Ok(Some(frame)) = reads.next().await {
        let gone = match input {
            Some(_) if frame.kind == CLOSE => true,
            Some(input) => input.send(frame.kind, &frame.payload).await.is_err(),
            None => false,
        };
        if gone {
            *input = None;
        }
    }
}

async fn to_parent(
    output: &mut FrameReader<impl AsyncRead + Unpin>,
    writes: &mut FrameWriter<impl AsyncWrite + Unpin>,
) -> Stopped {
    while let Ok(Some(frame)) = output.next().await {
        if frame.kind >= LIMITS || frame.kind == GREETING {
            return Stopped::Forged;
        }
        if writes.send(frame.kind, &frame.payload).await.is_err() {
            return Stopped::ParentGone;
        }
    }
    Stopped::Silent
}

/// If nobody listens any more, nobody wants to know.
async fn last_word(writes: &mut FrameWriter<impl AsyncWrite + Unpin>, ended: Ended) {
    let words = serde_json::to_vec(&ended).unwrap_or_default();
    let _ = writes.send(ENDED, &words).await;
}
