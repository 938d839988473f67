//! Whom the server runs as: the owner of the data folder. What root sets up has to be reached by them.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::thread;

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{Gid, Uid, User, fchownat, setfsgid, setfsuid};

/// A system user and their group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    user: Uid,
    group: Gid,
}

impl Owner {
    /// Who owns the data folder; where there is none yet, whoever runs this program will.
    pub fn of(data: &Path) -> Self {
        let meta = fs::metadata(data).ok();
        meta.map_or_else(Self::of_this_program, |meta| Self {
            user: Uid::from_raw(meta.uid()),
            group: Gid::from_raw(meta.gid()),
        })
    }

    /// Whoever runs this program.
    pub fn of_this_program() -> Self {
        Self { user: Uid::effective(), group: Gid::effective() }
    }

    /// Their name, or their number where they have none.
    pub fn name(&self) -> String {
        let user = User::from_uid(self.user).ok().flatten();
        user.map_or_else(|| self.user.to_string(), |user| user.name)
    }

    /// Whether this program may act for them: it is theirs, or root's.
    pub fn is_served(&self) -> bool {
        Uid::effective().is_root() || Uid::effective() == self.user
    }

    /// Gives them a file or a folder, not what is in it.
    pub fn give(&self, path: &Path) -> io::Result<()> {
        let meta = fs::symlink_metadata(path)?;
        if !Uid::effective().is_root() || (meta.uid(), meta.gid()) == (self.user.as_raw(), self.group.as_raw()) {
            return Ok(());
        }
        Ok(fchownat(AT_FDCWD, path, Some(self.user), Some(self.group), AtFlags::AT_SYMLINK_NOFOLLOW)?)
    }

    /// Lets their group have what a file's group may.
    pub fn share(&self, path: &Path) -> io::Result<()> {
        if !Uid::effective().is_root() {
            return Ok(());
        }
        Ok(fchownat(AT_FDCWD, path, None, Some(self.group), AtFlags::AT_SYMLINK_NOFOLLOW)?)
    }

    /// Whether they may read a file.
    pub fn may_read(&self, path: &Path) -> io::Result<()> {
        let path = path.to_owned();
        self.act(move || File::open(path).map(drop))
    }

    /// Whether they could write into a folder once it is there and theirs. Tried below the nearest folder that is there;
    /// what was made for it is removed.
    pub fn may_write(&self, folder: &Path) -> io::Result<()> {
        let nearest = folder.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("/"));
        let tried = nearest.join(format!(".vcconnect-try-{}", std::process::id()));
        fs::create_dir(&tried)?;
        // A file system without owners gives nothing away, and still may let them write.
        let _ = self.give(&tried);
        let file = tried.join("file");
        let inside = file.clone();
        let written = self.act(move || File::create(inside).map(drop));
        let _ = fs::remove_file(&file);
        fs::remove_dir(&tried)?;
        written
    }

    /// Reaches for files as they would. The kernel keeps this for a thread, and the thread ends with it.
    fn act<T: Send + 'static>(&self, work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
        if !Uid::effective().is_root() || self.user.is_root() {
            return work();
        }
        let Self { user, group } = *self;
        let done = thread::spawn(move || {
            setfsgid(group);
            setfsuid(user);
            work()
        });
        done.join().unwrap_or_else(|_| Err(io::Error::other("the attempt broke down")))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn nobody() -> Owner {
        let user = User::from_name("nobody").unwrap().unwrap();
        Owner { user: user.uid, group: user.gid }
    }

    #[test]
    fn the_owner_of_the_data_is_who_serves() {
        let dir = tempfile::tempdir().unwrap();
        let owner = Owner::of(dir.path());
        assert!(owner.is_served());
        assert_eq!(owner, Owner::of(Path::new("/nowhere")), "who makes it will own it");
        owner.may_write(&dir.path().join("not/yet")).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left behind");
    }

    #[test]
    fn what_root_reaches_somebody_else_may_not() {
        if !Uid::effective().is_root() {
            return println!("not run: only root can try what others may");
        }
        let dir = tempfile::tempdir().unwrap();
        let closed = dir.path().join("closed");
        fs::create_dir(&closed).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
        fs::write(closed.join("key"), "secret").unwrap();
        assert!(nobody().may_read(&closed.join("key")).is_err());
        assert!(nobody().may_write(&closed.join("backups")).is_err());
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        nobody().may_write(&dir.path().join("backups")).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
