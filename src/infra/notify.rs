//! What the service manager is told of this process (`sd_notify(3)`): that it is ready, how it is in a few words, that it
//! lives. Outside systemd there is nobody to tell, which is no fault.

use sd_notify::NotifyState;

/// Ready, and how.
pub fn ready(state: &str) {
    let _ = sd_notify::notify(&[NotifyState::Ready, NotifyState::Status(state)]);
}

/// About to end.
pub fn stopping() {
    let _ = sd_notify::notify(&[NotifyState::Stopping]);
}

/// Says that the process lives, as often as the manager wants to hear it (`WatchdogSec=`), for as long as it is awaited.
/// A runtime that hangs says nothing, which is the point.
pub async fn live() {
    let Some(patience) = sd_notify::watchdog_enabled() else { return };
    // Twice within the time, so that one delay is not taken for death.
    let mut beat = tokio::time::interval(patience / 2);
    loop {
        beat.tick().await;
        let _ = sd_notify::notify(&[NotifyState::Watchdog]);
    }
}
