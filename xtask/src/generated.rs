//! Files that the crates write themselves. Each is made by its own crate, so that the recipes need not be built with it.

use anyhow::Result;

use crate::children::cargo;
use crate::steps::{Show, Steps};
use crate::workshop::Workshop;

/// The test of `crates/report` that writes instead of testing; `cargo xtask test --all` leaves it out.
pub const SCHEMA_WRITER: &str = "writes_the_schema";

/// Writes the demo data room, as `crates/simulator` makes it, into `demo/`.
pub fn demo(workshop: &Workshop) -> Result<()> {
    let folder = workshop.root.join("demo");
    let mut command = cargo(workshop, &["run", "--package", "simulator", "--example", "write_demo", "--"]);
    Steps::new(workshop).run("write demo/", Show::Live, command.arg(folder))
}

/// Writes docs/report.schema.json, as `crates/report` describes the JSON export.
pub fn report_schema(workshop: &Workshop) -> Result<()> {
    let mut command = cargo(workshop, &["test", "--package", "report", "--lib", "--"]);
    command.args(["--ignored", SCHEMA_WRITER]);
    Steps::new(workshop).run("write docs/report.schema.json", Show::Live, &mut command)
}
