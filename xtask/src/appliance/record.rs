//! What a run of the scenarios saw, for people who were not there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use chrono::Utc;

use super::accelerator::Accelerator;
use super::image::Image;
use super::scenarios::Stage;
use crate::children;
use crate::workshop::Workshop;

/// The record of one run on one Debian.
pub struct Record {
    name: String,
    text: String,
}

impl Record {
    /// Date, commit and machine.
    pub fn begin(workshop: &Workshop, image: &Image, accelerator: Accelerator, deb: Option<&Path>) -> Result<Self> {
        let now = Utc::now();
        let name = format!("{}-debian-{}.txt", now.format("%Y-%m-%d-%H%M"), image.debian.number());
        let package = match deb {
            Some(file) => format!("{}, {} bytes", name_of(file), fs::metadata(file)?.len()),
            None => "none".to_owned(),
        };
        let text = format!(
            "date         {}\ncommit       {}\ndebian       {}\nimage        {}\naccelerator  {}\nhost         {}\npackage      {package}\n",
            now.format("%Y-%m-%d %H:%M UTC"),
            commit(workshop)?,
            image.debian.number(),
            image.versions()?.lines().collect::<Vec<_>>().join(", "),
            accelerator.sentence(),
            host(),
        );
        Ok(Self { name, text })
    }

    /// A scenario that ended, well or not.
    pub fn played(&mut self, scenario: &str, stage: &Stage, error: Option<&anyhow::Error>) {
        let outcome = if error.is_some() { "FAILED" } else { "passed" };
        self.text += &format!("\n{scenario}: {outcome}\n{}", stage.steps.table());
        for (what, seen) in &stage.notes {
            self.text += &format!("  {what}: {seen}\n");
        }
        if let Some(error) = error {
            self.text += &format!("{error:#}\n");
        }
    }

    /// All of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Writes it into a folder and says where.
    pub fn keep(&self, folder: &Path) -> Result<PathBuf> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let file = folder.join(&self.name);
        fs::write(&file, &self.text).with_context(|| file.display().to_string())?;
        Ok(file)
    }
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What the seconds depend on.
fn host() -> String {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    format!("{processors} processors, load {load} as it began")
}

fn commit(workshop: &Workshop) -> Result<String> {
    let git = |words: &[&str]| {
        let mut command = Command::new("git");
        children::read(workshop, command.args(words).current_dir(&workshop.root))
    };
    let commit = git(&["rev-parse", "HEAD"])?.trim().to_owned();
    let changed = !git(&["status", "--porcelain"])?.trim().is_empty();
    Ok(if changed { format!("{commit} with changes that are not committed") } else { commit })
}
