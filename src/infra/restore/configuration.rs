//! The configuration of the set: put into place where there is none of somebody's own, laid beside the present one otherwise.
//!
//! Invariants: nothing that is here is written over; what only its owner could read belongs to the server's user.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use ::backup::SettingsFile;

use crate::infra::backup::{AUTHORITY_KEY, Trouble};
use crate::infra::config::Config;
use crate::infra::setup::Owner;

const INSIDE: &str = "configuration/";
/// What `vcconnect backup plan` writes. Somebody who restores may have named the place of the backups with it.
const PLAN: &str = "conf.d/60-backup.toml";
/// The file that the package brings, and what it brings in it.
const PACKAGED: (&str, &str) = ("vcconnect.toml", include_str!("../../../packaging/vcconnect.toml"));

/// Where the configuration went.
#[derive(Debug)]
pub enum Laid {
    /// The set has none: its installation ran on defaults and variables.
    None,
    /// It was put into place.
    InPlace {
        /// The folder.
        folder: PathBuf,
        /// Where those of its files lie in whose place what is here was kept, if there are any.
        compare: Option<PathBuf>,
    },
    /// It lies beside the present one; these files differ or are not here.
    Beside {
        /// The folder.
        folder: PathBuf,
        /// What to compare.
        differing: Vec<String>,
    },
}

/// A file of the set by its path below the configuration's folder.
struct Restored<'a> {
    path: &'a str,
    file: &'a SettingsFile,
}

/// Lays the configuration down. One that would lead to another data folder than this restore is not put into place.
pub fn lay_configuration(config: &Config, settings: &[SettingsFile], kept_as: &str) -> Result<Laid, Trouble> {
    let files = settings.iter().filter_map(|file| Some(Restored { path: file.path.strip_prefix(INSIDE)?, file }));
    let files: Vec<Restored<'_>> = files.collect();
    if files.is_empty() {
        return Ok(Laid::None);
    }
    let owner = Owner::of(&config.storage.data_dir);
    let present = Config::folder();
    let there = files_in(&present).map_err(Trouble::io("list", present.display()))?;
    let beside = present.join(kept_as.replace("before", "restored"));
    let folder = match write(&beside, &files, owner) {
        Ok(()) => beside,
        // The configuration's folder is often root's.
        Err(_) => {
            let folder = config.storage.data_dir.join(kept_as.replace("before", "configuration"));
            write(&folder, &files, owner).map_err(Trouble::io("write", folder.display()))?;
            folder
        }
    };
    let differs =
        |restored: &&Restored<'_>| fs::read(present.join(restored.path)).ok().as_ref() != Some(&restored.file.content);
    let nobodys = there.iter().all(|path| is_nobodys(&present, path, &files));
    if nobodys && folder.parent() == Some(present.as_path()) && leads_here(config, &folder) {
        return put_in_place(&files, &folder, present, owner).map_err(Trouble::io("put into place", folder.display()));
    }
    let differing = files.iter().filter(differs).map(|restored| restored.path.to_owned()).collect();
    Ok(Laid::Beside { folder, differing })
}

