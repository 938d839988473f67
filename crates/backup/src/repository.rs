//! A repository: whose it is, which sets are in it, and what their manifests say once their signature holds.

use std::any::Any;
use std::io::{self, Read as _, Write as _};

use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::destination::Destination;
use crate::error::BackupError;
use crate::manifest::{FORMAT, Manifest, SetId};
use crate::signing::{SigningKey, VerifyKey};

const ABOUT: &str = "repository.json";
/// Larger than any note or manifest: a million files need about 150 MB.
const LONGEST_TEXT: u64 = 1 << 30;
/// Signatures of manifests are of this kind.
pub(crate) const OF_MANIFEST: &str = "manifest";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    format: u32,
    installation: Uuid,
    verify_key: VerifyKey,
}

/// A repository that was found or made.
pub struct Repository {
    pub(crate) destination: Box<dyn Destination>,
    about: About,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository").field("place", &self.place()).field("about", &self.about).finish()
    }
}

/// Keeps other writers out of a repository until it is dropped.
pub struct Lock(#[expect(dead_code, reason = "held, not read")] Box<dyn Any + Send>);

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lock")
    }
}

/// A set as a list shows it.
#[derive(Debug)]
pub struct Listed {
    /// Its name.
    pub id: SetId,
    /// What it holds; the fault, if its manifest cannot be believed.
    pub manifest: Result<Manifest, BackupError>,
    /// When it was last read again and found whole.
    pub verified_at: Option<DateTime<Utc>>,
}

impl Repository {
    /// Finds a repository.
    pub fn open(destination: Box<dyn Destination>) -> Result<Self, BackupError> {
        let nowhere = || BackupError::NoRepository(destination.place());
        let text = text_of(destination.as_ref(), ABOUT).map_err(|_| nowhere())?;
        let about: About = parse(ABOUT, &text)?;
        Ok(Self { destination, about })
    }

    /// Finds the repository of an installation, or makes it. One that is another installation's is refused.
    pub fn open_or_create(destination: Box<dyn Destination>, key: &SigningKey) -> Result<Self, BackupError> {
        let about = About { format: FORMAT, installation: key.installation(), verify_key: key.verify_key() };
        if destination.bytes(ABOUT).map_err(BackupError::io("look for", ABOUT))?.is_none() {
            let text = serde_json::to_vec(&about).map_err(|error| BackupError::damaged(ABOUT, error.to_string()))?;
            write_text(destination.as_ref(), ABOUT, &text)?;
            return Ok(Self { destination, about });
        }
        let found = Self::open(destination)?;
        if found.about == about { Ok(found) } else { Err(BackupError::OtherInstallation(found.place())) }
    }

    /// Where it lies, for people.
    pub fn place(&self) -> String {
        self.destination.place()
    }

    /// Whose it is.
    pub fn installation(&self) -> Uuid {
        self.about.installation
    }

    /// The key that it says its sets are signed with.
    pub fn verify_key(&self) -> &VerifyKey {
        &self.about.verify_key
    }

    /// Free bytes, where that is known.
    pub fn free_bytes(&self) -> Option<u64> {
        self.destination.free_bytes()
    }

    /// Keeps other writers out, and removes what one that was cut off left behind.
    pub fn lock(&self) -> Result<Lock, BackupError> {
        let lock = self.destination.lock().map_err(BackupError::io("lock", self.place()))?;
        let lock = Lock(lock.ok_or_else(|| BackupError::Busy(self.place()))?);
        for name in self.names("sets")?.iter().filter(|name| SetId::parse(name).is_none()) {
            self.remove(&format!("sets/{name}"))?;
        }
        for folder in ["blobs", "keystore"] {
            self.destination.sweep(folder).map_err(BackupError::io("clear", folder))?;
        }
        Ok(lock)
    }

    /// Names of the whole sets, oldest first.
    pub fn ids(&self) -> Result<Vec<SetId>, BackupError> {
        Ok(self.names("sets")?.iter().filter_map(|name| SetId::parse(name)).collect())
    }

    /// The whole sets, oldest first.
    pub fn sets(&self) -> Result<Vec<Listed>, BackupError> {
        let listed = |id: SetId| Listed { manifest: self.manifest(&id), verified_at: self.verified_at(&id), id };
        Ok(self.ids()?.into_iter().map(listed).collect())
    }

