//! `cargo xtask openapi`: the web client's types follow the server's own description.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::binary::{self, Profile};
use crate::children::{self, bound};
use crate::steps::{Show, Steps};
use crate::web;
use crate::workshop::{self, Workshop};

/// What `openapi` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Change nothing; fail if the files are not what the server says
    #[arg(long)]
    check: bool,
}

/// Writes or checks web/openapi.json and the types made from it.
pub fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    let mut steps = Steps::new(workshop);
    let binary = binary::build(&mut steps, Profile::Dev)?;
    if options.check {
        return check(&mut steps, &binary);
    }
    let description = describe(workshop, &binary)?;
    web::install(&mut steps)?;
    workshop::write_if_other(&workshop.web().join("openapi.json"), &description)?;
    web::script(&mut steps, "make the web client's types", "api", Show::Failure)
}

/// Fails if web/openapi.json or the types made from it have drifted from the server.
pub fn check(steps: &mut Steps, binary: &Path) -> Result<()> {
    let workshop = steps.workshop();
    let file = workshop.web().join("openapi.json");
    steps.work("openapi: compare with the server", Show::Failure, || same(&file, &describe(workshop, binary)?))?;
    web::install(steps)?;
    let types = workshop.web().join("src/lib/api/schema.d.ts");
    steps.work("openapi: compare the web client's types", Show::Failure, || same(&types, &types_of(workshop, &file)?))
}

fn describe(workshop: &Workshop, binary: &Path) -> Result<String> {
    let said = children::read(workshop, bound(binary).arg("openapi"))?;
    let value: serde_json::Value = serde_json::from_str(&said).context("`vcconnect openapi` did not print JSON")?;
    Ok(format!("{}\n", serde_json::to_string_pretty(&value)?))
}

/// The types as the generator of web/ makes them, without touching the file that is there.
fn types_of(workshop: &Workshop, description: &Path) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let made = folder.path().join("schema.d.ts");
    children::read(
        workshop,
        bound(workshop.web().join("node_modules/.bin/openapi-typescript"))
            .arg(description)
            .arg("-o")
            .arg(&made)
            .current_dir(workshop.web())
            .stdout(Stdio::piped()),
    )?;
    fs::read_to_string(&made).context("openapi-typescript wrote nothing")
}

fn same(file: &Path, wanted: &str) -> Result<()> {
    let found = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    if found != wanted {
        bail!("{} is not what the server describes now. To mend it:\n  cargo xtask openapi", file.display());
    }
    Ok(())
}
