//! Who writes to the index next.
//!
//! Invariant: what begins in a later turn is read and written after everything of the turns before it. A turn lasts as
//! long as its work on a thread, also when nobody waits for that any more, so an older text never replaces a newer one.

use std::sync::Arc;

use index::IndexError;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::base::{Error, Result};

/// Gives turns in the order in which they are asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns(Arc<Mutex<()>>);

/// The right to read what is to be written, and to write it.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    _held: Arc<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits until all turns before are over.
    pub(super) async fn take(&self) -> Turn {
        Turn { _held: Arc::new(Arc::clone(&self.0).lock_owned().await) }
    }
}

impl Turn {
    /// Works where blocking is allowed: the index needs disk and processor.
    pub(super) async fn on_a_thread(
        &self,
        work: impl FnOnce() -> std::result::Result<(), IndexError> + Send + 'static,
    ) -> Result<()> {
        let turn = self.clone();
        let working = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        working.await.map_err(Error::internal)?.map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn work_that_was_given_up_still_ends_before_the_next_begins() {
        let turns = Turns::default();
        let (started, has_started) = tokio::sync::oneshot::channel();
        let (go_on, wait) = mpsc::channel::<()>();
        let (wrote, written) = mpsc::channel();
        let turn = turns.take().await;
        let given_up = tokio::spawn(async move {
            let work = move || {
                started.send(()).unwrap();
                wait.recv().unwrap();
                wrote.send("old").unwrap();
                Ok(())
            };
            turn.on_a_thread(work).await
        });
        has_started.await.unwrap();
        given_up.abort();
        assert!(given_up.await.unwrap_err().is_cancelled());
        assert!(turns.take().now_or_never().is_none());
        go_on.send(()).unwrap();
        turns.take().await;
        assert_eq!(written.try_recv(), Ok("old"));
    }
}
