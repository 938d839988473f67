//! What is done at each step. Each can be done again from its beginning.

use std::cell::RefCell;
use std::process::Stdio;

use tokio::process::Command;
use update::{Journal, Kind, Role, Step, Version};

use super::incoming::here;
use super::machine::{Plan, leads_back, prune};
use super::release::Release;
use crate::infra::backup::{BackupPlace, StateFile};
use crate::infra::db::copied;
use crate::infra::files::printable;
use crate::infra::host;
use crate::infra::keys::KeyFiles;
use crate::infra::postgres::Layout;
use crate::infra::restore;
use crate::infra::services::{SERVER, SOCKET, ServiceError};

/// Times in a row that a version must be healthy.
const PASSES: u32 = 3;
/// Room for a release, in sizes of its bundle: unpacked by us, by dpkg, and copied beside the one that runs.
const COPIES: u64 = 6;
/// Bytes that stay free where data lies.
const RESERVE: u64 = 256 << 20;
/// Letters of what dpkg says that are kept.
const LETTERS: usize = 600;

/// Why a step was not done, as a sentence.
type Done = Result<(), String>;

pub(super) async fn take(plan: &Plan, journal: &mut Journal) -> Done {
    let (from, to) = (journal.from.clone(), journal.to.clone());
    match journal.step {
        Step::Precheck => precheck(plan, journal),
        Step::Verify => verify(plan, journal),
        Step::Lay => lay(plan, &to).await,
        Step::Backup if journal.without_backup => Ok(()),
        Step::Backup => plan.release(&from).back_up().await.map_err(|why| format!("no backup could be made: {why}")),
        Step::Fits => fits(plan, journal).await,
        Step::Stop => stop(plan, journal),
        Step::Copy if journal.expand_only || journal.kind == Kind::RollBack => Ok(()),
        Step::Copy => copy(plan).await,
        Step::Migrate => {
            plan.release(&to).migrate().await.map_err(|why| format!("the database could not be changed: {why}"))
        }
        Step::Switch => switch(plan, &to),
        Step::Start | Step::BackStart => start(plan, journal),
        Step::Gate => gate(plan, &to, journal).await,
        Step::Commit => {
            prune(plan, &[&from, &to]);
            Ok(())
        }
        Step::BackStop => {
            // One that cannot be stopped is not in the way of the switch, and starting says what is wrong.
            if let Err(why) = stop(plan, journal) {
                tracing::warn!(why, "the server does not stop");
            }
            Ok(())
        }
        Step::BackCopy if journal.expand_only || journal.kind == Kind::RollBack => Ok(()),
        Step::BackCopy => put_back(plan).await,
        Step::BackSwitch => switch(plan, &from),
        Step::BackGate => gate(plan, &from, journal).await,
    }
}

fn told(error: ServiceError) -> String {
    error.to_string()
}

/// Whether anything stands in the way. Also finds out whether the server opens its keystore by itself.
fn precheck(plan: &Plan, journal: &mut Journal) -> Done {
    let config = &plan.config;
    if let Some(unfinished) = restore::unfinished(config) {
        return Err(unfinished);
    }
    for what in ["backup", "restore", "verify"] {
        let state = StateFile::of(config, what).read_live();
        if state.is_some_and(|state| state.ended_at.is_none()) {
            return Err(format!("a {what} is under way; nothing was changed: try again when it has ended"));
        }
    }
    if journal.kind == Kind::Install {
        let place = BackupPlace::of(config);
        if !journal.without_backup {
            place.destination().map_err(|trouble| trouble.to_string())?;
        }
        let wanted = plan.incoming().bytes().saturating_mul(COPIES);
        room(plan.places.programs(), wanted)?;
    }
    room(&config.storage.data_dir, RESERVE)?;
    journal.sealed = KeyFiles::of(config).open().is_err();
    Ok(())
}

fn room(folder: &std::path::Path, wanted: u64) -> Done {
    match host::free_bytes(folder) {
        Some(free) if free >= wanted => Ok(()),
        Some(free) => Err(format!(
            "{} MiB are free for {}, and {} MiB are needed; nothing was changed: make room",
            free >> 20,
            folder.display(),
            wanted.div_ceil(1 << 20)
        )),
        None => Err(format!("{} is not there or cannot be entered; nothing was changed", folder.display())),
    }
}

fn verify(plan: &Plan, journal: &Journal) -> Done {
    let (manifest, _) = plan.incoming().unpack(&plan.keys).map_err(|trouble| trouble.to_string())?;
    manifest.judge(&here(&plan.config, journal.from.clone())).map_err(|refusal| refusal.to_string())?;
    if manifest.version != journal.to || manifest.expand_only != journal.expand_only {
        return Err("the bundle is another one than the one that was looked at; nothing was changed".to_owned());
    }
    Ok(())
}

