//! Makes a set: files first, then a moment of the database with the files that belong to it, the dump, the keystore, the
//! settings; signed last.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ::backup::{
    AuditEnd, Blob, Contents, Copied, DATABASE, Fault, Manifest, NewSet, Object, Recipient, Repository, SETTINGS,
    SetId, SigningKey, Watch, pack,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dump::{self, dump};
use super::place::BackupPlace;
use super::settings;
use super::trouble::Trouble;
use crate::infra::blobs::Blobs;
use crate::infra::clock::Clock;
use crate::infra::config::Config;
use crate::infra::db;
use crate::infra::db::snapshot::{Snapshot, make_role};
use crate::infra::keys::KeyFiles;
use crate::infra::postgres::{Layout, Role};

/// What a backup made.
#[derive(Debug)]
pub struct Made {
    /// The set.
    pub manifest: Manifest,
    /// Files that were not in the repository before.
    pub new_files: usize,
}

/// What the work needs on its thread.
struct Making {
    config: Config,
    place: BackupPlace,
    repository: Repository,
    key: SigningKey,
    recipients: Vec<Recipient>,
    clock: Arc<dyn Clock>,
    watch: Arc<dyn Watch + Send + Sync>,
    id: SetId,
}

/// Makes a set. The keystore may be sealed; the server may be running.
pub async fn make(
    config: &Config,
    clock: Arc<dyn Clock>,
    id: SetId,
    watch: Arc<dyn Watch + Send + Sync>,
) -> Result<Made, Trouble> {
    let place = BackupPlace::of(config);
    place.destination()?;
    let recipients = place.recipients()?;
    let (repository, key) = (place.repository()?, place.signing_key()?);
    let lock = repository.lock()?;
    let making = Arc::new(Making { config: config.clone(), place, repository, key, recipients, clock, watch, id });
    let url = role_url(config).await?;
    // Most of the copying is done before the moment of the database, so that little is left to do after it.
    let (known, before) = on_a_thread(&making, Making::copy_all).await?;
    let known = Arc::new(known);
    let (snapshot, mut copied) = moment(&making, &url, &known).await?;
    copied.new.extend(before);
    let snapshot = Arc::new(snapshot);
    let (held, new) = (Arc::clone(&snapshot), copied.new.clone());
    let manifest = on_a_thread(&making, move |making| making.write(&held, copied, &url)).await?;
    drop(snapshot);
    let faults = on_a_thread(&making, {
        let (manifest, new) = (manifest.clone(), new.clone());
        move |making| Ok(making.repository.read_back(&manifest, &new, making.watch.as_ref())?)
    })
    .await?;
    drop(lock);
    match faults.as_slice() {
        [] => Ok(Made { manifest, new_files: new.len() }),
        faults => Err(misread(&manifest, faults)),
    }
}

/// A moment of the database, and its files. A document that was removed between the two is met by another moment, once;
/// what is missing then is missing.
async fn moment(
    making: &Arc<Making>,
    url: &str,
    known: &Arc<HashMap<Uuid, Blob>>,
) -> Result<(Snapshot, Copied), Trouble> {
    let mut new = HashSet::new();
    let mut tried = false;
    loop {
        let snapshot = Snapshot::take(url).await?;
        let (ids, known) = (snapshot.documents.clone(), Arc::clone(known));
        let mut copied = on_a_thread(making, move |making| making.copy(&ids, &known)).await?;
        new.extend(copied.new.drain());
        if copied.missing.is_empty() || tried {
            return Ok((snapshot, Copied { new, ..copied }));
        }
        tried = true;
    }
}

/// Connects as the role of backups; a cluster that is older than the role gets it first.
async fn role_url(config: &Config) -> Result<String, Trouble> {
    let url = db::url(config, Role::Backup)?;
    if config.database.url.is_none() && db::connect(&url).await.is_err() {
        make_role(&Layout::of(config)?.url(Role::Super)).await?;
    }
    Ok(url)
}

async fn on_a_thread<T: Send + 'static>(
    making: &Arc<Making>,
    work: impl FnOnce(&Making) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let making = Arc::clone(making);
    let joined = tokio::task::spawn_blocking(move || work(&making)).await;
    joined.map_err(|error| Trouble::told(format!("the backup broke down; no set was added ({error})")))?
}

fn misread(manifest: &Manifest, faults: &[Fault]) -> Trouble {
    let faults: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.object, fault.what)).collect();
    Trouble::told(format!(
        "the set {} was written and reads back differently; do not rely on it, and look at the disk of the backups ({})",
        manifest.set,
        faults.join("; ")
    ))
}

impl Making {
    /// Everything that lies in the folder of files, without asking the database.
    fn copy_all(&self) -> Result<(HashMap<Uuid, Blob>, HashSet<Uuid>), Trouble> {
        let known = self.repository.known_blobs()?;
        let ids = Blobs::of(&self.config).ids().map_err(Trouble::io("list", "the files of documents"))?;
        let copied = self.copy(&ids, &known)?;
        let mut known = known;
        known.extend(copied.blobs.into_iter().map(|blob| (blob.id, blob)));
        Ok((known, copied.new))
    }

    fn copy(&self, ids: &[Uuid], known: &HashMap<Uuid, Blob>) -> Result<Copied, Trouble> {
        let blobs = Blobs::of(&self.config);
        Ok(self.repository.copy_blobs(ids, &|id| blobs.open(id), known, self.watch.as_ref())?)
    }

    fn write(&self, snapshot: &Snapshot, copied: Copied, url: &str) -> Result<Manifest, Trouble> {
        let began_at = self.id.at();
        let set = self.repository.begin(self.id.clone());
        let order = dump::Order { config: &self.config, url, snapshot: &snapshot.name, major: snapshot.postgres };
        let mut database = set.object(DATABASE, &self.recipients)?;
        dump(&order, &mut database, self.watch.as_ref())?;
        let objects = vec![database.finish()?, self.write_settings(&set)?];
        let keystore = self.write_keystore(began_at)?;
        let Copied { blobs, missing, .. } = copied;
        let manifest = Manifest {
            format: 1,
            set: self.id.clone(),
            installation: self.key.installation(),
            began_at,
            ended_at: self.clock.now(),
            contents: contents(snapshot),
            objects,
            blobs,
            missing,
            keystore,
            recipients: self.recipients.iter().map(ToString::to_string).collect(),
        };
        set.publish(&manifest, &self.key)?;
        Ok(manifest)
    }

    fn write_settings(&self, set: &NewSet<'_>) -> Result<Object, Trouble> {
        let mut object = set.object(SETTINGS, &self.recipients)?;
        let files = settings::gather(&self.config, &self.place)?;
        pack(&files, &mut object).map_err(::backup::BackupError::io("write", SETTINGS))?;
        Ok(object.finish()?)
    }

    fn write_keystore(&self, at: DateTime<Utc>) -> Result<String, Trouble> {
        let path = KeyFiles::of(&self.config).keystore;
        let text = std::fs::read(&path).map_err(Trouble::io("read", path.display()))?;
        Ok(self.repository.add_keystore(at, &text, &self.recipients, &self.key)?)
    }
}

fn contents(snapshot: &Snapshot) -> Contents {
    Contents {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        postgres: snapshot.postgres,
        schema: snapshot.schema.clone(),
        promised: snapshot.promised.clone(),
        rows: snapshot.rows.clone(),
        audit: snapshot.audit.clone().map(|(seq, link)| AuditEnd { seq, link }),
    }
}
