//! Configuration: embedded defaults, then `vcconnect.toml`, then `conf.d/*.toml` by name, then `VCCONNECT__SECTION__KEY`.
//!
//! Invariants: unknown keys are errors; the errors of all sections are told at once; nothing else in the program reads the environment.

mod layers;
mod limits;
mod reference;
mod sections;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use limits::is_time;
pub use reference::reference;
pub use sections::{
    Accounts, Admin, Backup, Database, Documents, Keys, Log, LogFormat, Models, Reading, Server, Storage, Tls, Update,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

const DEFAULT_DIR: &str = "/etc/vcconnect";
/// A variable that leads to other data than the services have.
const DATA_DIR: &str = "VCCONNECT__STORAGE__DATA_DIR";

/// The effective configuration.
#[derive(Debug, Clone, Serialize)]
pub struct Config {
    /// Where and how the server listens.
    pub server: Server,
    /// The certificate that browsers see.
    pub tls: Tls,
    /// Where data lies.
    pub storage: Storage,
    /// Which database.
    pub database: Database,
    /// How the keystore is unlocked.
    pub keys: Keys,
    /// The socket for the admin of the machine.
    pub admin: Admin,
    /// Sessions and passwords.
    pub accounts: Accounts,
    /// What may be uploaded.
    pub documents: Documents,
    /// The child processes that read files.
    pub reading: Reading,
    /// How long language models are waited for.
    pub models: Models,
    /// Where backups go, when, and how many are kept.
    pub backup: Backup,
    /// Where releases lie, and how long a new one may take to be healthy.
    pub update: Update,
    /// What is logged and how.
    pub log: Log,
    /// Where it was read, if it was.
    #[serde(skip)]
    folder: Option<PathBuf>,
}

/// All that is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration has {} (nothing was started):\n  {}", count(.0), .0.join("\n  "))]
pub struct ConfigError(Vec<String>);

impl ConfigError {
    /// A sentence each.
    pub fn problems(&self) -> &[String] {
        &self.0
    }
}

fn count(problems: &[String]) -> String {
    match problems.len() {
        1 => "a problem".to_owned(),
        n => format!("{n} problems"),
    }
}

/// Where the layers of a configuration come from.
#[derive(Clone)]
pub struct Layers {
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

/// Variables may hold passwords, so they do not print.
impl std::fmt::Debug for Layers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Layers").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Layers {
    /// Those of this machine.
    pub fn of_this_machine() -> Self {
        let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Self { folder: Config::folder(), variables: std::env::vars_os().filter_map(text).collect() }
    }

    /// A folder, and variables over its files.
    pub fn new(folder: PathBuf, variables: Vec<(String, String)>) -> Self {
        Self { folder, variables }
    }

    /// The folder of the files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads them.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let config = Config::from_layers(&self.folder, self.variables.iter().cloned())?;
        Ok(Config { folder: Some(self.folder.clone()), ..config })
    }

    /// Reads them as they would be if the file `conf.d/<name>` held this.
    pub fn load_with(&self, name: &str, part: &Table) -> Result<Config, ConfigError> {
        let (merged, problems) = layers::files(&self.folder, Some((name, part)));
        Config::of(merged, problems, self.variables.iter().cloned())
    }
}

impl Config {
    /// Reads all layers of this machine.
    pub fn load() -> Result<Self, ConfigError> {
        Self::load_from(&Self::folder())
    }

    /// Whether this is the configuration by which the machine's services run, and not one that a developer or a test brought.
    pub fn is_of_the_machine(&self) -> bool {
        self.folder.as_deref() == Some(Path::new(DEFAULT_DIR)) && std::env::var_os(DATA_DIR).is_none()
    }

    /// Reads the files of a folder and this process's environment.
    pub fn load_from(folder: &Path) -> Result<Self, ConfigError> {
        Layers { folder: folder.to_owned(), ..Layers::of_this_machine() }.load()
    }

    /// With the plan of backups as it is on disk now: it is changed beside a running server. One that cannot be read
    /// changes nothing.
    pub fn with_plan_of_now(&self) -> Self {
        let now = self.folder.as_deref().and_then(|folder| Self::load_from(folder).ok());
        let backup = now.map_or_else(|| self.backup.clone(), |now| now.backup);
        Self { backup, ..self.clone() }
    }

    /// The folder of this machine's configuration.
    pub fn folder() -> PathBuf {
        std::env::var_os("VCCONNECT_CONFIG_DIR").map_or_else(|| PathBuf::from(DEFAULT_DIR), PathBuf::from)
    }

    /// Reads the files in `dir` and the given environment over the defaults.
    pub fn from_layers(dir: &Path, env: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let (merged, problems) = layers::files(dir, None);
        Self::of(merged, problems, env)
    }

    fn of(
        mut merged: Table,
        mut problems: Vec<String>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        layers::environment(&mut merged, env, &mut problems);
        let mut reader = Reader { merged, problems };
        let config = Self {
            server: reader.section("server"),
            tls: reader.section("tls"),
            storage: reader.section("storage"),
            database: reader.section("database"),
            keys: reader.section("keys"),
            admin: reader.section("admin"),
            accounts: reader.section("accounts"),
            documents: reader.section("documents"),
            reading: reader.section("reading"),
            models: reader.section("models"),
            backup: reader.section("backup"),
            update: reader.section("update"),
            log: reader.section("log"),
            folder: None,
        };
        reader.refuse_unknown_sections();
        reader.problems.extend(config.contradictions());
        if reader.problems.is_empty() { Ok(config) } else { Err(ConfigError(reader.problems)) }
    }

