//! Root restores and changes keys; the server is somebody else. What root wrote belongs to whom the data folder belongs to,
//! or the server could not go on with it. Where that user suffices, root becomes it before it touches a file: in folders of
//! somebody else, a link could lead root's hand elsewhere.

use std::ffi::CString;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{Gid, Uid, User, fchownat, initgroups, setgid, setuid};

use super::backup::Trouble;
use super::config::Config;
use super::keys::KeyFiles;
use super::test_copy::TestCopy;

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
    let ours = TestCopy::of(config).is_none();
    if let Some(place) = config.backup.destination.as_deref().filter(|place| ours && place.exists())
        && let Err(error) = give(place, owner, group)
    {
        tracing::warn!(%error, "the backups keep their owner");
    }
    Ok(())
}

/// Becomes the owner of the data folder, for good. Does nothing for anybody but root, and where root owns it.
pub fn become_owner(config: &Config) -> Result<(), Trouble> {
    let Ok(meta) = fs::metadata(&config.storage.data_dir) else { return Ok(()) };
    if !Uid::effective().is_root() || meta.uid() == 0 {
        return Ok(());
    }
    let uid = Uid::from_raw(meta.uid());
    let failed = || Trouble::io("become the user of", config.storage.data_dir.display());
    let user = User::from_uid(uid).map_err(|errno| failed()(errno.into()))?;
    let user = user.ok_or_else(|| {
        let folder = config.storage.data_dir.display();
        Trouble::told(format!(
            "{folder} belongs to the user {uid}, who does not exist on this machine. Nothing was done"
        ))
    })?;
    let name = CString::new(user.name).map_err(|error| failed()(error.into()))?;
    initgroups(&name, user.gid)
        .and_then(|()| setgid(user.gid))
        .and_then(|()| setuid(uid))
        .map_err(|errno| failed()(errno.into()))
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