    /// The manifest of a set, if its signature holds.
    pub fn manifest(&self, id: &SetId) -> Result<Manifest, BackupError> {
        let (name, signature) = (format!("{}/manifest.json", id.folder()), format!("{}/manifest.sig", id.folder()));
        let missing = |error: BackupError| match error {
            BackupError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                BackupError::NoSuchSet(id.to_string())
            }
            other => other,
        };
        let text = text_of(self.destination.as_ref(), &name).map_err(missing)?;
        let signed = text_of(self.destination.as_ref(), &signature)?;
        let signed = std::str::from_utf8(&signed).unwrap_or_default();
        if !self.about.verify_key.accepts(OF_MANIFEST, &text, signed) {
            return Err(BackupError::damaged(name, format!("its signature ({signature}) does not hold")));
        }
        let manifest: Manifest = parse(&name, &text)?;
        if manifest.set != *id {
            return Err(BackupError::damaged(name, "it is the manifest of another set"));
        }
        if manifest.installation != self.about.installation {
            return Err(BackupError::damaged(ABOUT, format!("it names another installation than {name}")));
        }
        Ok(manifest)
    }

    /// Opens an object of a set's folder, as it lies there.
    pub fn read_object(&self, id: &SetId, name: &str) -> Result<Box<dyn io::Read + Send>, BackupError> {
        let name = format!("{}/{name}", id.folder());
        self.destination.read(&name).map_err(BackupError::io("open", name))
    }

    /// The name of a set that is begun now. It comes after all that are there, also within the same second, and after a
    /// clock that ran ahead was set back.
    pub fn next_set(&self, at: DateTime<Utc>, random: [u8; 3]) -> Result<SetId, BackupError> {
        let newest = self.ids()?.pop().map(|id| id.at() + TimeDelta::seconds(1));
        Ok(SetId::new(newest.map_or(at, |next| at.max(next)), random))
    }

    /// When a set was last found whole.
    pub fn verified_at(&self, id: &SetId) -> Option<DateTime<Utc>> {
        let text = text_of(self.destination.as_ref(), &mark(id)).ok()?;
        std::str::from_utf8(&text).ok()?.parse().ok()
    }

    pub(crate) fn mark_verified(&self, id: &SetId, at: DateTime<Utc>) -> Result<(), BackupError> {
        write_text(self.destination.as_ref(), &mark(id), at.to_rfc3339().as_bytes())
    }

    pub(crate) fn unmark(&self, id: &SetId) -> Result<(), BackupError> {
        self.remove(&mark(id))
    }

    pub(crate) fn forget(&self, id: &SetId) -> Result<(), BackupError> {
        // Under another name first: a removal that is cut off leaves no set that looks whole.
        let gone = format!("{}.removed", id.folder());
        self.destination.rename(&id.folder(), &gone).map_err(BackupError::io("remove", id.folder()))?;
        self.remove(&gone)?;
        self.unmark(id)
    }

    pub(crate) fn names(&self, folder: &str) -> Result<Vec<String>, BackupError> {
        self.destination.names(folder).map_err(BackupError::io("list", folder))
    }

    pub(crate) fn remove(&self, name: &str) -> Result<(), BackupError> {
        self.destination.remove(name).map_err(BackupError::io("remove", name))
    }
}

fn mark(id: &SetId) -> String {
    format!("verified/{id}")
}

pub(crate) fn text_of(destination: &dyn Destination, name: &str) -> Result<Vec<u8>, BackupError> {
    let mut text = Vec::new();
    let mut object = destination.read(name).map_err(BackupError::io("open", name))?.take(LONGEST_TEXT);
    object.read_to_end(&mut text).map_err(BackupError::io("read", name))?;
    Ok(text)
}

pub(crate) fn write_text(destination: &dyn Destination, name: &str, text: &[u8]) -> Result<(), BackupError> {
    let mut object = destination.write(name).map_err(BackupError::io("begin", name))?;
    object.write_all(text).and_then(|()| object.keep()).map_err(BackupError::io("write", name))
}

/// Parses JSON of a format that this program knows.
pub(crate) fn parse<T: DeserializeOwned>(name: &str, text: &[u8]) -> Result<T, BackupError> {
    #[derive(Deserialize)]
    struct Header {
        format: u32,
    }
    let damaged = |error: serde_json::Error| BackupError::damaged(name, error.to_string());
    let header: Header = serde_json::from_slice(text).map_err(damaged)?;
    match header.format {
        FORMAT => serde_json::from_slice(text).map_err(damaged),
        0 => Err(BackupError::damaged(name, "it has no format")),
        found => Err(BackupError::Newer { found, known: FORMAT }),
    }
}
