//! A set that is being written: under another name until its manifest is signed and everything is on disk.

use std::io::{self, Write};

use age::stream::StreamWriter;
use age::x25519::Recipient;

use crate::error::BackupError;
use crate::manifest::{Manifest, Object, SetId};
use crate::repository::{OF_MANIFEST, Repository, write_text};
use crate::signing::SigningKey;
use crate::streams::{Sum, Summed, seal};

/// Name of the object with the dump: SQL, compressed, sealed.
pub const DATABASE: &str = "database.sql.zst.age";
/// Name of the object with the settings: a tar archive, compressed, sealed.
pub const SETTINGS: &str = "settings.tar.zst.age";

/// Compression that costs less time than it saves in writing.
const LEVEL: i32 = 1;

/// A set that nobody sees yet.
pub struct NewSet<'a> {
    repository: &'a Repository,
    id: SetId,
    folder: String,
    published: bool,
}

/// An object that is compressed and sealed as it is written.
pub struct SealedObject {
    name: String,
    stream: zstd::Encoder<'static, StreamWriter<Summed>>,
}

impl Repository {
    /// Begins a set. The caller holds the lock.
    pub fn begin(&self, id: SetId) -> NewSet<'_> {
        let folder = format!("{}.unfinished", id.folder());
        NewSet { repository: self, id, folder, published: false }
    }
}

impl NewSet<'_> {
    /// Its name.
    pub fn id(&self) -> &SetId {
        &self.id
    }

    /// Begins an object that only the holders of recovery keys can open.
    pub fn object(&self, name: &str, recipients: &[Recipient]) -> Result<SealedObject, BackupError> {
        let path = format!("{}/{name}", self.folder);
        let object = self.repository.destination.write(&path).map_err(BackupError::io("begin", &path))?;
        let sealed = seal(recipients, Summed::new(object))?;
        let stream = zstd::Encoder::new(sealed, LEVEL).map_err(BackupError::io("begin", &path))?;
        Ok(SealedObject { name: name.to_owned(), stream })
    }

    /// Signs the set and gives it its name: from now on it is there.
    pub fn publish(mut self, manifest: &Manifest, key: &SigningKey) -> Result<(), BackupError> {
        let name = format!("{}/manifest.json", self.folder);
        let text = serde_json::to_vec(manifest).map_err(|error| BackupError::damaged(&name, error.to_string()))?;
        let destination = self.repository.destination.as_ref();
        write_text(destination, &name, &text)?;
        let signature = key.sign(OF_MANIFEST, &text);
        write_text(destination, &format!("{}/manifest.sig", self.folder), signature.as_bytes())?;
        destination.rename(&self.folder, &self.id.folder()).map_err(BackupError::io("finish", self.id.folder()))?;
        self.published = true;
        Ok(())
    }
}

impl Drop for NewSet<'_> {
    fn drop(&mut self) {
        if !self.published {
            // What cannot be removed now goes before the next backup.
            let _ = self.repository.destination.remove(&self.folder);
        }
    }
}

impl SealedObject {
    /// Writes the end; the object is on disk when this returns.
    pub fn finish(self) -> Result<Object, BackupError> {
        let finished = self.stream.finish().and_then(StreamWriter::finish).and_then(Summed::keep);
        let Sum { bytes, sha256 } = finished.map_err(BackupError::io("write", &self.name))?;
        Ok(Object { name: self.name, bytes, sha256 })
    }
}

impl Write for SealedObject {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.stream.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
