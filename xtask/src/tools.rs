//! Checking tools at pinned versions, installed under the target folder.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::children::bound;
use crate::steps::{Show, Steps};

const CARGO_DENY: &str = "0.20.2";
const TYPOS: &str = "1.52.0";

/// cargo-deny, built once per version (some minutes on two cores).
pub fn cargo_deny(steps: &mut Steps) -> Result<PathBuf> {
    let home = folder(steps, "cargo-deny", CARGO_DENY);
    let program = home.join("bin/cargo-deny");
    if !program.exists() {
        let build = steps.workshop().target.join("tools/build");
        steps.run(
            &format!("install cargo-deny {CARGO_DENY} (minutes, once)"),
            Show::Live,
            bound("cargo")
                .args(["install", "--locked", "--version", CARGO_DENY, "--root"])
                .arg(&home)
                .arg("cargo-deny")
                .env("CARGO_TARGET_DIR", &build)
                .current_dir(&steps.workshop().root),
        )?;
        fs::remove_dir_all(&build).with_context(|| build.display().to_string())?;
    }
    Ok(program)
}

/// typos, a ready-made program from a Python wheel.
pub fn typos(steps: &mut Steps) -> Result<PathBuf> {
    let home = folder(steps, "typos", TYPOS);
    let program = home.join("bin/typos");
    if !program.exists() {
        steps.run(
            "make a Python environment for typos",
            Show::Failure,
            bound("python3").args(["-m", "venv", "--clear"]).arg(&home),
        )?;
        steps.run(
            &format!("install typos {TYPOS}"),
            Show::Failure,
            bound(home.join("bin/pip"))
                .args(["install", "--quiet", "--disable-pip-version-check", "--no-deps"])
                .args(["--only-binary", ":all:"])
                .arg(format!("typos=={TYPOS}")),
        )?;
    }
    Ok(program)
}

fn folder(steps: &Steps, name: &str, version: &str) -> PathBuf {
    steps.workshop().target.join(format!("tools/{name}-{version}"))
}
