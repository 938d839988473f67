//! `cargo xtask test`: everything that CI runs, on any Debian.

use std::process::Command;

use anyhow::Result;

use crate::appliance;
use crate::binary::{self, Profile};
use crate::check;
use crate::children::{self, cargo};
use crate::corpus::{self, Corpus};
use crate::generated::SCHEMA_WRITER;
use crate::needs;
use crate::stack::{Home, Stack, StackOptions};
use crate::steps::{Show, Steps};
use crate::tools;
use crate::web;
use crate::workshop::Workshop;

/// What `test` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Also the slow tests, which are marked `#[ignore]`
    #[arg(long)]
    all: bool,
    /// Leave out the browser tests
    #[arg(long)]
    no_e2e: bool,
    /// Install what is missing without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    appliance: appliance::Options,
    /// Only the Rust tests whose name holds this, and nothing else; with --appliance, only the scenarios
    filter: Option<String>,
}

/// Runs the steps, stops at the first that fails, and prints a table of them.
pub fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    if options.appliance.appliance {
        let yes = options.yes || needs::unattended();
        return appliance::run(workshop, &options.appliance, options.filter.as_deref(), yes);
    }
    let mut steps = Steps::new(workshop);
    let outcome = all(&mut steps, options);
    println!("\n{}", steps.table());
    if outcome? {
        println!("Everything passed.");
    } else {
        println!("Everything passed that ran; corpus tests not run: {} is not set.", corpus::FOLDER);
    }
    Ok(())
}

/// Returns whether the tests over the corpus ran, as far as they were asked for.
fn all(steps: &mut Steps, options: &Options) -> Result<bool> {
    let yes = options.yes || needs::unattended();
    let corpus = Corpus::find(steps.workshop())?;
    if options.filter.is_some() {
        needs::ensure(steps, needs::TO_RUN, yes)?;
        rust(steps, options, corpus.as_ref())?;
        return Ok(true);
    }
    needs::ensure(steps, needs::TO_TEST, yes)?;
    check::fast(steps)?;
    check::thorough(steps, false)?;
    rust(steps, options, corpus.as_ref())?;
    if let Some(corpus) = &corpus {
        steps.work("corpus: every file of tests has read it", Show::Failure, || corpus.check())?;
    }
    interface(steps)?;
    if !options.no_e2e {
        browser(steps)?;
    }
    Ok(corpus.is_some())
}

fn rust(steps: &mut Steps, options: &Options, corpus: Option<&Corpus>) -> Result<()> {
    let mut command = cargo(steps.workshop(), &["test", "--workspace"]);
    command.args(&options.filter);
    // With a filter, the one test that needs it finds what an earlier run installed.
    if options.filter.is_none() {
        command.env("VCCONNECT_LLMOCK", tools::llmock(steps)?);
    }
    match corpus {
        Some(corpus) => corpus.tell(&mut command),
        // Set to nothing is not set.
        None => {
            command.env_remove(corpus::FOLDER);
        }
    }
    if options.all {
        command.args(["--", "--include-ignored", "--skip", SCHEMA_WRITER]);
    }
    steps.run("Rust tests", Show::Always, &mut command)
}

fn interface(steps: &mut Steps) -> Result<()> {
    web::install(steps)?;
    web::script(steps, "web: types", "check", Show::Failure)?;
    web::script(steps, "web: lint and format", "lint", Show::Failure)?;
    web::script(steps, "web: unit tests", "test", Show::Always)?;
    web::build(steps)?;
    web::script(steps, "web: weight", "budget", Show::Always)
}

/// A person's way through the product, in a real browser, against a product started for it.
fn browser(steps: &mut Steps) -> Result<()> {
    let binary = binary::build(steps, Profile::Dev)?;
    let stack = Stack::start(
        steps,
        StackOptions { binary, home: Home::temporary()?, port: None, throwaway: true, log_to_terminal: false },
    )?;
    let mut command = e2e(steps.workshop(), &stack);
    let outcome = children::leaving_nobody(|| steps.run("browser tests", Show::Always, &mut command))?;
    if outcome.is_err() {
        println!("{}", stack.server_log());
    }
    stack.stop()?;
    outcome
}

fn e2e(workshop: &Workshop, stack: &Stack) -> Command {
    let mut command = web::npm(&workshop.web());
    command
        .args(["run", "--silent", "e2e"])
        .env("VCCONNECT_E2E_TARGET", workshop.target.join("e2e"))
        .env("VCCONNECT_E2E_URL", &stack.url)
        .env("VCCONNECT_E2E_FIRST_ADMIN_LINK", stack.first_admin_link.as_deref().unwrap_or_default());
    command
}
