//! `vcconnect backup`: makes, lists, verifies and removes sets. Works beside a running server, and while the keystore is
//! sealed.

mod following;
mod noting;
mod plan;
mod told;

use std::sync::Arc;

use ::backup::{BackupError, Keep, Repository, SetId, Verdict};
use clap::Subcommand;
use serde_json::json;

use super::{Done, Failure, login};
use crate::app::Outside;
use crate::domain::audit::Action;
use crate::infra::backup::{self, Asked, AskedFile, BackupPlace, Trouble, Wanted};
use crate::infra::config::Config;
use crate::infra::entropy;
use crate::infra::ownership::become_owner;
pub(super) use following::{Following, follow, follow_on};
pub(super) use noting::deliver_if_open;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Make a set, then remove what is not kept
    Create {
        /// For programs: a JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Say which sets there are
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Read a set again and compare every object with what was signed
    Verify {
        /// Which set; the newest unless said
        set: Option<String>,
        /// The newest set
        #[arg(long, conflicts_with = "set")]
        latest: bool,
        /// For programs: a JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Remove what is not kept
    Prune {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Say where backups go, when, and how many are kept; or change that
    Plan(plan::Options),
    /// Do what somebody asked the server for; without that, make a set
    #[command(hide = true)]
    Asked,
}

impl Verb {
    /// Whether a program reads what is printed.
    pub(in crate::commands) fn json(&self) -> bool {
        match self {
            Self::Create { json } | Self::List { json } | Self::Verify { json, .. } | Self::Prune { json } => *json,
            Self::Plan(options) => options.json,
            Self::Asked => false,
        }
    }
}

pub(super) fn run(config: &Config, verb: &Verb) -> Done {
    // The configuration is root's; everything else here is the server's.
    if !matches!(verb, Verb::Plan(_)) {
        become_owner(config)?;
    }
    obey(config, &Outside::system(), verb)
}

fn obey(config: &Config, outside: &Outside, verb: &Verb) -> Done {
    match verb {
        Verb::Create { json } => create(config, outside, &login(), *json),
        Verb::List { json } => told::list(config, *json),
        Verb::Verify { set, latest: _, json } => verify(config, outside, &login(), set.as_deref(), *json),
        Verb::Prune { json } => {
            let place = BackupPlace::of(config);
            let removed = prune(config, outside, &login(), &place.existing()?)?;
            noting::deliver_if_open(config, outside);
            told::removed(&removed, *json)
        }
        Verb::Plan(options) => plan::run(config, outside, options),
        Verb::Asked => match AskedFile::of(config).take()? {
            Some(Asked { what: Wanted::Create, login }) => create(config, outside, &login, false),
            Some(Asked { what: Wanted::Verify(set), login }) => verify(config, outside, &login, Some(&set), false),
            None => create(config, outside, &login(), false),
        },
    }
}

fn create(config: &Config, outside: &Outside, login: &str, json: bool) -> Done {
    let place = BackupPlace::of(config);
    let following = Following::new(config, "backup", outside, json);
    let began_at = outside.clock.now();
    let made = follow(&following, async {
        place.destination()?;
        let random = entropy::random(outside.entropy.as_ref())?;
        let id = match place.existing() {
            Ok(repository) => repository.next_set(began_at, random)?,
            Err(_) => SetId::new(began_at, random),
        };
        following.about(&id);
        let made = backup::make(config, Arc::clone(&outside.clock), id, following.clone()).await?;
        let manifest = &made.manifest;
        let about = json!({ "set": manifest.set, "bytes": manifest.bytes(), "files": manifest.blobs.len(),
            "missing": manifest.missing.len() });
        noting::note(config, login, Action::BackupMade, about)?;
        Ok(made)
    })?;
    let removed = prune(config, outside, login, &place.existing()?)?;
    noting::deliver_if_open(config, outside);
    let said = told::made(&place, &made, &removed, json);
    if json {
        told::reply(config)?;
    }
    said
}

/// Removes what the configuration does not keep, and notes it for the audit log.
fn prune(
    config: &Config,
    outside: &Outside,
    login: &str,
    repository: &Repository,
) -> Result<::backup::Pruned, Failure> {
    let _lock = repository.lock()?;
    let pruned = repository.prune(Keep::from(config), outside.clock.now())?;
    for set in &pruned.sets {
        noting::note(config, login, Action::BackupRemoved, json!({ "set": set }))?;
    }
    Ok(pruned)
}

fn verify(config: &Config, outside: &Outside, login: &str, set: Option<&str>, json: bool) -> Done {
    let place = BackupPlace::of(config);
    let following = Following::new(config, "verify", outside, json);
    let verdict = follow(&following, async {
        let repository = place.existing()?;
        let lock = match repository.lock() {
            Err(busy @ BackupError::Busy(_)) => return Err(busy.into()),
            // A place that can only be read has no lock, and nobody who writes.
            lock => lock.ok(),
        };
        let id = find(&repository, set)?;
        following.about(&id);
        let (watch, now) = (Arc::clone(&following), outside.clock.now());
        let printed = place.signing_key()?.verify_key();
        let read = move || repository.verify(&id, Some(&printed), now, watch.as_ref());
        let joined = tokio::task::spawn_blocking(read).await;
        let verdict = joined.map_err(|error| Trouble::told(format!("reading broke down ({error})")))??;
        let about = json!({ "set": verdict.id, "objects": verdict.objects, "bytes": verdict.bytes,
            "whole": verdict.is_whole() });
        drop(lock);
        noting::note(config, login, Action::BackupVerified, about)?;
        Ok::<Verdict, Trouble>(verdict)
    })?;
    noting::deliver_if_open(config, outside);
    let said = told::verified(&verdict, json);
    if json {
        told::reply(config)?;
    }
    said
}

/// The set that somebody named, or the newest.
fn find(repository: &Repository, set: Option<&str>) -> Result<SetId, Trouble> {
    let ids = repository.ids()?;
    let found = match set {
        Some(text) => ids.into_iter().find(|id| id.as_str() == text),
        None => ids.into_iter().next_back(),
    };
    found.ok_or_else(|| match set {
        Some(text) => BackupError::NoSuchSet(crate::infra::files::printable(text)).into(),
        None => Trouble::told(format!("there is no set in {} yet: run `vcconnect backup create`", repository.place())),
    })
}
