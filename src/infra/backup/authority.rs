//! The key of the fund's own authority. It is root's alone, and backups are made by the server's user: what they hold is a copy
//! that only a recovery key opens. Without it, everybody would have to trust another authority some day after a restore.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use ::backup::{Identity, SettingsFile, open_small, seal_small};

use super::place::BackupPlace;
use super::trouble::Trouble;
use crate::infra::config::Config;
use crate::infra::files;
use crate::infra::keys::KeyFiles;
use crate::infra::tls::Authority;

/// Its name; the copy is called so with `.age`.
pub const AUTHORITY_KEY: &str = "authority.key";
const SEALED: &str = "authority.key.age";

/// Lays a sealed copy beside the key, or a new one if the ways to recover may have changed since. Nothing is done where there
/// is no key, or no recovery key yet. The caller may read the key.
pub fn seal_authority(config: &Config, authority: &Authority) -> Result<(), Trouble> {
    let keystore = KeyFiles::of(config).keystore;
    let (key, copy) = (authority.key(), authority.key().with_file_name(SEALED));
    let Some(changed) = when(&keystore).max(when(&key)).filter(|_| key.exists() && keystore.exists()) else {
        return Ok(());
    };
    if when(&copy).is_some_and(|made| made >= changed) {
        return Ok(());
    }
    let recipients = BackupPlace::of(config).recipients()?;
    if recipients.is_empty() {
        return Ok(());
    }
    let content = zeroize::Zeroizing::new(fs::read(&key).map_err(Trouble::io("read", key.display()))?);
    let sealed = seal_small(&recipients, &content)?;
    files::replace(&copy, &sealed, 0o644, |_| Ok(())).map_err(Trouble::io("write", copy.display()))
}

fn when(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

/// The key among the files of a set, for whoever made the authority. None if it has none, or if it was sealed before there was
/// this recovery key.
pub fn open_authority(files: &[SettingsFile], identity: &Identity) -> Option<SettingsFile> {
    let sealed = files.iter().find(|file| Path::new(&file.path).ends_with(SEALED))?;
    match open_small(&sealed.path, identity, &sealed.content) {
        Ok(content) => Some(SettingsFile {
            path: sealed.path.trim_end_matches(".age").to_owned(),
            content: content.to_vec(),
            mode: 0o600,
        }),
        Err(error) => {
            tracing::warn!(%error, "the key of the authority stays closed");
            None
        }
    }
}

#[cfg(test)]
mod tests {
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
        seal_authority(&config, &authority).unwrap();
        assert!(!dir.path().join(SEALED).exists(), "there is no authority");
        fs::write(authority.key(), "the key").unwrap();
        seal_authority(&config, &authority).unwrap();

        let copy = dir.path().join(SEALED);
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o644, "backups can read it");
        let content = fs::read(&copy).unwrap();
        seal_authority(&config, &authority).unwrap();
        assert_eq!(fs::read(&copy).unwrap(), content, "nothing changed since");
        let file = SettingsFile { path: format!("configuration/tls/{SEALED}"), content, mode: 0o644 };
        let identity = |key: &RecoveryKey| key.text().as_str().parse::<Identity>().unwrap();
        let opened = open_authority(std::slice::from_ref(&file), &identity(&recovery)).unwrap();
        assert_eq!(
            (opened.path.as_str(), opened.content.as_slice()),
            ("configuration/tls/authority.key", &b"the key"[..])
        );
        assert_eq!(open_authority(&[file], &identity(&RecoveryKey::generate())), None);
    }
}
