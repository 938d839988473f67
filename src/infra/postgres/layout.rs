//! Where the private cluster lies and which of the installed servers fits it.

use std::path::{Path, PathBuf};

use crate::infra::config::Config;

/// Oldest and newest major version that the program is tested with.
const SUPPORTED: std::ops::RangeInclusive<u32> = 15..=17;
const DISTRIBUTION: &str = "/usr/lib/postgresql";
/// `sockaddr_un` holds 107 bytes and a terminator; the socket's own name follows the folder's.
const SOCKET_PATH_LIMIT: usize = 107;
const SOCKET_NAME: &str = "/.s.PGSQL.5432";

/// Name of the database inside the cluster.
pub const DATABASE: &str = "vcconnect";

/// Why the private Postgres cannot be prepared or started. Each says what is safe and what to do.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// No server program.
    #[error(
        "no PostgreSQL server is installed under {0}; install the distribution's package: apt-get install postgresql"
    )]
    NotInstalled(PathBuf),
    /// The data belongs to a major version that is not installed, or not the one named.
    #[error(
        "the data in {dir} was written by PostgreSQL {found}, and the installed server is {installed}. Nothing was changed. \
         Install postgresql-{found} and start again; moving the data to another major version is a step of its own"
    )]
    OtherMajor {
        /// Folder of the clusters.
        dir: PathBuf,
        /// Major version of the data.
        found: u32,
        /// Major versions of the installed servers.
        installed: String,
    },
    /// A client program is missing.
    #[error(
        "{name} of PostgreSQL {major} is not installed under {DISTRIBUTION}: apt-get install postgresql-client-{major}"
    )]
    NoClient {
        /// Which program.
        name: String,
        /// For which major version.
        major: u32,
    },
    /// Only unsupported servers are installed.
    #[error("PostgreSQL {installed} is installed; this version works with {} to {}", SUPPORTED.start(), SUPPORTED.end())]
    Unsupported {
        /// Major versions of the installed servers.
        installed: String,
    },
    /// The socket's path does not fit.
    #[error(
        "the socket path {0} is longer than {SOCKET_PATH_LIMIT} bytes; set database.socket_dir to a shorter folder"
    )]
    SocketPathTooLong(PathBuf),
    /// The system user to drop to does not exist.
    #[error("started by root, Postgres runs as the system user {0:?}, which does not exist; set database.run_as")]
    NoSuchUser(String),
    /// The user cannot get to the folder.
    #[error("the user {user:?} cannot enter {dir}; choose another storage.data_dir, or allow it with chmod o+x")]
    NotTraversable {
        /// System user.
        user: String,
        /// First folder on the way that is closed.
        dir: PathBuf,
    },
    /// An external server is configured.
    #[error("database.url names an external server, so there is no private one to run")]
    External,
    /// A program of the server failed.
    #[error("{program} failed: {output}")]
    Program {
        /// Which.
        program: &'static str,
        /// What it said.
        output: String,
    },
    /// The system refused something.
    #[error("cannot {what} {path}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// With which file or program.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
}

impl PostgresError {
    pub(super) fn io(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source }
    }
}

/// Who connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The server: reads and writes rows, adds to the audit log.
    App,
    /// Migrations: owns the schema.
    Owner,
    /// Backups: reads everything.
    Backup,
    /// The cluster's superuser, for a person with a shell.
    Super,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::App, Self::Owner, Self::Backup, Self::Super];

    /// Its name in Postgres.
    pub const fn name(self) -> &'static str {
        match self {
            Self::App => "vcc_app",
            Self::Owner => "vcc_owner",
            Self::Backup => "vcc_backup",
            Self::Super => "vcc_super",
        }
    }
}

/// The paths of the private cluster.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Folder with one cluster per major version.
    pub dir: PathBuf,
    /// Folder of the socket.
    pub socket_dir: PathBuf,
    bin_dir: Option<PathBuf>,
}

/// One installed server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) major: u32,
    pub(super) bin: PathBuf,
}

impl Layout {
    /// The paths that the configuration names, or the usual ones.
    pub fn of(config: &Config) -> Result<Self, PostgresError> {
        if config.database.url.is_some() {
            return Err(PostgresError::External);
        }
        let database = &config.database;
        let layout = Self {
            dir: database.dir.clone().unwrap_or_else(|| config.storage.data_dir.join("postgres")),
            socket_dir: database.socket_dir.clone().unwrap_or_else(|| config.storage.data_dir.join("run")),
            bin_dir: database.bin_dir.clone(),
        };
        if layout.socket_dir.as_os_str().len() + SOCKET_NAME.len() > SOCKET_PATH_LIMIT {
            return Err(PostgresError::SocketPathTooLong(layout.socket_dir));
        }
        Ok(layout)
    }

    /// Connection URL for a role. There is no password: the server asks the kernel who connects.
    pub fn url(&self, role: Role) -> String {
        self.url_of(role, DATABASE)
    }

    /// The same for another database of the cluster.
    pub fn url_of(&self, role: Role, database: &str) -> String {
        let host = percent_encode(&self.socket_dir.to_string_lossy());
        format!("postgres:///{database}?host={host}&user={}", role.name())
    }

