//! Goes from step to step. What is known stands in the journal before anything is done.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use update::{Journal, Kind, Outcome, Step, TrustedKey, Version};

use super::incoming::Incoming;
use super::journals::Journals;
use super::places::Places;
use super::release::Release;
use super::steps;
use crate::infra::backup::Trouble;
use crate::infra::clock::Clock;
use crate::infra::config::Config;
use crate::infra::db::copied;
use crate::infra::notes::{Note, Notes};
use crate::infra::postgres::Layout;
use crate::infra::services::Services;

/// What an installation of updates is done with.
pub struct Plan {
    /// The configuration.
    pub config: Config,
    /// The folders.
    pub places: Places,
    /// Who starts and stops.
    pub services: Arc<dyn Services>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Installs packages.
    pub dpkg: PathBuf,
    /// Whose bundles are installed.
    pub keys: Vec<TrustedKey>,
    /// In which a version must prove to be healthy.
    pub health: Duration,
    /// Between two looks whether it is.
    pub pause: Duration,
    /// Hears of each step, before and after it is done.
    pub told: Told,
}

/// Hears where the work is.
pub type Told = Box<dyn Fn(&Journal, Moment)>;

/// Where within a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It is in the journal and not begun.
    Before,
    /// It is done, and the journal does not say so yet.
    After,
}

impl Plan {
    pub(super) fn release(&self, version: &Version) -> Release {
        Release::at(self.places.program(version))
    }

    pub(super) fn incoming(&self) -> Incoming {
        Incoming::of(&self.places)
    }

    fn journals(&self) -> Journals {
        Journals::of(&self.places)
    }
}

/// Takes the journal to its end, from wherever it is. The caller holds its lock.
pub async fn carry_out(plan: &Plan, mut journal: Journal) -> Result<Journal, Trouble> {
    if journal.step.needs_stillness() && journal.ended.is_none() {
        // Whoever began it is gone, and the machine may have started the server meanwhile.
        steps::stop(plan, &journal).map_err(Trouble::told)?;
    }
    while journal.ended.is_none() {
        plan.journals().write(&journal)?;
        tracing::info!(step = ?journal.step, from = %journal.from, to = %journal.to, "update");
        (plan.told)(&journal, Moment::Before);
        let done = steps::take(plan, &mut journal).await;
        (plan.told)(&journal, Moment::After);
        match done {
            Ok(()) => journal.done(plan.clock.now()),
            Err(why) => {
                tracing::warn!(step = ?journal.step, why, "the update goes back, or ends here");
                journal.fail(why, plan.clock.now());
            }
        }
    }
    end(plan, &journal).await?;
    Ok(journal)
}

/// What is left to do once the end is known. Done again, it does no harm.
async fn end(plan: &Plan, journal: &Journal) -> Result<(), Trouble> {
    let journals = plan.journals();
    journals.write(journal)?;
    if !journals.history()?.iter().any(|known| known.id == journal.id) {
        note(plan, journal);
        journals.add(journal)?;
    }
    if let Some(running) = plan.places.running()
        && let Err(why) = plan.release(&running).tell().await
    {
        tracing::warn!(why, "the audit log is told when the server starts");
    }
    if !journal.expand_only
        && let Ok(layout) = Layout::of(&plan.config)
        && let Err(error) = copied::remove(&copied::super_url(&layout)).await
    {
        tracing::warn!(causes = error.causes(), "the copy of the database stays until the next update");
    }
    plan.places.remove_runner()?;
    plan.incoming().clear()
}

/// Notes for the audit log what became of it, unless nothing was changed.
fn note(plan: &Plan, journal: &Journal) {
    let Some(ended) = &journal.ended else { return };
    let action = match (ended.outcome, journal.kind) {
        (Outcome::Refused, _) => return,
        (Outcome::Done, Kind::Install) => "update.installed",
        (Outcome::Done, Kind::RollBack) => "update.rolled_back",
        (Outcome::RolledBack | Outcome::Stranded, _) => "update.failed",
    };
    let details = json!({ "from": journal.from.to_string(), "to": journal.to.to_string(), "outcome": ended.outcome, "step": journal.step });
    let (at, login, action) = (ended.at, journal.by.clone(), action.to_owned());
    if let Err(error) = Notes::of(&plan.config).add(&Note { at, login, action, details }) {
        tracing::warn!(causes = error.causes(), "the audit log cannot be told of this update; the history has it");
    }
}

/// Removes releases that are neither of these, newest first; what cannot be removed stays.
pub(super) fn prune(plan: &Plan, kept: &[&Version]) {
    for version in plan.places.laid().iter().filter(|version| !kept.contains(version)) {
        if let Err(error) = plan.places.remove(version) {
            tracing::warn!(%error, %version, "an old release could not be removed");
        }
    }
}

/// Whether a step is one of those that lead back.
pub(super) fn leads_back(step: Step) -> bool {
    step >= Step::BackStop
}
