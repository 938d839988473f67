//! The machine by itself, without our package: whatever fails here is the harness's own fault.

use std::time::Duration;

use anyhow::{Result, bail, ensure};

use super::{Scenario, Stage};
use crate::appliance::machine::{Hall, Machine, Way};
use crate::appliance::qemu::Disk;
use crate::appliance::terminal::Terminal;

/// The scenario.
pub const SCENARIO: Scenario =
    Scenario { name: "first-boot", about: "boot, orders, files, power", needs_package: false, play };

/// A file with every byte, longer than any buffer on its way.
fn sample() -> Vec<u8> {
    (0..4_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn play(hall: &Hall, stage: &mut Stage) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let vault = Disk::new("vault", folder.path(), "1G")?;
    let mut machine = stage.step("boot", || Machine::boot(hall, "alone", std::slice::from_ref(&vault)))?;
    running(stage, &mut machine)?;
    orders(stage, &mut machine)?;
    stage.step("put and get a file of 4 MB", || {
        let sample = sample();
        machine.put("/srv/a folder/sample", &sample)?;
        ensure!(machine.get("/srv/a folder/sample")? == sample, "the file came back different");
        Ok(())
    })?;
    stage.step("a disk beside its own", || {
        machine.read("mkfs.ext4 -q /dev/disk/by-id/virtio-vault && mount /dev/disk/by-id/virtio-vault /mnt")?;
        machine.read("echo kept >/mnt/word && sync")
    })?;
    stage.step("no way out", || {
        let said = machine.run("timeout 5 bash -c '</dev/tcp/1.1.1.1/80'")?;
        ensure!(said.code != 0, "the machine reached the internet");
        Ok(())
    })?;
    stage.step("a terminal", || {
        let mut terminal = Terminal::open(&mut machine, 80, 24)?;
        terminal.line("echo \"$(sudo cat /proc/self/loginuid) $(tput cols) it's $USER\"")?;
        terminal.wait("\n1000 80 it's anna")?;
        terminal.close()
    })?;
    power(stage, &mut machine)?;
    drop(machine);
    stage.step("its other disk in a second machine", || {
        let mut other = Machine::boot(hall, "other", std::slice::from_ref(&vault))?;
        let word = other.read("mount /dev/disk/by-id/virtio-vault /mnt && cat /mnt/word")?;
        ensure!(word == "kept", "the disk says {word:?}");
        ensure!(other.run("test -e /srv/synced")?.code == 1, "the second machine is not fresh");
        other.shut_down()
    })
}

fn running(stage: &mut Stage, machine: &mut Machine) -> Result<()> {
    let word = stage.step("settle", || machine.settled())?;
    if word != "running" {
        bail!("systemd says {word}:\n{}", machine.read("systemctl --failed --no-pager")?);
    }
    stage.note("systemd", machine.read("systemctl --version | head -n 1")?);
    stage.note("boot", machine.read("systemd-analyze | head -n 1")?);
    Ok(())
}

fn orders(stage: &mut Stage, machine: &mut Machine) -> Result<()> {
    stage.step("orders", || {
        let said = machine.run("printf 'a\\0b\\n\\n'; printf 'c d' >&2; exit 7")?;
        ensure!((said.code, said.out.as_slice(), said.err.as_slice()) == (7, b"a\0b\n\n", b"c d"), "{said:?}");
        let said = machine.run("yes '0123456789abcdef' | head -c 3000000")?;
        ensure!(said.out.len() == 3_000_000, "{} bytes came of 3000000", said.out.len());
        let said = machine.run_within("sleep 1000", Duration::from_secs(1))?;
        ensure!(said.code == 124, "a command without end ended with {}", said.code);
        ensure!(machine.read("id -un; pwd")? == "root\n/", "orders are run by somebody else");
        machine.read("sudo -u anna sudo -n true")
    })?;
    Ok(())
}

/// What was synced is there after each way to lose power, and a reboot is a reboot.
fn power(stage: &mut Stage, machine: &mut Machine) -> Result<()> {
    machine.read("echo synced >/srv/synced && sync")?;
    let mut boots = vec![boot_id(machine)?];
    let ways: [(&str, Way); 4] = [
        ("power cut and boot", |machine| {
            machine.power_cut()?;
            machine.power_on()
        }),
        ("reset button", |machine| machine.reset()),
        ("reboot in order", |machine| machine.reboot()),
        ("shut down and boot", |machine| {
            machine.shut_down()?;
            machine.power_on()
        }),
    ];
    for (name, way) in ways {
        stage.step(name, || {
            way(machine)?;
            let word = machine.settled()?;
            ensure!(word == "running", "systemd says {word}");
            ensure!(machine.read("cat /srv/synced")? == "synced", "a synced file is lost");
            let boot = boot_id(machine)?;
            ensure!(!boots.contains(&boot), "that was no boot");
            boots.push(boot);
            Ok(())
        })?;
    }
    Ok(())
}

fn boot_id(machine: &mut Machine) -> Result<String> {
    machine.read("cat /proc/sys/kernel/random/boot_id")
}
