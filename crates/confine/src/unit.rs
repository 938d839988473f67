//! A child behind a socket: the service manager starts a unit for each connection, and [`attend`](crate::attend) in it
//! starts the child. The server needs no right to confine anybody, and the unit is a second wall around the first.
//!
//! What goes over the socket is the protocol of the pipes with three words more, which a child cannot say: the limits
//! before all else, that no input follows, and how the child ended.

use std::net::Shutdown;
use std::os::unix::net::UnixStream as StdStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::task::JoinHandle;

use crate::ended::{Ended, Limit};
use crate::frames::LIMITS;
use crate::limits::Limits;
use crate::{Frame, FrameWriter};

/// Within the time of a child its unit tells that it is over; this much later it is not waited for any more.
const GRACE: Duration = Duration::from_secs(5);

/// The connection to a unit. Dropping it ends the unit, for which there is nobody left to attend to.
pub(crate) struct Unit {
    stream: Arc<StdStream>,
    clock: JoinHandle<()>,
    late: Arc<AtomicBool>,
    ended: Option<Ended>,
}

impl Drop for Unit {
    fn drop(&mut self) {
        self.clock.abort();
        self.hang_up();
    }
}

impl Unit {
    /// Connects and says the limits.
    pub(crate) async fn connect(
        socket: &Path,
        limits: &Limits,
    ) -> std::io::Result<(Self, OwnedWriteHalf, OwnedReadHalf)> {
        let stream = UnixStream::connect(socket).await?.into_std()?;
        let held = Arc::new(stream.try_clone()?);
        let (late, watched) = (Arc::new(AtomicBool::new(false)), Arc::clone(&held));
        let (said_late, wall) = (Arc::clone(&late), limits.wall.saturating_add(GRACE));
        let clock = tokio::spawn(async move {
            tokio::time::sleep(wall).await;
            said_late.store(true, Ordering::Relaxed);
            let _ = watched.shutdown(Shutdown::Both);
        });
        let (output, mut input) = UnixStream::from_std(stream)?.into_split();
        let unit = Self { stream: held, clock, late, ended: None };
        let words = serde_json::to_vec(limits)?;
        FrameWriter::new(&mut input).send(LIMITS, &words).await.map_err(std::io::Error::other)?;
        Ok((unit, input, output))
    }

    /// Takes the unit's last word.
    pub(crate) fn told(&mut self, last: &Frame) {
        self.ended = serde_json::from_slice(&last.payload).ok();
    }

    /// Ends it. The first limit that is named is remembered.
    pub(crate) fn kill(&mut self, exceeded: Option<Limit>) {
        self.ended = self.ended.or(exceeded.map(|by| Ended::Killed { by }));
        self.hang_up();
    }

    /// How the child ended, as far as anybody said.
    pub(crate) fn end(&self) -> Ended {
        match self.ended {
            Some(ended) => ended,
            None if self.late.load(Ordering::Relaxed) => Ended::Killed { by: Limit::Wall },
            None => Ended::UNKNOWN,
        }
    }

    fn hang_up(&self) {
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}
