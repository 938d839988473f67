//! `cargo xtask package`: the Debian package that a fund installs.
//!
//! What is in it stands in Cargo.toml (`package.metadata.deb`); here is made what is not in the repository: the program with
//! the web interface inside, its manual pages, the completions of shells.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::binary::{self, Profile};
use crate::children::{self, bound, cargo};
use crate::needs;
use crate::steps::{Show, Steps};
use crate::tools;
use crate::web;
use crate::workshop::Workshop;

/// What `package` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Where to put it: a file or a folder
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Install what is missing without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    kind: Kind,
}

/// Which package.
#[derive(clap::Args, Clone, Default)]
pub struct Kind {
    /// Without link-time optimisation: quicker to build, for trying it out
    #[arg(long)]
    pub quick: bool,
    /// For machines that are made to be tested: also trusts update bundles that the key of tests signed
    #[arg(long)]
    pub for_tests: bool,
    /// As if this tree had another version, to try an update with
    #[arg(long, requires = "for_tests", value_name = "VERSION")]
    pub as_version: Option<String>,
}

impl Kind {
    fn profile(&self) -> (Profile, &'static str) {
        if self.quick { (Profile::Perf, "perf") } else { (Profile::Release, "release") }
    }
}

/// Builds the package and says where it is.
pub fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    let mut steps = Steps::new(workshop);
    needs::ensure(&mut steps, needs::TO_RUN, options.yes || needs::unattended())?;
    let default = workshop.target.join("debian");
    let package = make(&mut steps, &options.kind, options.output.as_deref().unwrap_or(&default))?;
    println!("\n{}", steps.table());
    println!("The package: {}", package.display());
    Ok(())
}

/// Makes the package, as this file or in this folder, and returns where it is.
pub fn make(steps: &mut Steps, kind: &Kind, output: &Path) -> Result<PathBuf> {
    let (profile, name) = kind.profile();
    let cargo_deb = tools::cargo_deb(steps)?;
    web::build(steps)?;
    let root = match &kind.as_version {
        None => steps.workshop().root.clone(),
        Some(version) => {
            let workshop = steps.workshop();
            steps.work("a copy of the tree", Show::Failure, || copy_as(workshop, version))?
        }
    };
    let features: &[&str] = if kind.for_tests { &["test-key"] } else { &[] };
    let program = binary::build_in(steps, &root, profile, features)?;
    if !kind.for_tests {
        binary::refuses_the_key_of_tests(&program)?;
    }
    let made = steps.workshop().target.join(name).join("package");
    fs::create_dir_all(&made).with_context(|| made.display().to_string())?;
    pages(steps, &made)?;
    lay(steps.workshop(), &program, &made)?;
    let mut pack = bound(cargo_deb);
    pack.args(["--no-build", "--no-strip", "--fast", "--profile", name, "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .arg("--output")
        .arg(output)
        .env("CARGO_TARGET_DIR", &steps.workshop().target);
    steps.run("pack (cargo-deb)", Show::Failure, &mut pack)?;
    newest(output)
}

/// The files of this tree, with the web interface as it was built, under another version.
fn copy_as(workshop: &Workshop, version: &str) -> Result<PathBuf> {
    let copy = workshop.target.join("package-tree");
    if copy.exists() {
        fs::remove_dir_all(&copy).with_context(|| copy.display().to_string())?;
    }
    let listed = children::read(
        workshop,
        bound("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(&workshop.root),
    )?;
    for name in listed.lines().filter(|name| workshop.root.join(name).is_file()) {
        let to = copy.join(name);
        fs::create_dir_all(to.parent().unwrap_or(&copy))?;
        fs::copy(workshop.root.join(name), &to).with_context(|| name.to_owned())?;
    }
    let dist = copy.join("web/dist");
    children::read(workshop, bound("cp").arg("-r").arg(workshop.web().join("dist")).arg(&dist))?;
    let manifest = copy.join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    let ours = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    fs::write(&manifest, text.replacen(&ours, &format!("version = \"{version}\""), 1))?;
    Ok(copy)
}

/// Manual pages and completions, made from the commands themselves.
fn pages(steps: &mut Steps, made: &Path) -> Result<()> {
    let folder = made.display().to_string();
    let mut command = cargo(steps.workshop(), &["run", "--quiet", "--example", "pages", "--", &folder]);
    steps.run("manual pages and completions", Show::Failure, &mut command)
}

/// The program and its version, which names the folder of the release on the fund's machine.
fn lay(workshop: &Workshop, program: &Path, made: &Path) -> Result<()> {
    let laid = made.join("vcconnect");
    fs::copy(program, &laid).with_context(|| laid.display().to_string())?;
    fs::set_permissions(&laid, fs::Permissions::from_mode(0o755))?;
    let said = children::read(workshop, bound(&laid).arg("--version"))?;
    let version = said.trim().strip_prefix("vcconnect ").context("the program does not say its version")?;
    if version.is_empty() || !version.chars().all(|found| found.is_ascii_alphanumeric() || ".-+".contains(found)) {
        bail!("{version:?} is no version that can name a folder");
    }
    fs::write(made.join("version"), format!("{version}\n")).context("the version could not be written")
}

/// The package that was just written: the named file, or the newest of the folder.
fn newest(output: &Path) -> Result<PathBuf> {
    if output.is_file() {
        return Ok(output.to_owned());
    }
    let files = fs::read_dir(output).with_context(|| output.display().to_string())?.flatten();
    let packages = files.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "deb"));
    let newest = packages.max_by_key(|path| path.metadata().and_then(|meta| meta.modified()).ok());
    newest.context("cargo-deb wrote no package")
}
