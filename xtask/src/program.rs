//! `cargo xtask vcconnect …`: a command of the program on the data of `cargo xtask run`.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Result, bail};

use crate::binary::{self, Profile};
use crate::run;
use crate::stack::{Database, Home};
use crate::steps::Steps;
use crate::workshop::Workshop;

/// What to ask, of which data.
#[derive(clap::Args)]
pub struct Options {
    /// The folder given to `cargo xtask run`
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The command, as in `doctor` or `audit verify --json`
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

/// Runs the command; it fails as the command fails.
pub fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    let folder = run::existing_folder(workshop, options.data_dir.as_deref())?;
    let binary = binary::build(&mut Steps::new(workshop), Profile::Dev)?;
    let words: Vec<&str> = options.words.iter().map(String::as_str).collect();
    let status = Database::verb_in(&binary, &Home::lasting(&folder)?, &words).stdin(Stdio::inherit()).status()?;
    if !status.success() {
        bail!("`vcconnect {}` ended with {status}.", words.join(" "));
    }
    Ok(())
}
