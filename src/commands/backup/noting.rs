//! Tells the audit log what was done to backups, as soon as the keystore is open.

use serde_json::Value;

use crate::app::{App, Outside};
use crate::commands::{Failure, block_on, console};
use crate::domain::audit::{Action, Object, Record};
use crate::infra::backup::{Note, Notes, Trouble};
use crate::infra::config::Config;
use crate::infra::keys::KeyFiles;

/// Notes that something was done.
pub(super) fn note(config: &Config, outside: &Outside, action: Action, about: Value) -> Result<(), Trouble> {
    let note = Note { action: action.as_str().to_owned(), at: outside.clock.now(), about };
    Notes::of(config).add(&[note])
}

/// Writes the entries if the keystore opens with what lies here. Otherwise the server does when it starts.
pub(super) fn deliver_if_open(config: &Config, outside: &Outside) {
    let delivered = KeyFiles::of(config).open().map_err(Failure::from).and_then(|vault| {
        let app = App::new(config.clone(), outside.clone(), vault)?;
        block_on(deliver(&app))?
    });
    if let Err(failure) = delivered {
        tracing::info!(%failure, "the audit log will be told when the server starts");
    }
}

/// Writes an entry for each note that waits.
pub(in crate::commands) async fn deliver(app: &App) -> Result<(), Failure> {
    let Some(taken) = Notes::of(&app.config).take()? else { return Ok(()) };
    for note in &taken.notes {
        let Some(action) = Action::parse(&note.action) else { continue };
        let mut about = note.about.clone();
        if let Some(about) = about.as_object_mut() {
            about.insert("at".to_owned(), note.at.to_rfc3339().into());
        }
        let record = Record::done(action, Object::all("backup")).with(about);
        app.audit.record_alone(&console(&app.outside)?, record).await?;
    }
    Ok(taken.done()?)
}
