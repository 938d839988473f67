//! Where tantivy keeps its files: sealed on disk, decrypted as a whole into memory when first opened.
//!
//! A file that is deleted stays readable for whoever holds it. An opened file is kept until it is deleted, because each
//! reload opens all files again; so the memory is that of the living files. Locks are those of the system, which end
//! with the process.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, Lock, OwnedBytes, TerminatingWrite, WatchCallback, WatchCallbackList,
    WatchHandle, WritePtr,
};

use crate::cipher::{Root, Sealer, unseal};

/// Ending of a file that is being replaced.
const UNFINISHED: &str = ".unfinished";

/// A folder of sealed files.
#[derive(Clone)]
pub(crate) struct SealedDirectory(Arc<Shared>);

struct Shared {
    folder: PathBuf,
    root: Root,
    opened: Mutex<HashMap<PathBuf, Arc<OwnedBytes>>>,
    watchers: WatchCallbackList,
}

impl std::fmt::Debug for SealedDirectory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedDirectory").field("folder", &self.0.folder).finish_non_exhaustive()
    }
}

impl SealedDirectory {
    /// Over an existing folder. Removes what a killed process left half replaced.
    pub(crate) fn open(folder: &Path, key: &[u8; 32]) -> io::Result<Self> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().ends_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(Self(Arc::new(Shared {
            folder: folder.to_owned(),
            root: Root::new(key),
            opened: Mutex::default(),
            watchers: WatchCallbackList::default(),
        })))
    }

    /// The name of a file and its place. Names are those that tantivy makes: one component.
    fn place<'a>(&self, path: &'a Path) -> io::Result<(&'a str, PathBuf)> {
        match path.to_str() {
            Some(name) if path.file_name() == Some(path.as_os_str()) => Ok((name, self.0.folder.join(name))),
            _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "not the name of a file of the index")),
        }
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let text = self.place(path).and_then(|(name, place)| {
            let file = File::open(place)?;
            let length = file.metadata()?.len();
            unseal(&self.0.root, name, file, length)
        });
        text.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
            _ => OpenReadError::wrap_io_error(error, path.to_owned()),
        })
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Arc<OwnedBytes>>> {
        self.0.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.0.folder)?.sync_all()
    }
}

/// A new file that only this user can read.
fn create(place: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).mode(0o600).open(place)
}

/// A file that tantivy writes once.
struct NewFile(Sealer<File>);

impl Write for NewFile {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl TerminatingWrite for NewFile {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.0.finish()?.sync_data()
    }
}

impl Directory for SealedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        if let Some(opened) = self.opened().get(path) {
            return Ok(opened.clone());
        }
        let text = Arc::new(OwnedBytes::new(self.read(path)?));
        self.opened().insert(path.to_owned(), text.clone());
        Ok(text)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.opened().remove(path);
        let gone = self.place(path).and_then(|(_, place)| fs::remove_file(place));
        gone.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => DeleteError::FileDoesNotExist(path.to_owned()),
            _ => DeleteError::IoError { io_error: Arc::new(error), filepath: path.to_owned() },
        })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.place(path)
            .and_then(|(_, place)| place.try_exists())
            .map_err(|error| OpenReadError::wrap_io_error(error, path.to_owned()))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let sealer = self.place(path).and_then(|(name, place)| Sealer::begin(&self.0.root, name, create(&place)?));
        match sealer {
            Ok(sealer) => Ok(BufWriter::new(Box::new(NewFile(sealer)))),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(OpenWriteError::FileAlreadyExists(path.to_owned()))
            }
            Err(error) => Err(OpenWriteError::wrap_io_error(error, path.to_owned())),
        }
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let (name, place) = self.place(path)?;
        let unfinished = self.0.folder.join(format!("{name}{UNFINISHED}"));
        // Left by a write that failed; nobody else writes this file now.
        fs::remove_file(&unfinished).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
        let mut sealer = Sealer::begin(&self.0.root, name, create(&unfinished)?)?;
        sealer.write_all(data)?;
        sealer.finish()?.sync_all()?;
        fs::rename(&unfinished, place)?;
        self.sync()?;
        // The answer comes when all have heard it; nobody waits for that.
        drop(self.0.watchers.broadcast());
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.sync()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let (_, place) = self.place(&lock.filepath).map_err(LockError::wrap_io_error)?;
        let file = File::options().write(true).create(true).truncate(false).mode(0o600).open(place);
        let file = file.map_err(LockError::wrap_io_error)?;
        if lock.is_blocking {
            file.lock().map_err(LockError::wrap_io_error)?;
        } else {
            file.try_lock().map_err(|error| match error {
                fs::TryLockError::WouldBlock => LockError::LockBusy,
                fs::TryLockError::Error(error) => LockError::wrap_io_error(error),
            })?;
        }
        Ok(DirectoryLock::from(Box::new(file)))
    }

    fn watch(&self, watch_callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(self.0.watchers.subscribe(watch_callback))
    }
}

