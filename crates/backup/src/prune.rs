//! Removes what retention does not keep: sets, files that no kept set names, keystores past their time.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::BackupError;
use crate::manifest::SetId;
use crate::repository::Repository;
use crate::retention::{Keep, Kept, surplus};

/// What was removed.
#[derive(Debug, Default)]
pub struct Pruned {
    /// Sets.
    pub sets: Vec<SetId>,
    /// Files of documents.
    pub blobs: u64,
    /// Versions of the keystore.
    pub keystores: Vec<String>,
    /// Sets whose manifest cannot be believed: they are left alone, and so are all files while they are there.
    pub unreadable: Vec<SetId>,
}

impl Repository {
    /// Removes what is not kept. The caller holds the lock.
    pub fn prune(&self, keep: Keep, now: DateTime<Utc>) -> Result<Pruned, BackupError> {
        let mut pruned = Pruned::default();
        let mut sets = Vec::new();
        for listed in self.sets()? {
            match listed.manifest {
                Ok(manifest) => {
                    let (complete, verified_at) = (manifest.is_complete(), listed.verified_at);
                    sets.push(Kept { id: listed.id, complete, verified_at });
                }
                Err(_) => pruned.unreadable.push(listed.id),
            }
        }
        for id in surplus(&sets, keep) {
            self.forget(&id)?;
            pruned.sets.push(id);
        }
        pruned.keystores = self.prune_keystores(now)?;
        if pruned.unreadable.is_empty() {
            pruned.blobs = self.prune_blobs()?;
        }
        Ok(pruned)
    }

    fn prune_blobs(&self) -> Result<u64, BackupError> {
        let mut named: HashSet<Uuid> = HashSet::new();
        for id in self.ids()? {
            named.extend(self.manifest(&id)?.blobs.iter().map(|blob| blob.id));
        }
        let mut removed = 0;
        for folder in self.names("blobs")? {
            for name in self.names(&format!("blobs/{folder}"))? {
                let id = name.strip_suffix(".age").and_then(|id| id.parse::<Uuid>().ok());
                if id.is_some_and(|id| !named.contains(&id)) {
                    self.remove(&format!("blobs/{folder}/{name}"))?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}
