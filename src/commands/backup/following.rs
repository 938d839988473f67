//! Follows long work: a line on the terminal, JSON for programs, the state file for everybody else; and stops it when
//! somebody asks.

use std::future::Future;
use std::io::{IsTerminal as _, Write as _};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ::backup::{SetId, Step, Watch};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::Outside;
use crate::commands::{Failure, block_on};
use crate::infra::backup::{State, StateFile, Trouble};
use crate::infra::clock::Clock;
use crate::infra::config::Config;

/// Between two words about the same step.
const PAUSE: Duration = Duration::from_millis(250);

/// Work that is followed.
pub(in crate::commands) struct Following {
    state: Mutex<(State, Option<Instant>)>,
    file: StateFile,
    json: bool,
    terminal: bool,
    stopped: AtomicBool,
    clock: Arc<dyn Clock>,
}

impl Following {
    /// Work that begins now.
    pub(in crate::commands) fn new(config: &Config, what: &str, outside: &Outside, json: bool) -> Arc<Self> {
        let state = State::beginning(what, outside.clock.now());
        Arc::new(Self {
            state: Mutex::new((state, None)),
            file: StateFile::of(config, what),
            json,
            terminal: !json && std::io::stderr().is_terminal(),
            stopped: AtomicBool::new(false),
            clock: Arc::clone(&outside.clock),
        })
    }

    /// Which set it is about.
    pub(in crate::commands) fn about(&self, id: &SetId) {
        self.change(|state| state.set = Some(id.to_string()));
    }

    /// A step without a measure begins.
    pub(in crate::commands) fn step(&self, step: &str) {
        self.change(|state| (state.step, state.done, state.total) = (step.to_owned(), 0, 0));
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut held.0);
        held.1 = Some(Instant::now());
        self.file.write(&held.0);
        self.tell(&held.0);
    }

    fn tell(&self, state: &State) {
        let State { what, step, done, total, .. } = state;
        // Whoever followed may be gone; the work goes on.
        if self.json {
            let line = json!({ "event": "progress", "what": what, "step": step, "done": done, "total": total });
            let _ = writeln!(std::io::stdout(), "{line}");
        } else if self.terminal {
            let how_far = match total {
                0 if *done == 0 => String::new(),
                0 => format!(" {done}"),
                total => format!(" {done} of {total}"),
            };
            let _ = write!(std::io::stderr(), "\r\x1b[K{step}{how_far}");
        }
    }

    /// What came of it.
    pub(in crate::commands) fn came_of(&self, result: &str) {
        self.change(|state| state.result = Some(result.to_owned()));
    }

    /// It went wrong between two parts of it, or after the last.
    pub(in crate::commands) fn gave_up(&self, error: &str) {
        let known = self.state.lock().unwrap_or_else(PoisonError::into_inner).0.error.is_some();
        if !known {
            self.end(Some(error.to_owned()));
        }
    }

    fn end(&self, error: Option<String>) {
        let ended_at = self.clock.now();
        let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        held.0.ended_at = Some(ended_at);
        held.0.error = error;
        self.file.write(&held.0);
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

impl Watch for Following {
    fn at(&self, step: Step, done: u64, total: u64) -> bool {
        let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let due = held.1.is_none_or(|told| told.elapsed() >= PAUSE);
        let other = held.0.step != step.as_str();
        // Within a file that is copied nothing new is known.
        if (due || other) && (done, total) != (0, 0) {
            (held.0.step, held.0.done, held.0.total) = (step.as_str().to_owned(), done, total);
            held.1 = Some(Instant::now());
            self.file.write(&held.0);
            self.tell(&held.0);
        }
        !self.stopped.load(Ordering::Relaxed)
    }
}

/// Does the work to its end. Ctrl-C and SIGTERM ask it to stop, which it does between two pieces and leaves no half.
pub(in crate::commands) fn follow<T>(
    following: &Following,
    work: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Failure> {
    let ended = until_stopped(following, work)?;
    told(following, &ended);
    if ended.is_ok() {
        following.end(None);
    }
    Ok(ended?)
}

/// The same for a part of the work after which more follows, if it went well.
pub(in crate::commands) fn follow_on<T>(
    following: &Following,
    work: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Failure> {
    let ended = until_stopped(following, work)?;
    told(following, &ended);
    Ok(ended?)
}

fn until_stopped<T>(
    following: &Following,
    work: impl Future<Output = Result<T, Trouble>>,
) -> Result<Result<T, Trouble>, Failure> {
    block_on(async {
        let (mut interrupt, mut terminate) = match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
            (Ok(interrupt), Ok(terminate)) => (interrupt, terminate),
            (Err(error), _) | (_, Err(error)) => return Err(Trouble::io("listen for", "signals")(error)),
        };
        let mut work = pin!(work);
        loop {
            tokio::select! {
                ended = &mut work => return ended,
                _ = interrupt.recv() => following.stopped.store(true, Ordering::Relaxed),
                _ = terminate.recv() => following.stopped.store(true, Ordering::Relaxed),
            }
        }
    })
}

/// Tells everybody that it went wrong, if it did.
fn told<T>(following: &Following, ended: &Result<T, Trouble>) {
    if let Err(trouble) = ended {
        following.end(Some(trouble.to_string()));
    }
    if let (true, Err(trouble)) = (following.json, ended) {
        println!("{}", json!({ "event": "failed", "error": trouble.to_string(), "cancelled": trouble.is_cancelled() }));
    }
}
