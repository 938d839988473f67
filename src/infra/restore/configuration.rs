//! The configuration of the set: put into place where there is none, laid beside the present one otherwise.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use ::backup::SettingsFile;

use crate::infra::backup::Trouble;
use crate::infra::config::Config;

const INSIDE: &str = "configuration/";

/// Where the configuration went.
#[derive(Debug)]
pub enum Laid {
    /// The set has none: its installation ran on defaults and variables.
    None,
    /// It was put into place.
    InPlace(PathBuf),
    /// It lies beside the present one; these files differ or are not here.
    Beside {
        /// The folder.
        folder: PathBuf,
        /// What to compare.
        differing: Vec<String>,
    },
}

/// Lays the configuration down. One that would lead to another data folder than this restore is not put into place.
pub fn lay_configuration(config: &Config, settings: &[SettingsFile], kept_as: &str) -> Result<Laid, Trouble> {
    let files: Vec<(&str, &[u8])> =
        settings.iter().filter_map(|file| Some((file.path.strip_prefix(INSIDE)?, file.content.as_slice()))).collect();
    if files.is_empty() {
        return Ok(Laid::None);
    }
    let present = Config::folder();
    let beside = present.join(kept_as.replace("before", "restored"));
    let folder = match write(&beside, &files) {
        Ok(()) => beside,
        // The configuration's folder is often root's.
        Err(_) => {
            let folder = config.storage.data_dir.join(kept_as.replace("before", "configuration"));
            write(&folder, &files).map_err(Trouble::io("write", folder.display()))?;
            folder
        }
    };
    let empty = fs::read_dir(&present)
        .is_ok_and(|mut entries| entries.all(|entry| entry.is_ok_and(|entry| entry.path() == folder)));
    if empty && folder.parent() == Some(present.as_path()) && leads_here(config, &folder) {
        for entry in fs::read_dir(&folder).map_err(Trouble::io("list", folder.display()))?.flatten() {
            fs::rename(entry.path(), present.join(entry.file_name()))
                .map_err(Trouble::io("put into place", present.display()))?;
        }
        fs::remove_dir(&folder).map_err(Trouble::io("remove", folder.display()))?;
        return Ok(Laid::InPlace(present));
    }
    let differs = |(path, content): &(&str, &[u8])| fs::read(present.join(path)).ok().as_deref() != Some(*content);
    let differing = files.iter().filter(|file| differs(file)).map(|(path, _)| (*path).to_owned()).collect();
    Ok(Laid::Beside { folder, differing })
}

/// Whether the program would find with it what this restore puts into place.
fn leads_here(config: &Config, folder: &Path) -> bool {
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Config::from_layers(folder, variables).is_ok_and(|other| {
        let places = |config: &Config| {
            let (database, keys) = (&config.database, &config.keys);
            (
                config.storage.data_dir.clone(),
                database.dir.clone(),
                database.url.clone(),
                keys.file.clone(),
                keys.keystore.clone(),
            )
        };
        places(config) == places(&other)
    })
}

fn write(folder: &Path, files: &[(&str, &[u8])]) -> std::io::Result<()> {
    for (path, content) in files {
        let path = folder.join(path);
        fs::DirBuilder::new().recursive(true).mode(0o755).create(path.parent().unwrap_or(folder))?;
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o640).open(&path)?;
        file.write_all(content)?;
        file.sync_all()?;
    }
    Ok(())
}
