//! A restore that goes on without the terminal that began it: as a unit of its own where systemd runs the machine,
//! otherwise as a process in a session of its own. The recovery key never stands in an argument.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use protocol::Shown;
use protocol::admin::Reply;
use vault::RecoveryKey;

use super::Options;
use crate::admin::long_of;
use crate::app::Outside;
use crate::commands::{Done, reply};
use crate::infra::backup::StateFile;
use crate::infra::config::Config;
use crate::infra::{files, host, services};

/// Where the unit finds the key: in memory, for root alone, until it has read it.
const KEY: &str = "/run/vcconnect-restore.key";
/// The unit.
const UNIT: &str = "vcconnect-restore.service";
/// How often and how long it is looked whether it has begun.
const LOOKS: u32 = 100;
const LOOK: Duration = Duration::from_millis(100);

/// Begins it, and comes back once it can be followed.
pub(super) fn begin(config: &Config, options: &Options, typed: &str) -> Done {
    // One line of it, whatever stands around it in a file; and what is no key is told here, where somebody reads it.
    let key = RecoveryKey::parse(typed)?.text();
    let state = StateFile::of(config, "restore");
    let before = state.read_live();
    if before.as_ref().is_some_and(|state| state.ended_at.is_none()) {
        return Err("a restore goes on already: `vcconnect restore status` says how far it is".into());
    }
    let program = host::program()?;
    let config_is_the_machines = config.is_of_the_machine();
    if services::runs() && config_is_the_machines {
        // What another try left, also a link of somebody, is not written through.
        files::forget(Path::new(KEY))?;
        files::write_secret(Path::new(KEY), &key)?;
        let words = words(options, Path::new(KEY), &["--forget-key-file"]);
        services::begin_apart(UNIT, &program, &words).inspect_err(|_| {
            let _ = files::forget(Path::new(KEY));
        })?;
    } else {
        let mut child = Command::new(program)
            .args(words(options, Path::new("-"), &["--own-session"]))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(key.as_bytes())?;
            input.write_all(b"\n")?;
        }
    }
    let begun = before.map(|state| state.started_at);
    for _ in 0..LOOKS {
        if state.read().map(|state| state.started_at) != begun {
            let sentence = Shown::new(
                "The restore has begun. It goes on without this terminal; `vcconnect restore status` follows it.",
            );
            return reply::print(&Reply::Well { sentence, at: Outside::system().clock.now() }, options.json);
        }
        std::thread::sleep(LOOK);
    }
    Err("the restore did not begin; nothing was changed. `journalctl -u vcconnect-restore` may say why".into())
}

/// The words of the one that does the work. Nobody is asked there, so whoever signed must be named.
fn words(options: &Options, key: &Path, more: &[&str]) -> Vec<OsString> {
    let mut words: Vec<OsString> = vec!["restore".into()];
    words.extend(options.source.iter().map(Into::into));
    for (option, value) in [("--set", &options.set), ("--verify-key", &options.verify_key)] {
        if let Some(value) = value {
            words.push(format!("{option}={value}").into());
        }
    }
    words.extend(["--recovery-key-file".into(), key.into(), "--yes".into(), "--json".into()]);
    words.extend(more.iter().map(Into::into));
    words
}

/// How far it is, or how the last one ended.
pub(super) fn status(config: &Config, json: bool) -> Done {
    let state = StateFile::of(config, "restore").read_live();
    if json {
        let result = state.as_ref().and_then(|state| state.result.as_deref()).map(Shown::new);
        return reply::print(&Reply::Restore { work: state.map(long_of), result }, true);
    }
    let said = match state {
        None => "Nothing was restored here.".to_owned(),
        Some(state) => match (state.ended_at, state.error, state.result) {
            (None, _, _) if state.total == 0 => format!("The restore goes on: {}.", state.step),
            (None, _, _) => format!("The restore goes on: {}, {} of {}.", state.step, state.done, state.total),
            (Some(at), Some(error), _) => format!("The restore failed at {}: {error}", at.format("%Y-%m-%d %H:%M UTC")),
            (Some(at), None, result) => {
                format!("The restore ended at {}. {}", at.format("%Y-%m-%d %H:%M UTC"), result.unwrap_or_default())
            }
        },
    };
    crate::commands::print(&said)
}