/// The maintainer scripts lay the release beside the one that runs, and change nothing else.
async fn lay(plan: &Plan, to: &Version) -> Done {
    let (manifest, paths) = plan.incoming().unpack(&plan.keys).map_err(|trouble| trouble.to_string())?;
    let mut packages: Vec<_> = manifest.files.iter().map(|file| file.role).zip(&paths).collect();
    // What it needs comes first.
    packages.sort_by_key(|(role, _)| *role == Role::Package);
    let mut command = Command::new(&plan.dpkg);
    command.args(["--force-confdef", "--force-confold", "--install"]).args(packages.iter().map(|(_, path)| path));
    command.env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C").stdin(Stdio::null());
    let output = command.output().await.map_err(|error| format!("dpkg cannot be run: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said: String = printable(said.trim()).chars().take(LETTERS).collect();
        return Err(format!("the package could not be installed beside the version that runs: {said}"));
    }
    let found = plan.release(to).version().await?;
    if found != *to {
        return Err(format!("the package of version {to} brought version {found}"));
    }
    Ok(())
}

async fn fits(plan: &Plan, journal: &Journal) -> Done {
    let to = &journal.to;
    let fits = plan.release(to).fits().await.map_err(|why| format!("version {to} does not fit: {why}"))?;
    match () {
        () if fits.version != *to => Err(format!("the program of version {to} says that it is {}", fits.version)),
        () if journal.kind == Kind::RollBack => Ok(()),
        () if journal.expand_only && !fits.older_programs_run => Err(format!(
            "version {to} says that it changes the database so that {} cannot follow ({}), and its bundle does not say so",
            journal.from,
            fits.pending.join(", ")
        )),
        () => Ok(()),
    }
}

async fn copy(plan: &Plan) -> Done {
    let layout = Layout::of(&plan.config).map_err(|error| {
        format!("the database cannot be copied, so that this version could not be taken back: {error}")
    })?;
    let failed = |error: crate::base::Error| format!("the database could not be copied: {}", error.causes());
    copied::make(&copied::super_url(&layout)).await.map_err(failed)
}

async fn put_back(plan: &Plan) -> Done {
    let layout = Layout::of(&plan.config).map_err(|error| error.to_string())?;
    let failed = |error: crate::base::Error| format!("the database could not be put back: {}", error.causes());
    copied::put_back(&copied::super_url(&layout)).await.map_err(failed)
}

fn switch(plan: &Plan, version: &Version) -> Done {
    plan.places.switch_to(version).map_err(|error| format!("the link to the version that runs: {error}"))?;
    // The package may have brought other units with it.
    plan.services.reread().map_err(told)
}

/// The socket stays, so that nobody is turned away. A connection may then have the server started while the database is
/// changed, which is harmless where the old version can follow; where it cannot, the socket is closed as well.
pub(super) fn stop(plan: &Plan, journal: &Journal) -> Done {
    if !journal.expand_only {
        plan.services.stop(SOCKET).map_err(told)?;
    }
    plan.services.stop(SERVER).map_err(told)
}

/// Asked for and not waited for: whether it runs is for the gate to see. One that was started meanwhile is of the version
/// before the switch, and is stopped.
fn start(plan: &Plan, journal: &Journal) -> Done {
    plan.services.stop(SERVER).map_err(told)?;
    plan.services.forgive(SERVER);
    if !journal.expand_only {
        plan.services.start(SOCKET).map_err(told)?;
    }
    plan.services.begin(SERVER).map_err(told)
}

/// Three times in a row, within the time that the configuration gives.
async fn gate(plan: &Plan, version: &Version, journal: &Journal) -> Done {
    let release: Release = plan.release(version);
    let last = RefCell::new("it did not answer".to_owned());
    let passes = async {
        let mut passes = 0;
        while passes < PASSES {
            match release.healthy(journal.sealed).await {
                Ok(()) => passes += 1,
                Err(why) => {
                    passes = 0;
                    last.replace(why);
                }
            }
            tokio::time::sleep(plan.pause).await;
        }
    };
    // Coming back gets more time: there is nothing else to try.
    let patience = if leads_back(journal.step) { plan.health * 2 } else { plan.health };
    tokio::time::timeout(patience, passes).await.map_err(|_| {
        format!("version {version} was not healthy within {} seconds: {}", patience.as_secs(), last.borrow())
    })
}
