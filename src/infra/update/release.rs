//! Asks a release, by its own program. These words are the only ones that two versions must share:
//!
//! | words | says |
//! |---|---|
//! | `--version` | `vcconnect <version>` |
//! | `update fits --json` | [`Fits`]: whether it knows the configuration, the keystore and the database, changing nothing |
//! | `migrate` | changes the database |
//! | `update healthy --json` | ends with 0 if the server that runs is of this version and everything in it works |
//! | `backup create --json` | ends with 0 if a backup was made |
//! | `update tell` | takes notes into the audit log |
//!
//! One that fails ends with another code, and its last line on standard output is JSON with `sentence`.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::process::Command;
use update::Version;

use crate::infra::files::printable;

/// A release that only looks is waited for this long.
const PATIENCE: Duration = Duration::from_secs(120);
/// Letters of what a release says that are kept.
const LETTERS: usize = 600;

/// What a release says of the data that is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fits {
    /// Its version.
    #[serde(with = "update::version")]
    pub version: Version,
    /// Changes that it would make to the database.
    pub pending: Vec<String>,
    /// Whether a program that knows none of them runs afterwards.
    pub older_programs_run: bool,
}

/// The program of a release.
#[derive(Debug, Clone)]
pub struct Release {
    program: PathBuf,
}

#[derive(Deserialize)]
struct Told {
    sentence: String,
}

impl Release {
    /// The one whose program this is.
    pub fn at(program: PathBuf) -> Self {
        Self { program }
    }

    /// Its version.
    pub async fn version(&self) -> Result<Version, String> {
        let said = self.ask(&["--version"], Some(PATIENCE)).await?;
        let word = said.split_whitespace().nth(1).unwrap_or_default();
        Version::parse(word).map_err(|_| "its program does not say which version it is".to_owned())
    }

    /// What it says of the data that is here.
    pub async fn fits(&self) -> Result<Fits, String> {
        let said = self.ask(&["update", "fits", "--json"], Some(PATIENCE)).await?;
        let last = said.lines().next_back().unwrap_or_default();
        serde_json::from_str(last).map_err(|_| "its answer about the data here cannot be read".to_owned())
    }

    /// Has it change the database, however long that takes.
    pub async fn migrate(&self) -> Result<(), String> {
        self.ask(&["migrate"], None).await.map(drop)
    }

    /// Whether the server that runs is of this version and healthy; `sealed` if nobody has unlocked it.
    pub async fn healthy(&self, sealed: bool) -> Result<(), String> {
        let words: &[&str] =
            if sealed { &["update", "healthy", "--json", "--sealed"] } else { &["update", "healthy", "--json"] };
        self.ask(words, Some(PATIENCE)).await.map(drop)
    }

    /// Has it make a backup, however long that takes.
    pub async fn back_up(&self) -> Result<(), String> {
        self.ask(&["backup", "create", "--json"], None).await.map(drop)
    }

    /// Has it take what was noted into the audit log.
    pub async fn tell(&self) -> Result<(), String> {
        self.ask(&["update", "tell"], Some(PATIENCE)).await.map(drop)
    }

    async fn ask(&self, words: &[&str], patience: Option<Duration>) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        command.args(words).stdin(Stdio::null()).kill_on_drop(true);
        let output = command.output();
        let output = match patience {
            Some(patience) => tokio::time::timeout(patience, output)
                .await
                .map_err(|_| format!("its program did not answer within {} seconds", patience.as_secs()))?,
            None => output.await,
        };
        let output = output.map_err(|error| format!("{} cannot be run: {error}", self.program.display()))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(said);
        }
        Err(complaint(&said, &String::from_utf8_lossy(&output.stderr), output.status))
    }
}

/// What it said last, for programs or for people, or else how it ended.
fn complaint(said: &str, complained: &str, status: std::process::ExitStatus) -> String {
    let last = |text: &str| text.lines().rev().find(|line| !line.trim().is_empty()).map(str::to_owned);
    let told = last(said).and_then(|line| serde_json::from_str::<Told>(&line).ok()).map(|told| told.sentence);
    let complained = || last(complained).map(|line| line.trim_start_matches("vcconnect: ").to_owned());
    let text = told.or_else(complained).unwrap_or_else(|| format!("its program ended with {status}"));
    printable(&text).chars().take(LETTERS).collect()
}
