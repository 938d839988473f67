//! How long a call lasts already: the one place in this crate that reads a clock.
//!
//! It is tokio's, which a test can hold still, and only lengths come out of it.

use std::time::Duration;

use tokio::time::Instant;

/// Since when something lasts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watch(Instant);

impl Watch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn milliseconds(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// What is left of `whole`.
    pub(crate) fn left(self, whole: Duration) -> Duration {
        whole.saturating_sub(self.0.elapsed())
    }
}
