//! Root makes backups and restores; the server is somebody else. What root wrote belongs to whom the data folder
//! belongs to, or the next backup of the server's user could not go on with it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{Gid, Uid, fchownat};

use super::backup::Trouble;
use super::config::Config;
use super::keys::KeyFiles;

/// Gives files, keys, notes and backups to the owner of the data folder. Needed for root alone.
pub fn give_to_owner(config: &Config) -> Result<(), Trouble> {
    let data = &config.storage.data_dir;
    // Without a data folder there is nothing of ours.
    let Ok(meta) = fs::metadata(data) else { return Ok(()) };
    if !Uid::effective().is_root() || meta.uid() == 0 {
        return Ok(());
    }
    let (owner, group) = (Uid::from_raw(meta.uid()), Gid::from_raw(meta.gid()));
    let keys = KeyFiles::of(config);
    let keys_folder = keys.keystore.parent().unwrap_or(data).to_owned();
    let ours = [data.join("blobs"), data.join("work"), data.join("lock"), keys_folder, keys.key];
    for path in ours.into_iter().filter(|path| path.exists()) {
        give(&path, owner, group)?;
    }
    // A place that can only be read, or where root is nobody, keeps its owners.
    if let Some(place) = config.backup.destination.as_deref().filter(|place| place.exists())
        && let Err(error) = give(place, owner, group)
    {
        tracing::warn!(%error, "the backups keep their owner");
    }
    Ok(())
}

fn give(path: &Path, owner: Uid, group: Gid) -> Result<(), Trouble> {
    let failed = || Trouble::io("give away", path.display());
    let meta = fs::symlink_metadata(path).map_err(failed())?;
    if (meta.uid(), meta.gid()) != (owner.as_raw(), group.as_raw()) {
        fchownat(AT_FDCWD, path, Some(owner), Some(group), AtFlags::AT_SYMLINK_NOFOLLOW)
            .map_err(|errno| failed()(errno.into()))?;
    }
    if meta.is_dir() {
        for entry in fs::read_dir(path).map_err(failed())?.flatten() {
            give(&entry.path(), owner, group)?;
        }
    }
    Ok(())
}
