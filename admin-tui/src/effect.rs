//! What [`crate::update::update`] wants done outside. [`crate::desk`] and [`crate::term`] carry it out; what comes of it
//! returns as a [`crate::msg::Msg`].

use protocol::admin::{Ask, Secret};

use crate::msg::Ticket;

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
    /// Restore a backup, in a unit of its own that outlives this program.
    Restore {
        /// Comes back when the unit was started.
        ticket: Ticket,
        /// Which.
        set: String,
    },
    /// How far the restore is.
    FollowRestore {
        /// Comes back with the answer.
        ticket: Ticket,
    },
    /// Draw everything anew, because something else wrote to the terminal.
    Redraw,
    /// End this program.
    Leave,
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
