//! Building the one executable and finding it.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
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

/// What a program holds that can store in clear: the mark of `crates/vault/src/unsealed.rs`, compiled for tests alone.
pub const IN_CLEAR: &str = "vcconnect: stored in clear by a test";

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
    let built = said
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter_map(|message| message.executable)
        .next_back()
        .context("cargo did not say where it put the executable of vcconnect")?;
    seals(&built)?;
    Ok(built)
}

/// Fails if the program can store in clear.
fn seals(program: &Path) -> Result<()> {
    let found = bound("grep").args(["-sqaF", "--", IN_CLEAR]).arg(program).status().context("cannot run grep")?;
    match found.code() {
        Some(1) => Ok(()),
        Some(0) => bail!("{} can store in clear: it was built with the vault's feature `unsealed`", program.display()),
        _ => bail!("{} cannot be looked through for what stores in clear", program.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_can_store_in_clear_is_refused() {
        let program = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(program.path(), b"\x7fELF\0sealed\0").unwrap();
        seals(program.path()).unwrap();
        std::fs::write(program.path(), format!("\u{7f}ELF\0{IN_CLEAR}\n\0")).unwrap();
        assert!(seals(program.path()).unwrap_err().to_string().contains("can store in clear"));
        assert!(seals(Path::new("/nowhere")).is_err());
    }
}
