//! Where the recipes work: the checkout, cargo's target folder, and whether somebody asked to stop.

use std::env;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// The folders and the stop flag that every recipe needs.
pub struct Workshop {
    /// The checkout.
    pub root: PathBuf,
    /// Cargo's target folder, which may lie outside the checkout.
    pub target: PathBuf,
    /// Whether a person is likely to be looking.
    pub terminal: bool,
    stop: Arc<AtomicBool>,
}

#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

impl Workshop {
    /// Finds the folders and starts to listen for Ctrl-C and SIGTERM.
    pub fn open() -> Result<Self> {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let output = Command::new("cargo")
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(&manifest)
            .output()
            .context("cargo could not be started")?;
        if !output.status.success() {
            bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&stop))?;
        }
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            terminal: std::io::stdout().is_terminal(),
            stop,
        })
    }

    /// The folder of the web interface.
    pub fn web(&self) -> PathBuf {
        self.root.join("web")
    }

    /// Whether a signal asked this program to stop.
    pub fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// An error if a signal asked this program to stop.
    pub fn go_on(&self) -> Result<()> {
        if self.stopping() {
            bail!("Stopped by a signal. Everything that was started here has been stopped.");
        }
        Ok(())
    }
}

/// Writes a file unless it says this already: an unchanged file costs no build.
pub fn write_if_other(file: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(file).is_ok_and(|found| found == text) {
        return Ok(());
    }
    fs::write(file, text).with_context(|| file.display().to_string())
}
