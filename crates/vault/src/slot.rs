//! Key slots: the ways to get at the master key. Each wraps it for itself; any one opens the keystore.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::VaultError;
use crate::key::Secret;
use crate::keystore::sync_folder_of;

/// First line of a key file, so that a person who finds one knows what it is.
const KEY_FILE_HEADER: &str = "vcconnect key file v1";

/// What a slot protects, in sentences that are shown to the admin as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protection {
    /// What is safe with this slot.
    pub against: &'static str,
    /// What is not.
    pub not_against: &'static str,
}

/// One way to open the keystore.
pub trait KeySlot: Send + Sync {
    /// The word that names this kind in the keystore file.
    fn kind(&self) -> &'static str;
    /// Wraps the 32 bytes of the master key.
    fn wrap(&self, master: &[u8]) -> Result<Vec<u8>, VaultError>;
    /// Gives the master key back, or [`VaultError::WrongKey`].
    fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError>;
    /// What an admin must know of this slot.
    fn protection(&self) -> Protection;
}

/// A key in a file that its owner alone may read (mode 0600).
#[derive(Debug)]
pub struct FileSlot {
    key: Secret,
}

impl FileSlot {
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
        let text = Zeroizing::new(format!("{KEY_FILE_HEADER}\n{}\n", encode(key.expose())));
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(VaultError::io("write the key file", &temporary))?;
        // A link, unlike a rename, never replaces a key that is there.
        std::fs::hard_link(&temporary, path)
            .and_then(|()| std::fs::remove_file(&temporary))
            .and_then(|()| sync_folder_of(path))
            .map_err(VaultError::io("put the key file into place", path))?;
        Ok(Self { key })
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
        let key = parse_key_file(&text).ok_or_else(|| VaultError::KeyFileDamaged(PathBuf::from(path)))?;
        Ok(Self { key })
    }
}

fn parse_key_file(text: &str) -> Option<Secret> {
    let mut lines = text.lines();
    if lines.next()? != KEY_FILE_HEADER {
        return None;
    }
    Secret::from_slice(&Zeroizing::new(decode(lines.next()?)?))
}

impl KeySlot for FileSlot {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn wrap(&self, master: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut out = Vec::new();
        self.key.cipher()?.seal_onto(&mut out, b"vcconnect/slot/file/v1", master)?;
        Ok(out)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.key.cipher()?.open(b"vcconnect/slot/file/v1", wrapped).map_err(|_| VaultError::WrongKey)
    }

    fn protection(&self) -> Protection {
        Protection {
            against: "a stolen copy of the database, of the document files or of a backup: none of them opens without this key file",
            not_against: "a stolen disk or virtual machine image that holds the key file as well, or somebody who is root on this server; keep the data on an encrypted disk",
        }
    }
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_file_opens_what_it_wrapped_and_another_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (dir.path().join("one"), dir.path().join("other"));
        let wrapped = FileSlot::create(&one).unwrap().wrap(&[9; 32]).unwrap();
        assert_eq!(*FileSlot::read(&one).unwrap().unwrap(&wrapped).unwrap(), vec![9; 32]);
        let stranger = FileSlot::create(&other).unwrap();
        assert!(matches!(stranger.unwrap(&wrapped), Err(VaultError::WrongKey)));
    }

    #[test]
    fn a_key_file_is_made_0600_and_refused_when_opened_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        FileSlot::create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = FileSlot::read(&path).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    fn an_existing_key_file_is_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        FileSlot::create(&path).unwrap();
        let before = std::fs::read(&path).unwrap();
        std::fs::write(dir.path().join("key.new"), "left by a start that was cut off").unwrap();
        assert!(FileSlot::create(&path).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_damaged_or_missing_key_file_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        assert!(matches!(FileSlot::read(&path), Err(VaultError::KeyFileMissing(_))));
        FileSlot::create(&path).unwrap();
        std::fs::write(&path, "vcconnect key file v1\nshort\n").unwrap();
        assert!(matches!(FileSlot::read(&path), Err(VaultError::KeyFileDamaged(_))));
    }
}
