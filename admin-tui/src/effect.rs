//! What [`crate::update::update`] wants done outside. [`crate::desk`] and [`crate::term`] carry it out; what comes of it
//! returns as a [`crate::msg::Msg`].

use protocol::admin::{Ask, Secret};

use crate::msg::Ticket;
use crate::verbs::Twin;

/// Something to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask the server; or our own program, if no server answers and `alone` allows it.
    Ask {
        /// Comes back with the answer.
        ticket: Ticket,
        /// What is asked.
        ask: Ask,
        /// Of a confirmation, for which the word was typed.
        token: Option<Secret>,
        /// Whether our program may be asked instead. Polls allow it seldom, because it starts a process.
        alone: bool,
    },
    /// Tell systemd.
    Unit {
        /// Comes back with the answer.
        ticket: Ticket,
        /// What.
        verb: UnitVerb,
        /// To whom.
        unit: Unit,
    },
    /// Read the end of the log.
    Journal {
        /// Comes back with the lines.
        ticket: Ticket,
    },
    /// Look what a restore would do.
    Look {
        /// Comes back with what was seen.
        ticket: Ticket,
        /// Of what.
        order: Order,
    },
    /// Restore a backup, as something of its own that outlives this program.
    Restore {
        /// Comes back when it has begun.
        ticket: Ticket,
        /// Which.
        order: Order,
    },
    /// How far the restore is.
    FollowRestore {
        /// Comes back with the answer.
        ticket: Ticket,
    },
    /// Have our program do a command of the setup.
    Run {
        /// Comes back with the answer.
        ticket: Ticket,
        /// The command.
        twin: Twin,
    },
    /// Draw everything anew, because something else wrote to the terminal.
    Redraw,
    /// End this program.
    Leave,
}

/// A backup that is to be brought back, and with which key.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The folder of the backups.
    pub place: String,
    /// Which of them.
    pub set: String,
    /// The recovery key: its file, or itself.
    pub key: RecoveryKey,
    /// Who must have signed it, once a person has seen that.
    pub verify_key: Option<String>,
}

/// Where a recovery key is.
#[derive(Debug, Clone, PartialEq)]
pub enum RecoveryKey {
    /// In a file on the server.
    File(String),
    /// Typed or pasted.
    Typed(Secret),
}

/// What systemd does with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitVerb {
    /// Start it.
    Start,
    /// Stop it.
    Stop,
    /// Both.
    Restart,
}

impl UnitVerb {
    /// As `systemctl` calls it; also the word that a person types.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
        }
    }
}

/// Units of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The server.
    Server,
    /// Its database.
    Database,
}

impl Unit {
    /// As systemd calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "vcconnect",
            Self::Database => "vcconnect-db",
        }
    }
}
