//! Installing Debian's packages without touching anybody's database.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::children::bound;
use crate::steps::{Show, Steps};

const COMMON: &str = "postgresql-common";
const CREATECLUSTER: &str = "/etc/postgresql-common/createcluster.conf";
const CREATECLUSTER_FOLDER: &str = "/etc/postgresql-common/createcluster.d";

/// Makes the package lists current, as root.
pub fn refresh(steps: &mut Steps) -> Result<()> {
    steps.run("refresh the package lists", Show::Failure, &mut apt_get(&["update"]))
}

/// The version that apt would install, by the lists as they are.
pub fn candidate(package: &str) -> Option<String> {
    let output = Command::new("apt-cache").args(["policy", package]).env("LC_ALL", "C").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().find_map(|line| line.trim().strip_prefix("Candidate: ").map(str::to_owned))
}

/// Installs packages as root.
///
/// Debian's server package makes and starts a cluster `main` on TCP port 5432 when it is installed.
/// We need only its programs, so this one installation runs with `create_main_cluster = false`, in
/// the place that its documentation names for it.
pub fn install(steps: &mut Steps, packages: &[&str]) -> Result<()> {
    let mut no_main_cluster = None;
    if packages.iter().any(|package| package.starts_with("postgresql")) {
        if !is_installed(COMMON) {
            steps.run("install postgresql-common", Show::Live, &mut apt_get(&["install", COMMON]))?;
        }
        no_main_cluster = Some(NoMainCluster::declare()?);
    }
    let mut words = vec!["install"];
    words.extend(packages);
    let outcome = steps.run(&format!("install {}", packages.join(" ")), Show::Live, &mut apt_get(&words));
    drop(no_main_cluster);
    outcome
}

/// The line that somebody who is not root has to run, with root's rights.
pub fn line_for_a_person(packages: &[&str]) -> String {
    let install = format!("sudo apt-get install --no-install-recommends {}", packages.join(" "));
    if !packages.iter().any(|package| package.starts_with("postgresql")) {
        return install;
    }
    let file = NoMainCluster::path();
    let file = file.display();
    format!(
        "sudo apt-get install {COMMON} && sudo mkdir -p {CREATECLUSTER_FOLDER} \
         && echo 'create_main_cluster = false' | sudo tee {file} && {install}; sudo rm -f {file}\n\n\
         (The file keeps Debian from starting a database on port 5432: only the programs are needed.)"
    )
}

fn apt_get(words: &[&str]) -> Command {
    let mut command = bound("apt-get");
    command.args(["-q", "-y", "--no-install-recommends"]).args(words).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status}", package])
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

/// The setting in force for as long as this lives.
struct NoMainCluster {
    file: PathBuf,
}

impl NoMainCluster {
    fn path() -> PathBuf {
        Path::new(CREATECLUSTER_FOLDER).join("vcconnect-xtask.conf")
    }

    fn declare() -> Result<Self> {
        let settings = fs::read_to_string(CREATECLUSTER).context(CREATECLUSTER)?;
        if !reads_folder(&settings) {
            bail!(
                "{CREATECLUSTER} does not include {CREATECLUSTER_FOLDER}, so installing Postgres here would \
                 start a database on port 5432. Nothing was installed. Please put \
                 `create_main_cluster = false` into that file, or install postgresql yourself, and run \
                 the same command again."
            );
        }
        fs::create_dir_all(CREATECLUSTER_FOLDER).context(CREATECLUSTER_FOLDER)?;
        let file = Self::path();
        fs::write(
            &file,
            "# Here only while `cargo xtask` installs Postgres: it needs the programs, not a database.\n\
             create_main_cluster = false\n",
        )
        .with_context(|| file.display().to_string())?;
        Ok(Self { file })
    }
}

impl Drop for NoMainCluster {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.file) {
            eprintln!("{} could not be removed: {error}", self.file.display());
        }
    }
}

fn reads_folder(settings: &str) -> bool {
    settings.lines().map(str::trim).any(|line| line.starts_with("include_dir") && line.contains(CREATECLUSTER_FOLDER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_include_must_be_in_force() {
        assert!(reads_folder("ssl = on\ninclude_dir '/etc/postgresql-common/createcluster.d'\n"));
        assert!(!reads_folder("#include_dir '/etc/postgresql-common/createcluster.d'\n"));
        assert!(!reads_folder("ssl = on\n"));
    }

    #[test]
    fn a_person_without_root_gets_the_whole_line() {
        let line = line_for_a_person(&["build-essential", "postgresql"]);
        assert!(line.contains("create_main_cluster = false"));
        assert!(line.contains("build-essential postgresql"));
        assert!(!line_for_a_person(&["chromium"]).contains("create_main_cluster"));
    }
}
