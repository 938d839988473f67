//! The admin socket: how the terminal UI and the commands talk to a running server. Never TCP.
//!
//! Invariants:
//! - Whoever connects is known by the kernel's word (`SO_PEERCRED`): root, the server's own user, or a member of the
//!   admin group; everybody else is dropped before a byte is read.
//! - Each question is carried out by the use case that the web would call, as [`crate::base::Actor::Console`] with the
//!   name of who signed in on the machine, also behind `sudo`.
//! - What destroys something is done only for a token that was given for this very question, to this user, once.
//! - A server whose keystore is closed answers here and nowhere else, and only what needs no key.
//!
//! `socket` listens, `peer` knows who is there, `conversation` is one connection, `confirm` holds tokens, `danger` says
//! what is lost, `desk` answers by `keys`, `people`, `backups`, `jobs`, `updates`, `health` and `status`, and `views` turns what the domains say into
//! words of the wire.

mod backups;
mod closed;
mod confirm;
mod conversation;
mod danger;
mod desk;
mod health;
mod jobs;
mod keys;
mod peer;
mod people;
mod socket;
mod status;
mod updates;
mod views;

pub use backups::{listed as backups_reply, long as long_of};
pub use danger::{Danger, of as danger_of};
pub use desk::{Desk, Unlocked};
pub use socket::{Listening, listen};
pub use status::of_stopped as status_of_stopped;
pub use updates::listed as updates_reply;
pub use views::keys as keys_reply;
