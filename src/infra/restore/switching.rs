//! Puts what was filled into place, and keeps what was there under another name.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;

use super::cluster::Cluster;
use super::plan::Plan;
use super::staging::{BACKUP_KEY, KEY_FILE, KEYSTORE, Staged, staged_files, sync};
use crate::infra::anchor::{Anchor, AnchorFile};
use crate::infra::backup::Trouble;
use crate::infra::config::Config;
use crate::infra::db::restored;
use crate::infra::files;
use crate::infra::keys::KeyFiles;

/// What keeps the server from starting on what is half old and half new.
pub(super) fn marker(config: &Config) -> PathBuf {
    config.storage.data_dir.join("restore-unfinished")
}

/// Lays it down. The folder is the server's, so a link that lies there is not followed.
pub(super) fn mark(marker: &Path, text: &str) -> Result<(), Trouble> {
    files::replace(marker, text.as_bytes(), 0o644, |_| Ok(())).map_err(Trouble::io("write", marker.display()))
}

/// A sentence if a restore was cut off while it put things into place.
pub fn unfinished(config: &Config) -> Option<String> {
    marker(config).exists().then(|| {
        "a restore was cut off while it put things into place; nothing is lost, and part of the data may be the old: run \
         `vcconnect restore` again"
            .to_owned()
    })
}

/// Everything at once, as far as that goes: keys, files, database. The caller has filled and compared all of it.
pub async fn switch(config: &Config, plan: &Plan, staged: &Staged, cluster: &mut Cluster) -> Result<(), Trouble> {
    let marker = marker(config);
    mark(&marker, plan.opened.manifest.set.as_str())?;
    cluster.stays();
    keys(config, plan, staged).await?;
    let files = config.storage.data_dir.join("blobs");
    set_aside(&files, &config.storage.data_dir.join(format!("blobs.{}", plan.kept_as)))?;
    put(&staged_files(config), &files)?;
    // It is filled again from the database by itself, and would know what is not there.
    remove(&config.storage.data_dir.join("index"))?;
    restored::switch(&cluster.super_url(), &plan.kept_database()).await?;
    remove(&marker)?;
    sync(&config.storage.data_dir).map_err(Trouble::io("sync", config.storage.data_dir.display()))
}

async fn keys(config: &Config, plan: &Plan, staged: &Staged) -> Result<(), Trouble> {
    let files = KeyFiles::of(config);
    let beside = |name: &str| files.keystore.with_file_name(name);
    let places = [(KEY_FILE, files.key.clone()), (BACKUP_KEY, beside(BACKUP_KEY)), (KEYSTORE, files.keystore.clone())];
    let anchor = beside("audit-anchor.json");
    for path in places.iter().map(|(_, path)| path).chain([&anchor]) {
        let name = path.file_name().unwrap_or_default();
        set_aside(path, &path.with_file_name(&plan.kept_as).join(name))?;
    }
    // A copy goes on in nobody's repository, and its log begins anew.
    let is_copy = plan.as_test.is_some();
    for (name, path) in places.iter().filter(|(name, _)| !(is_copy && *name == BACKUP_KEY)) {
        put(&staged.folder.join(name), path)?;
    }
    remove(&staged.folder)?;
    if let (Some(end), false) = (&plan.opened.manifest.contents.audit, is_copy) {
        let link = BASE64.decode(&end.link).map_err(|_| Trouble::told("the set's end of the audit log is damaged"))?;
        AnchorFile::of(config).write(Anchor { seq: end.seq, link }).await?;
    }
    Ok(())
}

/// Gives what is here another name, if it is here.
fn set_aside(path: &Path, kept: &Path) -> Result<(), Trouble> {
    if !path.exists() {
        return Ok(());
    }
    put(path, kept)
}

fn put(from: &Path, to: &Path) -> Result<(), Trouble> {
    use std::os::unix::fs::DirBuilderExt as _;
    let failed = || Trouble::io("put into place", to.display());
    let parent = to.parent().unwrap_or(Path::new("/"));
    if !parent.is_dir() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(failed())?;
    }
    match fs::rename(from, to) {
        Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => {
            fs::copy(from, to).and_then(|_| fs::File::open(to)?.sync_all()).map_err(failed())?;
            fs::remove_file(from).map_err(failed())?;
        }
        renamed => renamed.map_err(failed())?,
    }
    sync(parent).map_err(failed())
}

fn remove(path: &Path) -> Result<(), Trouble> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Trouble::io("remove", path.display())(error)),
        _ => Ok(()),
    }
}
