//! Updates by signed bundles: what is refused, one that is not well and goes back by itself, one that stays, and a power cut
//! in the middle of one.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::fund::{BACKUP_DISK, Fund};
use super::{Scenario, Stage, installing};
use crate::appliance::Packages;
use crate::appliance::machine::Hall;
use crate::appliance::machine::Machine;
use crate::appliance::qemu::Disk;
use crate::children::{self, bound};
use crate::workshop::Workshop;

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "updates",
    about: "forged and old bundles are refused; a sick version goes back by itself, a good one stays, a power cut loses nothing",
    needs_package: true,
    play,
};

/// An update with its backup and its health gate.
const UPDATE: Duration = Duration::from_secs(180);
/// What the gate may take, on a real processor: a version that starts at all starts in a few seconds.
const GATE: Duration = Duration::from_secs(15);
/// The program of the sick package: as it should be, but for its server, which is of the oldest release beside it.
const SICK: &str = "#!/bin/sh\n\
    [ \"$1\" = serve ] && exec \"$(ls -d /usr/lib/vcconnect/releases/* | head -n 1)/vcconnect\" \"$@\"\n\
    exec /usr/lib/vcconnect/well \"$@\"\n";
/// Between two looks.
const TICK: Duration = Duration::from_secs(2);

fn play(hall: &Hall, stage: &mut Stage) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let packages = packages(stage)?;
    let bundles = stage.step("bundles: a good one, a sick one, an old one, a forged one", || {
        Bundles::make(hall.workshop, &packages, folder.path())
    })?;
    let backups = Disk::new(BACKUP_DISK, folder.path(), "4G")?;
    let machine = installing::installed(hall, stage, "updates", std::slice::from_ref(&backups))?;
    let mut fund = Fund::found(hall, stage, machine)?;
    let deal = fund.deal("Before")?;
    let gate = format!("[update]\nhealth_seconds = {}\n", fund.machine.scaled(GATE).as_secs());
    fund.machine.put("/etc/vcconnect/conf.d/70-gate.toml", gate.as_bytes())?;
    let first = running(&mut fund.machine)?;
    refusals(stage, &mut fund.machine, &bundles)?;
    sick(stage, &mut fund, &bundles, &first)?;
    ensure!(running(&mut fund.machine)? == first, "another version runs than before");
    good(stage, &mut fund, &bundles)?;
    power_cut(stage, &mut fund, &bundles, &first)?;
    stage.step("everything that was written is there, and the log is whole", || {
        fund.browser.get(&format!("/api/v1/deals/{deal}"))?;
        let deals = fund.browser.get("/api/v1/deals")?;
        ensure!(deals.to_string().contains("While sick"), "what was written under the sick version is lost: {deals}");
        fund.machine.read("vcconnect audit verify").map(drop)
    })
}

/// Each is told in a sentence, and nothing was begun.
fn refusals(stage: &mut Stage, machine: &mut Machine, bundles: &Bundles) -> Result<()> {
    let before = running(machine)?;
    for (name, bundle, word) in [
        ("a bundle that somebody altered is refused", &bundles.forged, "is not what was signed"),
        ("one that a stranger signed is refused", &bundles.strange, "does not trust"),
        ("the version that runs is refused", &bundles.same, "0."),
    ] {
        machine.put("/srv/refused.vccu", &fs::read(bundle)?)?;
        let said = stage.step(name, || {
            let said = machine.run("vcconnect update install /srv/refused.vccu --yes 2>&1")?;
            ensure!(
                said.code != 0 && said.text().contains(word),
                "it was answered with {}: {}",
                said.code,
                said.text()
            );
            Ok(said.text().trim().to_owned())
        })?;
        stage.note("refused", said);
        ensure!(running(machine)? == before, "another version runs after a refusal");
    }
    Ok(())
}

/// It starts, answers, and is not what it should be. What people write meanwhile stays when it is taken back.
fn sick(stage: &mut Stage, fund: &mut Fund, bundles: &Bundles, first: &str) -> Result<()> {
    let hall = fund.hall();
    fund.machine.put("/srv/sick.vccu", &fs::read(&bundles.sick)?)?;
    stage.step("a sick version is installed, by somebody whose connection breaks", || {
        fund.machine
            .read("nohup vcconnect update install /srv/sick.vccu --yes >/srv/sick.log 2>&1 & echo $! >/srv/pid")?;
        until(hall, &mut fund.machine, UPDATE, |machine| {
            let said = machine.read("cat /srv/sick.log")?;
            ensure!(!said.contains("vcconnect: "), "it was refused: {said}");
            Ok(running(machine)? == bundles.version)
        })?;
        fund.machine.read("kill -9 $(cat /srv/pid)").map(drop)
    })?;
    stage.step("somebody writes while it runs", || {
        fund.back()?;
        fund.deal("While sick").map(drop)
    })?;
    stage.step("it is taken back by itself", || {
        until(hall, &mut fund.machine, UPDATE, |machine| Ok(is_at_rest(machine)? && running(machine)? == first))?;
        fund.back()
    })?;
    let history = fund.machine.read("vcconnect update history")?;
    ensure!(history.contains(&bundles.version) && history.contains("rolled back"), "the history says:\n{history}");
    stage.note("history", history.lines().next().unwrap_or_default());
    Ok(())
}

fn good(stage: &mut Stage, fund: &mut Fund, bundles: &Bundles) -> Result<()> {
    fund.machine.put("/srv/good.vccu", &fs::read(&bundles.good)?)?;
    let said = stage.step("a good version is installed and stays", || {
        let said = fund.machine.read_within("vcconnect update install /srv/good.vccu --yes 2>&1", UPDATE)?;
        ensure!(running(&mut fund.machine)? == bundles.version, "it does not run:\n{said}");
        fund.back()?;
        Ok(said)
    })?;
    stage.note("the good update said last", said.lines().next_back().unwrap_or_default());
    Ok(())
}

