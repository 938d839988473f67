//! The configuration of the set: put into place where there is none of somebody's own, laid beside the present one otherwise.
//!
//! Invariants: nothing that is here is written over; what only its owner could read belongs to the server's user.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use ::backup::SettingsFile;

use crate::infra::backup::{AUTHORITY_KEY, LAID_BESIDE};
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
        /// Whether what is here now is what the set had and this machine had not.
        whole: bool,
    },
    /// It lies beside the present one; these files differ or are not here.
    Beside {
        /// The folder.
        folder: PathBuf,
        /// What to compare.
        differing: Vec<String>,
    },
    /// Not all of it is anywhere, because of this; everything else is restored.
    Torn(String),
}

/// A file of the set by its path below the configuration's folder.
struct Restored<'a> {
    path: &'a str,
    file: &'a SettingsFile,
}

/// Lays the configuration down in `present`. One that would lead to another data folder than this restore is not put into
/// place.
pub fn lay_configuration(config: &Config, present: &Path, settings: &[SettingsFile], kept_as: &str) -> Laid {
    let files = settings.iter().filter_map(|file| Some(Restored { path: file.path.strip_prefix(INSIDE)?, file }));
    let files: Vec<Restored<'_>> = files.collect();
    if files.is_empty() {
        return Laid::None;
    }
    let owner = Owner::of(&config.storage.data_dir);
    let beside = present.join(kept_as.replacen("before-", LAID_BESIDE, 1));
    // The configuration's folder is often root's.
    let elsewhere = config.storage.data_dir.join(kept_as.replacen("before-", "configuration-", 1));
    let laid = match write(&beside, &files, owner) {
        Ok(()) => lay(config, present, &files, &beside, owner),
        Err(_) => {
            let _ = fs::remove_dir_all(&beside);
            write(&elsewhere, &files, owner).map(|()| Laid::beside(present, &files, &elsewhere))
        }
    };
    laid.unwrap_or_else(|error| Laid::Torn(error.to_string()))
}

