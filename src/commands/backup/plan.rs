//! `vcconnect backup plan`: where backups go, when they are made, how many are kept.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{noting, told};
use crate::app::Outside;
use crate::commands::{Done, login, print};
use crate::domain::audit::Action;
use crate::infra::backup::plan::{self, Change};
use crate::infra::config::Config;
use crate::infra::keys::KeyFiles;
use crate::infra::services::Systemd;

#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Options {
    /// The folder of the repository: on a disk of its own or a mounted share
    #[arg(long, value_name = "DIR")]
    destination: Option<PathBuf>,
    /// Time of day, in the machine's time
    #[arg(long, value_name = "HH:MM")]
    at: Option<String>,
    /// Keep the newest set of each of so many days
    #[arg(long, value_name = "N")]
    keep_daily: Option<usize>,
    /// Keep the newest set of each of so many weeks
    #[arg(long, value_name = "N")]
    keep_weekly: Option<usize>,
    /// Keep the newest set of each of so many months
    #[arg(long, value_name = "N")]
    keep_monthly: Option<usize>,
    /// For programs
    #[arg(long)]
    pub(in crate::commands) json: bool,
}

impl Options {
    fn change(&self) -> Change {
        Change {
            destination: self.destination.clone(),
            at: self.at.clone(),
            keep_daily: self.keep_daily,
            keep_weekly: self.keep_weekly,
            keep_monthly: self.keep_monthly,
        }
    }
}

pub(super) fn run(config: &Config, outside: &Outside, options: &Options) -> Done {
    let change = options.change();
    if change.is_empty() {
        return say(config, options.json);
    }
    let now = plan::write(config, &Config::folder(), &change)?;
    let backup = &now.backup;
    let about = json!({ "destination": backup.destination, "at": backup.at, "keep_daily": backup.keep_daily,
        "keep_weekly": backup.keep_weekly, "keep_monthly": backup.keep_monthly });
    // Before there are keys there is no audit log that could be told.
    if KeyFiles::of(&now).keystore.exists() {
        noting::note(&now, &login(), Action::BackupPlanned, about)?;
        noting::deliver_if_open(&now, outside);
    }
    if plan::has_timer() {
        plan::tell_timer(Path::new(plan::UNITS), backup, &Systemd)?;
    }
    say(&now, options.json)
}

fn say(config: &Config, json: bool) -> Done {
    if json {
        return told::reply(config);
    }
    let backup = &config.backup;
    match &backup.destination {
        Some(destination) => print(&format!("Backups go to {}.", destination.display()))?,
        None => print("Backups go nowhere yet: name a folder with --destination.")?,
    }
    let days = (backup.keep_daily, backup.keep_weekly, backup.keep_monthly);
    print(&format!("Kept are the newest of {} days, {} weeks and {} months.", days.0, days.1, days.2))?;
    if plan::is_timed() {
        print(&format!("One is made each day at {}.", backup.at))?;
    } else {
        print(&format!(
            "The time is {}, but this machine has no timer of ours: have `vcconnect backup create` run then.",
            backup.at
        ))?;
    }
    match plan::warning(config) {
        Some(warning) => print(&warning),
        None => Ok(()),
    }
}
