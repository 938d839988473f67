//! What the recipes need from the machine, and how a bare Debian gets it.

mod apt;
mod machine;

use std::io::{self, BufRead, Write};
use std::path::Path;

use anyhow::{Result, bail};
use nix::unistd::geteuid;

use crate::steps::Steps;
use machine::Machine;

/// Where Debian keeps what tesseract knows, a folder for each of its versions.
const TESSERACT: &str = "usr/share/tesseract-ocr";
/// The languages that `crates/extract` recognises.
const LANGUAGES: &[&str] = &["tessdata/eng.traineddata", "tessdata/deu.traineddata", "tessdata/fra.traineddata"];

/// One thing that a recipe needs and cargo cannot bring.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// The distribution's Postgres server and its psql.
    Postgres,
    /// Poppler's programs, which read PDF files.
    Poppler,
    /// Tesseract with the languages of our documents, which reads scans.
    Tesseract,
    /// A C compiler and linker.
    Compiler,
    /// Node and npm, new enough for the web interface's tools.
    Node,
    /// A browser for the browser tests.
    Chromium,
    /// Python with venv, for the spelling checker.
    Python,
    /// systemd's own judge of units.
    Systemd,
    /// QEMU with its tools, which boots a machine.
    Emulator,
    /// What makes a Debian to boot.
    Debootstrap,
}

/// What `cargo xtask run` needs.
pub const TO_RUN: &[Need] = &[Need::Compiler, Need::Postgres, Need::Node, Need::Poppler, Need::Tesseract];
/// What `cargo xtask check` needs.
pub const TO_CHECK: &[Need] = &[Need::Compiler, Need::Postgres, Need::Node, Need::Python, Need::Systemd];
/// What `cargo xtask test` needs.
pub const TO_TEST: &[Need] = &[
    Need::Compiler,
    Need::Postgres,
    Need::Node,
    Need::Poppler,
    Need::Tesseract,
    Need::Python,
    Need::Chromium,
    Need::Systemd,
];

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "the Postgres server (15 or newer) and psql",
            Self::Poppler => "Poppler's pdftotext, pdftoppm, pdfinfo and pdfimages, to read PDF files",
            Self::Tesseract => "Tesseract with English, German and French, to read scans and photographs",
            Self::Compiler => "a C compiler",
            Self::Node => "Node 20.19 or newer with npm",
            Self::Chromium => "Chromium, for the browser tests",
            Self::Python => "Python 3 with venv, for the spelling checker",
            Self::Systemd => "systemd-analyze, for what the units may do",
            Self::Emulator => "QEMU for x86 with qemu-img, to boot the test machines",
            Self::Debootstrap => "debootstrap, mkfs.ext4 and dpkg-scanpackages, to make the test machines' disk",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &["postgresql"],
            Self::Poppler => &["poppler-utils"],
            Self::Tesseract => &["tesseract-ocr", "tesseract-ocr-eng", "tesseract-ocr-deu", "tesseract-ocr-fra"],
            Self::Compiler => &["build-essential"],
            Self::Node => &["nodejs", "npm"],
            Self::Chromium => &["chromium", "fonts-liberation"],
            Self::Python => &["python3-venv"],
            Self::Systemd => &["systemd"],
            Self::Emulator => &["qemu-system-x86", "qemu-utils"],
            Self::Debootstrap => &["debootstrap", "e2fsprogs", "dpkg-dev"],
        }
    }

    fn is_met(self, machine: &Machine) -> bool {
        match self {
            Self::Postgres => {
                let programs = ["bin/postgres", "bin/initdb"];
                machine.holds("usr/lib/postgresql", &programs, postgres_will_do) && machine.runs(&["psql"])
            }
            Self::Poppler => machine.runs(&["pdftotext", "pdftoppm", "pdfinfo", "pdfimages"]),
            Self::Tesseract => machine.runs(&["tesseract"]) && machine.holds(TESSERACT, LANGUAGES, |_| true),
            Self::Compiler => machine.runs(&["cc"]),
            Self::Node => {
                machine.runs(&["npm"]) && machine.says("node", &["--version"]).is_some_and(|said| node_will_do(&said))
            }
            Self::Chromium => machine.runs(&["chromium"]),
            Self::Systemd => machine.runs(&["systemd-analyze"]),
            Self::Python => machine.says("python3", &["-c", "import ensurepip, venv"]).is_some(),
            Self::Emulator => machine.runs(&["qemu-system-x86_64", "qemu-img"]),
            Self::Debootstrap => machine.runs(&["debootstrap", "mkfs.ext4", "dpkg-scanpackages"]),
        }
    }
}

fn missing(needs: &[Need], machine: &Machine) -> Vec<Need> {
    needs.iter().copied().filter(|need| !need.is_met(machine)).collect()
}

