//! The configuration of this machine as part of a set, with the key that signs, so that the next backup of a restored
//! installation goes on in the same repository.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use ::backup::SettingsFile;

use super::place::BackupPlace;
use super::trouble::Trouble;
use crate::infra::config::Config;
use crate::infra::keys::KeyFiles;

/// Path of the signing key in the archive.
pub const SIGNING_KEY: &str = "keys/backup.key";
/// Below this folder of the archive lies the configuration.
pub(in crate::infra) const CONFIGURATION: &str = "configuration";
/// How folders begin in which a restore laid another configuration beside the present one.
pub const LAID_BESIDE: &str = "restored-";
const LARGEST: u64 = 1 << 20;
const DEEPEST: usize = 3;

/// Files of the configuration's folder, and the signing key. Keys that open the keystore are left out, and what an earlier
/// restore laid beside.
pub(super) fn gather(config: &Config, place: &BackupPlace) -> Result<Vec<SettingsFile>, Trouble> {
    let key = place.signing_key()?;
    let mut files =
        vec![SettingsFile { path: SIGNING_KEY.to_owned(), content: key.text().as_bytes().to_vec(), mode: 0o600 }];
    let KeyFiles { key, keystore, .. } = KeyFiles::of(config);
    let left_out = [key, keystore, place.signing_key.clone()];
    search(&Config::folder(), CONFIGURATION, 0, &left_out, &mut files)?;
    Ok(files)
}

fn search(
    folder: &Path,
    inside: &str,
    depth: usize,
    left_out: &[PathBuf],
    files: &mut Vec<SettingsFile>,
) -> Result<(), Trouble> {
    let mut entries: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Trouble::io("list", folder.display())(error)),
    };
    entries.sort();
    for path in entries {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.starts_with(LAID_BESIDE) {
            continue;
        }
        let inside = format!("{inside}/{name}");
        let Ok(meta) = fs::metadata(&path) else { continue };
        if meta.is_dir() && depth < DEEPEST && !path.is_symlink() {
            search(&path, &inside, depth + 1, left_out, files)?;
        } else if meta.is_file() && meta.len() <= LARGEST && !left_out.contains(&path) {
            match fs::read(&path) {
                Ok(content) => files.push(SettingsFile { path: inside, content, mode: meta.mode() & 0o777 }),
                // Root's own, such as the key of the authority, which the server's user need not have.
                Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                    tracing::warn!(file = inside, "left out of the backup: its user may not read it");
                }
                Err(error) => return Err(Trouble::io("read", path.display())(error)),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use nix::unistd::{Uid, User, setfsuid};

    use super::*;

    #[test]
    fn what_its_user_may_not_read_is_left_out_and_stops_nothing() {
        if !Uid::effective().is_root() {
            return println!("not run: only root can try what others may");
        }
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(dir.path().join("restored-20261123T041500Z")).unwrap();
        for (name, mode) in
            [("authority.key", 0o600), ("authority.pem", 0o644), ("restored-20261123T041500Z/authority.pem", 0o644)]
        {
            fs::write(dir.path().join(name), "text").unwrap();
            fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        let folder = dir.path().to_owned();
        // The kernel keeps this for a thread.
        let gathered = std::thread::spawn(move || {
            setfsuid(User::from_name("nobody").unwrap().unwrap().uid);
            let mut files = Vec::new();
            search(&folder, "tls", 0, &[], &mut files).unwrap();
            files.into_iter().map(|file| file.path).collect::<Vec<_>>()
        });
        assert_eq!(gathered.join().unwrap(), ["tls/authority.pem"]);
    }
}
