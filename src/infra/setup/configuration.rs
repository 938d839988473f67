//! The part of the configuration that setup writes: `conf.d/50-setup.toml`. What somebody added to it stays.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Serialize;
use toml::{Table, Value};

use super::places::replace;
use crate::infra::backup::Trouble;

/// Its name in `conf.d`.
pub const PART: &str = "50-setup.toml";

const HEAD: &str =
    "# Written by `vcconnect setup`. A later file of this folder, such as 90-local.toml, comes before it.\n\n";

/// What setup decides; keys as in docs/configuration.md.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// `[server]`
    pub server: PartServer,
    /// `[tls]`
    pub tls: PartTls,
    /// `[backup]`
    pub backup: PartBackup,
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartServer {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// What people type.
    pub public_url: String,
}

/// `[tls]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartTls {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Who signed it, if people have to trust that first.
    pub authority: Option<PathBuf>,
}

/// `[backup]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PartBackup {
    /// Where backups go.
    pub destination: Option<PathBuf>,
    /// When.
    pub at: Option<String>,
}

/// What the file holds once this is in it: what is there, with the keys of setup as they are now. A file that is no TOML
/// counts as none; whoever loads the configuration has said so.
pub fn configuration_of(folder: &Path, part: &Part) -> Table {
    let present = fs::read_to_string(path_in(folder)).ok().and_then(|text| text.parse::<Table>().ok());
    let mut merged = present.unwrap_or_default();
    for (section, keys) in [("tls", &["authority"][..]), ("backup", &["destination", "at"])] {
        if let Some(table) = merged.get_mut(section).and_then(Value::as_table_mut) {
            table.retain(|key, _| !keys.contains(&key));
        }
    }
    for (section, values) in Table::try_from(part).unwrap_or_default() {
        let Value::Table(values) = values else { continue };
        match merged.get_mut(&section).and_then(Value::as_table_mut) {
            Some(table) => table.extend(values),
            None => drop(merged.insert(section, Value::Table(values))),
        }
    }
    merged.retain(|_, value| value.as_table().is_none_or(|table| !table.is_empty()));
    merged
}

/// Writes the file: whole or not at all. `false` if it held just this. It holds no secret, and everybody who runs a
/// command reads it.
pub fn write_configuration(folder: &Path, part: &Part) -> Result<bool, Trouble> {
    let path = path_in(folder);
    let merged = configuration_of(folder, part);
    let body = toml::to_string_pretty(&merged).map_err(|error| Trouble::told(error.to_string()))?;
    let text = format!("{HEAD}{body}");
    if fs::read_to_string(&path).is_ok_and(|present| present == text) {
        return Ok(false);
    }
    let failed = || Trouble::io("write", path.display());
    fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed())?;
    replace(&path, text.as_bytes(), 0o644, None).map_err(failed())?;
    Ok(true)
}

/// Whether setup wrote its part before.
pub fn is_configured(folder: &Path) -> bool {
    path_in(folder).is_file()
}

fn path_in(folder: &Path) -> PathBuf {
    folder.join("conf.d").join(PART)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(destination: Option<&str>) -> Part {
        Part {
            server: PartServer {
                listen: "0.0.0.0:443".parse().unwrap(),
                public_url: "https://atlas.fund.example".to_owned(),
            },
            tls: PartTls { certificate: "/c".into(), key: "/k".into(), authority: None },
            backup: PartBackup { destination: destination.map(Into::into), at: None },
        }
    }

    #[test]
    fn what_somebody_added_stays_and_what_setup_decides_is_new() {
        let dir = tempfile::tempdir().unwrap();
        assert!(write_configuration(dir.path(), &part(Some("/mnt/old"))).unwrap());
        assert!(!write_configuration(dir.path(), &part(Some("/mnt/old"))).unwrap(), "nothing to do");
        let path = path_in(dir.path());
        let more = fs::read_to_string(&path).unwrap().replace("[server]", "[server]\nworkers = 2");
        fs::write(&path, format!("{more}\n[accounts]\nsession_hours = 4\n")).unwrap();
        assert!(write_configuration(dir.path(), &part(None)).unwrap());
        let table: Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        assert_eq!(table["server"]["workers"].as_integer(), Some(2));
        assert_eq!(table["accounts"]["session_hours"].as_integer(), Some(4));
        assert_eq!(table.get("backup"), None, "a destination that was taken back is gone");
        fs::write(&path, "[server").unwrap();
        assert!(write_configuration(dir.path(), &part(None)).unwrap(), "what cannot be read is written anew");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
