//! Files of documents, copied as they are: they are ciphertext. One that is there is not copied again.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Write as _};

use uuid::Uuid;

use crate::error::BackupError;
use crate::manifest::Blob;
use crate::repository::Repository;
use crate::streams::{Sum, Summed, sum_of};
use crate::watch::{Step, Watch};

/// What copying found and did.
#[derive(Debug, Default)]
pub struct Copied {
    /// The files that are in the repository now.
    pub blobs: Vec<Blob>,
    /// Those of them that were not there before.
    pub new: HashSet<Uuid>,
    /// Documents without a file.
    pub missing: Vec<Uuid>,
}

impl Repository {
    /// What earlier sets say of the files that they share, so that they need not be read again.
    pub fn known_blobs(&self) -> Result<HashMap<Uuid, Blob>, BackupError> {
        let mut known = HashMap::new();
        // The newest alone: it names what the ones before it share with a new set.
        if let Some(manifest) = self.ids()?.iter().rev().find_map(|id| self.manifest(id).ok()) {
            known.extend(manifest.blobs.into_iter().map(|blob| (blob.id, blob)));
        }
        Ok(known)
    }

    /// Brings files into the repository. `open` gives the file of a document; `known` what earlier sets say. The caller
    /// holds the lock.
    pub fn copy_blobs(
        &self,
        ids: &[Uuid],
        open: &dyn Fn(Uuid) -> io::Result<File>,
        known: &HashMap<Uuid, Blob>,
        watch: &dyn Watch,
    ) -> Result<Copied, BackupError> {
        let mut copied = Copied::default();
        let total = ids.len() as u64;
        for (done, &id) in (0..).zip(ids) {
            watch.go_on(Step::Files, done, total)?;
            match self.bring(id, open, known, watch)? {
                Some((blob, is_new)) => {
                    copied.new.extend(is_new.then_some(id));
                    copied.blobs.push(blob);
                }
                None => copied.missing.push(id),
            }
        }
        watch.go_on(Step::Files, total, total)?;
        Ok(copied)
    }

    fn bring(
        &self,
        id: Uuid,
        open: &dyn Fn(Uuid) -> io::Result<File>,
        known: &HashMap<Uuid, Blob>,
        watch: &dyn Watch,
    ) -> Result<Option<(Blob, bool)>, BackupError> {
        let name = blob_name(id);
        let there = self.destination.bytes(&name).map_err(BackupError::io("look for", &name))?;
        let mut file = match open(id) {
            Ok(file) => file,
            // It was removed meanwhile; an earlier backup may have it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(there
                    .map(|bytes| self.known_or_read(id, bytes, known))
                    .transpose()?
                    .map(|blob| (blob, false)));
            }
            Err(error) => return Err(BackupError::io("open the file of document", id.to_string())(error)),
        };
        let bytes = file.metadata().map_err(BackupError::io("examine", &name))?.len();
        if there == Some(bytes) {
            return Ok(Some((self.known_or_read(id, bytes, known)?, false)));
        }
        let object = self.destination.write(&name).map_err(BackupError::io("begin", &name))?;
        let mut output = Summed::new(object);
        sum_of(
            &mut file,
            |piece| {
                output.write_all(piece).map_err(BackupError::io("write", &name))?;
                watch.go_on(Step::Files, 0, 0)
            },
            &name,
        )?;
        let Sum { bytes, sha256 } = output.keep().map_err(BackupError::io("write", &name))?;
        Ok(Some((Blob { id, bytes, sha256 }, true)))
    }

    fn known_or_read(&self, id: Uuid, bytes: u64, known: &HashMap<Uuid, Blob>) -> Result<Blob, BackupError> {
        if let Some(blob) = known.get(&id).filter(|blob| blob.bytes == bytes) {
            return Ok(blob.clone());
        }
        let name = blob_name(id);
        let object = self.destination.read(&name).map_err(BackupError::io("open", &name))?;
        let Sum { bytes, sha256 } = sum_of(object, |_| Ok(()), &name)?;
        Ok(Blob { id, bytes, sha256 })
    }

    /// Gives a file of a document to `output`, and fails at its end if it is not what the manifest says.
    pub fn fetch_blob(&self, blob: &Blob, output: &mut dyn io::Write, watch: &dyn Watch) -> Result<(), BackupError> {
        let name = blob_name(blob.id);
        let object = self.destination.read(&name).map_err(BackupError::io("open", &name))?;
        let sum = sum_of(
            object,
            |piece| {
                output.write_all(piece).map_err(BackupError::io("write", &name))?;
                watch.go_on(Step::Files, 0, 0)
            },
            &name,
        )?;
        if sum == (Sum { bytes: blob.bytes, sha256: blob.sha256.clone() }) {
            Ok(())
        } else {
            Err(BackupError::damaged(name, "it is not what the manifest says"))
        }
    }
}

/// As the files lie in the installation: two letters of the id's random end make a folder.
pub(crate) fn blob_name(id: Uuid) -> String {
    let name = id.to_string();
    format!("blobs/{}/{name}.age", name.get(name.len() - 2..).unwrap_or("00"))
}
