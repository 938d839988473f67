//! A gate that a reply waits at until the test opens it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A gate, closed at first. Clones are the same gate.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    open: bool,
    reached: usize,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens it for good.
    pub fn open(&self) {
        self.change(|state| state.open = true);
    }

    /// Waits until at least `count` replies have sent what comes before the gate; false if they have not after `longest`.
    /// It blocks its thread.
    pub fn wait_until_reached(&self, count: usize, longest: Duration) -> bool {
        self.wait(longest, |state| state.reached >= count)
    }

    pub(super) fn reach(&self) {
        self.change(|state| state.reached += 1);
    }

    pub(super) fn wait_until_open(&self, longest: Duration) -> bool {
        self.wait(longest, |state| state.open)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.changed.notify_all();
    }

    fn wait(&self, longest: Duration, done: impl Fn(&State) -> bool) -> bool {
        let state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (state, _) = self
            .0
            .changed
            .wait_timeout_while(state, longest, |state| !done(state))
            .unwrap_or_else(PoisonError::into_inner);
        done(&state)
    }
}
