//! Reads a set again and compares every object with what was signed.

use chrono::{DateTime, Utc};

use crate::blobs::blob_name;
use crate::error::BackupError;
use crate::manifest::{Manifest, SetId};
use crate::repository::Repository;
use crate::signing::VerifyKey;
use crate::streams::{Sum, sum_of};
use crate::watch::{Step, Watch};

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which object of the repository.
    pub object: String,
    /// How.
    pub what: String,
}

/// What reading a set again found.
#[derive(Debug)]
pub struct Verdict {
    /// Which set.
    pub id: SetId,
    /// Objects that were read, files included.
    pub objects: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// What does not fit; none if the set is whole.
    pub faults: Vec<Fault>,
    /// Documents that had no file when the set was made.
    pub missing: usize,
}

impl Verdict {
    /// Whether every object is what was signed.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

fn is_closed(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem)
}

impl Repository {
    /// Reads a set again, with the keystores of the repository. `printed` is the key that the set must be signed with, if
    /// it is known from elsewhere than the repository. A set that is whole is marked so, at `now`.
    pub fn verify(
        &self,
        id: &SetId,
        printed: Option<&VerifyKey>,
        now: DateTime<Utc>,
        watch: &dyn Watch,
    ) -> Result<Verdict, BackupError> {
        let mut verdict = Verdict { id: id.clone(), objects: 0, bytes: 0, faults: Vec::new(), missing: 0 };
        if printed.is_some_and(|printed| printed != self.verify_key()) {
            let what = "it names another verification key than the one that is expected".to_owned();
            verdict.faults.push(Fault { object: "repository.json".to_owned(), what });
        }
        match self.manifest(id) {
            Ok(manifest) => self.compare(&manifest, &mut verdict, watch)?,
            Err(BackupError::Damaged { object, what }) => verdict.faults.push(Fault { object, what }),
            Err(other) => return Err(other),
        }
        let keystores = self.keystores()?;
        if keystores.is_empty() {
            let what = "there is no keystore in the repository".to_owned();
            verdict.faults.push(Fault { object: "keystore".to_owned(), what });
        }
        for version in keystores {
            let checked = version.note.and_then(|note| self.check_keystore(&note));
            verdict.objects += 1;
            match checked {
                Ok(()) => {}
                Err(BackupError::Damaged { object, what }) => verdict.faults.push(Fault { object, what }),
                Err(other) => verdict.faults.push(Fault { object: version.name, what: other.to_string() }),
            }
        }
        self.set_aside(&verdict)?;
        // A set that was whole once and is not any more must not hold retention back.
        if verdict.is_whole() {
            match self.mark_verified(id, now) {
                // Whoever may only read has read it all the same.
                Err(BackupError::Io { source, .. }) if is_closed(&source) => {}
                marked => marked?,
            }
        } else {
            self.unmark(id)?;
        }
        Ok(verdict)
    }

    /// Files that were altered get another name, so that the next backup copies them anew; then every set that names them
    /// is whole again, as long as the installation has them.
    fn set_aside(&self, verdict: &Verdict) -> Result<(), BackupError> {
        for fault in verdict.faults.iter().filter(|fault| fault.object.starts_with("blobs/")) {
            let name = &fault.object;
            if self.destination.bytes(name).map_err(BackupError::io("look for", name))?.is_some() {
                let aside = format!("{name}.damaged");
                self.destination.rename(name, &aside).map_err(BackupError::io("set aside", name))?;
            }
        }
        Ok(())
    }

    fn compare(&self, manifest: &Manifest, verdict: &mut Verdict, watch: &dyn Watch) -> Result<(), BackupError> {
        verdict.missing = manifest.missing.len();
        let objects = manifest.objects.iter().map(|one| {
            let sum = Sum { bytes: one.bytes, sha256: one.sha256.clone() };
            (format!("{}/{}", manifest.set.folder(), one.name), sum)
        });
        let blobs =
            manifest.blobs.iter().map(|one| (blob_name(one.id), Sum { bytes: one.bytes, sha256: one.sha256.clone() }));
        self.read_again(objects.chain(blobs), manifest.bytes(), verdict, watch)
    }

    /// Reads objects and compares them.
    pub(crate) fn read_again(
        &self,
        objects: impl Iterator<Item = (String, Sum)>,
        total: u64,
        verdict: &mut Verdict,
        watch: &dyn Watch,
    ) -> Result<(), BackupError> {
        for (name, expected) in objects {
            let start = verdict.bytes;
            let mut done = 0;
            let read = self.destination.read(&name).map_err(BackupError::io("open", &name)).and_then(|object| {
                sum_of(
                    object,
                    |piece| {
                        done += piece.len() as u64;
                        watch.go_on(Step::Reading, start + done, total)
                    },
                    &name,
                )
            });
            verdict.objects += 1;
            verdict.bytes += done;
            let what = match read {
                Ok(found) if found == expected => continue,
                Ok(found) if found.bytes != expected.bytes => {
                    format!("it has {} bytes instead of {}", found.bytes, expected.bytes)
                }
                Ok(_) => "it was altered".to_owned(),
                Err(BackupError::Cancelled) => return Err(BackupError::Cancelled),
                Err(BackupError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                    "it is missing".to_owned()
                }
                Err(other) => other.to_string(),
            };
            verdict.faults.push(Fault { object: name, what });
        }
        Ok(())
    }

    /// Reads again what a new set added: the objects of its folder and the files that were not there before.
    pub fn read_back(
        &self,
        manifest: &Manifest,
        new: &std::collections::HashSet<uuid::Uuid>,
        watch: &dyn Watch,
    ) -> Result<Vec<Fault>, BackupError> {
        let mut added = manifest.clone();
        added.blobs.retain(|blob| new.contains(&blob.id));
        let id = manifest.set.clone();
        let mut verdict = Verdict { id, objects: 0, bytes: 0, faults: Vec::new(), missing: 0 };
        self.compare(&added, &mut verdict, watch)?;
        Ok(verdict.faults)
    }
}
