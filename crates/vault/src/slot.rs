//! Key slots: the ways to get at the master key. Any one opens the keystore.
//!
//! Each slot has a pair of age keys. The master key is wrapped for the public one; the secret one is sealed by what the
//! slot stands for (a key file, a passphrase), or lies outside (a recovery key). So the master key can be replaced
//! without a person who types every passphrase.

use age::scrypt;
use age::secrecy::{ExposeSecret, SecretString};
use age::x25519::{Identity, Recipient};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::VaultError;
use crate::key::Secret;
use crate::key_file::KeyFile;
use crate::recovery::{RecoveryKey, RecoveryRecipient};
use crate::text::{decode, encode};

/// scrypt with N = 2^17, r = 8: 128 MiB and the least that OWASP's ASVS 5.0 (appendix C) takes.
const WORK: u8 = 17;

/// What a slot stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    /// A file on the server, or a credential of systemd.
    KeyFile,
    /// Something that is typed.
    Passphrase,
    /// A key that lies outside the server.
    Recovery,
}

/// What a slot protects, in sentences that are shown to the admin as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protection {
    /// What is safe with this slot.
    pub against: &'static str,
    /// What is not.
    pub not_against: &'static str,
}

impl SlotKind {
    /// What an admin must know of this kind.
    pub const fn protection(self) -> Protection {
        match self {
            Self::KeyFile => Protection {
                against: "a stolen copy of the database, of the document files or of a backup: none of them opens without this key file",
                not_against: "a stolen disk or virtual machine image that holds the key file as well, or somebody who is root on this server; keep the data on an encrypted disk",
            },
            Self::Passphrase => Protection {
                against: "the loss of the key file, and from a stolen disk once no key file is left on it",
                not_against: "somebody who guesses it, or who is root on this server while it is open",
            },
            Self::Recovery => Protection {
                against: "the loss of this server and of every other key: with a backup it gives everything back",
                not_against: "somebody who finds it together with a backup or with the keystore; keep it away from both",
            },
        }
    }
}

/// A slot as it can be told without opening anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotInfo {
    /// Names it; a number is never given twice.
    pub number: u32,
    /// What it stands for.
    pub kind: SlotKind,
    /// What the admin called it.
    pub label: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// When it was last shown to open the keystore, in seconds since 1970; for recovery keys.
    pub proven: Option<i64>,
    /// The age recipient that the master key is wrapped for.
    pub recipient: String,
}

/// What opens a keystore.
#[derive(Debug)]
pub enum Opener {
    /// The server's own key.
    KeyFile(KeyFile),
    /// What somebody typed.
    Passphrase(Zeroizing<String>),
    /// The key from outside.
    Recovery(RecoveryKey),
}

/// A slot that is to be made.
#[derive(Debug)]
pub struct NewSlot<'a> {
    /// What it stands for.
    pub way: NewWay<'a>,
    /// What the admin calls it.
    pub label: &'a str,
    /// Now, in seconds since 1970.
    pub since: i64,
}

/// What a new slot stands for.
pub enum NewWay<'a> {
    /// A key file that was made.
    KeyFile(&'a KeyFile),
    /// A passphrase; whoever takes it has judged whether it can be guessed.
    Passphrase(&'a str),
    /// The public half of a recovery key.
    Recovery(&'a RecoveryRecipient),
}

impl std::fmt::Debug for NewWay<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::KeyFile(_) => "KeyFile(..)",
            Self::Passphrase(_) => "Passphrase(..)",
            Self::Recovery(_) => "Recovery(..)",
        })
    }
}

/// A slot in the keystore file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlotEntry {
    pub(crate) number: u32,
    pub(crate) kind: SlotKind,
    pub(crate) label: String,
    pub(crate) since: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proven: Option<i64>,
    /// Public key of the slot, in clear.
    recipient: String,
    /// Its secret key, sealed by what the slot stands for; none for a recovery key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity: Option<String>,
    /// The master key, wrapped for the recipient.
    master: String,
}

