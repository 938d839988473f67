//! How child processes of ours come to be, and what one ends with when it cannot tell its parent any more.
//! [`super::reading`], [`super::judging`] and [`super::rendering`] are the kinds of children.

use std::ffi::OsString;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use confine::{FrameError, Way};

use crate::base::{Error, Result};
use crate::infra::config;

/// What a child is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Reading one file.
    Read,
    /// One unit of judging.
    Judge,
    /// Rendering one report.
    Render,
}

impl Kind {
    /// Its name: of the verb, and of the socket.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Judge => "judge",
            Self::Render => "render",
        }
    }

    /// How such children come to be: by a unit where the configuration names sockets, by ourselves otherwise.
    pub fn way(self, config: &config::Reading) -> Result<Way> {
        match &config.sockets {
            Some(folder) => Ok(Way::Unit { socket: folder.join(self.as_str()).with_extension("sock") }),
            None => Ok(self.process(&program(config)?)),
        }
    }

    fn process(self, program: &Path) -> Way {
        Way::Process { program: program.to_owned(), arguments: self.arguments() }
    }

    fn arguments(self) -> Vec<OsString> {
        ["child", self.as_str()].map(OsString::from).to_vec()
    }
}

fn program(config: &config::Reading) -> Result<PathBuf> {
    match &config.program {
        Some(program) => Ok(program.clone()),
        None => std::env::current_exe().map_err(Error::internal),
    }
}

/// In the unit that systemd starts for a connection, which is standard input: starts the child and hands its frames on.
pub async fn attend(kind: Kind) -> std::result::Result<(), ChildError> {
    let socket = std::io::stdin().as_fd().try_clone_to_owned().map_err(confine::AttendError::from)?;
    let program = std::env::current_exe().map_err(confine::AttendError::from)?;
    Ok(confine::attend(socket, program, kind.arguments()).await?)
}

/// Why a child gives up.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// It could not be confined.
    #[error(transparent)]
    Enter(#[from] confine::EnterError),
    /// Nobody could be attended to.
    #[error(transparent)]
    Attend(#[from] confine::AttendError),
    /// The pipe is gone.
    #[error(transparent)]
    Pipe(#[from] FrameError),
    /// The parent spoke otherwise than agreed.
    #[error("the parent of this process spoke otherwise than agreed")]
    Order,
}
