//! Postgres refuses root. Started by root, the program becomes an unprivileged user before it touches a file.

use std::ffi::CString;
use std::path::Path;

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{Gid, Uid, User, fchownat, initgroups, setgid, setuid};

use super::layout::PostgresError;

/// The users of this start: who runs the server and who may connect.
#[derive(Debug)]
pub(super) struct Users {
    /// Whom the server runs as.
    pub(super) server: User,
    /// Name of whoever started the program.
    pub(super) starter: String,
}

impl Users {
    /// Looks the users up; `run_as` counts only for root.
    pub(super) fn find(run_as: &str) -> Result<Self, PostgresError> {
        let starter = User::from_uid(Uid::effective()).ok().flatten();
        let starter_name = starter.as_ref().map_or_else(|| Uid::effective().to_string(), |user| user.name.clone());
        let server = if Uid::effective().is_root() {
            User::from_name(run_as).ok().flatten().filter(|user| !user.uid.is_root())
        } else {
            starter
        };
        Ok(Self { server: server.ok_or_else(|| PostgresError::NoSuchUser(run_as.to_owned()))?, starter: starter_name })
    }

    /// Becomes the server's user for good. Does nothing if that is who we are.
    pub(super) fn become_server(&self) -> Result<(), PostgresError> {
        if !Uid::effective().is_root() {
            return Ok(());
        }
        let name =
            CString::new(self.server.name.as_str()).map_err(|_| PostgresError::NoSuchUser(self.server.name.clone()))?;
        initgroups(&name, self.server.gid)
            .and_then(|()| setgid(self.server.gid))
            .and_then(|()| setuid(self.server.uid))
            .map_err(|errno| PostgresError::io("become the user", self.server.name.as_str())(errno.into()))
    }

    /// Gives a folder to the server's user; needed only for root.
    pub(super) fn own(&self, path: &Path) -> Result<(), PostgresError> {
        if !Uid::effective().is_root() {
            return Ok(());
        }
        // Not through a link that somebody may have put there meanwhile.
        fchownat(AT_FDCWD, path, Some(self.server.uid), Some(self.server.gid), AtFlags::AT_SYMLINK_NOFOLLOW)
            .map_err(|errno| PostgresError::io("give away", path)(errno.into()))
    }

    /// Fails with the first folder on the way that the server's user may not enter.
    pub(super) fn may_reach(&self, path: &Path) -> Result<(), PostgresError> {
        use std::os::unix::fs::MetadataExt;
        let mut ancestors: Vec<&Path> = path.ancestors().collect();
        ancestors.reverse();
        for dir in ancestors.into_iter().filter(|dir| dir.is_dir()) {
            let meta = dir.metadata().map_err(PostgresError::io("examine", dir))?;
            let bit = match () {
                () if Uid::from_raw(meta.uid()) == self.server.uid => 0o100,
                () if Gid::from_raw(meta.gid()) == self.server.gid => 0o010,
                () => 0o001,
            };
            if meta.mode() & bit == 0 {
                return Err(PostgresError::NotTraversable { user: self.server.name.clone(), dir: dir.to_owned() });
            }
        }
        Ok(())
    }
}
