//! The plan of backups: where they go, when, how many are kept. It is a file of the configuration of its own, written
//! whole or not at all, and two small files that tell systemd.
//!
//! Called by `commands` and by setup. Whoever may not write the configuration changes nothing.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use toml::{Table, Value};

use super::place::BackupPlace;
use super::trouble::Trouble;
use crate::infra::config::{Backup, Config};
use crate::infra::files;
use crate::infra::host;
use crate::infra::services::{self, Services};

/// Its place in the configuration's folder. What a later file or the environment says wins over it.
const FILE: &str = "conf.d/60-backup.toml";
const HEAD: &str =
    "# Where backups go and when. Written by `vcconnect backup plan`; what you change here is kept until then.\n";
/// Where systemd looks for what a machine adds to units.
pub const UNITS: &str = "/etc/systemd/system";
/// The timer as the package brings it.
const TIMER: &str = "/usr/lib/systemd/system/vcconnect-backup.timer";
/// Asks the kernel whether a user may write somewhere, mounts and all.
const TEST: &str = "/usr/bin/test";

/// What is to be different. What is not said stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The folder.
    pub destination: Option<PathBuf>,
    /// Time of day, `HH:MM`, in the machine's time.
    pub at: Option<String>,
    /// Days of which one set is kept.
    pub keep_daily: Option<usize>,
    /// Weeks of which one set is kept.
    pub keep_weekly: Option<usize>,
    /// Months of which one set is kept.
    pub keep_monthly: Option<usize>,
}

impl Change {
    /// Whether anything is to be different.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Writes a plan into the configuration in `folder`, and gives the configuration as it is then. Nothing is changed where
/// the destination cannot be used, or where something else would win over the file.
pub fn write(config: &Config, folder: &Path, change: &Change) -> Result<Config, Trouble> {
    if let Some(destination) = &change.destination {
        look_at(destination, config)?;
    }
    let path = folder.join(FILE);
    let before = match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(refused(&path)(error)),
    };
    let text = HEAD.to_owned() + &planned(before.as_deref(), change, &path)?;
    put(&path, &text).map_err(refused(&path))?;
    let after = Config::load_from(folder).map_err(|error| Trouble::told(error.to_string()));
    let after = after.and_then(|after| holds(&after.backup, change).map(|()| after));
    if after.is_err() {
        match &before {
            Some(text) => put(&path, text),
            None => fs::remove_file(&path),
        }
        .map_err(refused(&path))?;
    }
    after
}

/// Whether backups can go there.
fn look_at(destination: &Path, config: &Config) -> Result<(), Trouble> {
    let shown = crate::infra::files::printable(&destination.display().to_string());
    let refuse = |why: String| Err(Trouble::told(format!("{why} Nothing was changed.")));
    if !destination.is_absolute() {
        return refuse(format!("{shown} is no full path."));
    }
    match fs::metadata(destination) {
        Ok(meta) if meta.is_dir() => {}
        Ok(_) => return refuse(format!("{shown} is no folder.")),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return refuse(format!(
                "{shown} is not there: mount the disk or share, and make a folder for this server in it."
            ));
        }
        Err(error) => return refuse(format!("{shown} cannot be looked at ({error}).")),
    }
    match server_may_write(destination, &config.storage.data_dir) {
        Ok(true) => Ok(()),
        Ok(false) => refuse(format!(
            "The server's user may not write to {shown}: give the folder to the owner of {} (chown).",
            config.storage.data_dir.display()
        )),
        Err(error) => refuse(format!("Whether the server's user may write to {shown} cannot be found out ({error}).")),
    }
}

/// Asked of the kernel as whom the data folder belongs to.
fn server_may_write(folder: &Path, data_dir: &Path) -> std::io::Result<bool> {
    let mut test = Command::new(TEST);
    test.arg("-w").arg(folder).args(["-a", "-x"]).arg(folder);
    test.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(owner) = fs::metadata(data_dir).ok().filter(|owner| owner.uid() != host::user_id()) {
        test.uid(owner.uid()).gid(owner.gid());
    }
    Ok(test.status()?.success())
}

/// The file with the change in it. Keys of others stay.
fn planned(before: Option<&str>, change: &Change, path: &Path) -> Result<String, Trouble> {
    let unreadable = |_| Trouble::told(format!("{} cannot be read as TOML; mend or remove it first", path.display()));
    let mut file: Table = before.unwrap_or_default().parse().map_err(unreadable)?;
    let section = file.entry("backup").or_insert_with(|| Value::Table(Table::new()));
    let section = section
        .as_table_mut()
        .ok_or_else(|| Trouble::told(format!("backup is no section in {}; mend or remove it first", path.display())))?;
    let destination = change.destination.as_ref().map(|path| path.display().to_string());
    for (key, text) in [("destination", destination.as_ref()), ("at", change.at.as_ref())] {
        if let Some(text) = text {
            section.insert(key.to_owned(), Value::String(text.clone()));
        }
    }
    let keep = [change.keep_daily, change.keep_weekly, change.keep_monthly];
    for (key, count) in ["keep_daily", "keep_weekly", "keep_monthly"].into_iter().zip(keep) {
        if let Some(count) = count {
            section.insert(key.to_owned(), Value::Integer(i64::try_from(count).unwrap_or(i64::MAX)));
        }
    }
    toml::to_string(&file).map_err(|error| Trouble::told(error.to_string()))
}

