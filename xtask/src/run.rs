//! `cargo xtask run`: the product on this machine, from a fresh checkout to a page to open.

use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::unistd::{Uid, geteuid};

use crate::binary::{self, Profile};
use crate::needs;
use crate::stack::{Home, Stack, StackOptions};
use crate::steps::{Steps, seconds};
use crate::web;
use crate::workshop::Workshop;

/// A file that says: this folder was made by `cargo xtask run` and may be emptied by it.
const MARK: &str = ".made-by-xtask";

/// What `run` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// Install what is missing without asking
    #[arg(long)]
    yes: bool,
    /// The port to serve on
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where to keep database, keys and files (default: dev in cargo's target folder)
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Start empty: delete what an earlier run kept
    #[arg(long)]
    fresh: bool,
    /// Build as shipped: slow to build, quick to run
    #[arg(long)]
    release: bool,
}

/// Builds, starts, and stays until Ctrl-C.
pub fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    let start = Instant::now();
    let mut steps = Steps::new(workshop);
    needs::ensure(&mut steps, needs::TO_RUN, options.yes || needs::unattended())?;
    web::build(&mut steps)?;
    let profile = if options.release { Profile::Release } else { Profile::Dev };
    let binary = binary::build(&mut steps, profile)?;
    let folder = folder(workshop, options.data_dir.as_deref())?;
    let claim = claim(&folder)?;
    if options.fresh {
        empty(&folder)?;
    }
    let stack = Stack::start(
        &mut steps,
        StackOptions {
            binary,
            home: Home::lasting(&folder)?,
            port: Some(options.port),
            throwaway: false,
            log_to_terminal: true,
        },
    )?;
    welcome(&stack, &folder, start.elapsed());
    let outcome = stay(workshop, stack);
    drop(claim);
    outcome
}

fn welcome(stack: &Stack, folder: &Path, took: Duration) {
    println!();
    println!("  VCConnect is ready after {}:  {}", seconds(took), stack.url);
    if let Some(link) = &stack.first_admin_link {
        println!();
        println!("  Nobody has an account yet. Open this link once to become the first admin:");
        println!("  {link}");
    }
    println!();
    println!("  Data: {}   Stop: Ctrl-C", folder.display());
    println!("  Health, in another terminal: cargo xtask vcconnect doctor");
    println!();
}

fn stay(workshop: &Workshop, mut stack: Stack) -> Result<()> {
    while !workshop.stopping() {
        if let Err(ended) = stack.must_be_up() {
            stack.stop()?;
            bail!("{ended:#} Everything else has been stopped; the data is kept.");
        }
        sleep(Duration::from_millis(100));
    }
    println!("\nStopping the server, then the database …");
    stack.stop()?;
    println!("Stopped. The data is kept for the next run.");
    Ok(())
}

/// The folder of the development data: the wanted one, or one that the database's user can reach.
pub fn folder(workshop: &Workshop, wanted: Option<&Path>) -> Result<PathBuf> {
    let folder = match wanted {
        Some(wanted) => std::path::absolute(wanted)?,
        None => workshop.target.join("dev"),
    };
    if !geteuid().is_root() || reachable_by_others(&folder)? {
        return Ok(folder);
    }
    if wanted.is_some() {
        bail!(
            "{} lies in a folder that other users may not enter. As root, the database runs as the \
             distribution's postgres user and has to reach it. Nothing was started. Please choose another \
             --data-dir.",
            folder.display()
        );
    }
    // Each checkout has data of its own.
    let mut hasher = DefaultHasher::new();
    workshop.root.hash(&mut hasher);
    let checkout = hasher.finish() as u32;
    let elsewhere = PathBuf::from(format!("/var/tmp/vcconnect-dev-{}-{checkout:08x}", geteuid()));
    println!("The database's user cannot reach {}: the data is kept in {}.", folder.display(), elsewhere.display());
    Ok(elsewhere)
}

/// The folder of data that a run has made already. Asking about data never makes any.
pub fn existing_folder(workshop: &Workshop, wanted: Option<&Path>) -> Result<PathBuf> {
    let folder = folder(workshop, wanted)?;
    if !folder.join("data").exists() {
        bail!("There is no data in {} yet. Please start with: cargo xtask run", folder.display());
    }
    Ok(folder)
}

/// Keeps two runs from using one folder.
pub fn claim(folder: &Path) -> Result<File> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => fs::create_dir_all(folder)?,
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(error).context(folder.display().to_string());
        }
        _ => {}
    }
    // In /var/tmp anybody may have been faster with this name.
    let owner = fs::symlink_metadata(folder)?;
    if !owner.is_dir() || Uid::from_raw(owner.uid()) != geteuid() {
        bail!("{} is not a folder of yours. Nothing was started. Please choose another --data-dir.", folder.display());
    }
    let is_new = fs::read_dir(folder)?.next().is_none();
    if !is_new && !folder.join(MARK).exists() {
        bail!(
            "{} holds something that `cargo xtask run` did not make. Nothing was changed. Please choose an \
             empty folder as --data-dir.",
            folder.display()
        );
    }
    let file = File::create(folder.join(MARK))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "Another `cargo xtask run` uses {}. Please stop it first, or choose another --data-dir and --port.",
            folder.display()
        ),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Deletes what an earlier run kept. The caller holds the claim, so nobody uses it.
pub fn empty(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            fs::remove_dir_all(&path).with_context(|| path.display().to_string())?;
        } else if !path.ends_with(MARK) {
            fs::remove_file(&path).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

/// Whether every folder above may be entered by everybody.
fn reachable_by_others(folder: &Path) -> Result<bool> {
    for above in folder.ancestors().skip(1) {
        match fs::metadata(above) {
            Ok(found) if found.mode() & 0o001 == 0 => return Ok(false),
            Ok(_) => {}
            // Still to be made, and then open enough.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).context(above.display().to_string()),
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_closed_folder_above_is_noticed() {
        let top = tempfile::tempdir().unwrap();
        fs::set_permissions(top.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let middle = top.path().join("middle");
        fs::create_dir(&middle).unwrap();
        fs::set_permissions(&middle, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(reachable_by_others(&middle.join("dev")).unwrap());
        fs::set_permissions(&middle, fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!reachable_by_others(&middle.join("dev")).unwrap());
    }

    #[test]
    fn a_folder_of_somebody_else_is_left_alone() {
        let top = tempfile::tempdir().unwrap();
        fs::write(top.path().join("thesis.txt"), "years of work").unwrap();
        let refusal = claim(top.path()).unwrap_err().to_string();
        assert!(refusal.contains("did not make"), "{refusal}");
        assert!(top.path().join("thesis.txt").exists());
    }

    #[test]
    fn one_folder_serves_one_run() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("dev");
        let _first = claim(&folder).unwrap();
        assert!(claim(&folder).unwrap_err().to_string().contains("Another"));
        fs::write(folder.join("server.log"), "old").unwrap();
        empty(&folder).unwrap();
        assert!(!folder.join("server.log").exists());
    }
}
