//! The key file: 256 secret bits that the server can read by itself, so that it starts without a person.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::VaultError;
use crate::key::Secret;
use crate::keystore::sync_folder_of;
use crate::text::{decode, encode};

/// First line of a key file, so that a person who finds one knows what it is.
const HEADER: &str = "vcconnect key file v1";

/// A key in a file that its owner alone may read (mode 0600), or in a credential of systemd.
#[derive(Debug, Clone)]
pub struct KeyFile(pub(crate) Secret);

impl KeyFile {
    /// Makes a key file that must not exist yet.
    pub fn create(path: &Path) -> Result<Self, VaultError> {
        let key = Secret::random()?;
        let temporary = path.with_extension("new");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)
            .map_err(VaultError::io("make the key file", &temporary))?;
        let text = Zeroizing::new(format!("{HEADER}\n{}\n", encode(key.expose())));
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(VaultError::io("write the key file", &temporary))?;
        // A link, unlike a rename, never replaces a key that is there.
        std::fs::hard_link(&temporary, path)
            .and_then(|()| std::fs::remove_file(&temporary))
            .and_then(|()| sync_folder_of(path))
            .map_err(VaultError::io("put the key file into place", path))?;
        Ok(Self(key))
    }

    /// Reads a key file; refuses one that others may read.
    pub fn read(path: &Path) -> Result<Self, VaultError> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(VaultError::KeyFileMissing(path.to_owned()));
            }
            Err(error) => return Err(VaultError::io("open the key file", path)(error)),
        };
        let mode = file.metadata().map_err(VaultError::io("examine the key file", path))?.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(VaultError::KeyFileOpenToOthers { path: path.to_owned(), mode });
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(VaultError::io("read the key file", path))?;
        parse(&text).map(Self).ok_or_else(|| VaultError::KeyFileDamaged(PathBuf::from(path)))
    }
}

fn parse(text: &str) -> Option<Secret> {
    let mut lines = text.lines();
    if lines.next()? != HEADER {
        return None;
    }
    Secret::from_slice(&Zeroizing::new(decode(lines.next()?)?))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_file_is_made_0600_and_refused_when_opened_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        KeyFile::create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = KeyFile::read(&path).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    fn an_existing_key_file_is_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        KeyFile::create(&path).unwrap();
        let before = std::fs::read(&path).unwrap();
        std::fs::write(dir.path().join("key.new"), "left by a start that was cut off").unwrap();
        assert!(KeyFile::create(&path).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_damaged_or_missing_key_file_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        assert!(matches!(KeyFile::read(&path), Err(VaultError::KeyFileMissing(_))));
        KeyFile::create(&path).unwrap();
        std::fs::write(&path, "vcconnect key file v1\nshort\n").unwrap();
        assert!(matches!(KeyFile::read(&path), Err(VaultError::KeyFileDamaged(_))));
    }
}
