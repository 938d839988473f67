//! The web interface's own tools, run only when something changed.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::children::bound;
use crate::steps::{Show, Steps};

/// Folders of web/ that do not decide what is built.
const NOT_SOURCE: &[&str] = &["node_modules", "dist", ".svelte-kit", "coverage", "test-results"];

/// Installs the packages that package-lock.json names, if it changed since the last time.
pub fn install(steps: &mut Steps) -> Result<()> {
    let web = steps.workshop().web();
    let lock = web.join("package-lock.json");
    let wanted = stamp_of(&[fs::read(&lock).with_context(|| lock.display().to_string())?]);
    let stamp = stamp_file(&web, "install");
    if reads(&stamp, &wanted) {
        return Ok(());
    }
    steps.run(
        "install the web interface's packages",
        Show::Failure,
        npm(&web).args(["ci", "--no-audit", "--no-fund"]),
    )?;
    write(&stamp, &wanted)
}

/// Builds web/dist, if a source changed since the last time.
pub fn build(steps: &mut Steps) -> Result<()> {
    install(steps)?;
    let web = steps.workshop().web();
    let root_manifest = fs::read(steps.workshop().root.join("Cargo.toml"))?;
    let wanted = stamp_of(&[sources(&web)?, root_manifest]);
    let stamp = stamp_file(&web, "build");
    if reads(&stamp, &wanted) && web.join("dist/index.html").exists() {
        return Ok(());
    }
    script(steps, "build the web interface", "build", Show::Failure)?;
    if !web.join("dist/index.html").exists() {
        bail!("The build of the web interface ended well but left no web/dist/index.html.");
    }
    write(&stamp, &wanted)
}

/// Runs one of the scripts in package.json.
pub fn script(steps: &mut Steps, name: &str, script: &str, show: Show) -> Result<()> {
    let web = steps.workshop().web();
    steps.run(name, show, npm(&web).args(["run", "--silent", script]))
}

/// npm for the web interface, from any folder.
pub fn npm(web: &Path) -> Command {
    let mut command = bound("npm");
    command
        .arg("--prefix")
        .arg(web)
        .current_dir(web)
        .env("NO_UPDATE_NOTIFIER", "1")
        .env("npm_config_update_notifier", "false");
    command
}

fn stamp_file(web: &Path, name: &str) -> PathBuf {
    // npm ci empties node_modules, so a stamp in there cannot outlive what it vouches for.
    web.join("node_modules/.xtask").join(name)
}

fn reads(stamp: &Path, wanted: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|found| found == wanted)
}

fn write(stamp: &Path, text: &str) -> Result<()> {
    let folder = stamp.parent().context("a stamp without a folder")?;
    fs::create_dir_all(folder)?;
    fs::write(stamp, text).with_context(|| stamp.display().to_string())
}

fn stamp_of(parts: &[Vec<u8>]) -> String {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Names and contents of every source file, in one stable order.
fn sources(web: &Path) -> Result<Vec<u8>> {
    let mut files = Vec::new();
    gather(web, &mut files)?;
    files.sort();
    let mut all = Vec::new();
    for file in files {
        all.extend(file.to_string_lossy().as_bytes());
        all.push(0);
        all.extend(fs::read(&file).with_context(|| file.display().to_string())?);
        all.push(0);
    }
    Ok(all)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            if !NOT_SOURCE.iter().any(|skipped| name == *skipped) {
                gather(&entry.path(), files)?;
            }
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_source_changes_the_stamp_and_a_build_product_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let web = folder.path();
        fs::create_dir_all(web.join("src")).unwrap();
        fs::create_dir_all(web.join("dist")).unwrap();
        fs::write(web.join("src/app.html"), "a").unwrap();
        let before = sources(web).unwrap();
        fs::write(web.join("dist/index.html"), "built").unwrap();
        assert_eq!(before, sources(web).unwrap());
        fs::write(web.join("src/app.html"), "b").unwrap();
        assert_ne!(before, sources(web).unwrap());
    }
}
