//! The packages that ours depends on, fetched but not installed: a repository in the image's own files.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result};

use super::tree::apt;
use super::{Debian, within};
use crate::children::{self, bound};
use crate::steps::{Show, Steps};

/// Where the repository lies in the image.
const SHELF: &str = "var/local/debs";

/// What the package depends on, and with it what those depend on and recommend.
pub(super) const STOCK: &[&str] = &[
    "postgresql",
    "poppler-utils",
    "tesseract-ocr",
    "tesseract-ocr-eng",
    "tesseract-ocr-deu",
    "tesseract-ocr-fra",
    "adduser",
];

/// What a record names with its version.
const NOTED: &[&str] = &["linux-image-amd64", "systemd"];

/// Fetches the stock and makes it the only source of packages that the machine knows.
pub(super) fn fill(steps: &mut Steps, debian: Debian, tree: &Path) -> Result<()> {
    apt(steps, tree, "empty its store of packages", &["clean"])?;
    let words: Vec<&str> = ["install", "--download-only"].iter().chain(STOCK).copied().collect();
    apt(steps, tree, &format!("fetch what the package needs on Debian {}", debian.number()), &words)?;
    let shelf = tree.join(SHELF);
    fs::create_dir_all(&shelf)?;
    for entry in fs::read_dir(tree.join("var/cache/apt/archives"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "deb") {
            fs::rename(&path, shelf.join(path.file_name().context("a package has a name")?))?;
        }
    }
    let mut command = bound("dpkg-scanpackages");
    command.args(["--multiversion", "."]).current_dir(&shelf).stdout(File::create(shelf.join("Packages"))?);
    steps.work("list the packages", Show::Failure, || {
        let output = command.output().context("dpkg-scanpackages could not be started")?;
        anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    })?;
    fs::write(tree.join("etc/apt/sources.list"), format!("deb [trusted=yes] file:/{SHELF} ./\n"))?;
    let lists = tree.join("var/lib/apt/lists");
    fs::remove_dir_all(&lists)?;
    fs::create_dir_all(lists.join("partial"))?;
    apt(steps, tree, "make its shelf its only source", &["update"])
}

/// The versions of the image's parts, a line each.
pub(super) fn versions(steps: &Steps, tree: &Path) -> Result<String> {
    let mut command = within(tree, "dpkg-query");
    command.args(["-W", "-f", "${Package} ${Version}\n"]).args(NOTED);
    let installed = children::read(steps.workshop(), &mut command)?;
    let mut command = within(tree, "apt-cache");
    let candidate = children::read(steps.workshop(), command.args(["madison", "postgresql"]))?;
    let postgres = candidate.split('|').nth(1).unwrap_or("?").trim();
    Ok(format!("{installed}postgresql {postgres} (on the shelf)\n"))
}
