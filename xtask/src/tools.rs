//! Checking tools at pinned versions, installed under the target folder.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::children::bound;
use crate::steps::{Show, Steps};

const CARGO_DEB: &str = "3.7.0";
const CARGO_DENY: &str = "0.20.2";
const TYPOS: &str = "1.52.0";
const LLMOCK: &str = "0.2.2";

/// llmock and all that it needs, each with the hashes of its files.
const LLMOCK_PINS: &str = "xtask/llmock.txt";

/// cargo-deny, built once per version (some minutes on two cores).
pub fn cargo_deny(steps: &mut Steps) -> Result<PathBuf> {
    built(steps, "cargo-deny", CARGO_DENY)
}

/// cargo-deb, built once per version (some minutes on two cores).
pub fn cargo_deb(steps: &mut Steps) -> Result<PathBuf> {
    built(steps, "cargo-deb", CARGO_DEB)
}

fn built(steps: &mut Steps, name: &str, version: &str) -> Result<PathBuf> {
    let home = folder(steps, name, version);
    let program = home.join("bin").join(name);
    if !program.exists() {
        let build = steps.workshop().target.join("tools/build");
        steps.run(
            &format!("install {name} {version} (minutes, once)"),
            Show::Live,
            bound("cargo")
                .args(["install", "--locked", "--version", version, "--root"])
                .arg(&home)
                .arg(name)
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
        install(steps, "typos", TYPOS, &home, &["--no-deps".into(), format!("typos=={TYPOS}").into()])?;
    }
    Ok(program)
}

/// llmock, a stranger's model that breaks its answers and judges clients by how they cope.
pub fn llmock(steps: &mut Steps) -> Result<PathBuf> {
    let home = folder(steps, "llmock", LLMOCK);
    let program = home.join("bin/llmock");
    if !program.exists() {
        let pins = steps.workshop().root.join(LLMOCK_PINS);
        install(steps, "llmock", LLMOCK, &home, &["--require-hashes".into(), "--requirement".into(), pins.into()])?;
    }
    Ok(program)
}

/// Ready-made packages of Python, in an environment of their own.
fn install(steps: &mut Steps, name: &str, version: &str, home: &Path, what: &[OsString]) -> Result<()> {
    steps.run(
        &format!("make a Python environment for {name}"),
        Show::Failure,
        bound("python3").args(["-m", "venv", "--clear"]).arg(home),
    )?;
    steps.run(
        &format!("install {name} {version}"),
        Show::Failure,
        bound(home.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"])
            .args(what),
    )
}

fn folder(steps: &Steps, name: &str, version: &str) -> PathBuf {
    steps.workshop().target.join(format!("tools/{name}-{version}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pins_name_the_version_that_the_folder_is_named_after() {
        let pins = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("llmock.txt")).unwrap();
        assert!(pins.lines().any(|line| line == format!("llmock=={LLMOCK} \\")), "see {LLMOCK_PINS}");
    }

    #[test]
    fn every_pin_has_a_hash() {
        let pins = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("llmock.txt")).unwrap();
        let lines: Vec<&str> = pins.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        let pinned = lines.windows(2).filter(|pair| pair[0].contains("=="));
        assert!(pinned.clone().count() > 20);
        for pair in pinned {
            assert!(pair[1].starts_with("    --hash=sha256:"), "{}", pair[0]);
        }
    }
}
