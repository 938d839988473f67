//! Document files on disk: one age file each under `<data_dir>/blobs`, ciphertext from the first byte.
//!
//! Invariants: a file appears under its name only when it is whole and on disk; what a crash leaves behind ends in
//! `.part` and is swept at the next start. Names are ids and tell nothing.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::config::Config;

/// The folder of document files.
#[derive(Debug, Clone)]
pub struct Blobs {
    dir: PathBuf,
}

/// A file that is being written. Dropped before [`NewBlob::keep`], it leaves nothing.
#[derive(Debug)]
pub struct NewBlob {
    part: PathBuf,
    path: PathBuf,
    kept: bool,
}

impl Blobs {
    /// The folder that the configuration names.
    pub fn of(config: &Config) -> Self {
        Self { dir: config.storage.data_dir.join("blobs") }
    }

    /// Another folder of the same shape.
    pub fn in_folder(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// Starts a file. What is written to it must be ciphertext already.
    pub fn create(&self, id: Uuid) -> io::Result<(NewBlob, File)> {
        let path = self.path(id);
        self.make_folder(path.parent().unwrap_or(&self.dir))?;
        let part = path.with_extension("age.part");
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        Ok((NewBlob { part, path, kept: false }, file))
    }

    /// Makes a file under its final name, in a folder that nobody uses yet; the caller syncs when all of them are there.
    pub fn create_unsynced(&self, id: Uuid) -> io::Result<File> {
        let path = self.path(id);
        DirBuilder::new().recursive(true).mode(0o700).create(path.parent().unwrap_or(&self.dir))?;
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)
    }

    /// A new folder is on disk before anything in it counts as kept.
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        for parent in [Some(self.dir.as_path()), self.dir.parent()].into_iter().flatten() {
            File::open(parent)?.sync_all()?;
        }
        Ok(())
    }

    /// Whether more than `reserve` bytes are free on the disk of these files.
    pub fn has_room(&self, reserve: u64) -> bool {
        super::host::free_bytes(self.dir.parent().unwrap_or(&self.dir)).is_none_or(|free| free > reserve)
    }

    /// Opens a file.
    pub fn open(&self, id: Uuid) -> io::Result<File> {
        File::open(self.path(id))
    }

    /// Removes a file; one that is gone already is fine.
    pub fn remove(&self, id: Uuid) -> io::Result<()> {
        match fs::remove_file(self.path(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Ids of all whole files; torsos of an earlier life are removed on the way. Only while nobody writes.
    pub fn sweep(&self) -> io::Result<Vec<Uuid>> {
        let mut ids = Vec::new();
        for folder in entries(&self.dir)? {
            for file in entries(&folder)? {
                if file.extension().is_some_and(|ending| ending == "part") {
                    fs::remove_file(&file)?;
                } else {
                    ids.extend(file.file_stem().and_then(|stem| stem.to_str()?.parse::<Uuid>().ok()));
                }
            }
        }
        Ok(ids)
    }

    /// Ids of all whole files, while others write and remove.
    pub fn ids(&self) -> io::Result<Vec<Uuid>> {
        let mut ids = Vec::new();
        for folder in entries(&self.dir)? {
            for file in entries(&folder)? {
                let whole = file.extension().is_some_and(|ending| ending == "age");
                ids.extend(file.file_stem().filter(|_| whole).and_then(|stem| stem.to_str()?.parse::<Uuid>().ok()));
            }
        }
        Ok(ids)
    }

    /// Two letters of the id's random end make a folder, so that no folder grows without bound.
    fn path(&self, id: Uuid) -> PathBuf {
        let name = id.to_string();
        self.dir.join(name.get(name.len() - 2..).unwrap_or("00")).join(format!("{name}.age"))
    }
}

impl NewBlob {
    /// Puts the whole file in its place, on disk before it returns.
    pub fn keep(mut self, file: &File) -> io::Result<()> {
        file.sync_all()?;
        fs::rename(&self.part, &self.path)?;
        self.kept = true;
        File::open(self.path.parent().unwrap_or(Path::new("/")))?.sync_all()
    }
}

impl Drop for NewBlob {
    fn drop(&mut self) {
        if !self.kept {
            // The sweep at the next start takes what cannot be removed now.
            let _ = fs::remove_file(&self.part);
        }
    }
}

fn entries(dir: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(dir) {
        Ok(found) => found.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    #[test]
    fn a_file_is_there_when_it_is_whole_and_not_before() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs { dir: dir.path().join("blobs") };
        let id = Uuid::from_u128(0xabc);
        let (new, mut file) = blobs.create(id).unwrap();
        file.write_all(b"sealed").unwrap();
        assert!(blobs.open(id).is_err());
        new.keep(&file).unwrap();
        let mut text = String::new();
        blobs.open(id).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "sealed");
        assert!(blobs.create(id).is_ok(), "a second writer does not touch it before it is whole");
        blobs.remove(id).unwrap();
        blobs.remove(id).unwrap();
        assert!(blobs.open(id).is_err());
    }

    #[test]
    fn what_is_given_up_leaves_nothing_and_torsos_are_swept() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs { dir: dir.path().join("blobs") };
        assert!(blobs.sweep().unwrap().is_empty(), "no folder yet");
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        drop(blobs.create(one).unwrap());
        let (kept, file) = blobs.create(two).unwrap();
        kept.keep(&file).unwrap();
        std::mem::forget(blobs.create(one).unwrap().0);
        assert_eq!(blobs.sweep().unwrap(), [two]);
        assert!(blobs.create(one).is_ok(), "the torso is gone");
    }
}
