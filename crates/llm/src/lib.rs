//! Language models at endpoints that the fund configures, over the chat completions of OpenAI: one client, which streams,
//! waits and tries again within bounds, and connects to no address that it must not.
//!
//! Invariants:
//! - Only this crate tries again; whoever calls it does not.
//! - Nothing is tried again once a word or a thought of an answer has come.
//! - A local endpoint is one whose name leads to addresses of the own network and to no other; metadata services and
//!   link-local addresses are refused for all. The address that was checked is the one that is connected to.
//! - No redirect is followed, no proxy of the environment is used.
//! - No prompt, answer or key goes to the log, and none is in an error. What an endpoint says of itself is in no sentence.

mod answer;
mod base_url;
mod call;
mod client;
mod endpoint;
mod guard;
mod limits;
mod own_words;
mod pause;
mod refusal;
mod retry_after;
mod sse;
mod trouble;
mod watch;
mod ways;
mod wire;

pub use base_url::BaseUrl;
pub use client::Client;
pub use endpoint::{Endpoint, Key, Reach};
pub use limits::Limits;
pub use trouble::{Trouble, TroubleKind};
pub use wire::{Answer, Request, Tokens};
