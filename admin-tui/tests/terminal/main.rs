//! The terminal UI as a person and a terminal see it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what it is for"
)]

mod escapes;
mod fake;
mod golden;
mod made_up;
mod person;
mod ptys;
mod rules;
mod setup;
mod sockets;
mod storms;
mod words;