/// Whether a file that is here holds nothing that somebody decided for good: the set has the same, the package brought it, or
/// it names the place that is restored from.
fn is_nobodys(present: &Path, path: &Path, files: &[Restored<'_>]) -> bool {
    let Ok(content) = fs::read(present.join(path)) else { return false };
    let same = files.iter().any(|restored| Path::new(restored.path) == path && restored.file.content == content);
    same || path == Path::new(PLAN) || (path == Path::new(PACKAGED.0) && content == PACKAGED.1.as_bytes())
}

/// What is here stays: the package's file fits the program, and the plan of backups is of today.
fn put_in_place(files: &[Restored<'_>], folder: &Path, present: PathBuf, owner: Owner) -> io::Result<Laid> {
    let mut compare = None;
    for restored in files {
        let (lies, place) = (folder.join(restored.path), present.join(restored.path));
        match fs::read(&place) {
            Ok(content) if content == restored.file.content => fs::remove_file(lies)?,
            Ok(_) => compare = Some(folder.to_owned()),
            Err(_) => {
                make_folder_of(&present, restored, owner)?;
                fs::rename(lies, place)?;
            }
        }
    }
    if compare.is_none() {
        fs::remove_dir_all(folder)?;
    }
    File::open(&present)?.sync_all()?;
    Ok(Laid::InPlace { folder: present, compare })
}

/// The files below a folder, by their paths in it.
fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(inside) = folders.pop() {
        let entries = match fs::read_dir(folder.join(&inside)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let path = inside.join(entry.file_name());
            if entry.file_type()?.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    Ok(found)
}

/// Whether the program would find with it what this restore puts into place.
fn leads_here(config: &Config, folder: &Path) -> bool {
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Config::from_layers(folder, variables).is_ok_and(|other| {
        let places = |config: &Config| {
            let (database, keys) = (&config.database, &config.keys);
            (
                config.storage.data_dir.clone(),
                database.dir.clone(),
                database.url.clone(),
                keys.file.clone(),
                keys.keystore.clone(),
            )
        };
        places(config) == places(&other)
    })
}

fn write(folder: &Path, files: &[Restored<'_>], owner: Owner) -> io::Result<()> {
    for restored in files {
        make_folder_of(folder, restored, owner)?;
        let path = folder.join(restored.path);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(&restored.file.content)?;
        if restored.is_the_servers() {
            owner.give(&path)?;
        }
        file.set_permissions(Permissions::from_mode(restored.file.mode))?;
        file.sync_all()?;
    }
    Ok(())
}

/// The folder in which the server keeps something of its own is its own, too: it replaces its certificate there.
fn make_folder_of(root: &Path, restored: &Restored<'_>, owner: Owner) -> io::Result<()> {
    let inside = Path::new(restored.path).parent().unwrap_or(Path::new(""));
    let folder = root.join(inside);
    if !folder.is_dir() {
        DirBuilder::new().recursive(true).mode(0o755).create(&folder)?;
    }
    if restored.is_the_servers() && inside != Path::new("") { owner.give(&folder) } else { Ok(()) }
}

impl Restored<'_> {
    /// Whether its owner alone could read it. A backup is made by the server's user, so that is who it was; the key of the
    /// authority comes from a sealed copy, and is root's.
    fn is_the_servers(&self) -> bool {
        self.file.mode & 0o077 == 0 && !Path::new(self.path).ends_with(AUTHORITY_KEY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, content: &str, mode: u32) -> SettingsFile {
        SettingsFile { path: format!("{INSIDE}{path}"), content: content.as_bytes().to_vec(), mode }
    }

    fn restored(files: &[SettingsFile]) -> Vec<Restored<'_>> {
        files.iter().map(|file| Restored { path: file.path.strip_prefix(INSIDE).unwrap(), file }).collect()
    }

    #[test]
    fn what_the_package_brought_stays_and_all_else_comes_with_its_rights() {
        let dir = tempfile::tempdir().unwrap();
        let (present, folder) = (dir.path().join("etc"), dir.path().join("etc/restored"));
        fs::create_dir_all(present.join("conf.d")).unwrap();
        fs::write(present.join(PACKAGED.0), PACKAGED.1).unwrap();
        let settings = [
            file(PACKAGED.0, "[log]\n", 0o644),
            file("conf.d/50-setup.toml", "[server]\n", 0o644),
            file("tls/server.key", "secret", 0o600),
        ];
        let files = restored(&settings);
        let there = files_in(&present).unwrap();
        assert!(there.iter().all(|path| is_nobodys(&present, path, &files)));
        write(&folder, &files, Owner::of_this_program()).unwrap();
        let laid = put_in_place(&files, &folder, present.clone(), Owner::of_this_program()).unwrap();
        let Laid::InPlace { compare: Some(compare), .. } = laid else { panic!("{laid:?}") };
        assert_eq!(files_in(&compare).unwrap(), [Path::new(PACKAGED.0)], "the rest went to its place");
        assert_eq!(fs::read_to_string(present.join(PACKAGED.0)).unwrap(), PACKAGED.1);
        assert_eq!(fs::read_to_string(present.join("conf.d/50-setup.toml")).unwrap(), "[server]\n");
        let key = fs::metadata(present.join("tls/server.key")).unwrap();
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_somebody_wrote_here_is_theirs() {
        let dir = tempfile::tempdir().unwrap();
        let settings = [file("conf.d/50-setup.toml", "[server]\n", 0o644)];
        let files = restored(&settings);
        fs::create_dir(dir.path().join("conf.d")).unwrap();
        fs::write(dir.path().join("conf.d/50-setup.toml"), "[server]\nlisten = \"[::]:1\"\n").unwrap();
        assert!(!is_nobodys(dir.path(), Path::new("conf.d/50-setup.toml"), &files));
        fs::write(dir.path().join("conf.d/50-setup.toml"), "[server]\n").unwrap();
        assert!(is_nobodys(dir.path(), Path::new("conf.d/50-setup.toml"), &files), "it is the same");
        assert!(!is_nobodys(dir.path(), Path::new("conf.d/90-mine.toml"), &files));
    }
}
