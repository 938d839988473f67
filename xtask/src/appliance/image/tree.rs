//! The files of a machine before anything of ours is installed: a small Debian with systemd, as the installer leaves it,
//! and the control channel.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use anyhow::{Context, Result};

use super::{Debian, within};
use crate::children::bound;
use crate::steps::{Show, Steps};

const MIRROR: &str = "http://deb.debian.org/debian";
const SECURITY: &str = "http://deb.debian.org/debian-security";

/// What a server has from the installer, and what the tests look with.
const EQUIPMENT: &[&str] = &[
    "systemd",
    "systemd-sysv",
    "udev",
    "dbus",
    "libpam-systemd",
    "linux-image-amd64",
    "initramfs-tools",
    "iproute2",
    "procps",
    "e2fsprogs",
    "perl",
    "locales",
    "openssl",
    "ca-certificates",
    "sudo",
    "tmux",
    "ncurses-term",
];

/// What the initial file system holds: the disk of the test machine and nothing else, which makes it small.
const INITRD: &[(&str, &str)] = &[
    ("etc/initramfs-tools/conf.d/small", "MODULES=list\nCOMPRESS=gzip\n"),
    ("usr/share/initramfs-tools/modules.d/disk", "virtio_pci\nvirtio_blk\next4\n"),
];

/// The admin of the machine. They have no password, as the channel alone reaches this machine.
pub const ADMIN: &str = "anna";

/// Files as they lie in the image, with their rights.
const FILES: &[(&str, u32, &str)] = &[
    ("etc/hostname", 0o644, "fund\n"),
    ("etc/hosts", 0o644, "127.0.0.1 localhost\n127.0.1.1 fund\n"),
    ("etc/fstab", 0o644, "/dev/vda / ext4 errors=remount-ro 0 1\n"),
    ("etc/machine-id", 0o444, ""),
    // As after the first boot of an installed system, whose caches are there.
    ("etc/.updated", 0o644, ""),
    ("var/.updated", 0o644, ""),
    ("etc/systemd/network/80-cable.network", 0o644, include_str!("network.conf")),
    ("etc/systemd/system/control.service", 0o644, include_str!("control.service")),
    ("usr/local/sbin/control-agent", 0o755, include_str!("agent.sh")),
    ("etc/sudoers.d/admin", 0o440, "anna ALL=(ALL) NOPASSWD: ALL\n"),
];

/// Units that are enabled.
const ENABLED: &[(&str, &str)] = &[
    ("/etc/systemd/system/control.service", "multi-user.target.wants"),
    ("/lib/systemd/system/systemd-networkd.service", "multi-user.target.wants"),
];

/// Everything that the tree follows from.
pub(super) fn made_of() -> impl std::hash::Hash {
    (EQUIPMENT, INITRD, FILES, ENABLED, MIRROR)
}

/// Makes a tree with the security updates of today. `archive` keeps what was fetched for the next time.
pub(super) fn grow(steps: &mut Steps, debian: Debian, tree: &Path, archive: &Path) -> Result<()> {
    fs::create_dir_all(archive)?;
    let mut command = bound("debootstrap");
    command.arg("--variant=minbase").arg(format!("--cache-dir={}", archive.display()));
    command.arg(debian.suite()).arg(tree).arg(MIRROR);
    steps.run(&format!("debootstrap Debian {}", debian.number()), Show::Failure, &mut command)?;
    fs::write(tree.join("etc/apt/sources.list"), sources(debian))?;
    small_initrd(tree)?;
    apt(steps, tree, "refresh its package lists", &["update"])?;
    apt(steps, tree, "its security updates", &["upgrade"])?;
    let words: Vec<&str> = ["install", "--no-install-recommends"].iter().chain(EQUIPMENT).copied().collect();
    apt(steps, tree, "its systemd, kernel and tools", &words)?;
    let mut command = within(tree, "useradd");
    command.args(["--create-home", "--shell", "/bin/bash", "--groups", "sudo,systemd-journal", ADMIN]);
    steps.run("its admin", Show::Failure, &mut command)
}

/// Must be there before the kernel is, whose installation makes the initial file system.
fn small_initrd(tree: &Path) -> Result<()> {
    for (file, text) in INITRD {
        let file = tree.join(file);
        fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
        fs::write(file, text)?;
    }
    Ok(())
}

/// Lays the files that the installer and we add, and takes away what belongs to this machine.
pub(super) fn finish(tree: &Path) -> Result<()> {
    for (path, rights, text) in FILES {
        let file = tree.join(path);
        fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
        // Debian's own is read-only.
        let _ = fs::remove_file(&file);
        fs::write(&file, text).with_context(|| file.display().to_string())?;
        fs::set_permissions(&file, fs::Permissions::from_mode(*rights))?;
    }
    for (unit, wanted_by) in ENABLED {
        let folder = tree.join("etc/systemd/system").join(wanted_by);
        fs::create_dir_all(&folder)?;
        let link = folder.join(Path::new(unit).file_name().context("a unit has a name")?);
        let _ = fs::remove_file(&link);
        symlink(unit, &link)?;
    }
    // What happened before a power cut is read after it.
    fs::create_dir_all(tree.join("var/log/journal"))?;
    let _ = fs::remove_file(tree.join("etc/resolv.conf"));
    Ok(())
}

/// Runs apt-get in the tree.
pub(super) fn apt(steps: &mut Steps, tree: &Path, name: &str, words: &[&str]) -> Result<()> {
    let mut command = within(tree, "apt-get");
    // A tree that is lost in a power cut is made again.
    command.args(["-q", "-y", "-o", "Dpkg::Options::=--force-unsafe-io"]).args(words);
    steps.run(name, Show::Failure, &mut command)
}

fn sources(debian: Debian) -> String {
    let suite = debian.suite();
    format!("deb {MIRROR} {suite} main\ndeb {MIRROR} {suite}-updates main\ndeb {SECURITY} {suite}-security main\n")
}
