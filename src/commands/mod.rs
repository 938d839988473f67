//! The verbs of the command line. Each says what happened on failure and ends with a code other than 0.

mod admin;
mod analyze;
mod audit;
mod backup;
mod bench;
mod child;
mod database;
mod desk;
mod doctor;
mod jobs;
mod keys;
mod migrate;
mod reply;
mod restore;
mod serve;
mod setup;
mod status;
mod tls;
mod update;
mod users;

use std::future::Future;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::{App, Outside};
use crate::domain::audit::Action;
use crate::http;
use crate::infra::config::{self, Config};
use crate::infra::keys::KeyFiles;
use crate::infra::notes::{Note, Notes};
use crate::infra::{host, telemetry};

/// Why a command failed, in words.
type Failure = Box<dyn std::error::Error + Send + Sync>;
type Done = Result<(), Failure>;

/// The diligence desk that a venture fund runs on its own server.
#[derive(Debug, Parser)]
#[command(name = "vcconnect", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the server
    Serve,
    /// Write a cited due-diligence report on files; no server, nothing stored
    Analyze(analyze::Options),
    /// Run the private Postgres, or say how to reach it
    #[command(subcommand)]
    Database(database::Verb),
    /// Set this machine up: configuration, keys, certificate, database, server; once, and again if it was cut off
    Setup(setup::Options),
    /// Bring the database's schema up to date
    Migrate,
    /// Look after the installation in a terminal
    Admin,
    /// How the installation is
    Status {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Work that is not done
    #[command(subcommand)]
    Jobs(jobs::Verb),
    /// The keystore, the ways to open it, and its master key
    #[command(subcommand)]
    Keys(keys::Verb),
    /// The certificate that browsers see
    #[command(subcommand)]
    Tls(tls::Verb),
    /// People, and how the first of them gets in
    #[command(subcommand)]
    Users(users::Verb),
    /// Check the audit log
    #[command(subcommand)]
    Audit(audit::Verb),
    /// Make, list, verify and remove backups
    #[command(subcommand, visible_alias = "backups")]
    Backup(backup::Verb),
    /// Bring the installation back from a backup; what is here is kept under another name
    Restore(restore::Options),
    /// Install a signed bundle, go back to the version before, say which version runs
    #[command(subcommand, visible_alias = "updates")]
    Update(update::Verb),
    /// Say what is wrong with this installation and what to do
    Doctor {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Measure this program on files whose truth is known
    #[command(subcommand, hide = true)]
    Bench(bench::Verb),
    /// Do one piece of work in confinement, for a parent that speaks the protocol
    #[command(subcommand, hide = true)]
    Child(child::Verb),
    /// Print the effective configuration
    Config {
        /// Every key instead: its type, its default, what it means
        #[arg(long)]
        reference: bool,
    },
    /// Print the description of the API
    Openapi,
}

/// A link to the program with this name is the terminal UI.
const ADMIN: &str = "vcconnect-admin";

impl Cli {
    /// What was typed.
    pub fn typed() -> Self {
        let mut words = host::words();
        let name = words.first().and_then(|program| Path::new(program).file_name());
        if name.is_some_and(|name| name == ADMIN) {
            words.insert(1, "admin".into());
        }
        Self::parse_from(words)
    }

    /// Does what was asked for.
    pub fn run(self) -> ExitCode {
        match self.dispatch() {
            Ok(code) => code,
            Err(failure) => {
                eprintln!("vcconnect: {}", sentence(failure.as_ref()));
                ExitCode::FAILURE
            }
        }
    }

    fn dispatch(self) -> Result<ExitCode, Failure> {
        match self.verb {
            Verb::Analyze(options) => return analyze::run(&options),
            Verb::Bench(verb) => return bench::run(&verb),
            Verb::Setup(options) => return setup::run(&options),
            Verb::Serve => serve::run(configure()?),
            Verb::Database(verb) => database::run(&configure()?, &verb),
            Verb::Migrate => migrate::run(&configure()?),
            Verb::Status { json } => reply::wired(json, || status::run(&configure()?, json)),
            Verb::Jobs(verb) => reply::wired(verb.json(), || jobs::run(&configure()?, &verb)),
            Verb::Keys(verb) => reply::wired(verb.json(), || keys::run(&configure()?, &verb)),
            Verb::Tls(verb) => tls::run(&configure()?, &verb),
            Verb::Users(verb) => reply::wired(verb.json(), || users::run(configure()?, &verb)),
            Verb::Audit(verb) => audit::run(configure()?, &verb),
            Verb::Admin => admin::run(&configure()?),
            Verb::Backup(verb) => reply::wired(verb.json(), || backup::run(&configure()?, &verb)),
            Verb::Restore(options) => reply::wired(options.json(), || restore::run(&configure()?, &options)),
            Verb::Update(verb) => reply::wired(verb.json(), || update::run(&configure()?, &verb)),
            Verb::Doctor { json } => doctor::run(&configure()?, json),
            Verb::Child(verb) => child::run(&verb),
            Verb::Config { reference: true } => print(&config::reference()?),
            Verb::Config { reference: false } => print(&toml::to_string_pretty(&configure()?)?),
            Verb::Openapi => print(&serde_json::to_string_pretty(&http::document())?),
        }?;
        Ok(ExitCode::SUCCESS)
    }
}

fn configure() -> Result<Config, Failure> {
    let config = Config::load()?;
    telemetry::start(&config.log);
    host::forbid_core_dumps()?;
    Ok(config)
}

/// The application with its vault open, not yet connected.
fn build(config: Config) -> Result<App, Failure> {
    let vault = KeyFiles::of(&config).open()?;
    Ok(App::new(config, Outside::system(), vault)?)
}

/// A reader that goes away, as `head` does, is a failure like any other and no panic.
fn print(text: &str) -> Done {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// The failure with its causes: on the console there is no log to look them up in.
fn sentence(failure: &(dyn std::error::Error + 'static)) -> String {
    match failure.downcast_ref::<crate::base::Error>() {
        Some(error) if error.code == crate::base::ErrorCode::Internal => error.causes(),
        Some(error) if !error.causes().is_empty() => format!("{} ({})", error.detail, error.causes()),
        _ => failure.to_string(),
    }
}

/// Runs async work of a short command.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work))
}

/// Who signed in on the machine.
fn login() -> String {
    host::login().unwrap_or_default()
}

/// Leaves a note for the audit log: no server runs that could record it.
fn note(config: &Config, action: Action, details: serde_json::Value) -> Done {
    note_of(config, login(), action, details)
}

/// The same for somebody else, who asked for it.
fn note_of(config: &Config, login: String, action: Action, details: serde_json::Value) -> Done {
    let at = Outside::system().clock.now();
    Ok(Notes::of(config).add(&Note { at, login, action: action.as_str().to_owned(), details })?)
}
