//! Building the one executable and finding it.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::children::{self, bound};
use crate::steps::{Show, Steps};

/// With which of Cargo.toml's profiles to build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// As shipped, without link-time optimisation: for measuring.
    Perf,
    /// As shipped.
    Release,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Perf => "perf",
            Self::Release => "release",
        }
    }
}

#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
}

/// Builds `vcconnect` and returns where cargo put it.
pub fn build(steps: &mut Steps, profile: Profile) -> Result<PathBuf> {
    let words = ["build", "--bin", "vcconnect", "--profile", profile.name()];
    let root = &steps.workshop().root;
    steps.run(
        &format!("build the server ({})", profile.name()),
        Show::Live,
        bound("cargo").args(words).current_dir(root),
    )?;
    // A second call that finds everything built: the first one's output belongs to the person.
    let said = children::read(
        steps.workshop(),
        bound("cargo")
            .args(words)
            .args(["--quiet", "--message-format", "json"])
            .current_dir(root)
            .stderr(Stdio::piped()),
    )?;
    said.lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter_map(|message| message.executable)
        .next_back()
        .context("cargo did not say where it put the executable of vcconnect")
}
