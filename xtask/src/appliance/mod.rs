//! `cargo xtask test --appliance`: the product as an admin installs it, in machines that boot with systemd.
//!
//! A scenario is a file in `scenarios` and has machines of its own, fresh from the image. What was seen goes into a record
//! that `docs/appliance-test.md` quotes: date, commit, accelerator, seconds of each step.

mod accelerator;
mod browser;
mod channel;
mod image;
mod machine;
mod qemu;
mod record;
mod scenarios;
mod terminal;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::needs::{self, Need};
use crate::package::{self, Kind};
use crate::steps::Steps;
use crate::workshop::Workshop;
use accelerator::Accelerator;
use image::{Debian, Image};
use machine::Hall;
use record::Record;
use scenarios::{SCENARIOS, Scenario, Stage};

/// What the machines need of this one.
const NEEDS: &[Need] = &[Need::Emulator, Need::Debootstrap];

/// What the newer package calls itself.
const NEWER: &str = "0.1.1";

/// What `test --appliance` can be told.
#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    /// Instead of all that: boot Debian in virtual machines and test the product there. Takes root and an hour
    #[arg(long)]
    pub appliance: bool,
    /// Only this Debian
    #[arg(long, requires = "appliance", value_enum)]
    debian: Option<Debian>,
    /// Keep the machines' disks and consoles in the target folder
    #[arg(long, requires = "appliance")]
    keep: bool,
    /// Make the images again, with the security updates of today
    #[arg(long, requires = "appliance")]
    new_image: bool,
    /// The package to install; made from this tree unless said
    #[arg(long, requires_all = ["appliance", "newer"], value_name = "FILE")]
    deb: Option<PathBuf>,
    /// The same as a newer version, to update to
    #[arg(long, requires = "deb", value_name = "FILE")]
    newer: Option<PathBuf>,
}

/// Runs the scenarios whose name holds `filter` on each Debian.
pub fn run(workshop: &Workshop, options: &Options, filter: Option<&str>, yes: bool) -> Result<()> {
    let chosen: Vec<&Scenario> =
        SCENARIOS.iter().filter(|scenario| filter.is_none_or(|filter| scenario.name.contains(filter))).collect();
    if chosen.is_empty() {
        let names: Vec<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        bail!("No scenario has this name. There are: {}.", names.join(", "));
    }
    image::needs_root()?;
    let packages = if chosen.iter().any(|scenario| scenario.needs_package) {
        Some(packages(workshop, options, yes)?)
    } else {
        None
    };
    let mut failed = Vec::new();
    for debian in Debian::ALL {
        if options.debian.is_none_or(|only| only == debian) {
            let release =
                Release { debian, packages: packages.clone(), keep: options.keep, new_image: options.new_image };
            failed.extend(release.run(workshop, &chosen, yes)?);
        }
    }
    if !failed.is_empty() {
        bail!("Failed: {}.", failed.join(", "));
    }
    Ok(())
}

/// What is installed: the package, and the same as a newer version.
type Packages = (PathBuf, PathBuf);

fn packages(workshop: &Workshop, options: &Options, yes: bool) -> Result<Packages> {
    let whole = |file: &PathBuf| fs::canonicalize(file).with_context(|| file.display().to_string());
    if let (Some(deb), Some(newer)) = (&options.deb, &options.newer) {
        return Ok((whole(deb)?, whole(newer)?));
    }
    let mut steps = Steps::new(workshop);
    needs::ensure(&mut steps, needs::TO_RUN, yes)?;
    let folder = workshop.target.join("appliance/packages");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let kind = Kind { quick: true, for_tests: true, as_version: None };
    let ours = package::make(&mut steps, &kind, &folder.join("vcconnect.deb"))?;
    let newer = Kind { as_version: Some(NEWER.to_owned()), ..kind };
    Ok((ours, package::make(&mut steps, &newer, &folder.join("newer.deb"))?))
}

/// One Debian, and what to test on it.
struct Release {
    debian: Debian,
    packages: Option<Packages>,
    keep: bool,
    new_image: bool,
}

impl Release {
    /// Runs the scenarios one after another and returns the names of those that failed.
    fn run(&self, workshop: &Workshop, chosen: &[&Scenario], yes: bool) -> Result<Vec<String>> {
        let mut steps = Steps::new(workshop);
        needs::ensure(&mut steps, NEEDS, yes)?;
        let image = Image::ready(&mut steps, self.debian, self.new_image)?;
        let home = workshop.target.join("appliance");
        let accelerator = Accelerator::find(&image, &home)?;
        let (deb, newer) = self.packages.clone().unzip();
        let mut record = Record::begin(workshop, &image, accelerator, deb.as_deref())?;
        let mut failed = Vec::new();
        for scenario in chosen {
            let keep = self.keep.then(|| home.join(format!("kept/debian-{}/{}", self.debian.number(), scenario.name)));
            let hall = Hall { workshop, image: &image, accelerator, keep };
            println!("\n{} on Debian {}: {}", scenario.name, self.debian.number(), scenario.about);
            let mut stage =
                Stage { steps: Steps::new(workshop), deb: deb.clone(), newer: newer.clone(), notes: Vec::new() };
            let outcome = (scenario.play)(&hall, &mut stage);
            workshop.go_on()?;
            if let Err(error) = &outcome {
                println!("{error:#}");
                failed.push(format!("{} on Debian {}", scenario.name, self.debian.number()));
            }
            record.played(scenario.name, &stage, outcome.as_ref().err());
        }
        let file = record.keep(&home.join("records"))?;
        println!("\n{}\nThis stands in {}.", record.text(), file.display());
        Ok(failed)
    }
}
