//! Progress on standard error: one line that is drawn over on a terminal, a line a file elsewhere.

use std::cell::Cell;
use std::io::{IsTerminal as _, Write as _};

use crate::infra::files::{Given, printable};

/// What is told while files are read.
pub(super) struct Progress {
    terminal: bool,
    files: usize,
    done: Cell<usize>,
}

impl Progress {
    pub(super) fn start(given: &[Given]) -> Self {
        Self { terminal: std::io::stderr().is_terminal(), files: given.len(), done: Cell::new(0) }
    }

    /// A part of a file was read.
    pub(super) fn part(&self, name: &str, done: u32, total: u32) {
        if self.terminal {
            self.draw(&format!("{}: {done} of {total}", printable(name)));
        }
    }

    /// A file is done.
    pub(super) fn file(&self, name: &str) {
        self.done.set(self.done.get() + 1);
        if self.terminal {
            self.draw(&printable(name));
        } else {
            eprintln!("[{}/{}] {}", self.done.get(), self.files, printable(name));
        }
    }

    /// Something is being judged. Elsewhere than on a terminal nobody waits for it.
    pub(super) fn step(&self, what: &str) {
        if self.terminal {
            self.draw(&format!("judging {}", printable(what)));
        }
    }

    fn draw(&self, what: &str) {
        let what: String = what.chars().take(60).collect();
        eprint!("\r\x1b[K[{}/{}] {what}", self.done.get(), self.files);
        // A terminal that is gone ends the program by itself.
        let _ = std::io::stderr().flush();
    }

    pub(super) fn end(&self) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
    }
}
