//! Questions about backups. Making and reading one takes long and needs no server, so it is a process of its own
//! (`infra/backup/asked.rs`), which goes on when the server or the one who asked is gone; everybody follows it by the file
//! in which it says how far it is.

use std::time::Duration;

use protocol::Shown;
use protocol::admin::{Ask, Backup, BackupPlan, BackupState, Long, Progress, Proof, Reply};

use crate::base::{Ctx, Error, ErrorCode, Login, Result};
use crate::infra::alone;
use crate::infra::backup::{Asked, AskedFile, BackupPlace, Listed, State, StateFile, Wanted, a_unit_waits};
use crate::infra::config::Config;

/// How often and how long it is looked whether work has begun.
const LOOKS: usize = 50;
const LOOK: Duration = Duration::from_millis(100);

const NOBODY_BEGAN: &str = "The unit that makes backups did not begin, and nothing was written. `systemctl status \
                            vcconnect-backup.path vcconnect-backup.service` says why.";
const BY_ROOT: &str =
    "The server may not write its own configuration. Nothing was changed: run `sudo vcconnect backup plan`.";

/// Kinds of work on backups, by the names of their state files.
const KINDS: [&str; 2] = ["backup", "verify"];

pub(super) async fn answer(config: &Config, cx: &Ctx, ask: Ask) -> Result<Reply> {
    cx.require_console()?;
    match ask {
        Ask::CreateBackup => start(config, cx, Wanted::Create).await?,
        Ask::PlanBackups { .. } => return Err(Error::new(ErrorCode::WrongState, BY_ROOT)),
        Ask::VerifyBackup { set } => start(config, cx, Wanted::Verify(set)).await?,
        _ => {}
    }
    let config = config.clone();
    tokio::task::spawn_blocking(move || listed(&config)).await.map_err(Error::internal)
}

/// Starts the work and waits until it says that it has begun.
async fn start(config: &Config, cx: &Ctx, what: Wanted) -> Result<()> {
    let before = under_way(config);
    if before.as_ref().is_some_and(|state| state.ended_at.is_none()) {
        return Err(Error::new(
            ErrorCode::WrongState,
            "A backup is being made or read at this moment. Follow that one.",
        ));
    }
    let login = cx.login.unwrap_or(Login::new("")).name().to_owned();
    let (file, by_a_unit) = (AskedFile::of(config), a_unit_waits());
    file.put(&Asked { what, login }).map_err(Error::internal)?;
    if !by_a_unit {
        alone::start(&["backup", "asked"]).inspect_err(|_| file.withdraw())?;
    }
    let begun = before.map(|state| state.started_at);
    for _ in 0..LOOKS {
        if under_way(config).map(|state| state.started_at) != begun {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    if file.waits() {
        file.withdraw();
        return Err(Error::new(ErrorCode::Unavailable, NOBODY_BEGAN));
    }
    Ok(())
}

/// The newest of what is going on or was last.
fn under_way(config: &Config) -> Option<State> {
    let states = KINDS.into_iter().filter_map(|kind| StateFile::of(config, kind).read_live());
    states.max_by_key(|state| state.started_at)
}

/// The sets that there are, newest first, and where they go.
pub fn listed(config: &Config) -> Reply {
    let config = &config.with_plan_of_now();
    let place = BackupPlace::of(config);
    let (sets, fault) = match place.existing().and_then(|repository| Ok(repository.sets()?)) {
        Ok(sets) => (sets, None),
        Err(trouble) if place.is_begun() => (Vec::new(), Some(trouble.to_string())),
        Err(_) => (Vec::new(), None),
    };
    let plan = BackupPlan {
        destination: place.destination.as_ref().map(|path| Shown::new(&path.display().to_string())),
        at: Some(Shown::new(&config.backup.at)),
        next: None,
        warning: fault.or_else(|| place.unprotected()).map(|sentence| Shown::new(&sentence)),
    };
    Reply::Backups { sets: sets.into_iter().rev().map(set).collect(), plan, work: under_way(config).map(long) }
}

/// The newest set, if there is one.
pub(super) fn newest(config: &Config) -> Option<Backup> {
    crate::infra::backup::last_set(&BackupPlace::of(&config.with_plan_of_now())).map(set)
}

fn set(listed: Listed) -> Backup {
    let at = listed.id.at();
    let proof = listed.verified_at.map_or(Proof::None, Proof::Verified);
    match listed.manifest {
        Ok(manifest) => {
            let missing = manifest.missing.len();
            let state = match missing {
                0 => BackupState::Whole,
                count => BackupState::Incomplete(Shown::new(&format!("{count} document(s) had a row and no file"))),
            };
            Backup {
                set: Shown::new(listed.id.as_str()),
                at,
                bytes: manifest.objects.iter().map(|object| object.bytes).sum(),
                files: manifest.blobs.len() as u64,
                version: Shown::new(&manifest.contents.program),
                state,
                proof,
            }
        }
        Err(fault) => Backup {
            set: Shown::new(listed.id.as_str()),
            at,
            bytes: 0,
            files: 0,
            version: Shown::default(),
            state: BackupState::Damaged(Shown::new(&fault.to_string())),
            proof,
        },
    }
}

/// How far long work is.
pub fn long(state: State) -> Long {
    let progress = state.ended_at.is_none().then(|| Progress {
        step: Shown::new(&state.step),
        done: state.done,
        total: (state.total > 0).then_some(state.total),
    });
    Long {
        what: Shown::new(&state.what),
        since: state.started_at,
        progress,
        ended: state.ended_at,
        failed: state.error.as_deref().map(Shown::new),
    }
}
