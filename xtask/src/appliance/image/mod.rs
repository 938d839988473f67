//! A Debian disk to boot: made once by debootstrap, kept in the target folder, never written to again.
//!
//! What is installed later, the distribution's Postgres and the readers' programs, lies in the image as a package
//! repository of its own, so that `apt install ./vcconnect.deb` in a machine without network resolves its dependencies as
//! it does on a real server. An image is kept under a key of everything in this module that it is made of.

mod shelf;
mod tree;

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::children::bound;
use crate::steps::{Show, Steps};

/// More than any scenario writes; the file is sparse.
const SIZE: &str = "8G";

/// A release of Debian that the package supports.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, clap::ValueEnum)]
pub enum Debian {
    /// Debian 12 with systemd 252 and Postgres 15.
    #[value(name = "12")]
    Bookworm,
    /// Debian 13 with systemd 257 and Postgres 17.
    #[value(name = "13")]
    Trixie,
}

impl Debian {
    /// Every one of them, oldest first.
    pub const ALL: [Self; 2] = [Self::Bookworm, Self::Trixie];

    /// Its name in the archive.
    pub fn suite(self) -> &'static str {
        match self {
            Self::Bookworm => "bookworm",
            Self::Trixie => "trixie",
        }
    }

    /// Its number, as people say it.
    pub fn number(self) -> u32 {
        match self {
            Self::Bookworm => 12,
            Self::Trixie => 13,
        }
    }
}

/// A disk with its kernel, ready to boot.
pub struct Image {
    /// Which Debian it is.
    pub debian: Debian,
    folder: PathBuf,
}

impl Image {
    /// The image that is kept, or a new one if there is none or `again`. Making it takes some minutes, root and Debian's mirror.
    pub fn ready(steps: &mut Steps, debian: Debian, again: bool) -> Result<Self> {
        let store = steps.workshop().target.join("appliance/images");
        let image = Self { debian, folder: store.join(format!("debian-{}-{:016x}", debian.number(), key(debian))) };
        if again && image.folder.exists() {
            fs::remove_dir_all(&image.folder).with_context(|| image.folder.display().to_string())?;
        }
        if !image.disk().is_file() {
            fs::create_dir_all(&store).with_context(|| store.display().to_string())?;
            image.make(steps, &store)?;
        }
        Ok(image)
    }

    /// The disk, an ext4 file system without partitions.
    pub fn disk(&self) -> PathBuf {
        self.folder.join("disk.img")
    }

    /// The image's own kernel.
    pub fn kernel(&self) -> PathBuf {
        self.folder.join("vmlinuz")
    }

    /// Its first file system in memory.
    pub fn initrd(&self) -> PathBuf {
        self.folder.join("initrd.img")
    }

    /// The versions of what the tests lean on, a line each.
    pub fn versions(&self) -> Result<String> {
        let file = self.folder.join("versions.txt");
        fs::read_to_string(&file).with_context(|| file.display().to_string())
    }

    fn make(&self, steps: &mut Steps, store: &Path) -> Result<()> {
        let making = tempfile::Builder::new().prefix("making-").tempdir_in(store)?;
        let tree = making.path().join("tree");
        let parts = making.path().join("parts");
        fs::create_dir_all(&parts)?;
        tree::grow(steps, self.debian, &tree, &store.join("archive"))?;
        shelf::fill(steps, self.debian, &tree)?;
        fs::write(parts.join("versions.txt"), shelf::versions(steps, &tree)?)?;
        tree::finish(&tree)?;
        for name in ["vmlinuz", "initrd.img"] {
            let newest = fs::canonicalize(tree.join(name)).with_context(|| format!("the image has no {name}"))?;
            fs::copy(newest, parts.join(name))?;
        }
        let mut command = bound("mkfs.ext4");
        command.args(["-q", "-F", "-L", "system", "-d"]).arg(&tree).arg(parts.join("disk.img")).arg(SIZE);
        steps.run("write the image's disk", Show::Failure, &mut command)?;
        fs::rename(&parts, &self.folder).with_context(|| self.folder.display().to_string())
    }
}

fn key(debian: Debian) -> u64 {
    let mut hasher = DefaultHasher::new();
    (debian, SIZE, tree::made_of(), shelf::STOCK).hash(&mut hasher);
    hasher.finish()
}

/// A command inside a tree, with processes of its own, so that nothing of it stays behind.
fn within(tree: &Path, program: &str) -> Command {
    let mut command = bound("unshare");
    command.args(["--mount", "--pid", "--fork", "--kill-child"]);
    command.arg(format!("--mount-proc={}", tree.join("proc").display()));
    command.arg("chroot").arg(tree).args(["env", "-i", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]);
    command.args(["PATH=/usr/sbin:/usr/bin:/sbin:/bin", program]);
    command
}

/// An error with the sentence unless this is root.
pub fn needs_root() -> Result<()> {
    if !nix::unistd::geteuid().is_root() {
        bail!("A Debian image is made by root alone, since its files belong to root. Please run this as root.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_release_has_an_image_of_its_own() {
        assert_eq!(key(Debian::Bookworm), key(Debian::Bookworm));
        assert_ne!(key(Debian::Bookworm), key(Debian::Trixie));
    }

    #[test]
    fn a_command_within_a_tree_sees_nothing_of_this_machine() {
        let command = within(Path::new("/a/tree"), "apt-get");
        let line = crate::children::line(&command);
        assert!(line.contains("--mount-proc=/a/tree/proc chroot /a/tree env -i"), "{line}");
        assert!(line.ends_with(" apt-get"), "{line}");
    }
}