/// Makes sure that everything needed is here: installs it as root, or says what to type.
///
/// Asks once at a terminal unless `yes`; scripts and CI are not asked.
pub fn ensure(steps: &mut Steps, needs: &[Need], yes: bool) -> Result<()> {
    let machine = Machine::this();
    let missing = missing(needs, &machine);
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing on this machine:");
    for need in &missing {
        println!("  - {}", need.name());
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages()).copied().collect();
    if !Path::new("/etc/debian_version").exists() {
        bail!("This is not a Debian: please install these by hand and run the same command again.");
    }
    let root = geteuid().is_root();
    if root && !yes && steps.workshop().terminal && !agreed(&packages)? {
        bail!("Nothing was installed.");
    }
    if root {
        apt::refresh(steps)?;
    }
    if missing.contains(&Need::Node) && !apt::candidate("nodejs").is_some_and(|version| node_will_do(&version)) {
        bail!(
            "This Debian offers no Node that is new enough. Nothing was installed. Please install Node 20.19, 22.12 \
             or newer with npm and run the same command again."
        );
    }
    if !root {
        bail!(
            "Nothing was changed. Please run this and then the same command again:\n\n  {}\n",
            apt::line_for_a_person(&packages)
        );
    }
    apt::install(steps, &packages)?;
    match missing.iter().find(|need| !need.is_met(&machine)) {
        None => Ok(()),
        Some(need) => {
            bail!("After the installation {} is still missing. Please install it by hand.", need.name())
        }
    }
}

/// Whether this runs where nobody can answer a question.
pub fn unattended() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}

fn agreed(packages: &[&str]) -> Result<bool> {
    print!("Install {} with apt-get now? [Y/n] ", packages.join(" "));
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

fn postgres_will_do(version: &str) -> bool {
    version.parse().is_ok_and(|version: u32| version >= 15)
}

/// Vite's own range: 20 from 20.19, 22 from 22.12, everything later.
fn node_will_do(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(20), Some(minor)) => minor >= 19,
        (Some(22), Some(minor)) => minor >= 12,
        (Some(major), Some(_)) => major > 22,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A bare machine with these files, of which none can be run.
    fn machine(folder: &Path, files: &[&str]) -> Machine {
        for file in files {
            let file = folder.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "").unwrap();
        }
        Machine { path: vec![folder.join("sbin"), folder.join("bin")], root: folder.to_owned() }
    }

    #[test]
    fn a_bare_machine_lacks_everything_and_says_why_it_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        let missing = missing(TO_TEST, &machine(folder.path(), &[]));
        assert_eq!(missing, TO_TEST);
        let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages()).copied().collect();
        let line = apt::line_for_a_person(&packages);
        for package in ["poppler-utils", "tesseract-ocr-eng", "tesseract-ocr-deu", "tesseract-ocr-fra", "postgresql"] {
            assert!(line.contains(package), "{line}");
        }
        for need in [Need::Poppler, Need::Tesseract, Need::Chromium, Need::Python, Need::Systemd] {
            assert!(need.name().contains(", to read") || need.name().contains(", for"), "{need:?} says no reason");
        }
        assert!(TO_RUN.iter().all(|need| TO_TEST.contains(need)), "whoever can test can run");
    }

    #[test]
    fn scans_need_each_language_of_one_version() {
        let data = |version: u32, language: &str| format!("{TESSERACT}/{version}/tessdata/{language}.traineddata");
        let met = |files: &[String]| {
            let folder = tempfile::tempdir().unwrap();
            let files: Vec<&str> = files.iter().map(String::as_str).collect();
            Need::Tesseract.is_met(&machine(folder.path(), &files))
        };
        let program = || "bin/tesseract".to_owned();
        assert!(met(&[program(), data(5, "eng"), data(5, "deu"), data(5, "fra")]));
        assert!(!met(&[program(), data(5, "eng"), data(5, "deu")]), "no French");
        assert!(!met(&[program(), data(5, "eng"), data(5, "deu"), data(4, "fra")]), "two versions");
        assert!(!met(&[data(5, "eng"), data(5, "deu"), data(5, "fra")]), "no program");
    }

    #[test]
    fn programs_are_found_on_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let all = ["bin/pdftotext", "sbin/pdftoppm", "bin/pdfinfo", "bin/pdfimages", "bin/psql"];
        let here = machine(folder.path(), &all);
        assert!(Need::Poppler.is_met(&here));
        assert!(!Need::Postgres.is_met(&here));
        let older = ["usr/lib/postgresql/13/bin/postgres", "usr/lib/postgresql/13/bin/initdb"];
        assert!(!Need::Postgres.is_met(&machine(folder.path(), &older)));
        let newer = ["usr/lib/postgresql/17/bin/postgres", "usr/lib/postgresql/17/bin/initdb"];
        assert!(Need::Postgres.is_met(&machine(folder.path(), &newer)));
        fs::remove_file(folder.path().join("sbin/pdftoppm")).unwrap();
        assert!(!Need::Poppler.is_met(&here));
    }

    #[test]
    fn node_versions_follow_the_range_of_vite() {
        for good in ["v20.19.0", "v20.20.2", "v22.12.0", "v24.1.0"] {
            assert!(node_will_do(good), "{good}");
        }
        for bad in ["v18.20.4", "v20.18.1", "v21.7.0", "v22.11.0", "nonsense", ""] {
            assert!(!node_will_do(bad), "{bad}");
        }
    }
}
