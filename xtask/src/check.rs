//! `cargo xtask check`: everything that can be said about the code without running it.

use anyhow::Result;

use crate::binary::{self, Profile};
use crate::children::{bound, cargo};
use crate::configuration;
use crate::db;
use crate::needs;
use crate::openapi;
use crate::steps::{Show, Steps};
use crate::tidy;
use crate::tools;
use crate::units;
use crate::workshop::Workshop;

/// What `check` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Only format, tidy and clippy
    #[arg(long)]
    fast: bool,
    /// Also look for published weaknesses of our dependencies (fetches the database of them)
    #[arg(long)]
    advisories: bool,
}

/// Runs the checks and prints the table of them.
pub fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    let mut steps = Steps::new(workshop);
    fast(&mut steps)?;
    if !options.fast {
        needs::ensure(&mut steps, needs::TO_CHECK, needs::unattended())?;
        thorough(&mut steps, options.advisories)?;
    }
    println!("\nAll checks passed:\n{}", steps.table());
    Ok(())
}

/// Format, tidy, clippy.
pub fn fast(steps: &mut Steps) -> Result<()> {
    let workshop = steps.workshop();
    // Names of files only: whoever reads this runs `cargo fmt`, not a diff.
    steps.run(
        "format (mend: cargo fmt)",
        Show::Failure,
        &mut cargo(workshop, &["fmt", "--all", "--", "--check", "-l"]),
    )?;
    steps.work("tidy", Show::Failure, || tidy::check(workshop))?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    steps.run("clippy", Show::Live, &mut cargo(workshop, &clippy))
}

/// Licences, spelling, and files that are made from others.
pub fn thorough(steps: &mut Steps, advisories: bool) -> Result<()> {
    deny(steps, advisories)?;
    let typos = tools::typos(steps)?;
    let root = &steps.workshop().root;
    steps.run("spelling", Show::Failure, bound(typos).args(["--config", "typos.toml"]).current_dir(root))?;
    units::check(steps)?;
    let binary = binary::build(steps, Profile::Dev)?;
    configuration::check(steps, &binary)?;
    openapi::check(steps, &binary)?;
    db::check_schema(steps, &binary)
}

fn deny(steps: &mut Steps, advisories: bool) -> Result<()> {
    let program = tools::cargo_deny(steps)?;
    let root = &steps.workshop().root;
    let mut command = bound(program);
    // Without --workspace it looks at the server's tree only, not at that of the tools and the tests.
    command
        .args(["--workspace", "--log-level", "error", "check", "--hide-inclusion-graph"])
        .args(["bans", "licenses", "sources"])
        .current_dir(root);
    if advisories {
        command.arg("advisories");
    } else {
        println!(
            "  Published weaknesses are not looked up here, as their database lives on the network: \
             cargo xtask check --advisories"
        );
    }
    steps.run("dependencies: licences, bans, sources", Show::Failure, &mut command)
}
