//! The package on a bare machine, as `apt install ./vcconnect.deb` leaves it.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{Scenario, Stage};
use crate::appliance::machine::{Hall, Machine};
use crate::appliance::qemu::{Below, Disk};

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "install",
    about: "the package installs from a file, starts nothing, goes and leaves no failure",
    needs_package: true,
    play,
};

/// Postgres, its cluster, Tesseract's languages and ours.
const INSTALL: Duration = Duration::from_secs(300);
/// Where the package lies in the machine.
const DEB: &str = "/srv/vcconnect.deb";

fn play(hall: &Hall, stage: &mut Stage) -> Result<()> {
    let mut machine = stage.step("boot", || Machine::boot(hall, "bare", &[]))?;
    install(stage, &mut machine)?;
    stage.step("nothing listens and no unit runs after a reboot either", || {
        machine.reboot()?;
        machine.settled()?;
        rests(&mut machine)
    })?;
    stage.step("remove and purge", || {
        machine.read_within("DEBIAN_FRONTEND=noninteractive apt-get remove -y vcconnect", INSTALL)?;
        machine.read_within("DEBIAN_FRONTEND=noninteractive apt-get purge -y vcconnect", INSTALL)?;
        let failed = machine.read("systemctl --failed --no-legend --plain")?;
        ensure!(failed.is_empty(), "units failed:\n{failed}");
        Ok(())
    })?;
    stage.step("install it again", || apt_install(&mut machine).map(drop))
}

/// Boots a machine with the package on it. It is installed once for each package and Debian: `install` proves how that goes.
pub fn installed<'a>(hall: &'a Hall, stage: &mut Stage, name: &'static str, disks: &[Disk]) -> Result<Machine<'a>> {
    let disk = hall.installed(&package(stage)?);
    if !disk.is_file() {
        let kept = disk.parent().context("the disk has no folder")?;
        // Those of earlier packages serve nobody any more.
        let _ = fs::remove_dir_all(kept);
        fs::create_dir_all(kept)?;
        let mut pattern = stage.step("boot a machine to install on", || Machine::boot(hall, "pattern", &[]))?;
        install(stage, &mut pattern)?;
        stage.step("keep its disk", || pattern.leave_disk(&disk))?;
    }
    stage.step("boot with the package installed", || Machine::boot_over(hall, name, &Below::Machine(disk), disks))
}

fn package(stage: &Stage) -> Result<Vec<u8>> {
    let file = stage.deb.as_ref().context("no package was given")?;
    fs::read(file).with_context(|| file.display().to_string())
}

/// Installs the package and checks that it only lies there.
pub fn install(stage: &mut Stage, machine: &mut Machine) -> Result<()> {
    let package = package(stage)?;
    stage.step("bring the package", || machine.put(DEB, &package))?;
    let said = stage.step("apt install ./vcconnect.deb", || apt_install(machine))?;
    let last = last_word(&said);
    ensure!(last.contains("vcconnect-admin"), "the last line does not say what to do: {last:?}");
    stage.note("the last line of the installation", last);
    let version = machine.read("dpkg-query -W -f '${Version}' vcconnect")?;
    stage.note("package", version);
    stage.step("nothing listens and no unit runs", || rests(machine))
}

fn apt_install(machine: &mut Machine) -> Result<String> {
    machine.read_within(&format!("DEBIAN_FRONTEND=noninteractive apt-get install -y {DEB} 2>&1"), INSTALL)
}

/// What the package itself said last: other packages may still have their triggers processed.
fn last_word(said: &str) -> &str {
    let ours = |line: &&str| !line.trim().is_empty() && !line.starts_with("Processing triggers");
    said.lines().rev().find(ours).unwrap_or_default().trim()
}

fn rests(machine: &mut Machine) -> Result<()> {
    let busy = "--state=active,activating,deactivating,reloading,failed";
    let units = machine.read(&format!("systemctl list-units --no-legend --plain {busy} 'vcconnect*'"))?;
    ensure!(units.is_empty(), "units are not at rest:\n{units}");
    // systemd 252 fails where it finds none.
    let enabled = machine.run("systemctl list-unit-files --no-legend --state=enabled,linked 'vcconnect*'")?.text();
    ensure!(enabled.is_empty(), "units start with the machine:\n{enabled}");
    let listeners = listeners(machine)?;
    ensure!(listeners.is_empty(), "somebody listens: {listeners:?}");
    Ok(())
}

/// The TCP ports that are listened on, without those of the distribution's own Postgres cluster, which is not ours to touch.
pub fn listeners(machine: &mut Machine) -> Result<Vec<String>> {
    let listed = machine.read("ss -Hltn | awk '{ print $4 }'")?;
    let theirs = machine.run("pg_lsclusters --no-header | awk '{ print $3 }'")?.text();
    let of_theirs = |address: &str| {
        let (host, port) = address.rsplit_once(':').unwrap_or_default();
        matches!(host, "127.0.0.1" | "[::1]") && theirs.lines().any(|their| their == port)
    };
    Ok(listed.lines().filter(|address| !of_theirs(address)).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_the_packages_own() {
        let said = "Setting up vcconnect\nVCConnect is here: run vcconnect-admin\nProcessing triggers for libc-bin\n";
        assert_eq!(last_word(said), "VCConnect is here: run vcconnect-admin");
        assert_eq!(last_word(""), "");
    }
}
