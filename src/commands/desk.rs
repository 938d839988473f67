//! Where a command is carried out: by the server, if one runs, through its admin socket; otherwise here, while the data
//! folder is locked against a server that starts.

use std::io::{ErrorKind, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use protocol::admin::{Ask, CallError, Caller, Confirm, Reply};
use zeroize::Zeroizing;

use super::{Done, Failure};
use crate::infra::config::Config;
use crate::infra::host::DataLock;
use crate::infra::{files, terminal};

/// Who carries a command out.
pub(super) enum Desk {
    /// The server that runs.
    Server(Caller<UnixStream>),
    /// This program: none runs, and none can start meanwhile.
    Here(DataLock),
}

impl Desk {
    /// Finds out.
    pub(super) fn find(config: &Config) -> Result<Self, Failure> {
        let path = config.admin.socket_of(&config.storage);
        match UnixStream::connect(&path) {
            Ok(stream) => Ok(Self::Server(Caller::new(stream))),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
                Ok(Self::Here(DataLock::take(&config.storage.data_dir)?))
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                Err(format!("you may not use {}: run this as root, or become a member of its group", path.display())
                    .into())
            }
            Err(error) => Err(format!("cannot connect to {}: {error}", path.display()).into()),
        }
    }
}

/// How a command that destroys something is confirmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::Args)]
pub(super) struct Sure {
    /// Do not ask; for scripts
    #[arg(long)]
    yes: bool,
}

/// Asks the server; confirms at the terminal if it wants that.
pub(super) fn ask(server: &mut Caller<UnixStream>, ask: Ask, sure: Sure) -> Result<Reply, Failure> {
    match server.ask(ask.clone(), None, |_| {}) {
        Err(CallError::Confirm(Confirm { token, loses, word })) => {
            let loses: Vec<&str> = loses.iter().map(protocol::Shown::as_str).collect();
            confirm(&loses, word.as_str(), sure)?;
            Ok(server.ask(ask, Some(token), |_| {})?)
        }
        said => Ok(said?),
    }
}

/// Tells what is lost and has the word typed.
pub(super) fn confirm(loses: &[&str], word: &str, sure: Sure) -> Done {
    if sure.yes {
        return Ok(());
    }
    for line in loses {
        eprintln!("{line}");
    }
    eprint!("Type {word} to go on: ");
    std::io::stderr().flush()?;
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed)?;
    if typed.trim() == word { Ok(()) } else { Err("nothing was done".into()) }
}

/// A secret from a file, or from standard input where it is `-` or where there is no file.
pub(super) fn secret(file: Option<&Path>, what: &str) -> Result<Zeroizing<String>, Failure> {
    if let Some(file) = file.filter(|file| *file != Path::new("-")) {
        return Ok(files::read_secret(file)?);
    }
    let mut text = Zeroizing::new(String::new());
    let _quiet = terminal::without_echo();
    eprint!("{what}: ");
    std::io::stderr().flush()?;
    std::io::stdin().read_line(&mut text)?;
    Ok(text)
}
