//! `cargo xtask db`: the development database, and the tables as diesel sees them.

mod catalogue;
mod schema;

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use clap::Subcommand;

use crate::binary::{self, Profile};
use crate::children::{self, bound};
use crate::run;
use crate::stack::{Database, Home};
use crate::steps::{Show, Steps};
use crate::workshop::{self, Workshop};

const SCHEMA: &str = "src/infra/db/schema.rs";

/// What to do with the database.
#[derive(clap::Args)]
pub struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Write src/infra/db/schema.rs from the migrations
    Schema {
        /// Change nothing; fail if the file is not what the migrations make
        #[arg(long)]
        check: bool,
    },
    /// Open psql on the development database (`cargo xtask run` must be up, or it is started)
    Shell {
        /// As which role: app, owner or super
        #[arg(long, default_value = "owner")]
        role: String,
        /// The folder given to `cargo xtask run`
        #[arg(long, value_name = "DIR")]
        data_dir: Option<PathBuf>,
    },
    /// Delete everything that `cargo xtask run` kept: database, keys and files
    Reset {
        /// Do not ask
        #[arg(long)]
        yes: bool,
        /// The folder given to `cargo xtask run`
        #[arg(long, value_name = "DIR")]
        data_dir: Option<PathBuf>,
    },
}

/// Does one of the verbs.
pub fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    let mut steps = Steps::new(workshop);
    match &options.verb {
        Verb::Schema { check } => {
            let binary = binary::build(&mut steps, Profile::Dev)?;
            if *check { check_schema(&mut steps, &binary) } else { write_schema(&mut steps, &binary) }
        }
        Verb::Shell { role, data_dir } => shell(&mut steps, role, data_dir.as_deref()),
        Verb::Reset { yes, data_dir } => reset(workshop, *yes, data_dir.as_deref()),
    }
}

/// Fails if schema.rs is not what the migrations make.
pub fn check_schema(steps: &mut Steps, binary: &Path) -> Result<()> {
    let workshop = steps.workshop();
    let file = workshop.root.join(SCHEMA);
    steps.work("schema: compare with the migrations", Show::Failure, || {
        let found = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        if found != generate(workshop, binary)? {
            bail!("{SCHEMA} is not what migrations/ make. To mend it:\n  cargo xtask db schema");
        }
        Ok(())
    })
}

fn write_schema(steps: &mut Steps, binary: &Path) -> Result<()> {
    let workshop = steps.workshop();
    steps.work("write the schema from the migrations", Show::Failure, || {
        workshop::write_if_other(&workshop.root.join(SCHEMA), &generate(workshop, binary)?)
    })
}

/// Migrates a throwaway database and describes what came out.
fn generate(workshop: &Workshop, binary: &Path) -> Result<String> {
    let mut database = Database::start(workshop, binary, Home::temporary()?, true)?;
    database.ask(workshop, &["keys", "init"])?;
    database.ask(workshop, &["migrate"])?;
    let tables = catalogue::tables(workshop, &database)?;
    database.stop()?;
    format(workshop, &schema::write(&tables)?)
}

fn format(workshop: &Workshop, text: &str) -> Result<String> {
    let file = tempfile::Builder::new().suffix(".rs").tempfile()?;
    fs::write(file.path(), text)?;
    children::read(
        workshop,
        bound("rustfmt").args(["--edition", "2024", "--quiet"]).arg(file.path()).current_dir(&workshop.root),
    )?;
    Ok(fs::read_to_string(file.path())?)
}

fn shell(steps: &mut Steps, role: &str, data_dir: Option<&Path>) -> Result<()> {
    let workshop = steps.workshop();
    let folder = run::existing_folder(workshop, data_dir)?;
    let binary = binary::build(steps, Profile::Dev)?;
    let home = Home::lasting(&folder)?;
    // While `cargo xtask run` is up, its database is the one; otherwise one is started for the shell.
    let claimed = run::claim(&folder);
    let (address, mut own) = match &claimed {
        Err(_) => (Database::address_in(workshop, &binary, &home, role)?, None),
        Ok(_) => {
            let database = Database::start(workshop, &binary, home, false)?;
            (database.address(workshop, role)?, Some(database))
        }
    };
    let mut psql = bound("psql")
        .args(["--dbname", &address])
        .stdin(Stdio::inherit())
        .current_dir("/")
        .spawn()
        .context("psql could not be started")?;
    let status = psql.wait()?;
    if let Some(database) = &mut own {
        database.stop()?;
    }
    if !status.success() {
        bail!("psql ended with {status}.");
    }
    Ok(())
}

fn reset(workshop: &Workshop, yes: bool, data_dir: Option<&Path>) -> Result<()> {
    let folder = run::folder(workshop, data_dir)?;
    let claim = run::claim(&folder)?;
    if !yes {
        print!("Delete the database, keys and files in {}? Type \"delete\": ", folder.display());
        io::stdout().flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        if answer.trim() != "delete" {
            bail!("Nothing was deleted.");
        }
    }
    run::empty(&folder)?;
    drop(claim);
    println!("{} is empty. The next `cargo xtask run` starts afresh.", folder.display());
    Ok(())
}
