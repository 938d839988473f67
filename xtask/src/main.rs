//! `cargo xtask <verb>`: every recipe of the repository, in Rust.

mod appliance;
mod authenticator;
mod bench;
mod binary;
mod bundle;
mod check;
mod children;
mod configuration;
mod corpus;
mod db;
mod generated;
mod http;
mod needs;
mod openapi;
mod package;
mod program;
mod psql;
mod run;
mod stack;
mod steps;
mod test;
mod tidy;
mod tools;
mod units;
mod web;
mod workshop;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use workshop::Workshop;

/// Every recipe of the repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Line {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build everything and run the product here: database, server, web interface
    Run(run::Options),
    /// Run everything that CI runs
    Test(test::Options),
    /// Look at the code without running it: format, lints, layering, licences, spelling, drift
    Check(check::Options),
    /// Check the rules of ARCHITECTURE.md
    Tidy,
    /// Write web/openapi.json and the web client's types from the server
    Openapi(openapi::Options),
    /// Write the tables of docs/configuration.md from the program
    Configuration,
    /// Build the Debian package
    Package(package::Options),
    /// Write the made-up data room into demo/
    Demo,
    /// Write the data room of a startup that a seed makes, with its truth beside it
    Simulate(generated::Room),
    /// Write docs/report.schema.json, the form of a report as JSON
    ReportSchema,
    /// Work on the development database
    Db(db::Options),
    /// Run a command of the program on the development data, as in `cargo xtask vcconnect doctor`
    Vcconnect(program::Options),
    /// Make a signed update bundle of a package, or a key to sign with
    Bundle(Box<bundle::Options>),
    /// Measure start-up, memory, answer time, the weight of the web interface and the way to a report
    Bench(bench::Options),
}

fn main() -> ExitCode {
    match obey(&Line::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey(line: &Line) -> anyhow::Result<()> {
    let workshop = Workshop::open()?;
    match &line.verb {
        Verb::Run(options) => run::run(&workshop, options),
        Verb::Test(options) => test::run(&workshop, options),
        Verb::Check(options) => check::run(&workshop, options),
        Verb::Tidy => tidy::run(&workshop),
        Verb::Openapi(options) => openapi::run(&workshop, options),
        Verb::Configuration => configuration::run(&workshop),
        Verb::Package(options) => package::run(&workshop, options),
        Verb::Demo => generated::demo(&workshop),
        Verb::Simulate(room) => generated::room(&workshop, room),
        Verb::ReportSchema => generated::report_schema(&workshop),
        Verb::Db(options) => db::run(&workshop, options),
        Verb::Vcconnect(options) => program::run(&workshop, options),
        Verb::Bundle(options) => bundle::run(&workshop, options),
        Verb::Bench(options) => bench::run(&workshop, options),
    }
}
