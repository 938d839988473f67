//! What must be so before an update is begun, and how it is begun.

use std::path::Path;

use ::update::{Build, Journal, Kind, Manifest, Outcome, Version, trusted};
use protocol::admin::{Ask, Reply};

use crate::admin::{Danger, danger_of, updates_reply};
use crate::app::Outside;
use crate::base::RequestId;
use crate::commands::desk::{Sure, confirm_here};
use crate::commands::{Done, Failure};
use crate::infra::backup::BackupPlace;
use crate::infra::config::Config;
use crate::infra::services::{Services as _, Systemd, UPDATE};
use crate::infra::update::{Incoming, Journals, Places, here};
use crate::infra::{entropy, host};

/// One at a time.
pub(super) const UNDER_WAY: &str =
    "an update is under way; nothing was changed: `vcconnect update status` says how far it is";
const NOT_ROOT: &str = "only root may replace the program; nothing was changed: run it with sudo";
const NO_PACKAGE: &str =
    "this program was not installed as a package, so it does not replace itself; nothing was changed";
const INTERRUPTED: &str =
    "an update was interrupted; nothing was changed: `vcconnect update resume` goes on with it first";
const NO_DESTINATION: &str = "no place for backups is set up, and an update begins with one; nothing was changed: set one up, or \
                              add --without-backup";

const STOPS: &str = "The server stops for a moment; who is at work waits or has to try again.";
const NO_BACKUP: &str = "No backup is made before it. If the disk or the update breaks, only older backups are left.";
const NO_WAY_BACK: &str = "The version that runs now cannot work with the database of this one. If it is taken back by itself, \
                           the database becomes what it was when the server was stopped: what people write after that is lost.";

/// What is lost by installing: by whether there is a backup and a way back.
const fn losses(with_backup: bool, expand_only: bool) -> &'static [&'static str] {
    match (with_backup, expand_only) {
        (true, true) => &[STOPS],
        (false, true) => &[STOPS, NO_BACKUP],
        (true, false) => &[STOPS, NO_WAY_BACK],
        (false, false) => &[STOPS, NO_BACKUP, NO_WAY_BACK],
    }
}

/// Verifies a bundle for this machine.
pub(super) fn check(config: &Config, bundle: &Path) -> Result<Manifest, Failure> {
    let running = Places::of(config).running().map_or_else(|| Version::parse(env!("CARGO_PKG_VERSION")), Ok)?;
    let manifest = Incoming::look(bundle, &trusted(Build::this()))?;
    manifest.judge(&here(config, running))?;
    Ok(Incoming::verify(bundle, &trusted(Build::this()))?)
}

/// What is known of updates.
pub(super) fn reply(config: &Config, outside: &Outside) -> Result<Reply, Failure> {
    Ok(updates_reply(config, outside.clock.now()))
}

pub(super) fn install(
    config: &Config,
    outside: &Outside,
    bundle: &Path,
    without_backup: bool,
    sure: Sure,
    json: bool,
) -> Done {
    let (places, from) = ready(config)?;
    let manifest = check(config, bundle)?;
    if !without_backup && BackupPlace::of(config).destination.is_none() {
        return Err(NO_DESTINATION.into());
    }
    let ask = Ask::InstallUpdate { bundle: bundle.display().to_string() };
    if let Some(danger) = danger_of(&ask) {
        let danger = Danger { loses: losses(!without_backup, manifest.expand_only), ..danger };
        confirm_here(&ask, danger, sure, json)?;
    }
    let mut journal = new(outside, Kind::Install, from, manifest.version.clone())?;
    journal.expand_only = manifest.expand_only;
    journal.without_backup = without_backup;
    begin(&places, &journal, Some(bundle))
}

pub(super) fn roll_back(config: &Config, outside: &Outside, sure: Sure, json: bool) -> Done {
    let (places, from) = ready(config)?;
    let to = before(&places, &from)?;
    if let Some(danger) = danger_of(&Ask::RollBack) {
        confirm_here(&Ask::RollBack, danger, sure, json)?;
    }
    begin(&places, &new(outside, Kind::RollBack, from, to)?, None)
}

/// As root, of a package, with nothing under way.
fn ready(config: &Config) -> Result<(Places, Version), Failure> {
    if host::user_id() != 0 {
        return Err(NOT_ROOT.into());
    }
    let places = Places::of(config);
    let from = places.running().ok_or(NO_PACKAGE)?;
    let journals = Journals::of(&places);
    journals.make()?;
    let Some(_lock) = journals.lock()? else { return Err(UNDER_WAY.into()) };
    match journals.read()? {
        Some(journal) if journal.ended.is_none() => Err(INTERRUPTED.into()),
        _ => Ok((places, from)),
    }
}

/// The version that ran before this one, if it still lies there.
fn before(places: &Places, running: &Version) -> Result<Version, Failure> {
    let history = Journals::of(places).history()?;
    let came = history.into_iter().rev().find(|journal| {
        journal.to == *running && journal.ended.as_ref().is_some_and(|ended| ended.outcome == Outcome::Done)
    });
    let Some(came) = came else {
        return Err(format!(
            "no update brought version {running}, so there is no version before it; nothing was changed"
        )
        .into());
    };
    if !places.laid().contains(&came.from) {
        return Err(format!("version {} is not on this machine any more; nothing was changed", came.from).into());
    }
    Ok(came.from)
}

fn new(outside: &Outside, kind: Kind, from: Version, to: Version) -> Result<Journal, Failure> {
    let now = outside.clock.now();
    let RequestId(id): RequestId = RequestId::new(now, entropy::random(outside.entropy.as_ref())?);
    let by = host::login().unwrap_or_default();
    Ok(Journal::new(id, kind, from, to, &by, now))
}

/// Writes what is to be done, and has the unit do it.
fn begin(places: &Places, journal: &Journal, bundle: Option<&Path>) -> Done {
    let journals = Journals::of(places);
    {
        let Some(_lock) = journals.lock()? else { return Err(UNDER_WAY.into()) };
        if let Some(bundle) = bundle {
            Incoming::of(places).take_in(bundle)?;
        }
        places.lay_runner(&journal.from)?;
        journals.write(journal)?;
    }
    if let Err(error) = Systemd.begin(UPDATE) {
        // Nobody works on it, so it was never begun.
        journals.remove()?;
        Incoming::of(places).clear()?;
        return Err(error.into());
    }
    Ok(())
}