#[cfg(test)]
mod tests {
    use tantivy::HasLen;

    use super::*;

    fn directory() -> (tempfile::TempDir, SealedDirectory) {
        let folder = tempfile::tempdir().unwrap();
        let directory = SealedDirectory::open(folder.path(), &[1; 32]).unwrap();
        (folder, directory)
    }

    fn write(directory: &SealedDirectory, name: &str, text: &[u8]) {
        let mut file = directory.open_write(Path::new(name)).unwrap();
        file.write_all(text).unwrap();
        file.terminate().unwrap();
    }

    #[test]
    fn length_and_ranges_are_those_of_the_text() {
        let (_folder, directory) = directory();
        let text: Vec<u8> = (0..200_000u32).map(|at| (at % 251) as u8).collect();
        write(&directory, "a.store", &text);
        let slice = directory.open_read(Path::new("a.store")).unwrap();
        assert_eq!(slice.len(), text.len());
        assert_eq!(slice.slice(65_000..131_100).read_bytes().unwrap().as_slice(), &text[65_000..131_100]);
    }

    #[test]
    fn a_deleted_file_stays_readable_for_its_holder() {
        let (_folder, directory) = directory();
        write(&directory, "a", b"text");
        let held = directory.open_read(Path::new("a")).unwrap();
        directory.delete(Path::new("a")).unwrap();
        assert!(matches!(directory.delete(Path::new("a")), Err(DeleteError::FileDoesNotExist(_))));
        assert!(matches!(directory.open_read(Path::new("a")), Err(OpenReadError::FileDoesNotExist(_))));
        assert_eq!(held.read_bytes().unwrap().as_slice(), b"text");
    }

    #[test]
    fn a_file_is_written_once_and_whole_or_does_not_open() {
        let (_folder, directory) = directory();
        let mut file = directory.open_write(Path::new("a")).unwrap();
        file.write_all(b"half").unwrap();
        file.flush().unwrap();
        drop(file);
        assert!(directory.open_read(Path::new("a")).is_err());
        assert!(matches!(directory.open_write(Path::new("a")), Err(OpenWriteError::FileAlreadyExists(_))));
    }

    #[test]
    fn replacing_leaves_nothing_half_done() {
        let (folder, directory) = directory();
        fs::write(folder.path().join("meta.json.unfinished"), b"x").unwrap();
        directory.atomic_write(Path::new("meta.json"), b"one").unwrap();
        directory.atomic_write(Path::new("meta.json"), b"two").unwrap();
        assert_eq!(directory.atomic_read(Path::new("meta.json")).unwrap(), b"two");
        fs::write(folder.path().join("meta.json.unfinished"), b"x").unwrap();
        SealedDirectory::open(folder.path(), &[1; 32]).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_lock_is_held_by_one_and_ends_with_it() {
        let (_folder, directory) = directory();
        let lock = Lock { filepath: PathBuf::from(".lock"), is_blocking: false };
        let held = directory.acquire_lock(&lock).unwrap();
        assert!(matches!(directory.acquire_lock(&lock), Err(LockError::LockBusy)));
        drop(held);
        assert!(directory.acquire_lock(&lock).is_ok());
    }

    #[test]
    fn names_stay_in_the_folder() {
        let (_folder, directory) = directory();
        for name in ["../a", "a/b", "..", ""] {
            assert!(directory.open_write(Path::new(name)).is_err(), "{name}");
        }
    }
}
