//! Where releases lie, and which one runs.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use update::Version;

use crate::infra::backup::Trouble;
use crate::infra::config::Config;

/// The name of the program in each release.
const PROGRAM: &str = "vcconnect";

/// The folders.
#[derive(Debug, Clone)]
pub struct Places {
    programs: PathBuf,
    /// Folder of what is known of updates.
    pub dir: PathBuf,
}

impl Places {
    /// What the configuration names.
    pub fn of(config: &Config) -> Self {
        Self { programs: config.update.programs.clone(), dir: config.update.dir.clone() }
    }

    /// Any folders.
    pub fn in_folders(programs: PathBuf, dir: PathBuf) -> Self {
        Self { programs, dir }
    }

    /// The program of a release.
    pub fn program(&self, version: &Version) -> PathBuf {
        self.release(version).join(PROGRAM)
    }

    /// The version that runs; `None` where no package laid one.
    pub fn running(&self) -> Option<Version> {
        let target = fs::read_link(self.current()).ok()?;
        Version::parse(target.file_name()?.to_str()?).ok()
    }

    /// Releases that are there, newest first.
    pub fn laid(&self) -> Vec<Version> {
        let found = fs::read_dir(self.releases()).into_iter().flatten().flatten();
        let mut versions: Vec<Version> = found
            .filter(|entry| entry.path().join(PROGRAM).is_file())
            .filter_map(|entry| Version::parse(entry.file_name().to_str()?).ok())
            .collect();
        versions.sort_by(|one, other| other.cmp(one));
        versions
    }

    /// Makes a release the one that runs. On disk when this returns.
    pub fn switch_to(&self, version: &Version) -> io::Result<()> {
        let link = self.programs.join("current.new");
        remove_if_there(&link)?;
        symlink(Path::new("releases").join(version.to_string()), &link)?;
        fs::rename(&link, self.current())?;
        File::open(&self.programs)?.sync_all()
    }

    /// Removes a release.
    pub fn remove(&self, version: &Version) -> io::Result<()> {
        fs::remove_dir_all(self.release(version))
    }

    /// Where a release is laid. There must be room.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// The program that goes on with a journal at boot: of the version that ran when it was begun, since the one that runs
    /// now may not start at all.
    pub fn runner(&self) -> PathBuf {
        self.dir.join("runner")
    }

    /// Names that program.
    pub fn lay_runner(&self, version: &Version) -> Result<(), Trouble> {
        let part = self.dir.join("runner.new");
        let laid = remove_if_there(&part)
            .and_then(|()| symlink(self.program(version), &part))
            .and_then(|()| fs::rename(&part, self.runner()))
            .and_then(|()| File::open(&self.dir)?.sync_all());
        laid.map_err(Trouble::io("make", self.runner().display()))
    }

    /// It is not needed any more.
    pub fn remove_runner(&self) -> Result<(), Trouble> {
        remove_if_there(&self.runner()).map_err(Trouble::io("remove", self.runner().display()))
    }

    fn current(&self) -> PathBuf {
        self.programs.join("current")
    }

    fn releases(&self) -> PathBuf {
        self.programs.join("releases")
    }

    fn release(&self, version: &Version) -> PathBuf {
        self.releases().join(version.to_string())
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn the_link_is_replaced_and_what_is_no_release_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let places = Places { programs: dir.path().to_owned(), dir: dir.path().to_owned() };
        assert_eq!((places.running(), places.laid()), (None, Vec::new()));
        for name in ["0.1.0", "0.10.0", "0.2.0", "notes", "1"] {
            fs::create_dir_all(dir.path().join("releases").join(name)).unwrap();
            fs::write(dir.path().join("releases").join(name).join(PROGRAM), "").unwrap();
        }
        fs::create_dir_all(dir.path().join("releases/0.3.0")).unwrap();
        assert_eq!(places.laid(), [version("0.10.0"), version("0.2.0"), version("0.1.0")], "0.3.0 is empty");
        for name in ["0.1.0", "0.2.0"] {
            places.switch_to(&version(name)).unwrap();
            assert_eq!(places.running(), Some(version(name)));
            assert_eq!(fs::read_link(dir.path().join("current")).unwrap(), Path::new("releases").join(name));
        }
        // A switch that was cut off leaves a link that is in nobody's way.
        symlink("releases/0.3.0", dir.path().join("current.new")).unwrap();
        places.switch_to(&version("0.10.0")).unwrap();
        assert_eq!(places.running(), Some(version("0.10.0")));
        places.remove(&version("0.1.0")).unwrap();
        assert_eq!(places.laid(), [version("0.10.0"), version("0.2.0")]);
    }
}
