//! Bounds of a call. Whoever makes the client chooses them; nothing here has a default.

use std::time::Duration;

/// Bounds of a call.
#[derive(Debug, Clone)]
pub struct Limits {
    /// For a connection, with TLS.
    pub connect: Duration,
    /// From the request to the first word or thought of the answer, for each attempt. A stream that sends other events is
    /// waited for as long as `silence` does not last, even if that is longer.
    pub first_word: Duration,
    /// Between two pieces of the answer, its thoughts among them. The body of a refusal has no longer either.
    pub silence: Duration,
    /// For the whole call, all attempts and waits included.
    pub total: Duration,
    /// Attempts, 1 or more. A request that is repeated without a parameter that the endpoint does not know is not counted
    /// here; there are at most 4 of those.
    pub attempts: u32,
    /// First pause between two attempts; each further one is twice as long.
    pub pause: Duration,
    /// An endpoint that asks to wait for longer than this is given up. Pauses that it does not ask for have no such bound.
    pub longest_wait: Duration,
    /// Bytes of an answer.
    pub answer_bytes: usize,
}
