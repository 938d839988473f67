//! Where a command is carried out: by the server, if one runs, through its admin socket; otherwise here, while the data
//! folder is locked against a server that starts.

use std::fmt;
use std::io::{ErrorKind, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::admin::{Ask, CallError, Caller, Confirm, Progress, Refusal, Reply, Secret};
use protocol::{ErrorCode, Shown};
use zeroize::Zeroizing;

use super::{Done, Failure};
use crate::admin::Danger;
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
        match Self::server(config)? {
            Some(server) => Ok(Self::Server(server)),
            None => Ok(Self::Here(DataLock::take(&config.storage.data_dir)?)),
        }
    }

    /// The server, if one runs.
    pub(super) fn server(config: &Config) -> Result<Option<Caller<UnixStream>>, Failure> {
        let path = config.admin.socket_of(&config.storage);
        match UnixStream::connect(&path) {
            Ok(stream) => Ok(Some(Caller::new(stream))),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                Err(format!("you may not use {}: run this as root, or become a member of its group", path.display())
                    .into())
            }
            Err(error) => Err(format!("cannot connect to {}: {error}", path.display()).into()),
        }
    }
}

/// How a command that destroys something is confirmed, and for whom it prints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::Args)]
pub(super) struct Sure {
    /// Do not ask; for scripts
    #[arg(long)]
    yes: bool,
    /// The token of the confirmation is the first line of standard input; for programs
    #[arg(long, hide = true)]
    confirmed: bool,
}

/// A word that a program reads in place of a reply.
#[derive(Debug)]
pub(super) enum Told {
    /// It has to be confirmed: the same again with `--confirmed` and the token, or with `--yes`.
    Confirm(Confirm),
    /// It was not done.
    Refused(Refusal),
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Confirm(_) => f.write_str("this has to be confirmed; nothing was done"),
            Self::Refused(refusal) => refusal.sentence.fmt(f),
        }
    }
}

impl std::error::Error for Told {}

impl Told {
    /// What a program reads of a failure.
    pub(super) fn of(failure: &Failure) -> serde_json::Result<String> {
        match failure.downcast_ref::<Self>() {
            Some(Self::Confirm(confirm)) => serde_json::to_string(confirm),
            Some(Self::Refused(refusal)) => serde_json::to_string(refusal),
            None => {
                let sentence = Shown::new(&super::sentence(failure.as_ref()));
                serde_json::to_string(&Refusal { code: ErrorCode::WrongState, sentence })
            }
        }
    }
}

/// Asks the server; what has to be confirmed is confirmed at the terminal, by a program, or not at all.
pub(super) fn ask(server: &mut Caller<UnixStream>, ask: Ask, sure: Sure, json: bool) -> Result<Reply, Failure> {
    let token = if sure.confirmed { Some(typed_token()?) } else { None };
    let told = |progress: &Progress| {
        if json {
            print_progress(progress);
        }
    };
    match server.ask(ask.clone(), token, told) {
        Ok(reply) => Ok(reply),
        Err(CallError::Refused(refusal)) => Err(Box::new(Told::Refused(refusal))),
        Err(CallError::Confirm(confirm)) if json && !sure.yes => Err(Box::new(Told::Confirm(confirm))),
        Err(CallError::Confirm(Confirm { token, loses, word })) => {
            let loses: Vec<&str> = loses.iter().map(Shown::as_str).collect();
            confirm(&loses, word.as_str(), sure)?;
            Ok(server.ask(ask, Some(token), told)?)
        }
        Err(error) => Err(error.into()),
    }
}

/// The same for what is done here.
pub(super) fn confirm_here(ask: &Ask, danger: Danger, sure: Sure, json: bool) -> Done {
    let token = token_of(ask)?;
    if sure.confirmed {
        let good = typed_token()? == token;
        return if good { Ok(()) } else { Err("this confirmation is for something else; nothing was done".into()) };
    }
    if json && !sure.yes {
        let loses = danger.loses.iter().copied().map(Shown::new).collect();
        return Err(Box::new(Told::Confirm(Confirm { token, loses, word: Shown::new(danger.word) })));
    }
    confirm(danger.loses, danger.word, sure)
}

/// Follows from the question: whoever may ask may also confirm, so that it only has to be the same question.
fn token_of(ask: &Ask) -> Result<Secret, Failure> {
    let digest = digest::digest(&digest::SHA256, serde_json::to_string(ask)?.as_bytes());
    Ok(Secret(URL_SAFE_NO_PAD.encode(digest)))
}

fn typed_token() -> Result<Secret, Failure> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(Secret(line.trim().to_owned()))
}

fn print_progress(progress: &Progress) {
    if let Ok(line) = serde_json::to_string(progress) {
        // Whoever followed may be gone; the work goes on.
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}

/// Tells what is lost and has the word typed.
fn confirm(loses: &[&str], word: &str, sure: Sure) -> Done {
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
