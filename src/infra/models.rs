//! The client of language models with the bounds of the configuration.

use std::time::Duration;

use llm::{Client, Limits};

use super::config;
use crate::base::{Error, Result};

/// What cannot be reached in this time is not there.
const CONNECT: Duration = Duration::from_secs(10);

/// The first pause between two attempts.
const PAUSE: Duration = Duration::from_millis(500);

/// An answer of eight sentences has some thousand characters.
const ANSWER_BYTES: usize = 256 * 1024;

/// The client.
pub fn client(limits: &config::Models) -> Result<Client> {
    let seconds = Duration::from_secs;
    Client::new(Limits {
        connect: CONNECT,
        first_word: seconds(limits.first_word_seconds),
        silence: seconds(limits.silence_seconds),
        total: seconds(limits.answer_seconds),
        attempts: limits.attempts,
        pause: PAUSE,
        longest_wait: seconds(limits.longest_wait_seconds),
        answer_bytes: ANSWER_BYTES,
    })
    .map_err(Error::internal)
}