fn lay(config: &Config, present: &Path, files: &[Restored<'_>], beside: &Path, owner: Owner) -> io::Result<Laid> {
    let mut there = files_in(present)?.into_iter();
    if there.all(|path| is_nobodys(present, &path, files)) && leads_here(config, beside) {
        return put_in_place(files, beside, present, owner);
    }
    Ok(Laid::beside(present, files, beside))
}

impl Laid {
    fn beside(present: &Path, files: &[Restored<'_>], folder: &Path) -> Self {
        let differs = |restored: &&Restored<'_>| {
            fs::read(present.join(restored.path)).ok().as_ref() != Some(&restored.file.content)
        };
        let differing = files.iter().filter(differs).map(|restored| restored.path.to_owned()).collect();
        Self::Beside { folder: folder.to_owned(), differing }
    }
}

/// Whether a file that is here holds nothing that somebody decided for good: the set has the same, the package brought it, or
/// it names the place that is restored from.
fn is_nobodys(present: &Path, path: &Path, files: &[Restored<'_>]) -> bool {
    let Ok(content) = fs::read(present.join(path)) else { return false };
    let same = files.iter().any(|restored| Path::new(restored.path) == path && restored.file.content == content);
    same || path == Path::new(PLAN) || (path == Path::new(PACKAGED.0) && content == PACKAGED.1.as_bytes())
}

/// What is here stays: the package's file fits the program, and the plan of backups is of today.
fn put_in_place(files: &[Restored<'_>], folder: &Path, present: &Path, owner: Owner) -> io::Result<Laid> {
    let (mut compare, mut whole, mut moved) = (None, true, false);
    for restored in files {
        let (lies, place) = (folder.join(restored.path), present.join(restored.path));
        match fs::read(&place) {
            Ok(content) if content == restored.file.content => fs::remove_file(lies)?,
            Ok(_) => {
                whole &= restored.path != PACKAGED.0;
                compare = Some(folder.to_owned());
            }
            Err(_) => {
                make_folder_of(present, restored, owner)?;
                fs::rename(lies, place)?;
                moved = true;
            }
        }
    }
    if compare.is_none() {
        fs::remove_dir_all(folder)?;
    }
    File::open(present)?.sync_all()?;
    Ok(Laid::InPlace { folder: present.to_owned(), compare, whole: whole && moved })
}

/// The files below a folder, by their paths in it. What a restore laid beside is not part of a configuration.
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
            match entry.file_type()?.is_dir() {
                true if entry.file_name().to_string_lossy().starts_with(LAID_BESIDE) => {}
                true => folders.push(path),
                false => found.push(path),
            }
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
        match restored.reader() {
            Reader::Anybody | Reader::Root => {}
            Reader::Group => owner.share(&path)?,
            Reader::Server => owner.give(&path)?,
        }
        file.set_permissions(Permissions::from_mode(restored.file.mode))?;
        file.sync_all()?;
    }
    Ok(())
}

/// The folder in which the server keeps something of its own is its own, too: it replaces its certificate there. That of the
/// configuration's parts is root's in any case.
fn make_folder_of(root: &Path, restored: &Restored<'_>, owner: Owner) -> io::Result<()> {
    let inside = Path::new(restored.path).parent().unwrap_or(Path::new(""));
    let folder = root.join(inside);
    if !folder.is_dir() {
        DirBuilder::new().recursive(true).mode(0o755).create(&folder)?;
    }
    let is_roots = [Path::new(""), Path::new("conf.d")].contains(&inside);
    if restored.reader() == Reader::Server && !is_roots { owner.give(&folder) } else { Ok(()) }
}

/// Who could read a file. A backup is made by the server's user, so they always could, but for the key of the authority, which
/// comes from a sealed copy.
#[derive(PartialEq, Eq)]
enum Reader {
    Anybody,
    Group,
    Server,
    Root,
}

impl Restored<'_> {
    fn reader(&self) -> Reader {
        match self.file.mode {
            _ if Path::new(self.path).ends_with(AUTHORITY_KEY) => Reader::Root,
            mode if mode & 0o004 != 0 => Reader::Anybody,
            mode if mode & 0o040 != 0 => Reader::Group,
            _ => Reader::Server,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, chown};

    use nix::unistd::Uid;

    use super::*;

    fn file(path: &str, content: &str, mode: u32) -> SettingsFile {
        SettingsFile { path: format!("{INSIDE}{path}"), content: content.as_bytes().to_vec(), mode }
    }

    /// A machine with the package, and its data folder.
    fn machine(dir: &Path) -> (Config, PathBuf) {
        let (present, data) = (dir.join("etc"), dir.join("data"));
        fs::create_dir_all(present.join("conf.d")).unwrap();
        fs::create_dir(&data).unwrap();
        fs::write(present.join(PACKAGED.0), PACKAGED.1).unwrap();
        let env = [("VCCONNECT__STORAGE__DATA_DIR".to_owned(), data.display().to_string())];
        (Config::from_layers(&present, env.into_iter()).unwrap(), present)
    }

    fn of_the_set(config: &Config, more: &[SettingsFile]) -> Vec<SettingsFile> {
        let (data, database) = (&config.storage.data_dir, config.database.dir.as_ref().unwrap());
        let text = format!("[storage]\ndata_dir = {data:?}\n[database]\ndir = {database:?}\n");
        [&[file(PACKAGED.0, &text, 0o644)], more].concat()
    }

    /// What setup and somebody after it wrote.
    fn decided(mode: u32) -> [SettingsFile; 4] {
        [
            file("conf.d/50-setup.toml", "[server]\n", mode),
            file("conf.d/70-password.toml", "[log]\n", 0o640),
            file("tls/server.key", "secret", 0o600),
            file("tls/authority.key", "root's", 0o600),
        ]
    }

    #[test]
    fn what_the_package_brought_stays_and_all_else_comes_with_its_rights() {
        let dir = tempfile::tempdir().unwrap();
        let (config, present) = machine(dir.path());
        fs::write(present.join(PLAN), "[backup]\nat = \"04:00\"\n").unwrap();
        fs::create_dir(present.join("restored-20261101T000000Z")).unwrap();
        fs::write(present.join("restored-20261101T000000Z/old.toml"), "of a try that was cut off").unwrap();
        let settings = of_the_set(&config, &decided(0o644));
        let laid = lay_configuration(&config, &present, &settings, "before-20261123T041500Z");
        let Laid::InPlace { compare: Some(compare), whole: false, .. } = laid else { panic!("{laid:?}") };
        assert_eq!(files_in(&compare).unwrap(), [Path::new(PACKAGED.0)], "the rest went to its place");
        let read = |path: &str| fs::read_to_string(present.join(path)).unwrap();
        assert_eq!((read(PACKAGED.0).as_str(), read("conf.d/50-setup.toml").as_str()), (PACKAGED.1, "[server]\n"));
        assert!(read(PLAN).contains("04:00"), "the place that is restored from");
        for (path, mode) in
            [("conf.d/70-password.toml", 0o640), ("tls/server.key", 0o600), ("tls/authority.key", 0o600)]
        {
            assert_eq!(fs::metadata(present.join(path)).unwrap().permissions().mode() & 0o777, mode, "{path}");
        }
    }

    #[test]
    fn root_gives_the_server_its_own_and_nothing_more() {
        if !Uid::effective().is_root() {
            return println!("not run: only root gives files away");
        }
        let dir = tempfile::tempdir().unwrap();
        let (config, present) = machine(dir.path());
        chown(&config.storage.data_dir, Some(65534), Some(65533)).unwrap();
        let settings = of_the_set(&config, &decided(0o600));
        lay_configuration(&config, &present, &settings, "before-20261123T041500Z");
        for (path, whose) in [
            ("conf.d", (0, 0)),
            ("conf.d/70-password.toml", (0, 65533)),
            ("tls", (65534, 65533)),
            ("tls/server.key", (65534, 65533)),
            ("tls/authority.key", (0, 0)),
        ] {
            let meta = fs::metadata(present.join(path)).unwrap();
            assert_eq!((meta.uid(), meta.gid()), whose, "{path}");
        }
    }

    #[test]
    fn what_somebody_wrote_here_is_theirs() {
        let dir = tempfile::tempdir().unwrap();
        let (config, present) = machine(dir.path());
        fs::write(present.join("conf.d/50-setup.toml"), "[server]\nlisten = \"[::]:1\"\n").unwrap();
        let settings = of_the_set(&config, &[file("conf.d/50-setup.toml", "[server]\n", 0o644)]);
        let laid = lay_configuration(&config, &present, &settings, "before-20261123T041500Z");
        let Laid::Beside { folder, differing } = laid else { panic!("{laid:?}") };
        assert_eq!(differing, ["vcconnect.toml", "conf.d/50-setup.toml"]);
        assert_eq!(fs::read_to_string(folder.join("conf.d/50-setup.toml")).unwrap(), "[server]\n");
        assert!(fs::read_to_string(present.join("conf.d/50-setup.toml")).unwrap().contains(":1"));
    }
}
