//! What is restored from: a repository or a set of one, and the recovery key.

use std::path::{Path, PathBuf};

use ::backup::{Folder, Identity, KeystoreNote, Manifest, Repository, SetId};
use vault::RecoveryKey;

use crate::infra::backup::Trouble;

/// A set whose manifest was believed.
#[derive(Debug)]
pub struct Opened {
    /// Where it lies.
    pub repository: Repository,
    /// What it holds.
    pub manifest: Manifest,
    /// The newest keystore of the repository.
    pub keystore: KeystoreNote,
}

impl Opened {
    /// The set in a repository that somebody named, or the newest; `path` may also be the folder of the set.
    pub fn at(path: &Path, set: Option<&str>) -> Result<Self, Trouble> {
        let (root, named) = split(path);
        let repository = Repository::open(Box::new(Folder::at(&root)))?;
        let ids = repository.ids()?;
        let wanted = set.map(str::to_owned).or(named);
        let id = match &wanted {
            Some(text) => ids.into_iter().find(|id| id.as_str() == text),
            None => ids.into_iter().next_back(),
        };
        let id = id.ok_or_else(|| match &wanted {
            Some(text) => ::backup::BackupError::NoSuchSet(crate::infra::files::printable(text)).into(),
            None => Trouble::told(format!("there is no whole set in {}", root.display())),
        })?;
        let (manifest, keystore) = (repository.manifest(&id)?, repository.newest_keystore()?);
        Ok(Self { repository, manifest, keystore })
    }
}

/// The repository of a path and the set, if the path is a set's folder.
fn split(path: &Path) -> (PathBuf, Option<String>) {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(SetId::parse);
    let root = path.parent().and_then(Path::parent).filter(|root| root.join("repository.json").is_file());
    match (name, root) {
        (Some(name), Some(root)) => (root.to_owned(), Some(name.to_string())),
        _ => (path.to_owned(), None),
    }
}

/// A recovery key as the vault and as `age` take it.
pub fn recovery_key(text: &str) -> Result<(RecoveryKey, Identity), Trouble> {
    let key = RecoveryKey::parse(text)?;
    let identity = key.text().parse().map_err(|_| Trouble::told("this is not a recovery key"))?;
    Ok((key, identity))
}
