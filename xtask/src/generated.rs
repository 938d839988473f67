//! Files that the crates write themselves. Each is made by its own crate, so that the recipes need not be built with it.

use std::path::PathBuf;

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

/// What `simulate` can be told. The simulator knows the names and says them if one is wrong.
#[derive(clap::Args)]
pub struct Room {
    /// What the company and its files are drawn from
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// saas, fintech, biotech, medtech, marketplace, consumer, deeptech, climate, ai or gaming
    #[arg(long, default_value = "saas")]
    pub industry: String,
    /// en-us, en-gb, de or fr
    #[arg(long, default_value = "en-us")]
    pub locale: String,
    /// none, all, or names between commas: wrong-scale, stale-period, inflated-5, inflated-15, inflated-40, footing,
    /// omitted-safe, hidden-instructions
    #[arg(long, default_value = "none")]
    pub defects: String,
    /// The folder for the room, its truth.jsonl and contradictions.jsonl
    #[arg(long)]
    pub out: PathBuf,
}

/// Writes the data room of a drawn startup, as `crates/simulator` makes it.
pub fn room(workshop: &Workshop, room: &Room) -> Result<()> {
    let out = std::path::absolute(&room.out)?;
    let mut command = cargo(workshop, &["run", "--package", "simulator", "--example", "write_room", "--"]);
    command.arg(room.seed.to_string()).args([&room.industry, &room.locale, &room.defects]).arg(out);
    Steps::new(workshop).run("write a data room", Show::Live, &mut command)
}

/// Writes docs/report.schema.json, as `crates/report` describes the JSON export.
pub fn report_schema(workshop: &Workshop) -> Result<()> {
    let mut command = cargo(workshop, &["test", "--package", "report", "--lib", "--"]);
    command.args(["--ignored", SCHEMA_WRITER]);
    Steps::new(workshop).run("write docs/report.schema.json", Show::Live, &mut command)
}
