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

/// Public half of the key that only programs for tests trust.
const KEY_OF_TESTS: &str = include_str!("../../crates/update/keys/test-only.pub");

#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
}

/// Builds `vcconnect` and returns where cargo put it.
pub fn build(steps: &mut Steps, profile: Profile) -> Result<PathBuf> {
    let root = &steps.workshop().root;
    build_in(steps, root, profile, &[])
}

/// The same of a checkout that lies elsewhere, with these of its features.
pub fn build_in(steps: &mut Steps, root: &Path, profile: Profile, features: &[&str]) -> Result<PathBuf> {
    let features = features.join(",");
    let words = ["build", "--bin", "vcconnect", "--profile", profile.name(), "--features", &features];
    let target = &steps.workshop().target;
    steps.run(
        &format!("build the server ({})", profile.name()),
        Show::Live,
        bound("cargo").args(words).current_dir(root).env("CARGO_TARGET_DIR", target),
    )?;
    // A second call that finds everything built: the first one's output belongs to the person.
    let said = children::read(
        steps.workshop(),
        bound("cargo")
            .args(words)
            .args(["--quiet", "--message-format", "json"])
            .current_dir(root)
            .env("CARGO_TARGET_DIR", target)
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
    if holds(program, IN_CLEAR)? {
        bail!("{} can store in clear: it was built with the vault's feature `unsealed`", program.display());
    }
    Ok(())
}

/// Fails if the program would install an update that the key of tests signed, whose private half anybody has.
pub fn refuses_the_key_of_tests(program: &Path) -> Result<()> {
    let key = KEY_OF_TESTS.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    if holds(program, key.context("the key of tests is not there")?)? {
        bail!("{} trusts the key of tests: it was built with the feature `test-key`", program.display());
    }
    Ok(())
}

fn holds(program: &Path, text: &str) -> Result<bool> {
    let found = bound("grep").args(["-sqaF", "--", text]).arg(program).status().context("cannot run grep")?;
    match found.code() {
        Some(1) => Ok(false),
        Some(0) => Ok(true),
        _ => bail!("{} cannot be looked through", program.display()),
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

    #[test]
    fn a_program_that_trusts_the_key_of_tests_is_refused() {
        let program = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(program.path(), b"\x7fELF\0a release\0").unwrap();
        refuses_the_key_of_tests(program.path()).unwrap();
        std::fs::write(program.path(), format!("\u{7f}ELF\0{KEY_OF_TESTS}\0")).unwrap();
        assert!(refuses_the_key_of_tests(program.path()).unwrap_err().to_string().contains("key of tests"));
    }
}
