//! Use cases: each is for the console alone, and each change is recorded.

use std::sync::Arc;

use serde_json::{Value, json};
use vault::{NewSlot, NewWay, RecoveryKey, RecoveryRecipient, SlotInfo, Vault, VaultError};

use super::model::{Label, Passphrase};
use crate::base::{Ctx, Error, ErrorCode, Result};
use crate::domain::audit::{Action, Audit, Object, Record};
use crate::infra::db::{Db, Transact as _};
use crate::infra::keys::KeyFiles;

/// The keystore's slots and its master key.
#[derive(Clone)]
pub struct Keys {
    db: Db,
    vault: Arc<Vault>,
    files: KeyFiles,
    audit: Audit,
}

impl Keys {
    /// Those of this open vault, whose keystore lies in these files.
    pub fn new(db: Db, vault: Arc<Vault>, files: KeyFiles, audit: Audit) -> Self {
        Self { db, vault, files, audit }
    }

    /// The ways to open the keystore, by number.
    pub async fn list(&self, cx: &Ctx) -> Result<Vec<SlotInfo>> {
        cx.require_console()?;
        let files = self.files.clone();
        blocking(move || Vault::slots(&files.keystore)).await
    }

    /// Adds a passphrase.
    pub async fn add_passphrase(&self, cx: &Ctx, label: Label, passphrase: Passphrase) -> Result<()> {
        cx.require_console()?;
        let since = cx.now.timestamp();
        let record = recorded(Action::KeyAdded, json!({ "kind": "passphrase" }));
        self.change(cx, record, move |vault| {
            let way = NewWay::Passphrase(passphrase.as_str());
            vault.add_slot(&NewSlot { way, label: label.as_str(), since }).map(|_| ())
        })
        .await
    }

    /// Makes a key file where there is none, and adds it: with it the server starts by itself.
    pub async fn add_key_file(&self, cx: &Ctx) -> Result<()> {
        cx.require_console()?;
        let since = cx.now.timestamp();
        let files = self.files.clone();
        let record = recorded(Action::KeyAdded, json!({ "kind": "key_file" }));
        self.change(cx, record, move |vault| files.add_to(vault, since)).await
    }

    /// Adds a recovery key by its public half.
    pub async fn add_recovery(&self, cx: &Ctx, label: Label, recipient: RecoveryRecipient) -> Result<()> {
        cx.require_console()?;
        let since = cx.now.timestamp();
        let record = recorded(Action::KeyAdded, json!({ "kind": "recovery", "recipient": recipient.to_string() }));
        self.change(cx, record, move |vault| {
            let way = NewWay::Recovery(&recipient);
            vault.add_slot(&NewSlot { way, label: label.as_str(), since }).map(|_| ())
        })
        .await
    }

    /// Takes a way to open the keystore away.
    pub async fn remove(&self, cx: &Ctx, slot: u32) -> Result<()> {
        cx.require_console()?;
        let record = recorded(Action::KeyRemoved, json!({ "slot": slot }));
        self.change(cx, record, move |vault| vault.remove_slot(slot)).await
    }

    /// Replaces the master key.
    pub async fn rotate(&self, cx: &Ctx) -> Result<()> {
        cx.require_console()?;
        self.change(cx, recorded(Action::MasterKeyReplaced, Value::Null), Vault::rotate_master).await
    }

    /// Shows that a recovery key opens the keystore, and notes when. That it does not is recorded too.
    pub async fn prove(&self, cx: &Ctx, key: RecoveryKey) -> Result<()> {
        cx.require_console()?;
        let (files, at) = (self.files.clone(), cx.now.timestamp());
        let proven = blocking(move || Vault::prove(&files.keystore, key, at)).await;
        let record = match &proven {
            Ok(slot) => recorded(Action::RecoveryKeyProven, json!({ "slot": slot.number })),
            Err(_) => Record::denied(Action::RecoveryKeyProven, Object::all("key")),
        };
        self.audit.record_alone(cx, record).await?;
        proven.map(|_| ())
    }

    /// Notes that somebody opened a server that was sealed, after how many attempts that failed.
    pub async fn unlocked(&self, cx: &Ctx, failed: u32) -> Result<()> {
        cx.require_console()?;
        self.audit.record_alone(cx, recorded(Action::Unlocked, json!({ "failed_attempts": failed }))).await
    }

    async fn change(
        &self,
        cx: &Ctx,
        record: Record,
        change: impl FnOnce(&Vault) -> Result<(), VaultError> + Send + 'static,
    ) -> Result<()> {
        let vault = Arc::clone(&self.vault);
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            self.audit.record(conn, cx, record).await?;
            blocking(move || change(&vault)).await
        })
        .await
    }
}

fn recorded(action: Action, details: Value) -> Record {
    Record::done(action, Object::all("key")).with(details)
}

/// Passphrases are slow on purpose, and the keystore is a file.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, VaultError> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map_err(told)
}

/// What the vault refuses is for the one who asked; what breaks is ours.
pub(super) fn told(error: VaultError) -> Error {
    let code = match &error {
        VaultError::WrongKey => ErrorCode::WrongCredentials,
        VaultError::UnknownSlot(_) => ErrorCode::NotFound,
        VaultError::KeyFileThere(_) | VaultError::TooFewSlots | VaultError::LastRecovery | VaultError::SlotInUse(_) => {
            ErrorCode::WrongState
        }
        VaultError::MasterReplaced => ErrorCode::ChangedMeanwhile,
        _ => return error.into(),
    };
    Error::new(code, capitalised(&error.to_string()))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let sentence: String = first.chain(letters).collect();
    if sentence.ends_with('.') { sentence } else { format!("{sentence}.") }
}