    /// What each value on its own may be, but not here or not together.
    fn contradictions(&self) -> Vec<String> {
        [
            limits::server(&self.server, &self.tls),
            limits::database(&self.database),
            limits::admin(&self.admin, &self.storage),
            limits::accounts(&self.accounts),
            limits::documents(&self.documents),
            limits::reading(&self.reading),
            limits::models(&self.models),
            limits::backup(&self.backup),
            limits::update(&self.update),
        ]
        .concat()
    }
}

struct Reader {
    merged: Table,
    problems: Vec<String>,
}

impl Reader {
    /// A section, or its defaults and a note of what is wrong with it.
    fn section<T: DeserializeOwned + Default>(&mut self, name: &str) -> T {
        let value = self.merged.remove(name).unwrap_or_else(|| Value::Table(Table::new()));
        value.try_into().unwrap_or_else(|error: toml::de::Error| {
            self.problems.push(format!("[{name}] {}", error.message().trim()));
            T::default()
        })
    }

    fn refuse_unknown_sections(&mut self) {
        for name in self.merged.keys() {
            self.problems.push(format!("[{name}] is not a section of this configuration"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(files: &[(&str, &str)], env: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("conf.d")).unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        Config::from_layers(dir.path(), env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn defaults_stand_alone() {
        let config = load(&[], &[]).unwrap();
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database.url, None);
    }

    #[test]
    fn later_layers_win() {
        let files = [
            ("vcconnect.toml", "[accounts]\nsession_hours = 3\npassword_hash_memory_mib = 64"),
            ("conf.d/20-b.toml", "[accounts]\nsession_hours = 5"),
            ("conf.d/10-a.toml", "[accounts]\nsession_hours = 4"),
        ];
        let config = load(&files, &[("VCCONNECT__ACCOUNTS__SESSION_IDLE_MINUTES", "7")]).unwrap();
        assert_eq!(config.accounts.session_hours, 5);
        assert_eq!(config.accounts.password_hash_memory_mib, 64);
        assert_eq!(config.accounts.session_idle_minutes, 7);
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let files = [("vcconnect.toml", "[server]\nlisten = \"nowhere\"\n[storage]\ndata = 1\n[bakery]\n")];
        let message = load(&files, &[("VCCONNECT__LOG__FORMAT", "xml")]).unwrap_err().to_string();
        for part in ["4 problems", "[server]", "[storage]", "[bakery]", "[log]"] {
            assert!(message.contains(part), "{part} in {message}");
        }
    }

    #[test]
    fn a_broken_file_is_named() {
        let message = load(&[("conf.d/x.toml", "[server")], &[]).unwrap_err().to_string();
        assert!(message.contains("x.toml"), "{message}");
    }

    fn problem(name: &str, value: &str) -> String {
        load(&[], &[(name, value)]).unwrap_err().to_string()
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for url in ["http://atlas.fund.example", "http://localhost.evil.example", "ftp://localhost", "atlas", ""] {
            let message = problem("VCCONNECT__SERVER__PUBLIC_URL", url);
            assert!(message.contains("server.public_url"), "{url}: {message}");
        }
        for url in ["https://atlas.fund.example/", "https://atlas.fund.example/desk", "https://u:p@atlas.example"] {
            assert!(problem("VCCONNECT__SERVER__PUBLIC_URL", url).contains("nothing behind the host"), "{url}");
        }
        assert!(problem("VCCONNECT__SERVER__LISTEN", "0.0.0.0:8080").contains("server.listen"));
        load(&[], &[("VCCONNECT__SERVER__PUBLIC_URL", "https://atlas.fund.example:8443")]).unwrap();
    }

    #[test]
    fn values_that_would_do_harm_are_refused() {
        let cases = [
            ("VCCONNECT__ACCOUNTS__SESSION_HOURS", "99999999"),
            ("VCCONNECT__ACCOUNTS__SESSION_IDLE_MINUTES", "1"),
            ("VCCONNECT__ACCOUNTS__PASSWORD_HASH_MEMORY_MIB", "8"),
            ("VCCONNECT__DATABASE__POOL_SIZE", "0"),
            ("VCCONNECT__DOCUMENTS__PAGE_IMAGES_MIB", "0"),
            ("VCCONNECT__DATABASE__OWNER_URL", "postgres:///x"),
            ("VCCONNECT__DATABASE__URL", ""),
            ("VCCONNECT__BACKUP__KEEP_DAILY", "0"),
            ("VCCONNECT__BACKUP__AT", "24:00"),
            ("VCCONNECT__BACKUP__AT", "2:30pm"),
            ("VCCONNECT__BACKUP__DESTINATION", "backups"),
            ("VCCONNECT__UPDATE__HEALTH_SECONDS", "1"),
            ("VCCONNECT__UPDATE__DIR", "updates"),
        ];
        for (name, value) in cases {
            let key = name.rsplit("__").next().unwrap().to_lowercase();
            assert!(problem(name, value).contains(&key), "{name}={value}");
        }
    }

    #[test]
    fn the_reference_names_every_key_and_its_complete_file_loads() {
        let reference = include_str!("../../../docs/configuration.md");
        let file = reference.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        load(&[("vcconnect.toml", file)], &[]).unwrap();
        for (section, keys) in Table::try_from(load(&[], &[]).unwrap()).unwrap() {
            let of_section = file.split(&format!("[{section}]")).nth(1).unwrap().split("\n[").next().unwrap();
            for key in keys.as_table().unwrap().keys() {
                assert!(of_section.contains(&format!("{key} =")), "{section}.{key}");
            }
        }
    }

    #[test]
    fn a_folder_of_parts_that_is_a_file_is_told() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("conf.d"), "").unwrap();
        let message = Config::from_layers(dir.path(), std::iter::empty()).unwrap_err().to_string();
        assert!(message.contains("conf.d"), "{message}");
    }
}
