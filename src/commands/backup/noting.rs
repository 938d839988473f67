//! Tells the audit log what was done to backups, as soon as the keystore is open: a backup is made without it, an entry
//! is not.

use serde_json::Value;

use crate::app::{App, Outside};
use crate::commands::{self, Failure, block_on};
use crate::domain::audit::Action;
use crate::infra::backup::Trouble;
use crate::infra::config::Config;
use crate::infra::keys::KeyFiles;

/// Notes that something was done, and for whom.
pub(super) fn note(config: &Config, login: &str, action: Action, details: Value) -> Result<(), Trouble> {
    commands::note_of(config, login.to_owned(), action, details).map_err(|failure| Trouble::told(failure.to_string()))
}

/// Takes the notes into the log if the keystore opens with what lies here. Otherwise the server does when it starts.
pub(in crate::commands) fn deliver_if_open(config: &Config, outside: &Outside) {
    let delivered = KeyFiles::of(config).open().map_err(Failure::from).and_then(|vault| {
        let app = App::new(config.clone(), outside.clone(), vault)?;
        Ok(block_on(app.take_in_notes())??)
    });
    if let Err(failure) = delivered {
        tracing::info!(%failure, "the audit log will be told when the server starts");
    }
}
