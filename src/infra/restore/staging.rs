//! Fills what nobody sees yet: files of documents and keys, beside those that are in use.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::backup::{Identity, SETTINGS, SettingsFile, SigningKey, Watch, open_sealed, unpack};
use aws_lc_rs::digest;
use chrono::{DateTime, Utc};
use nix::unistd::syncfs;
use vault::{KeyFile, NewSlot, NewWay, Opener, RecoveryKey, Vault};

use super::plan::{Plan, copied};
use super::source::Opened;
use crate::infra::backup::{SIGNING_KEY, Trouble, open_authority};
use crate::infra::blobs::Blobs;
use crate::infra::config::Config;
use crate::infra::keys::KeyFiles;

/// Keys that wait to be put into place, and the vault that they open.
pub struct Staged {
    /// Folder with `keystore.json`, `vcconnect.key` and `backup.key`.
    pub folder: PathBuf,
    /// The restored keys.
    pub vault: Arc<Vault>,
    /// Settings of the set, the signing key not among them.
    pub settings: Vec<SettingsFile>,
}

const PIECE: usize = 256 * 1024;

pub(super) const KEYSTORE: &str = "keystore.json";
pub(super) const KEY_FILE: &str = "vcconnect.key";
pub(super) const BACKUP_KEY: &str = "backup.key";

/// Opens the keystore with the recovery key and gives this machine a key file of its own.
pub fn stage_keys(
    config: &Config,
    plan: &Plan,
    recovery: RecoveryKey,
    identity: &Identity,
    now: DateTime<Utc>,
) -> Result<Staged, Trouble> {
    let folder = KeyFiles::of(config).keystore.with_file_name("restoring");
    empty_folder(&folder)?;
    let keystore = folder.join(KEYSTORE);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&keystore)
        .map_err(Trouble::io("make", keystore.display()))?;
    file.write_all(&plan.keystore).and_then(|()| file.sync_all()).map_err(Trouble::io("write", keystore.display()))?;
    let vault = Vault::open(&keystore, &Opener::Recovery(recovery))?;
    let key = KeyFile::create(&folder.join(KEY_FILE))?;
    let label = format!("restored {}", now.format("%Y-%m-%d"));
    vault.add_slot(&NewSlot { way: NewWay::KeyFile(&key), label: &label, since: now.timestamp() })?;
    let object = fetch(config, &plan.opened, SETTINGS)?;
    let files = unpack(open_sealed(SETTINGS, identity, object)?).map_err(Trouble::io("open", SETTINGS))?;
    let (signing, settings): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.path == SIGNING_KEY);
    let authority = open_authority(&settings, identity);
    let settings: Vec<SettingsFile> = settings.into_iter().chain(authority).collect();
    let text = signing.into_iter().next().and_then(|file| String::from_utf8(file.content).ok());
    let signing = text.as_deref().and_then(SigningKey::parse);
    let signing = signing.ok_or_else(|| Trouble::told("the settings of the set hold no signing key"))?;
    signing.store(&folder.join(BACKUP_KEY)).map_err(Trouble::io("write", BACKUP_KEY))?;
    Ok(Staged { folder, vault: Arc::new(vault), settings })
}

/// A copy of an object of the set that nobody can exchange any more: it has no name, and was compared with what was
/// signed while it was made. What is executed or put into place is read from here, never from the repository again.
pub(super) fn fetch(config: &Config, opened: &Opened, name: &str) -> Result<File, Trouble> {
    let expected = opened.manifest.objects.iter().find(|object| object.name == name);
    let expected = expected.ok_or_else(|| Trouble::told(format!("the set names no {name}")))?;
    let path = config.storage.data_dir.join("object.restoring");
    let failed = || Trouble::io("copy", name);
    let _ = fs::remove_file(&path);
    let mut copy =
        OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path).map_err(failed())?;
    fs::remove_file(&path).map_err(failed())?;
    let mut object = opened.repository.read_object(&opened.manifest.set, name)?;
    let mut digest = digest::Context::new(&digest::SHA256);
    let mut piece = vec![0; PIECE];
    loop {
        let length = object.read(&mut piece).map_err(failed())?;
        let bytes = piece.get(..length).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        digest.update(bytes);
        copy.write_all(bytes).map_err(failed())?;
    }
    let found: String = digest.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    if found != expected.sha256 {
        return Err(Trouble::told(format!("{name} was exchanged since it was looked at; what is here is untouched")));
    }
    copy.rewind().map_err(failed())?;
    Ok(copy)
}

/// Copies the set's files and compares each with what was signed.
pub(super) fn stage_files(config: &Config, plan: &Plan, watch: &dyn Watch) -> Result<(), Trouble> {
    let folder = staged_files(config);
    empty_folder(&folder)?;
    let blobs = Blobs::in_folder(&folder);
    let wanted = plan.blobs();
    let total = wanted.len();
    for (done, blob) in wanted.iter().enumerate() {
        copied(watch, done, total)?;
        let failed = || Trouble::io("write the file of document", blob.id);
        let mut file = blobs.create_unsynced(blob.id).map_err(failed())?;
        plan.opened.repository.fetch_blob(blob, &mut file, watch)?;
    }
    // Once for all of them, which takes a fraction of the time that one after the other takes.
    let failed = || Trouble::io("sync", folder.display());
    syncfs(File::open(&folder).map_err(failed())?).map_err(|errno| failed()(errno.into()))?;
    copied(watch, total, total)
}

/// Where files wait to be put into place.
pub(super) fn staged_files(config: &Config) -> PathBuf {
    config.storage.data_dir.join("blobs.restoring")
}

/// An empty folder that nobody else may enter. What an earlier try left in it goes.
fn empty_folder(folder: &Path) -> Result<(), Trouble> {
    let failed = || Trouble::io("make", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed())?;
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed())?;
    sync(folder.parent().unwrap_or(Path::new("/"))).map_err(failed())
}

pub(super) fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}
