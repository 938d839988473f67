//! psql on a database of ours, as one of its roles.

use std::path::Path;

use anyhow::Result;

use crate::children::{self, bound};
use crate::stack::Database;
use crate::workshop::Workshop;

/// Runs one query and returns its rows as psql prints them, unadorned.
pub fn rows(workshop: &Workshop, database: &Database, role: &str, query: &str) -> Result<String> {
    let address = database.address(workshop, role)?;
    children::read(
        workshop,
        bound("psql")
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--dbname", &address])
            .args(["--command", query])
            .current_dir(Path::new("/")),
    )
}
