//! A unix socket that a group of this machine may use and nobody else.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

use super::host;

/// The group may talk, nobody else may even connect.
const MODE: u32 = 0o660;

/// A socket that listens; its file goes when this is dropped.
#[derive(Debug)]
pub struct GroupSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl GroupSocket {
    /// Listens. The caller knows that nobody else does, so a socket that is there is one that an earlier life left.
    pub fn bind(path: &Path, group: Option<&str>) -> io::Result<Self> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let socket = Self { listener: UnixListener::bind(path)?, path: path.to_owned() };
        fs::set_permissions(path, fs::Permissions::from_mode(MODE))?;
        if let Some(group) = group {
            host::give_to_group(path, group)?;
        }
        Ok(socket)
    }

    /// The next connection.
    pub async fn accept(&self) -> io::Result<UnixStream> {
        Ok(self.listener.accept().await?.0)
    }
}

impl Drop for GroupSocket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
