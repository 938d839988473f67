//! A machine of its own for a scenario: a fresh disk over the image, power, and the channel to give it orders.
//!
//! All limits are as on a real processor; they are scaled here, at one place, when the machine is emulated.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::accelerator::Accelerator;
use super::channel::{Channel, Said};
use super::image::Image;
use super::qemu::{Below, Disk, Parts, Qemu};
use crate::workshop::Workshop;

/// From power on until the channel answers.
const BOOT: Duration = Duration::from_secs(60);
/// For a command that names no limit.
const COMMAND: Duration = Duration::from_secs(60);
/// From the order to shut down until the power is off.
const SHUT_DOWN: Duration = Duration::from_secs(60);
/// Lines of the console that belong to an error.
const LAST_LINES: usize = 25;

/// Something that happens to a machine.
pub type Way = fn(&mut Machine) -> Result<()>;

/// What machines are made of.
pub struct Hall<'a> {
    /// Who can ask us to stop.
    pub workshop: &'a Workshop,
    /// What they boot.
    pub image: &'a Image,
    /// What runs them.
    pub accelerator: Accelerator,
    /// Where a machine keeps its disk and its console's log; None throws both away.
    pub keep: Option<PathBuf>,
}

/// Where a machine's files lie.
enum Place {
    Kept(PathBuf),
    Passing(TempDir),
}

/// A machine, on or off.
pub struct Machine<'a> {
    hall: &'a Hall<'a>,
    name: &'static str,
    place: Place,
    disks: Vec<Disk>,
    power: Option<Power>,
}

struct Power {
    // The channel is closed first: otherwise the guest would see it go.
    channel: Channel,
    qemu: Qemu,
    boot: String,
}

impl<'a> Machine<'a> {
    /// A new machine, booted for the first time. `disks` are found beside its own as `/dev/disk/by-id/virtio-NAME`.
    pub fn boot(hall: &'a Hall, name: &'static str, disks: &[Disk]) -> Result<Self> {
        Self::boot_over(hall, name, &Below::Image(hall.image.disk()), disks)
    }

    /// The same with what another machine left on its disk.
    pub fn boot_over(hall: &'a Hall, name: &'static str, below: &Below, disks: &[Disk]) -> Result<Self> {
        let place = hall.place(name)?;
        let mut all = vec![Disk::over(below, place.path())?];
        all.extend_from_slice(disks);
        let mut machine = Self { hall, name, place, disks: all, power: None };
        machine.power_on()?;
        Ok(machine)
    }

    /// Powers on and waits until it answers.
    pub fn power_on(&mut self) -> Result<()> {
        if self.power.is_some() {
            bail!("{} is on already", self.name);
        }
        let on = self.try_power_on();
        self.power = Some(on.map_err(|error| self.explained(error, "it does not boot"))?);
        Ok(())
    }

    fn try_power_on(&self) -> Result<Power> {
        let Hall { image, accelerator, workshop, .. } = self.hall;
        let parts = Parts { image, accelerator: *accelerator, disks: &self.disks, folder: self.place.path() };
        let mut qemu = Qemu::start(&parts)?;
        let mut channel = Channel::open(&qemu.control(), || on(workshop, &mut qemu))?;
        let boot = channel.new_boot("", accelerator.scaled(BOOT), || on(workshop, &mut qemu))?;
        Ok(Power { channel, qemu, boot })
    }

    /// Runs a bash script as root, within the limit of a common command.
    pub fn run(&mut self, script: &str) -> Result<Said> {
        self.run_within(script, COMMAND)
    }

    /// Runs a bash script as root. One that takes longer is ended and has code 124.
    pub fn run_within(&mut self, script: &str, limit: Duration) -> Result<Said> {
        let limit = self.hall.accelerator.scaled(limit);
        let workshop = self.hall.workshop;
        let Power { channel, qemu, .. } = self.power()?;
        let said = channel.run(script, limit, || on(workshop, qemu));
        said.map_err(|error| self.explained(error, script))
    }

    /// What a script prints; an error with all that it said unless it ends well.
    pub fn read(&mut self, script: &str) -> Result<String> {
        self.read_within(script, COMMAND)
    }

    /// The same with a limit.
    pub fn read_within(&mut self, script: &str, limit: Duration) -> Result<String> {
        let said = self.run_within(script, limit)?;
        if said.code != 0 {
            let why = if said.code == 124 { " (it took too long)" } else { "" };
            let err = String::from_utf8_lossy(&said.err);
            bail!("{}: `{script}` ended with {}{why}\n{}\n{}", self.name, said.code, said.text(), err.trim_end());
        }
        Ok(said.text())
    }

    /// Writes a file, whose folder is made where it is missing. It belongs to root, and everybody there may read it.
    pub fn put(&mut self, path: &str, content: &[u8]) -> Result<()> {
        let limit = self.hall.accelerator.scaled(COMMAND);
        let workshop = self.hall.workshop;
        let Power { channel, qemu, .. } = self.power()?;
        let said = channel.put(path, content, limit, || on(workshop, qemu))?;
        if said.code != 0 {
            bail!("{}: {path} was not written: {}", self.name, String::from_utf8_lossy(&said.err));
        }
        Ok(())
    }

