//! Whether the test machine runs on the processor itself or is emulated, found by trying and written into the record.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::image::Image;
use crate::children::bound;

/// How long a kernel may take to say its first word under KVM, where it takes less than a second.
const FIRST_WORD: Duration = Duration::from_secs(20);
/// By what all time limits are multiplied when the machine is emulated: twelve times slower was seen, on a busy host.
const EMULATED: u32 = 12;

/// What systemd gives a unit to start, unless the unit says otherwise.
const SYSTEMD: Duration = Duration::from_secs(90);

/// What runs the machine's code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Accelerator {
    /// The processor, by /dev/kvm.
    Kvm,
    /// QEMU's own translation.
    Emulation {
        /// Why not KVM.
        because: &'static str,
    },
}

impl Accelerator {
    /// KVM if the image's own kernel comes to its first word with it. That the device is there proves nothing: on some
    /// hosts it opens, makes a machine and runs no common kernel.
    pub fn find(image: &Image, folder: &Path) -> Result<Self> {
        if File::options().read(true).write(true).open("/dev/kvm").is_err() {
            return Ok(Self::Emulation { because: "/dev/kvm is missing or closed" });
        }
        let console = folder.join("kvm-trial.log");
        let said = first_word(image, &console)?;
        if said {
            return Ok(Self::Kvm);
        }
        Ok(Self::Emulation { because: "/dev/kvm opens, but Debian's kernel does not come to its first word under it" })
    }

    /// QEMU's words for it.
    pub fn words(self) -> [&'static str; 4] {
        match self {
            Self::Kvm => ["-accel", "kvm", "-cpu", "host"],
            // Whole, though it thinks that it could run machines itself: with `svm=off`, QEMU 7.2 makes one in which Debian
            // 13 does not see its own mounts.
            Self::Emulation { .. } => ["-accel", "tcg,thread=multi", "-cpu", "max"],
        }
    }

    /// How long something may take that may take this long on a real processor.
    pub fn scaled(self, limit: Duration) -> Duration {
        limit * self.factor()
    }

    /// What the guest's kernel and systemd are told of it: systemd's own limits are for a real processor, too.
    pub fn told(self) -> String {
        match self {
            Self::Kvm => String::new(),
            Self::Emulation { .. } => format!(" systemd.default_timeout_start_sec={}", self.scaled(SYSTEMD).as_secs()),
        }
    }

    /// A sentence for the record.
    pub fn sentence(self) -> String {
        match self {
            Self::Kvm => "KVM".to_owned(),
            Self::Emulation { because } => {
                format!("software emulation (TCG), as {because}; all time limits are multiplied by {EMULATED}")
            }
        }
    }

    fn factor(self) -> u32 {
        match self {
            Self::Kvm => 1,
            Self::Emulation { .. } => EMULATED,
        }
    }
}

fn first_word(image: &Image, console: &Path) -> Result<bool> {
    let _ = fs::remove_file(console);
    let mut command = bound("qemu-system-x86_64");
    command.args(Accelerator::Kvm.words()).args(["-m", "512", "-nodefaults", "-no-user-config", "-no-reboot"]);
    command.args(["-display", "none", "-append", "console=ttyS0 panic=-1", "-kernel"]).arg(image.kernel());
    command.arg("-serial").arg(format!("file:{}", console.display()));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("qemu-system-x86_64")?;
    let begun = Instant::now();
    let mut said = false;
    while !said && begun.elapsed() < FIRST_WORD && child.try_wait()?.is_none() {
        sleep(Duration::from_millis(100));
        said = fs::read(console).is_ok_and(|log| String::from_utf8_lossy(&log).contains("Linux version"));
    }
    let _ = child.kill();
    child.wait()?;
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_grow_under_emulation_alone_and_the_record_says_so() {
        let minute = Duration::from_secs(60);
        let emulated = Accelerator::Emulation { because: "there is no KVM" };
        assert_eq!(Accelerator::Kvm.scaled(minute), minute);
        assert_eq!(emulated.scaled(minute), minute * EMULATED);
        assert!(emulated.sentence().contains("there is no KVM"), "{}", emulated.sentence());
    }
}