/// Back by hand, and forward again with the plug pulled in the middle: at boot it is brought to an end by itself.
fn power_cut(stage: &mut Stage, fund: &mut Fund, bundles: &Bundles, first: &str) -> Result<()> {
    stage.step("back by hand to the version before", || {
        fund.machine.read_within("vcconnect update rollback --yes 2>&1", UPDATE)?;
        ensure!(running(&mut fund.machine)? == first, "the version before does not run");
        fund.back()
    })?;
    let hall = fund.hall();
    stage.step("the power goes while the new version is started", || {
        fund.machine.read("nohup vcconnect update install /srv/good.vccu --yes >/srv/good.log 2>&1 & true")?;
        until(hall, &mut fund.machine, UPDATE, |machine| Ok(running(machine)? == bundles.version))?;
        fund.machine.power_cut()?;
        fund.machine.power_on()
    })?;
    let end = stage.step("at boot it comes to an end by itself", || {
        until(hall, &mut fund.machine, UPDATE, is_at_rest)?;
        fund.back()?;
        running(&mut fund.machine)
    })?;
    ensure!(end == bundles.version || end == first, "{end} runs");
    stage.note("after the power cut runs", end);
    Ok(())
}

/// The package, and the same as a newer version.
pub fn packages(stage: &Stage) -> Result<Packages> {
    let (ours, newer) = (stage.deb.clone(), stage.newer.clone());
    Ok((ours.context("no package was given")?, newer.context("no newer package was given")?))
}

/// Whether no update is under way.
pub fn is_at_rest(machine: &mut Machine) -> Result<bool> {
    Ok(!machine.read("vcconnect update status")?.contains("Under way"))
}

/// The release that the link names.
pub fn running(machine: &mut Machine) -> Result<String> {
    Ok(machine.read("basename $(readlink /usr/lib/vcconnect/current)")?.trim().to_owned())
}

/// Waits until something is so; an error with what the machine says of updates if it does not come.
pub fn until(
    hall: &Hall,
    machine: &mut Machine,
    limit: Duration,
    mut there: impl FnMut(&mut Machine) -> Result<bool>,
) -> Result<()> {
    let begun = std::time::Instant::now();
    let limit = machine.scaled(limit);
    while !there(machine)? {
        hall.workshop.go_on()?;
        if begun.elapsed() > limit {
            let status = machine.run("vcconnect update status; journalctl -n 60 -u 'vcconnect*' --no-pager")?.text();
            bail!("it did not come within {} s:\n{status}", limit.as_secs());
        }
        std::thread::sleep(TICK);
    }
    Ok(())
}

/// What is tried.
pub struct Bundles {
    /// Of the good one.
    pub version: String,
    /// A newer version.
    pub good: PathBuf,
    same: PathBuf,
    sick: PathBuf,
    forged: PathBuf,
    strange: PathBuf,
}

impl Bundles {
    /// Makes them in a folder.
    pub fn make(workshop: &Workshop, (ours, newer): &Packages, folder: &Path) -> Result<Self> {
        let key = workshop.root.join("crates/update/keys/test-only.key");
        let stranger = folder.join("stranger.key");
        children::read(workshop, xtask()?.args(["bundle", "keygen", "-o"]).arg(&stranger))?;
        let sick = sickened(workshop, newer, folder)?;
        let bundle = |name: &str, deb: &Path, key: &Path| -> Result<PathBuf> {
            let output = folder.join(name).with_extension("vccu");
            let mut command = xtask()?;
            command.args(["bundle", "--deb"]).arg(deb).arg("--key").arg(key).arg("-o").arg(&output);
            children::read(workshop, &mut command)?;
            Ok(output)
        };
        let good = bundle("good", newer, &key)?;
        Ok(Self {
            version: children::read(workshop, bound("dpkg-deb").arg("-f").arg(newer).arg("Version"))?.trim().to_owned(),
            same: bundle("same", ours, &key)?,
            sick: bundle("sick", &sick, &key)?,
            strange: bundle("strange", newer, &stranger)?,
            forged: altered(&good, folder)?,
            good,
        })
    }
}

fn xtask() -> Result<std::process::Command> {
    Ok(bound(std::env::current_exe()?))
}

/// The same bundle with a bit of its package turned.
fn altered(good: &Path, folder: &Path) -> Result<PathBuf> {
    let mut bytes = fs::read(good)?;
    let middle = bytes.len() / 2;
    let bit = bytes.get_mut(middle).context("the bundle is empty")?;
    *bit ^= 1;
    let path = folder.join("forged.vccu");
    fs::write(&path, bytes)?;
    Ok(path)
}

/// A package whose program is the newer one but for its server, which is of the version before.
fn sickened(workshop: &Workshop, newer: &Path, folder: &Path) -> Result<PathBuf> {
    let tree = folder.join("sick");
    children::read(workshop, bound("dpkg-deb").arg("-R").arg(newer).arg(&tree))?;
    let home = tree.join("usr/lib/vcconnect");
    fs::rename(home.join("vcconnect"), home.join("well"))?;
    let program = home.join("vcconnect");
    fs::write(&program, SICK)?;
    fs::set_permissions(&program, Permissions::from_mode(0o755))?;
    let _ = fs::remove_file(tree.join("DEBIAN/md5sums"));
    let deb = folder.join("sick.deb");
    children::read(workshop, bound("dpkg-deb").args(["--root-owner-group", "-b"]).arg(&tree).arg(&deb))?;
    Ok(deb)
}
