//! What the recipes need from the machine, and how a bare Debian gets it.

mod apt;

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use nix::unistd::geteuid;

use crate::steps::Steps;

/// One thing that a recipe needs and cargo cannot bring.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// The distribution's Postgres server and its psql.
    Postgres,
    /// A C compiler and linker.
    Compiler,
    /// Node and npm, new enough for the web interface's tools.
    Node,
    /// A browser for the browser tests.
    Chromium,
    /// Python with venv, for the spelling checker.
    Python,
}

/// What `cargo xtask run` needs.
pub const TO_RUN: &[Need] = &[Need::Compiler, Need::Postgres, Need::Node];
/// What `cargo xtask check` needs.
pub const TO_CHECK: &[Need] = &[Need::Compiler, Need::Postgres, Need::Node, Need::Python];
/// What `cargo xtask test` needs.
pub const TO_TEST: &[Need] = &[Need::Compiler, Need::Postgres, Need::Node, Need::Python, Need::Chromium];

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "the Postgres server (15 or newer) and psql",
            Self::Compiler => "a C compiler",
            Self::Node => "Node 20.19 or newer with npm",
            Self::Chromium => "Chromium, for the browser tests",
            Self::Python => "Python 3 with venv, for the spelling checker",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &["postgresql"],
            Self::Compiler => &["build-essential"],
            Self::Node => &["nodejs", "npm"],
            Self::Chromium => &["chromium", "fonts-liberation"],
            Self::Python => &["python3-venv"],
        }
    }

    fn is_met(self) -> bool {
        match self {
            Self::Postgres => has_postgres_programs() && on_path("psql").is_some(),
            Self::Compiler => on_path("cc").is_some(),
            Self::Node => {
                on_path("npm").is_some()
                    && says(Command::new("node").arg("--version")).is_some_and(|said| node_will_do(&said))
            }
            Self::Chromium => on_path("chromium").is_some(),
            Self::Python => says(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_some(),
        }
    }
}

/// Makes sure that everything needed is here: installs it as root, or says what to type.
///
/// Asks once at a terminal unless `yes`; scripts and CI are not asked.
pub fn ensure(steps: &mut Steps, needs: &[Need], yes: bool) -> Result<()> {
    let missing: Vec<Need> = needs.iter().copied().filter(|need| !need.is_met()).collect();
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
    match missing.iter().find(|need| !need.is_met()) {
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

fn has_postgres_programs() -> bool {
    let Ok(versions) = fs::read_dir("/usr/lib/postgresql") else {
        return false;
    };
    versions.flatten().any(|entry| {
        let version: Option<u32> = entry.file_name().to_str().and_then(|name| name.parse().ok());
        let folder = entry.path().join("bin");
        version >= Some(15) && ["postgres", "initdb"].iter().all(|program| folder.join(program).exists())
    })
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|candidate| candidate.is_file())
}

fn says(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
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
    use super::*;

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
