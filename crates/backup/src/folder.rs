//! A folder as the place of a repository: a local disk, a USB disk or a mounted share.

use std::any::Any;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use crate::destination::{Destination, NewObject};

/// What is being written ends so.
const PART: &str = ".part";

/// A folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at a path. It is made with the first object.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Destination for Folder {
    fn place(&self) -> String {
        self.0.display().to_string()
    }

    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = entries(&self.path(folder))?
            .into_iter()
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .filter(|name| !name.ends_with(PART))
            .collect();
        names.sort();
        Ok(names)
    }

    fn bytes(&self, name: &str) -> io::Result<Option<u64>> {
        match fs::metadata(self.path(name)) {
            Ok(meta) => Ok(meta.is_file().then_some(meta.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn read(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(self.path(name))?))
    }

    fn write(&self, name: &str) -> io::Result<Box<dyn NewObject>> {
        let path = self.path(name);
        make_folder(path.parent().unwrap_or(&self.0))?;
        let part = PathBuf::from(format!("{}{PART}", path.display()));
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        Ok(Box::new(Part { file, part, path, kept: false }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (from, to) = (self.path(from), self.path(to));
        sync(&from)?;
        fs::rename(&from, &to)?;
        sync(to.parent().unwrap_or(&self.0))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.path(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn sweep(&self, folder: &str) -> io::Result<()> {
        for path in entries(&self.path(folder))? {
            if path.is_dir() {
                for below in entries(&path)? {
                    remove_part(&below)?;
                }
            } else {
                remove_part(&path)?;
            }
        }
        Ok(())
    }

    fn free_bytes(&self) -> Option<u64> {
        let there = self.0.ancestors().find(|path| path.exists())?;
        let stat = nix::sys::statvfs::statvfs(there).ok()?;
        Some(stat.blocks_available() as u64 * stat.fragment_size() as u64)
    }

    fn lock(&self) -> io::Result<Option<Box<dyn Any + Send>>> {
        make_folder(&self.0)?;
        let path = self.path("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Some(Box::new(lock))),
            Err((_, Errno::EWOULDBLOCK)) => Ok(None),
            Err((_, errno)) => Err(errno.into()),
        }
    }
}

struct Part {
    file: File,
    part: PathBuf,
    path: PathBuf,
    kept: bool,
}

impl Write for Part {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.file.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl NewObject for Part {
    fn keep(mut self: Box<Self>) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.part, &self.path)?;
        self.kept = true;
        sync(self.path.parent().unwrap_or(Path::new("/")))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.kept {
            // The sweep of the next backup takes what cannot be removed now.
            let _ = fs::remove_file(&self.part);
        }
    }
}

fn remove_part(path: &Path) -> io::Result<()> {
    if path.to_str().is_some_and(|name| name.ends_with(PART)) { fs::remove_file(path) } else { Ok(()) }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // A new name is on disk before anything in it counts as kept.
    folder.ancestors().skip(1).take(2).try_for_each(|parent| match sync(parent) {
        // The way to a share may lead through folders that may be entered and not read.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        synced => synced,
    })
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(found) => found.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