impl SlotEntry {
    pub(crate) fn make(number: u32, new: &NewSlot<'_>, master: &Secret) -> Result<Self, VaultError> {
        let own = Identity::generate();
        let (kind, recipient, identity) = match &new.way {
            NewWay::KeyFile(key) => (SlotKind::KeyFile, own.to_public(), Some(seal_by_file(key, number, &own)?)),
            NewWay::Passphrase(words) => (SlotKind::Passphrase, own.to_public(), Some(seal_by_words(words, &own)?)),
            NewWay::Recovery(recipient) => (SlotKind::Recovery, recipient.0.clone(), None),
        };
        Ok(Self {
            number,
            kind,
            label: new.label.to_owned(),
            since: new.since,
            proven: None,
            master: wrap(&recipient, master)?,
            recipient: recipient.to_string(),
            identity,
        })
    }

    /// Wraps another master key; what the slot stands for is not needed.
    pub(crate) fn rewrap(&mut self, master: &Secret) -> Result<(), VaultError> {
        let recipient: Recipient = self.recipient.parse().map_err(|_| VaultError::NotARecipient)?;
        self.master = wrap(&recipient, master)?;
        Ok(())
    }

    /// The master key; `None` if the opener is not this slot's.
    pub(crate) fn open(&self, opener: &Opener) -> Option<Secret> {
        let identity = match (self.kind, opener) {
            (SlotKind::KeyFile, Opener::KeyFile(key)) => open_by_file(key, self.number, self.identity.as_deref()?)?,
            (SlotKind::Passphrase, Opener::Passphrase(words)) => open_by_words(words, self.identity.as_deref()?)?,
            (SlotKind::Recovery, Opener::Recovery(key)) => key.0.clone(),
            _ => return None,
        };
        let master = Zeroizing::new(age::decrypt(&identity, &decode(&self.master)?).ok()?);
        Secret::from_slice(&master)
    }

    pub(crate) fn info(&self) -> SlotInfo {
        SlotInfo {
            number: self.number,
            kind: self.kind,
            label: self.label.clone(),
            since: self.since,
            proven: self.proven,
            recipient: self.recipient.clone(),
        }
    }
}

fn wrap(recipient: &Recipient, master: &Secret) -> Result<String, VaultError> {
    let wrapped =
        age::encrypt(recipient, master.expose()).map_err(|_| VaultError::Crypto("wrapping the master key"))?;
    Ok(encode(&wrapped))
}

fn file_label(number: u32) -> String {
    format!("vcconnect/slot/key-file/{number}")
}

fn seal_by_file(key: &KeyFile, number: u32, identity: &Identity) -> Result<String, VaultError> {
    let mut out = Vec::new();
    key.0.cipher()?.seal_onto(&mut out, file_label(number).as_bytes(), secret_text(identity).as_bytes())?;
    Ok(encode(&out))
}

fn open_by_file(key: &KeyFile, number: u32, sealed: &str) -> Option<Identity> {
    let text = key.0.cipher().ok()?.open(file_label(number).as_bytes(), &decode(sealed)?).ok()?;
    std::str::from_utf8(&text).ok()?.parse().ok()
}

fn seal_by_words(words: &str, identity: &Identity) -> Result<String, VaultError> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(words.to_owned()));
    recipient.set_work_factor(WORK);
    let sealed = age::encrypt(&recipient, secret_text(identity).as_bytes())
        .map_err(|_| VaultError::Crypto("sealing by a passphrase"))?;
    Ok(encode(&sealed))
}

fn open_by_words(words: &str, sealed: &str) -> Option<Identity> {
    let mut identity = scrypt::Identity::new(SecretString::from(words.to_owned()));
    // Whoever can write the keystore file shall not make the server take all memory.
    identity.set_max_work_factor(WORK);
    let text = Zeroizing::new(age::decrypt(&identity, &decode(sealed)?).ok()?);
    std::str::from_utf8(&text).ok()?.parse().ok()
}

fn secret_text(identity: &Identity) -> Zeroizing<String> {
    Zeroizing::new(identity.to_string().expose_secret().to_owned())
}
