//! The step of the keys: a recovery key that lies elsewhere, the keystore with its key file, a passphrase if one is wanted.

use protocol::admin::Secret;
use serde_json::{Value, json};
use vault::{NewSlot, NewWay, RecoveryKey, RecoveryRecipient, SlotInfo, SlotKind, Vault};
use zeroize::Zeroizing;

use super::Setup;
use super::steps::Work;
use crate::base::FieldError;
use crate::domain::audit::Action;
use crate::domain::keys::{Label, Passphrase};
use crate::infra::backup::Trouble;
use crate::infra::config::Config;
use crate::infra::files;
use crate::infra::host::{self, DataLock};
use crate::infra::keys::KeyFiles;
use crate::infra::notes::{Note, Notes};
use crate::infra::ownership::give_to_owner;
use crate::infra::setup::{Begun, left_in};

/// What a passphrase is called that nobody gave a name.
const LABEL: &str = "passphrase of the setup";

/// The recovery key, if it was given or stands in its file: from before, or from a setup that was cut off.
pub(super) fn in_hand(setup: &Setup<'_>, config: &Config, begun: &Begun) -> Option<RecoveryKey> {
    let answers = &setup.answers.keys;
    if let Some(Secret(text)) = &answers.recovery_key {
        return RecoveryKey::parse(text).ok();
    }
    let path = answers.recovery_key_file.as_deref()?;
    // Only a file that is ours, or that belongs to a keystore which is there, is believed.
    let believed = begun.is_ours(path) || KeyFiles::of(config).keystore.exists();
    believed.then(|| left_in(path)).flatten().and_then(|text| RecoveryKey::parse(&text).ok())
}

/// Whether the keystore opens, has all ways that are wanted, and was opened by the recovery key.
pub(super) fn are_made(work: &Work<'_, '_>) -> Result<bool, Trouble> {
    let files = KeyFiles::of(work.config());
    if !files.keystore.exists() {
        return Ok(false);
    }
    files.open()?;
    let slots = Vault::slots(&files.keystore)?;
    let proven = work.recovery.as_ref().is_none_or(|key| {
        let recipient = key.recipient().to_string();
        slots.iter().any(|slot| slot.recipient == recipient && slot.proven.is_some())
    });
    Ok(proven && (!wants_passphrase(work) || has_passphrase(&slots)))
}

fn wants_passphrase(work: &Work<'_, '_>) -> bool {
    let keys = &work.setup.answers.keys;
    keys.passphrase.is_some() || keys.passphrase_file.is_some()
}

/// Any will do: whoever sets up again has not to think of another one.
fn has_passphrase(slots: &[SlotInfo]) -> bool {
    slots.iter().any(|slot| slot.kind == SlotKind::Passphrase)
}

pub(super) fn make(work: &mut Work<'_, '_>) -> Result<(), Trouble> {
    let data = work.config().storage.data_dir.clone();
    let _lock = DataLock::take(&data).map_err(|error| Trouble::told(error.to_string()))?;
    let made = add_all(work);
    // Also after a failure: what root began belongs to the server's user.
    give_to_owner(work.config())?;
    made
}

fn add_all(work: &mut Work<'_, '_>) -> Result<(), Trouble> {
    let files = KeyFiles::of(work.config());
    let now = work.setup.outside.clock.now().timestamp();
    if !files.keystore.exists() {
        let recipient = recipient(work)?;
        files.init(&recipient, now)?;
        note(work, Action::InstallationSetUp, json!({ "recipient": recipient.to_string() }))?;
    }
    let vault = files.open()?;
    if let Some(key) = work.recovery.clone() {
        let slot = Vault::prove(&files.keystore, key, now)?;
        note(work, Action::RecoveryKeyProven, json!({ "slot": slot.number }))?;
    }
    if wants_passphrase(work) && !has_passphrase(&Vault::slots(&files.keystore)?) {
        let words = passphrase(work)?;
        let label = work.setup.answers.keys.passphrase_label.as_deref().unwrap_or(LABEL);
        let label = Label::parse(label).map_err(sentence)?;
        vault.add_slot(&NewSlot { way: NewWay::Passphrase(words.as_str()), label: label.as_str(), since: now })?;
        note(work, Action::KeyAdded, json!({ "kind": "passphrase" }))?;
    }
    Ok(())
}

/// The public half of the recovery key. One that is made here is in its file, on disk, when this returns.
fn recipient(work: &mut Work<'_, '_>) -> Result<RecoveryRecipient, Trouble> {
    let answers = &work.setup.answers.keys;
    if let Some(text) = &answers.recovery_recipient {
        return Ok(RecoveryRecipient::parse(text)?);
    }
    if let Some(key) = &work.recovery {
        return Ok(key.recipient());
    }
    let path =
        answers.recovery_key_file.as_deref().ok_or_else(|| Trouble::told("there is no file for the recovery key"))?;
    work.begun.will_make(path)?;
    let key = RecoveryKey::generate();
    let text = Zeroizing::new(format!("{}\n", key.text().as_str()));
    files::replace_secret(path, &text).map_err(|error| Trouble::told(error.to_string()))?;
    let recipient = key.recipient();
    work.recovery = Some(key);
    Ok(recipient)
}

fn passphrase(work: &Work<'_, '_>) -> Result<Passphrase, Trouble> {
    let keys = &work.setup.answers.keys;
    let words = match (&keys.passphrase, &keys.passphrase_file) {
        (Some(Secret(words)), _) => Zeroizing::new(words.clone()),
        (None, Some(path)) => files::read_secret(path).map_err(|error| Trouble::told(error.to_string()))?,
        (None, None) => Zeroizing::default(),
    };
    Passphrase::parse(words).map_err(sentence)
}

fn sentence(error: FieldError) -> Trouble {
    Trouble::told(error.message)
}

/// For the audit log, which a server that starts takes it into.
fn note(work: &Work<'_, '_>, action: Action, details: Value) -> Result<(), Trouble> {
    let login = host::login().unwrap_or_default();
    let at = work.setup.outside.clock.now();
    Ok(Notes::of(work.config()).add(&Note { at, login, action: action.as_str().to_owned(), details })?)
}
