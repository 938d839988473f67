//! The admin's terminal UI, over SSH at 80x24 and with any program that draws a terminal.
//!
//! [`state::State`] is everything it knows; [`update::update`] is the one way to change it, and pure; what it wants done
//! comes back as [`effect::Effect`]s, which [`desk`] carries out on threads and answers with [`msg::Msg`]s; [`view::draw`]
//! draws the state; [`term`] holds the terminal. [`keys::KEYS`] is the one list of keys, [`words`] the one place of words.
//!
//! It talks to the server over the admin socket ([`protocol::admin`]). Where no server answers it starts the same
//! program with the command that does the same ([`verbs`]), so that status, services, log, backups and keys are there
//! when they are needed most. Long work belongs to the server or to systemd and goes on when this program ends.

pub mod desk;
pub mod effect;
pub mod figures;
pub mod held;
pub mod keys;
pub mod look;
pub mod msg;
pub mod options;
pub mod paint;
pub mod popups;
pub mod screens;
pub mod setup;
pub mod state;
pub mod term;
pub mod text;
pub mod update;
pub mod verbs;
pub mod view;
pub mod words;

pub use options::{Options, Tools};
pub use term::{RunError, run};