    /// Reads a file.
    pub fn get(&mut self, path: &str) -> Result<Vec<u8>> {
        let said = self.run(&format!("cat -- '{path}'"))?;
        if said.code != 0 {
            bail!("{}: {path} was not read: {}", self.name, String::from_utf8_lossy(&said.err));
        }
        Ok(said.out)
    }

    /// How long here may take what takes this long on a real processor.
    pub fn scaled(&self, limit: Duration) -> Duration {
        self.hall.accelerator.scaled(limit)
    }

    /// The port of this machine that leads to its port 443; a new one after each power on.
    pub fn port(&self) -> Result<u16> {
        Ok(self.power.as_ref().with_context(|| self.is_off())?.qemu.port)
    }

    /// Waits until everything that starts with the machine has started or failed, and returns systemd's word for that:
    /// `running`, or `degraded` if a unit failed.
    pub fn settled(&mut self) -> Result<String> {
        Ok(self.run_within("systemctl is-system-running --wait", BOOT * 2)?.text())
    }

    /// Pulls the plug.
    pub fn power_cut(&mut self) -> Result<()> {
        match self.power.take() {
            Some(power) => power.qemu.cut(),
            None => bail!("{} is off already", self.name),
        }
    }

    /// Restarts it in order and waits until it answers again.
    pub fn reboot(&mut self) -> Result<()> {
        self.begin_anew("systemctl --no-block reboot")
    }

    /// Presses the reset button: nothing is told and nothing is written first. The power stays on.
    pub fn reset(&mut self) -> Result<()> {
        self.begin_anew("echo b >/proc/sysrq-trigger")
    }

    fn begin_anew(&mut self, order: &str) -> Result<()> {
        let (workshop, limit) = (self.hall.workshop, self.hall.accelerator.scaled(BOOT + SHUT_DOWN));
        let Power { channel, qemu, boot } = self.power()?;
        let begun = channel.send(order).and_then(|()| channel.new_boot(boot, limit, || on(workshop, qemu)));
        let begun = begun.map_err(|error| self.explained(error, "it does not come back"))?;
        self.power()?.boot = begun;
        Ok(())
    }

    /// Shuts it down in order and waits until the power is off.
    pub fn shut_down(&mut self) -> Result<()> {
        self.power()?.channel.send("systemctl --no-block poweroff")?;
        let limit = self.hall.accelerator.scaled(SHUT_DOWN);
        let mut power = self.power.take().with_context(|| self.is_off())?;
        if !power.qemu.goes_off(limit)? {
            bail!("{} did not shut down within {} s\n{}", self.name, limit.as_secs(), self.last_lines());
        }
        Ok(())
    }

    /// Shuts it down for good and leaves its disk at this path, for others to begin with.
    pub fn leave_disk(mut self, path: &Path) -> Result<()> {
        self.shut_down()?;
        let disk = self.disks.first().with_context(|| format!("{} has no disk", self.name))?;
        fs::rename(&disk.file, path).with_context(|| path.display().to_string())
    }

    fn power(&mut self) -> Result<&mut Power> {
        let off = self.is_off();
        self.power.as_mut().context(off)
    }

    fn is_off(&self) -> String {
        format!("{} is off", self.name)
    }

    fn explained(&self, error: anyhow::Error, what: &str) -> anyhow::Error {
        let what = what.to_owned();
        error.context(format!("{}: {what}\nThe last lines of its console:\n{}", self.name, self.last_lines()))
    }

    fn last_lines(&self) -> String {
        let log = fs::read(self.place.path().join("console.log")).unwrap_or_default();
        last(&String::from_utf8_lossy(&log), LAST_LINES)
    }
}

/// Whether it makes sense to wait on.
fn on(workshop: &Workshop, qemu: &mut Qemu) -> Result<()> {
    workshop.go_on()?;
    qemu.must_be_on()
}

impl Hall<'_> {
    /// Where the disk of a machine with this package on it is kept.
    pub fn installed(&self, package: &[u8]) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        (self.image.disk(), package).hash(&mut hasher);
        let folder = self.workshop.target.join(format!("appliance/installed/debian-{}", self.image.debian.number()));
        folder.join(format!("{:016x}.qcow2", hasher.finish()))
    }

    fn place(&self, name: &str) -> Result<Place> {
        let Some(keep) = &self.keep else {
            let parent = self.workshop.target.join("appliance");
            fs::create_dir_all(&parent)?;
            return Ok(Place::Passing(tempfile::Builder::new().prefix("machine-").tempdir_in(parent)?));
        };
        let folder = keep.join(name);
        // What an earlier run kept.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Place::Kept(folder))
    }
}

impl Place {
    fn path(&self) -> &Path {
        match self {
            Self::Kept(folder) => folder,
            Self::Passing(folder) => folder.path(),
        }
    }
}

/// The last lines of a text, without what a terminal would obey.
fn last(text: &str, count: usize) -> String {
    let lines: Vec<String> =
        text.lines().map(|line| line.chars().filter(|letter| !letter.is_control()).collect()).collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_is_shown_by_its_end_and_obeyed_by_nobody() {
        assert_eq!(last("one\ntwo\x1b[2J\r\nthree\n", 2), "two[2J\nthree");
        assert_eq!(last("", 2), "");
    }
}
