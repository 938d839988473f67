//! Prepares the folder of a test copy, so that what fills it knows no other data folder, database, socket or key.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, Utc};
use toml::{Table, Value};

use crate::infra::backup::Trouble;
use crate::infra::config::Config;
use crate::infra::host;
use crate::infra::test_copy::TestCopy;

/// Where the copy's server listens, unless somebody changes its configuration.
const LISTEN: &str = "127.0.0.1:8090";
const URL: &str = "http://localhost:8090";

/// How variables begin that say something of an installation.
const OURS: &str = "VCCONNECT_";

/// The folder of a copy.
#[derive(Debug)]
pub struct Apart {
    /// Its configuration.
    pub configuration: PathBuf,
}

/// Makes the folder with the mark of a test copy and a configuration of its own. Never over something that is there.
pub fn apart(config: &Config, dir: &Path, source: &Path, set: &str, now: DateTime<Utc>) -> Result<Apart, Trouble> {
    let refuse = |why: &str| Trouble::told(format!("{why} Nothing was changed: name a folder that is not there yet."));
    if !dir.is_absolute() {
        return Err(refuse("--data-dir is no full path."));
    }
    let parent = dir.parent().and_then(|parent| parent.canonicalize().ok());
    let (Some(parent), Some(name)) = (parent, dir.file_name()) else {
        return Err(refuse("The folder in which --data-dir would be made is not there."));
    };
    let dir = parent.join(name);
    if fs::read_dir(&dir).is_ok_and(|mut entries| entries.next().is_some()) || dir.is_file() || dir.is_symlink() {
        return Err(refuse("There is something in --data-dir already."));
    }
    let live =
        [Some(config.storage.data_dir.as_path()), config.database.dir.as_deref(), config.backup.destination.as_deref()];
    for taken in live.into_iter().flatten().chain([source]) {
        let taken = taken.canonicalize().unwrap_or_else(|_| taken.to_owned());
        if dir.starts_with(&taken) || taken.starts_with(&dir) {
            return Err(refuse("--data-dir lies in a folder of this installation, or around one."));
        }
    }
    let configuration = dir.join("configuration");
    // The database's user must come through; nobody else can list it.
    DirBuilder::new().recursive(true).mode(0o711).create(&configuration).map_err(Trouble::io("make", dir.display()))?;
    let file = configuration.join("vcconnect.toml");
    fs::write(&file, text(config, &dir)?).map_err(Trouble::io("write", file.display()))?;
    let mark = TestCopy { source: format!("the set {set}"), made_at: now };
    mark.mark(&dir).map_err(Trouble::io("mark", dir.display()))?;
    Ok(Apart { configuration })
}

fn text(config: &Config, dir: &Path) -> Result<String, Trouble> {
    let section = |keys: Vec<(&str, String)>| {
        Value::Table(keys.into_iter().map(|(key, text)| (key.to_owned(), Value::String(text))).collect())
    };
    let mut database = vec![("run_as", config.database.run_as.clone())];
    database.extend(config.database.bin_dir.as_ref().map(|path| ("bin_dir", path.display().to_string())));
    let mut file = Table::new();
    file.insert("storage".to_owned(), section(vec![("data_dir", dir.display().to_string())]));
    file.insert("server".to_owned(), section(vec![("listen", LISTEN.to_owned()), ("public_url", URL.to_owned())]));
    file.insert("database".to_owned(), section(database));
    toml::to_string(&file).map_err(|error| Trouble::told(error.to_string()))
}

impl Apart {
    /// This program, with the copy's configuration and none of ours.
    pub fn program(&self) -> Result<Command, Trouble> {
        let mut command = Command::new(host::program().map_err(Trouble::io("find", "this program"))?);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(OURS)) {
            command.env_remove(name);
        }
        command.env("VCCONNECT_CONFIG_DIR", &self.configuration);
        Ok(command)
    }
}