    /// Major version of the data that is here, or that new data would have.
    pub fn major(&self) -> Result<u32, PostgresError> {
        Ok(self.server()?.major)
    }

    /// Folder of the data that is here, or that new data would have.
    pub fn cluster_in_use(&self) -> Result<PathBuf, PostgresError> {
        Ok(self.cluster(&self.server()?))
    }

    /// Whether a Postgres runs on the data that is here, as the file says that it leaves there while it runs.
    pub fn is_running(&self) -> bool {
        let Ok(cluster) = self.cluster_in_use() else { return false };
        let file = std::fs::read_to_string(cluster.join("postmaster.pid")).unwrap_or_default();
        let Some(pid) = file.lines().next().and_then(|line| line.trim().parse::<u32>().ok()) else { return false };
        // After a power cut the number may be somebody else's.
        std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres")
    }

    /// The cluster of a server's major version.
    pub(super) fn cluster(&self, server: &Server) -> PathBuf {
        self.dir.join(server.major.to_string())
    }

    /// The installed server that fits the data, or the newest supported one if there is no data yet.
    pub(super) fn server(&self) -> Result<Server, PostgresError> {
        choose(&self.dir, &self.installed()?, &clusters(&self.dir))
    }

    fn installed(&self) -> Result<Vec<Server>, PostgresError> {
        let found = match &self.bin_dir {
            Some(bin) => vec![Server { major: major_of(bin)?, bin: bin.clone() }],
            None => distribution_servers(Path::new(DISTRIBUTION)),
        };
        if found.is_empty() { Err(PostgresError::NotInstalled(PathBuf::from(DISTRIBUTION))) } else { Ok(found) }
    }
}

/// A client program of PostgreSQL (`pg_dump`, `psql`) that fits a server of this major version or is newer.
pub fn client(config: &Config, major: u32, name: &str) -> Result<PathBuf, PostgresError> {
    let installed = match &config.database.bin_dir {
        Some(bin) => vec![Server { major: major_of(bin)?, bin: bin.clone() }],
        None => distribution_servers(Path::new(DISTRIBUTION)),
    };
    let fitting = installed.iter().filter(|server| server.major >= major && server.bin.join(name).is_file());
    let oldest = fitting.min_by_key(|server| server.major);
    oldest.map(|server| server.bin.join(name)).ok_or_else(|| PostgresError::NoClient { name: name.to_owned(), major })
}

fn choose(dir: &Path, installed: &[Server], clusters: &[u32]) -> Result<Server, PostgresError> {
    let names = || installed.iter().map(|server| server.major.to_string()).collect::<Vec<_>>().join(" and ");
    if let Some(&found) = clusters.iter().max() {
        return installed
            .iter()
            .find(|server| server.major == found)
            .cloned()
            .ok_or_else(|| PostgresError::OtherMajor { dir: dir.to_owned(), found, installed: names() });
    }
    installed
        .iter()
        .filter(|server| SUPPORTED.contains(&server.major))
        .max_by_key(|server| server.major)
        .cloned()
        .ok_or_else(|| PostgresError::Unsupported { installed: names() })
}

/// Major versions that have a complete cluster here, as their own PG_VERSION says.
fn clusters(dir: &Path) -> Vec<u32> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok()))
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("PG_VERSION")).ok()?.trim().parse().ok())
        .collect()
}

fn distribution_servers(root: &Path) -> Vec<Server> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let major = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            (bin.join("postgres").is_file() && bin.join("initdb").is_file()).then_some(Server { major, bin })
        })
        .collect()
}

fn major_of(bin: &Path) -> Result<u32, PostgresError> {
    let program = bin.join("postgres");
    let output =
        std::process::Command::new(&program).arg("--version").output().map_err(PostgresError::io("run", &program))?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace()
        .find_map(|word| word.split('.').next()?.parse().ok())
        .ok_or_else(|| PostgresError::Program { program: "postgres --version", output: text.into_owned() })
}

fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(majors: &[u32]) -> Vec<Server> {
        majors.iter().map(|&major| Server { major, bin: PathBuf::from(format!("/pg/{major}")) }).collect()
    }

    #[test]
    fn new_data_gets_the_newest_supported_server() {
        let chosen = choose(Path::new("/d"), &servers(&[15, 17, 99]), &[]).unwrap();
        assert_eq!(chosen.major, 17);
        assert!(matches!(choose(Path::new("/d"), &servers(&[9]), &[]), Err(PostgresError::Unsupported { .. })));
    }

    #[test]
    fn data_stays_with_its_major_version() {
        assert_eq!(choose(Path::new("/d"), &servers(&[15, 17]), &[15]).unwrap().major, 15);
        let refused = choose(Path::new("/d"), &servers(&[17]), &[15]).unwrap_err().to_string();
        assert!(refused.contains("written by PostgreSQL 15") && refused.contains("Nothing was changed"), "{refused}");
    }

    #[test]
    fn odd_paths_survive_in_the_url() {
        assert_eq!(percent_encode("/a b&c"), "/a%20b%26c");
    }
}
