//! The key of the fund's own authority. It is root's alone, and backups are made by the server's user: what they hold is a copy
//! that only a recovery key opens. Without it, everybody would have to trust another authority some day after a restore.

use std::fs::OpenOptions;
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use ::backup::{Identity, SettingsFile, open_small, seal_small};
use nix::libc::O_NOFOLLOW;
use nix::unistd::Uid;
use zeroize::Zeroizing;

use super::place::BackupPlace;
use super::trouble::Trouble;
use crate::infra::config::Config;
use crate::infra::files;
use crate::infra::keys::KeyFiles;
use crate::infra::tls::Authority;

/// Its name; the copy is called so with `.age`.
pub const AUTHORITY_KEY: &str = "authority.key";
const SEALED: &str = "authority.key.age";

/// Lays a copy beside the key, sealed to the recovery keys of now, and says to how many. None where there is no key, or no
/// keystore yet.
///
/// For a person alone to call: the server may write the keystore, so whoever took it over could add a recovery key of their
/// own and wait for this.
pub fn seal_authority(config: &Config, authority: &Authority) -> Result<Option<usize>, Trouble> {
    let (key, copy) = (authority.key(), authority.key().with_file_name(SEALED));
    if !key.exists() || !KeyFiles::of(config).keystore.exists() {
        return Ok(None);
    }
    let recipients = BackupPlace::of(config).recipients()?;
    let content = read_own(&key).map_err(Trouble::io("read", key.display()))?;
    let sealed = seal_small(&recipients, &content)?;
    files::replace(&copy, &sealed, 0o644, |_| Ok(())).map_err(Trouble::io("write", copy.display()))?;
    Ok(Some(recipients.len()))
}

/// A file of our own, and no link: the folder is somebody else's.
fn read_own(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut file = OpenOptions::new().read(true).custom_flags(O_NOFOLLOW).open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() || meta.uid() != Uid::effective().as_raw() {
        return Err(io::Error::other("it is not a file of whoever runs this"));
    }
    let mut content = Zeroizing::new(Vec::new());
    file.read_to_end(&mut content)?;
    Ok(content)
}

/// The keys among the files of a set, for whoever made the authority, that the set does not have openly. One that was sealed
/// before there was this recovery key stays closed.
pub fn open_authority(files: &[SettingsFile], identity: &Identity) -> Vec<SettingsFile> {
    let mut opened = Vec::new();
    for sealed in files.iter().filter(|file| Path::new(&file.path).ends_with(SEALED)) {
        let path = sealed.path.trim_end_matches(".age").to_owned();
        if files.iter().any(|file| file.path == path) {
            continue;
        }
        match open_small(&sealed.path, identity, &sealed.content) {
            Ok(content) => opened.push(SettingsFile { path, content: content.to_vec(), mode: 0o600 }),
            Err(error) => tracing::warn!(%error, "the key of the authority stays closed"),
        }
    }
    opened
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use vault::{KeyFile, NewSlot, NewWay, RecoveryKey, Vault};

    use super::*;

    fn a_place(dir: &Path) -> (Config, RecoveryKey) {
        let env = [("VCCONNECT__STORAGE__DATA_DIR".to_owned(), dir.display().to_string())];
        let config = Config::from_layers(dir, env.into_iter()).unwrap();
        let keystore = KeyFiles::of(&config).keystore;
        fs::create_dir_all(keystore.parent().unwrap()).unwrap();
        let recovery = RecoveryKey::generate();
        let key = KeyFile::create(&keystore.with_file_name("vcconnect.key")).unwrap();
        let slot = |way| NewSlot { way, label: "made", since: 0 };
        Vault::create(&keystore, &[slot(NewWay::KeyFile(&key)), slot(NewWay::Recovery(&recovery.recipient()))])
            .unwrap();
        (config, recovery)
    }

    #[test]
    fn a_recovery_key_opens_the_copy_and_nobody_else_does() {
        let dir = tempfile::tempdir().unwrap();
        let (config, recovery) = a_place(dir.path());
        let authority = Authority::at(dir.path());
        assert_eq!(seal_authority(&config, &authority).unwrap(), None, "there is no authority");
        fs::write(authority.key(), "the key").unwrap();
        assert_eq!(seal_authority(&config, &authority).unwrap(), Some(1));

        let copy = dir.path().join(SEALED);
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o644, "backups can read it");
        let file = |path: &str, content| SettingsFile { path: path.to_owned(), content, mode: 0o644 };
        let sealed = file("configuration/tls/authority.key.age", fs::read(&copy).unwrap());
        let identity = |key: &RecoveryKey| key.text().as_str().parse::<Identity>().unwrap();
        let opened = open_authority(std::slice::from_ref(&sealed), &identity(&recovery));
        let [key] = opened.as_slice() else { panic!("{opened:?}") };
        assert_eq!((key.path.as_str(), key.content.as_slice()), ("configuration/tls/authority.key", &b"the key"[..]));
        assert_eq!(open_authority(std::slice::from_ref(&sealed), &identity(&RecoveryKey::generate())), []);
        let openly = file("configuration/tls/authority.key", b"the key".to_vec());
        assert_eq!(open_authority(&[openly, sealed], &identity(&recovery)), [], "it is there once");
    }

    #[test]
    fn a_link_in_its_place_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (config, _) = a_place(dir.path());
        let authority = Authority::at(dir.path());
        fs::write(dir.path().join("shadow"), "of somebody else").unwrap();
        std::os::unix::fs::symlink(dir.path().join("shadow"), authority.key()).unwrap();
        assert!(seal_authority(&config, &authority).is_err());
        assert!(!dir.path().join(SEALED).exists());
    }
}