/// Whether the configuration is as was asked for.
fn holds(now: &Backup, change: &Change) -> Result<(), Trouble> {
    let same = |asked: Option<usize>, now: usize| asked.is_none_or(|asked| asked == now);
    let won = change.destination.is_some() && change.destination != now.destination
        || change.at.as_ref().is_some_and(|at| *at != now.at)
        || !same(change.keep_daily, now.keep_daily)
        || !same(change.keep_weekly, now.keep_weekly)
        || !same(change.keep_monthly, now.keep_monthly);
    if won {
        return Err(Trouble::told(format!(
            "something wins over {FILE}: another file of conf.d that comes after it, or a variable VCCONNECT__BACKUP__… . \
             Nothing was changed; take it away there first"
        )));
    }
    Ok(())
}

/// Replaces a file whole. Everybody may read it: it holds no secret.
fn put(path: &Path, text: &str) -> std::io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
    files::replace(path, text.as_bytes(), 0o644, |_| Ok(()))
}

fn refused(path: &Path) -> impl Fn(std::io::Error) -> Trouble + use<> {
    let path = path.to_owned();
    move |error| match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Trouble::told(format!(
            "only root may change {}. Nothing was changed: run `sudo vcconnect backup plan`",
            path.display()
        )),
        _ => Trouble::told(format!("cannot write {}: {error}", path.display())),
    }
}

/// Tells systemd when the package's timer makes backups, and that they may be written there. Below `units` lies what the
/// machine adds to units ([`UNITS`]). A timer that runs takes the new time up at once.
pub fn tell_timer(units: &Path, backup: &Backup, services: &dyn Services) -> Result<(), Trouble> {
    let at = format!("[Timer]\nOnCalendar=\nOnCalendar=*-*-* {}:00\n", backup.at);
    let place = units.join(format!("{}.d/at.conf", services::BACKUP_TIMER));
    put(&place, &at).map_err(refused(&place))?;
    if let Some(destination) = &backup.destination {
        let place = units.join(format!("{}.d/destination.conf", services::BACKUP));
        put(&place, &format!("[Service]\nReadWritePaths={}\n", quoted(destination))).map_err(refused(&place))?;
    }
    let told = |error: services::ServiceError| Trouble::told(error.to_string());
    services.reread().map_err(told)?;
    if services.is_active(services::BACKUP_TIMER) {
        services.restart(services::BACKUP_TIMER).map_err(told)
    } else {
        Ok(())
    }
}

/// As systemd reads a path: it may be away when the unit starts, and nothing in it is a specifier or ends the word.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    format!("\"-{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%"))
}

/// Whether the package's timer makes backups here.
pub fn is_timed() -> bool {
    services::runs() && Path::new(TIMER).exists()
}

/// Whether that timer is to be told, and we may tell it.
pub fn has_timer() -> bool {
    is_timed() && host::user_id() == 0
}

/// Why the destination protects less than it seems, if it does.
pub fn warning(config: &Config) -> Option<String> {
    BackupPlace::of(config).unprotected()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infra::services::double::Remembers;

    #[test]
    fn the_timer_gets_one_time_and_takes_it_up_if_it_runs() {
        let dir = tempfile::tempdir().unwrap();
        let destination = Some(PathBuf::from("/mnt/a \"b\" 100%"));
        let backup = Backup { at: "03:15".to_owned(), destination, ..Backup::default() };
        for (runs, asked) in [(false, vec!["reread"]), (true, vec!["reread", "restart vcconnect-backup.timer"])] {
            let services = Remembers::new(runs);
            tell_timer(dir.path(), &backup, &services).unwrap();
            assert_eq!(services.asked(), asked);
        }
        let read = |path: &str| fs::read_to_string(dir.path().join(path)).unwrap();
        assert_eq!(read("vcconnect-backup.timer.d/at.conf"), "[Timer]\nOnCalendar=\nOnCalendar=*-*-* 03:15:00\n");
        assert_eq!(
            read("vcconnect-backup.service.d/destination.conf"),
            "[Service]\nReadWritePaths=\"-/mnt/a \\\"b\\\" 100%%\"\n"
        );
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let change = Change { at: Some("04:00".to_owned()), ..Change::default() };
        let before = "[backup]\nat = \"02:00\"\nkeep_daily = 9\n[log]\nfilter = \"warn\"\n";
        let text = planned(Some(before), &change, Path::new("x")).unwrap();
        let table: Table = text.parse().unwrap();
        assert_eq!(table["backup"]["at"].as_str(), Some("04:00"));
        assert_eq!(table["backup"]["keep_daily"].as_integer(), Some(9));
        assert_eq!(table["log"]["filter"].as_str(), Some("warn"));
        assert!(planned(Some("backup = 1"), &change, Path::new("x")).is_err());
    }
}
