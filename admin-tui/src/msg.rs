//! What the outside tells [`crate::update::update`]: keys, the time, answers. Nothing else changes the state.

use chrono::{DateTime, Utc};
use crossterm::event::KeyEvent;
use protocol::Shown;
use protocol::admin::{Confirm, Progress, Refusal, Reply, Secret};

/// Names something that was asked, so that its answer finds its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted; it may be a passphrase.
    Paste(Secret),
    /// The terminal has another size: columns and rows.
    Resize(u16, u16),
    /// It is this late; comes every second.
    Tick(DateTime<Utc>),
    /// Something is so far.
    Progress(Ticket, Progress),
    /// Something has ended.
    Answer(Ticket, Via, Box<Outcome>),
    /// Lines of the log.
    Lines(Ticket, Result<Vec<Shown>, Failure>),
    /// The terminal went away, or somebody ended this program.
    Hangup,
}

/// Which way an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Via {
    /// From the running server.
    #[default]
    Socket,
    /// From our own program, because no server answered.
    Program,
    /// From this machine's systemd.
    System,
}

/// How something ended.
pub type Outcome = Result<Reply, Failure>;

/// Why something was not done. Its words are in [`crate::words::failure`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server or the program said no.
    Refused(Refusal),
    /// It has to be confirmed first. No failure to a person: they are asked.
    Confirm(Confirm),
    /// What came cannot be read: another version, or no server of ours.
    Unreadable,
    /// The connection broke, for this reason. What was asked may have been done.
    Broken(Shown),
    /// Nothing came for too long. What was asked may have been done.
    Silent,
    /// This user may not open the socket.
    Denied,
    /// No server answers, and this cannot be done without one.
    Away,
    /// There is neither a server nor data.
    NotSetUp,
    /// This machine has no systemd.
    NoSystemd,
    /// A program of this machine failed; what it said.
    Program(Shown),
}
