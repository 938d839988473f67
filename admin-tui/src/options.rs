//! What the caller of this crate decides: where things are, and the time.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, Offset as _, Utc};

use crate::verbs;

/// What this program is told when it starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// The admin socket of the server.
    pub socket: PathBuf,
    /// The server's data folder. Where neither it nor the socket is there, nothing was set up yet.
    pub data: PathBuf,
    /// Our own program, for what is done without a server.
    pub program: PathBuf,
    /// Its commands that work without a server, as in [`verbs::ALONE`].
    pub alone: Vec<&'static str>,
    /// What this machine is told services with.
    pub tools: Tools,
    /// Whether nothing is set up here, or a setup was cut off, and this user may set it up.
    pub sets_up: bool,
    /// Whether to use colours; [`wants_colour`] knows what the environment says.
    pub colour: bool,
    /// The zone in which times are shown.
    pub zone: FixedOffset,
    /// The time.
    pub clock: fn() -> DateTime<Utc>,
    /// How long an answer may take.
    pub patience: Patience,
}

/// Programs of systemd, by full path, so that no folder of a user comes before them.
#[derive(Debug, Clone)]
pub struct Tools {
    /// A folder that is there where systemd runs the machine.
    pub booted: PathBuf,
    /// Starts and stops.
    pub systemctl: PathBuf,
    /// Reads the log.
    pub journalctl: PathBuf,
}

/// How long an answer may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// To something that only reads.
    pub reading: Duration,
    /// To something that does; between two lines that say how far it is.
    pub doing: Duration,
}

impl Options {
    /// With everything else as it is on a server: systemd's programs, what our program does alone, times in UTC.
    pub fn new(socket: PathBuf, data: PathBuf, program: PathBuf, clock: fn() -> DateTime<Utc>) -> Self {
        Self {
            socket,
            data,
            program,
            alone: verbs::ALONE.to_vec(),
            tools: Tools::default(),
            sets_up: false,
            colour: true,
            zone: Utc.fix(),
            clock,
            patience: Patience::default(),
        }
    }
}

impl Default for Tools {
    fn default() -> Self {
        Self {
            booted: "/run/systemd/system".into(),
            systemctl: "/usr/bin/systemctl".into(),
            journalctl: "/usr/bin/journalctl".into(),
        }
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self { reading: Duration::from_secs(10), doing: Duration::from_secs(600) }
    }
}

/// Whether a terminal gets colours, by the values of `NO_COLOR` and `TERM`. The first forbids them unless it is empty
/// (<https://no-color.org>); terminals that name themselves dumb or monochrome have none.
pub fn wants_colour(no_color: Option<&str>, term: Option<&str>) -> bool {
    let forbidden = no_color.is_some_and(|value| !value.is_empty());
    let plain = term.is_some_and(|term| term == "dumb" || term.ends_with("-mono") || term.starts_with("vt"));
    !forbidden && !plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_the_environment() {
        assert!(wants_colour(None, Some("xterm-256color")));
        assert!(wants_colour(Some(""), Some("tmux-256color")));
        assert!(!wants_colour(Some("1"), Some("xterm")));
        for term in ["dumb", "xterm-mono", "vt100", "vt220"] {
            assert!(!wants_colour(None, Some(term)), "{term}");
        }
    }
}
