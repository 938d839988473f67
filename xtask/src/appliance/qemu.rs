//! One run of QEMU, from power on to power off.
//!
//! The guest has two processors, no way out to a network, and one way in: a port of this machine's loopback leads to its
//! port 443. Its disk is an overlay, so that the image stays as it is.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::accelerator::Accelerator;
use super::image::Image;
use crate::children::{bound, line};

const MEMORY: &str = "3072";
const CONTROL: &str = "control";
const TICK: Duration = Duration::from_millis(50);

/// A disk beside the system's own, which a machine finds as `/dev/disk/by-id/virtio-NAME`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Disk {
    /// At most 20 letters: that is what the machine sees of it.
    pub name: &'static str,
    /// A qcow2 file.
    pub file: PathBuf,
}

impl Disk {
    /// An empty disk, as it comes from the shop. It takes room only as it is written to.
    pub fn new(name: &'static str, folder: &Path, size: &str) -> Result<Self> {
        let file = folder.join(format!("{name}.qcow2"));
        qcow2(&[], &file, Some(size))?;
        Ok(Self { name, file })
    }

    /// The system's disk of a new machine: one that stays as it is, and apart from it what the machine writes.
    pub fn over(below: &Below, folder: &Path) -> Result<Self> {
        let name = "system";
        let file = folder.join(format!("{name}.qcow2"));
        let (format, below) = match below {
            Below::Image(disk) => ("raw", disk),
            Below::Machine(disk) => ("qcow2", disk),
        };
        qcow2(&["-F", format, "-b", &below.display().to_string()], &file, None)?;
        Ok(Self { name, file })
    }
}

/// What a machine's own disk begins as.
pub enum Below {
    /// The image.
    Image(PathBuf),
    /// The disk of another machine, which was shut down.
    Machine(PathBuf),
}

fn qcow2(words: &[&str], file: &Path, size: Option<&str>) -> Result<()> {
    let mut command = bound("qemu-img");
    command.args(["create", "-q", "-f", "qcow2"]).args(words).arg(file).args(size);
    let output = command.output().context("qemu-img could not be started")?;
    if !output.status.success() {
        bail!("`{}` failed: {}", line(&command), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// What to power on.
pub struct Parts<'a> {
    /// Where the kernel comes from.
    pub image: &'a Image,
    /// What runs it.
    pub accelerator: Accelerator,
    /// The system's disk first.
    pub disks: &'a [Disk],
    /// For sockets and the console's log.
    pub folder: &'a Path,
}

/// A running QEMU. Dropping it is a power cut.
pub struct Qemu {
    child: Child,
    /// The port of this machine that leads to port 443 of the guest.
    pub port: u16,
    // A short path: a socket's address holds about a hundred letters.
    sockets: TempDir,
}

impl Qemu {
    /// Powers on. The guest begins once somebody has connected to [`Qemu::control`].
    pub fn start(parts: &Parts) -> Result<Self> {
        let port = free_port()?;
        let sockets = tempfile::tempdir()?;
        let mut command = command(parts, port, &sockets.path().join(CONTROL));
        let said = File::create(parts.folder.join("qemu.log"))?;
        command.stdout(said.try_clone()?).stderr(said);
        let child = command.process_group(0).spawn().with_context(|| line(&command))?;
        Ok(Self { child, port, sockets })
    }

    /// The socket of the control channel.
    pub fn control(&self) -> PathBuf {
        self.sockets.path().join(CONTROL)
    }

    /// An error if it is off.
    pub fn must_be_on(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("the machine is off ({status})"),
        }
    }

    /// Whether it went off by itself within this time.
    pub fn goes_off(&mut self, limit: Duration) -> Result<bool> {
        let begun = Instant::now();
        while begun.elapsed() < limit {
            if self.child.try_wait()?.is_some() {
                return Ok(true);
            }
            sleep(TICK);
        }
        Ok(false)
    }

    /// Pulls the plug: kill -9. What the guest had handed to its disk is there; what it only remembered is gone.
    pub fn cut(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Qemu {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(parts: &Parts, port: u16, control: &Path) -> Command {
    let mut command = bound("qemu-system-x86_64");
    command.args(parts.accelerator.words());
    command.args(["-machine", "q35,sata=off", "-smp", "2", "-m", MEMORY]);
    command.args(["-nodefaults", "-no-user-config", "-display", "none"]);
    command.arg("-kernel").arg(parts.image.kernel()).arg("-initrd").arg(parts.image.initrd());
    let told = parts.accelerator.told();
    command.arg("-append").arg(format!("root=/dev/vda ro console=ttyS0 panic=10 systemd.show_status=true{told}"));
    for disk in parts.disks {
        let Disk { name, file } = disk;
        command.arg("-drive").arg(format!("if=none,id={name},format=qcow2,discard=unmap,file={}", file.display()));
        command.arg("-device").arg(format!("virtio-blk-pci,drive={name},serial={name}"));
    }
    command.arg("-netdev").arg(format!("user,id=cable,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:443"));
    command.args(["-device", "virtio-net-pci,netdev=cable,romfile=", "-device", "virtio-rng-pci"]);
    command.arg("-chardev").arg(format!("socket,id=control,server=on,wait=on,path={}", control.display()));
    command.args(["-device", "virtio-serial-pci", "-device", "virtserialport,chardev=control,name=vcconnect.control"]);
    let console = parts.folder.join("console.log");
    command.arg("-chardev").arg(format!("file,id=console,append=on,path={}", console.display()));
    command.args(["-serial", "chardev:console"]);
    command
}

/// Free a moment ago, which is as much as can be known of a port that another program is to take.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
