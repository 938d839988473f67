//! Whether a folder lies on an encrypted disk, as far as the kernel says.
//!
//! A device of dm-crypt names itself in sysfs (`dm/uuid` begins with `CRYPT-`). What is built of others (LVM, RAID) is
//! encrypted if all of them are; a partition if its disk is.

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use nix::sys::stat::{major, minor};

/// What is known of a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// dm-crypt lies under it.
    Encrypted,
    /// The kernel shows the devices, and none of them encrypts.
    Plain,
    /// The file system shows no device that could be asked (ZFS, a share, memory).
    Unknown,
}

/// The kernel's view of disks.
#[derive(Debug, Clone)]
pub struct Disks {
    sys: PathBuf,
    mounts: PathBuf,
}

/// Deeper than any tower of devices.
const DEEPEST: usize = 16;

impl Disks {
    /// Of this machine.
    pub fn of_this_machine() -> Self {
        Self { sys: PathBuf::from("/sys/dev/block"), mounts: PathBuf::from("/proc/self/mountinfo") }
    }

    /// What lies under a folder, or under the one that it will be made in.
    pub fn under(&self, folder: &Path) -> Encryption {
        let Some(meta) = folder.ancestors().find_map(|path| path.metadata().ok()) else { return Encryption::Unknown };
        let device = if major(meta.dev()) == 0 { self.source(meta.dev()) } else { Some(meta.dev()) };
        device.map_or(Encryption::Unknown, |device| self.of_device(device))
    }

    /// What lies under an area of swap: a file, or a device.
    pub fn under_swap(&self, area: &Path) -> Encryption {
        match area.metadata() {
            Ok(meta) if meta.file_type().is_block_device() => self.of_device(meta.rdev()),
            Ok(_) => self.under(area),
            Err(_) => Encryption::Unknown,
        }
    }

    fn of_device(&self, device: u64) -> Encryption {
        let link = self.sys.join(format!("{}:{}", major(device), minor(device)));
        match fs::canonicalize(link) {
            Ok(place) if encrypts(&place, 0) => Encryption::Encrypted,
            Ok(_) => Encryption::Plain,
            Err(_) => Encryption::Unknown,
        }
    }

    /// The device of a file system that has a number of its own (btrfs), by the table of mounts.
    fn source(&self, number: u64) -> Option<u64> {
        let table = fs::read_to_string(&self.mounts).ok()?;
        let wanted = format!("{}:{}", major(number), minor(number));
        let line = table.lines().find(|line| line.split_whitespace().nth(2) == Some(wanted.as_str()))?;
        let source = line.split(" - ").nth(1)?.split_whitespace().nth(1)?;
        let meta = fs::metadata(source).ok().filter(|_| source.starts_with("/dev/"))?;
        meta.file_type().is_block_device().then(|| meta.rdev())
    }
}

fn encrypts(place: &Path, depth: usize) -> bool {
    if depth > DEEPEST {
        return false;
    }
    if fs::read_to_string(place.join("dm/uuid")).is_ok_and(|uuid| uuid.starts_with("CRYPT-")) {
        return true;
    }
    if place.join("partition").exists() {
        return place.parent().is_some_and(|disk| encrypts(disk, depth + 1));
    }
    let below: Vec<PathBuf> = fs::read_dir(place.join("slaves"))
        .map(|entries| entries.flatten().filter_map(|entry| fs::canonicalize(entry.path()).ok()).collect())
        .unwrap_or_default();
    !below.is_empty() && below.iter().all(|device| encrypts(device, depth + 1))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A sysfs with devices of these names and what lies under each.
    struct Made(tempfile::TempDir);

    impl Made {
        fn new() -> Self {
            let made = Self(tempfile::tempdir().unwrap());
            fs::create_dir_all(made.0.path().join("dev/block")).unwrap();
            made
        }

        fn device(&self, number: &str, name: &str, uuid: Option<&str>, below: &[&str]) {
            let place = self.0.path().join("devices").join(name);
            fs::create_dir_all(place.join("slaves")).unwrap();
            symlink(&place, self.0.path().join("dev/block").join(number)).unwrap();
            if let Some(uuid) = uuid {
                fs::create_dir(place.join("dm")).unwrap();
                fs::write(place.join("dm/uuid"), uuid).unwrap();
            }
            for other in below {
                let link = place.join("slaves").join(other.replace('/', "-"));
                symlink(self.0.path().join("devices").join(other), link).unwrap();
            }
        }

        fn says(&self, device: (u64, u64)) -> Encryption {
            let disks = Disks { sys: self.0.path().join("dev/block"), mounts: PathBuf::from("/nowhere") };
            disks.of_device(nix::sys::stat::makedev(device.0, device.1))
        }
    }

    #[test]
    fn crypt_is_found_under_lvm_and_raid_and_partitions() {
        let made = Made::new();
        made.device("8:0", "sda", None, &[]);
        made.device("8:1", "sda/sda1", None, &[]);
        fs::write(made.0.path().join("devices/sda/sda1/partition"), "1").unwrap();
        made.device("254:0", "dm-0", Some("CRYPT-LUKS2-0a1b-luks"), &["sda/sda1"]);
        made.device("254:1", "dm-1", Some("LVM-abc"), &["dm-0"]);
        made.device("254:2", "dm-2", Some("LVM-def"), &["sda/sda1"]);
        made.device("9:0", "md0", None, &["dm-0", "sda"]);
        made.device("254:3", "dm-0/dm-0p1", None, &[]);
        fs::write(made.0.path().join("devices/dm-0/dm-0p1/partition"), "1").unwrap();
        assert_eq!(made.says((254, 0)), Encryption::Encrypted);
        assert_eq!(made.says((254, 1)), Encryption::Encrypted, "a volume on an encrypted disk");
        assert_eq!(made.says((254, 3)), Encryption::Encrypted, "a partition of one");
        assert_eq!(made.says((254, 2)), Encryption::Plain);
        assert_eq!(made.says((9, 0)), Encryption::Plain, "half of a mirror is in clear");
        assert_eq!(made.says((8, 1)), Encryption::Plain);
        assert_eq!(made.says((7, 7)), Encryption::Unknown);
    }
}
