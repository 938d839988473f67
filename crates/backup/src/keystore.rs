//! The keystore in the repository: one object of its own with a short life, so that the key of an erased deal is in no
//! backup after seven days (ADR 0013).
//!
//! Invariants: the last two versions are kept at most, and none that is older than seven days once a newer one is there.
//! Each has a signed note: whoever can write into the repository cannot plant a keystore of their own.

use std::io::{self, Read as _, Write as _};

use age::x25519::Recipient;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::BackupError;
use crate::manifest::{FORMAT, parse_time, time_name};
use crate::repository::{Repository, parse, text_of, write_text};
use crate::signing::SigningKey;
use crate::streams::{Sum, Summed, seal, sum_of, unseal};

const FOLDER: &str = "keystore";
const VERSIONS: usize = 2;
const OLDEST: TimeDelta = TimeDelta::days(7);
const OF_KEYSTORE: &str = "keystore";
/// Far more than a keystore of a hundred thousand deals.
const LARGEST: u64 = 1 << 28;

/// What is said of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeystoreNote {
    format: u32,
    /// The object's name in the repository.
    pub object: String,
    /// When it was current.
    pub at: DateTime<Utc>,
    /// Its size, sealed.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    format: u32,
    note: String,
    signature: String,
}

/// A version that is there.
#[derive(Debug)]
pub struct KeystoreVersion {
    /// Name of its note.
    pub name: String,
    /// The fault, if the note cannot be believed.
    pub note: Result<KeystoreNote, BackupError>,
}

impl Repository {
    /// Adds the keystore as it is now and removes versions that are past their time. Gives the object's name. The caller
    /// holds the lock.
    pub fn add_keystore(
        &self,
        at: DateTime<Utc>,
        keystore: &[u8],
        recipients: &[Recipient],
        key: &SigningKey,
    ) -> Result<String, BackupError> {
        let now = at;
        // The newest by name is the newest, also after a clock that ran ahead was set back.
        let at = self.keystore_times()?.pop().map_or(now, |newest| now.max(newest + TimeDelta::seconds(1)));
        let object = format!("{FOLDER}/{}.age", time_name(at));
        let output = self.destination.write(&object).map_err(BackupError::io("begin", &object))?;
        let mut sealed = seal(recipients, Summed::new(output))?;
        let kept = sealed.write_all(keystore).and_then(|()| sealed.finish()).and_then(Summed::keep);
        let Sum { bytes, sha256 } = kept.map_err(BackupError::io("write", &object))?;
        let note = KeystoreNote { format: FORMAT, object: object.clone(), at, bytes, sha256 };
        let broken = |error: serde_json::Error| BackupError::damaged(&object, error.to_string());
        let note = serde_json::to_string(&note).map_err(broken)?;
        let signed = Signed { format: FORMAT, signature: key.sign(OF_KEYSTORE, note.as_bytes()), note };
        let signed = serde_json::to_vec(&signed).map_err(broken)?;
        write_text(self.destination.as_ref(), &note_name(at), &signed)?;
        self.prune_keystores(now)?;
        Ok(object)
    }

    /// The versions that are there, oldest first.
    pub fn keystores(&self) -> Result<Vec<KeystoreVersion>, BackupError> {
        let times = self.keystore_times()?;
        Ok(times.into_iter().map(|at| KeystoreVersion { name: note_name(at), note: self.keystore_note(at) }).collect())
    }

    /// The newest version.
    pub fn newest_keystore(&self) -> Result<KeystoreNote, BackupError> {
        match self.keystores()?.pop() {
            Some(version) => version.note,
            None => Err(BackupError::damaged(FOLDER, "there is no keystore in the repository")),
        }
    }

    /// Opens a version with a recovery key.
    pub fn open_keystore(
        &self,
        note: &KeystoreNote,
        identity: &dyn age::Identity,
    ) -> Result<Zeroizing<Vec<u8>>, BackupError> {
        self.check_keystore(note)?;
        let object = self.destination.read(&note.object).map_err(BackupError::io("open", &note.object))?;
        let mut text = Zeroizing::new(Vec::new());
        unseal(&note.object, identity, object)?
            .take(LARGEST)
            .read_to_end(&mut text)
            .map_err(BackupError::io("open", &note.object))?;
        Ok(text)
    }

    pub(crate) fn check_keystore(&self, note: &KeystoreNote) -> Result<(), BackupError> {
        let object = match self.destination.read(&note.object) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(BackupError::damaged(&note.object, "it is missing"));
            }
            opened => opened.map_err(BackupError::io("open", &note.object))?,
        };
        let sum = sum_of(object, |_| Ok(()), &note.object)?;
        if sum == (Sum { bytes: note.bytes, sha256: note.sha256.clone() }) {
            Ok(())
        } else {
            Err(BackupError::damaged(&note.object, "it is not what its note says"))
        }
    }

    /// Removes versions that are past their time, and halves. Gives their names.
    pub(crate) fn prune_keystores(&self, now: DateTime<Utc>) -> Result<Vec<String>, BackupError> {
        let times = self.keystore_times()?;
        let newer = |place: usize| times.len() - 1 - place;
        let past =
            |place: usize, at: DateTime<Utc>| newer(place) >= VERSIONS || (newer(place) > 0 && now - at > OLDEST);
        let gone: Vec<_> =
            times.iter().enumerate().filter(|(place, at)| past(*place, **at)).map(|(_, at)| *at).collect();
        for at in &gone {
            // The note last: an object without one is a half, which the next round removes.
            self.remove(&object_name(*at))?;
            self.remove(&note_name(*at))?;
        }
        for name in self.names(FOLDER)? {
            let half = name.strip_suffix(".age").and_then(parse_time).is_some_and(|at| !times.contains(&at));
            if half {
                self.remove(&format!("{FOLDER}/{name}"))?;
            }
        }
        Ok(gone.into_iter().map(object_name).collect())
    }

    fn keystore_times(&self) -> Result<Vec<DateTime<Utc>>, BackupError> {
        Ok(self.names(FOLDER)?.iter().filter_map(|name| parse_time(name.strip_suffix(".json")?)).collect())
    }

    fn keystore_note(&self, at: DateTime<Utc>) -> Result<KeystoreNote, BackupError> {
        let name = note_name(at);
        let signed: Signed = parse(&name, &text_of(self.destination.as_ref(), &name)?)?;
        if !self.verify_key().accepts(OF_KEYSTORE, signed.note.as_bytes(), &signed.signature) {
            return Err(BackupError::damaged(name, "its signature does not hold"));
        }
        let note: KeystoreNote = parse(&name, signed.note.as_bytes())?;
        if note.object == object_name(at) { Ok(note) } else { Err(BackupError::damaged(name, "it is another's note")) }
    }
}

fn object_name(at: DateTime<Utc>) -> String {
    format!("{FOLDER}/{}.age", time_name(at))
}

fn note_name(at: DateTime<Utc>) -> String {
    format!("{FOLDER}/{}.json", time_name(at))
}
