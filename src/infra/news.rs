//! Wakes whoever waits for news of one thing in this process. Ids only: what is new stands in the database.

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

/// News that a slow listener may be behind before it is told to look for itself.
const BEHIND: usize = 256;

/// Where news are told.
#[derive(Debug, Clone)]
pub struct News(broadcast::Sender<Option<Uuid>>);

/// Hears the news of one thing.
#[derive(Debug)]
pub struct Heard {
    news: broadcast::Receiver<Option<Uuid>>,
    of: Uuid,
}

impl Default for News {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND))
    }
}

impl News {
    /// Something happened to this thing; `None` if news may have been missed and everybody should look.
    pub fn tell(&self, of: Option<Uuid>) {
        // That nobody listens is no fault.
        let _ = self.0.send(of);
    }

    /// The news of one thing from now on.
    pub fn of(&self, of: Uuid) -> Heard {
        Heard { news: self.0.subscribe(), of }
    }
}

impl Heard {
    /// Returns when there may be news.
    pub async fn next(&mut self) {
        loop {
            match self.news.recv().await {
                Ok(Some(other)) if other != self.of => {}
                Ok(_) | Err(RecvError::Lagged(_)) => return,
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn one_hears_of_ones_own_thing_and_of_what_may_have_been_missed() {
        let news = News::default();
        let (mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut heard = news.of(mine);
        news.tell(Some(other));
        assert!(heard.next().now_or_never().is_none());
        news.tell(Some(mine));
        assert!(heard.next().now_or_never().is_some());
        news.tell(None);
        assert!(heard.next().now_or_never().is_some());
    }

    #[tokio::test]
    async fn who_is_far_behind_looks() {
        let news = News::default();
        let mut heard = news.of(Uuid::from_u128(1));
        (0..=BEHIND).for_each(|_| news.tell(Some(Uuid::from_u128(2))));
        assert!(heard.next().now_or_never().is_some());
    }
}
