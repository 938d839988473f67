//! One struct per concern. Field docs are the reference that an admin reads.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// `[server]`: where and how the server listens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port; without TLS on this machine alone. A socket that systemd holds for the server comes first.
    pub listen: SocketAddr,
    /// What people type into the browser, without a slash at the end. Links start with it, and changes must come from it.
    pub public_url: String,
    /// Addresses of proxies whose `X-Forwarded-For` is believed; from anybody else it is ignored.
    pub trusted_proxies: Vec<IpAddr>,
    /// Threads that answer requests; 0 means one per core.
    pub workers: usize,
    /// Largest JSON or CSV body in bytes.
    pub body_limit: usize,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: "http://localhost:8080".to_owned(),
            trusted_proxies: Vec::new(),
            workers: 0,
            body_limit: 1024 * 1024,
        }
    }
}

/// `[tls]`: the certificate that browsers see; without one the server speaks plain HTTP to its own machine alone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// Certificate with its chain, in PEM.
    pub certificate: Option<PathBuf>,
    /// Its key, in PEM.
    pub key: Option<PathBuf>,
    /// Certificate of the authority that signed it, if people have to be told to trust that; given away at `/ca`.
    pub authority: Option<PathBuf>,
}

/// `[storage]`: where data lies.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// Folder for the database, the keystore and the document files.
    pub data_dir: PathBuf,
}

impl Default for Storage {
    fn default() -> Self {
        Self { data_dir: PathBuf::from("/var/lib/vcconnect") }
    }
}

/// `[database]`: the private Postgres, or an external one.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// An external server instead of the private one, as `postgres://vcc_app@host/vcconnect`.
    #[serde(skip_serializing)]
    pub url: Option<String>,
    /// The same server for the role that owns the schema (`vcc_owner`); only `migrate` uses it.
    #[serde(skip_serializing)]
    pub owner_url: Option<String>,
    /// Folder of the private cluster; `<data_dir>/postgres` unless said.
    pub dir: Option<PathBuf>,
    /// Folder of its socket; `<data_dir>/run` unless said. The path must stay under 107 bytes.
    pub socket_dir: Option<PathBuf>,
    /// Folder of the distribution's `initdb` and `postgres`; found under `/usr/lib/postgresql` unless said.
    pub bin_dir: Option<PathBuf>,
    /// System user that the private Postgres runs as when it is started by root.
    pub run_as: String,
    /// Further system users that may connect as the server; whoever starts the database may connect in every role.
    pub clients: Vec<String>,
    /// Connections that the server keeps, 2 to 32.
    pub pool_size: usize,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: None,
            owner_url: None,
            dir: None,
            socket_dir: None,
            bin_dir: None,
            run_as: "postgres".to_owned(),
            clients: Vec::new(),
            pool_size: 12,
        }
    }
}

/// The URLs may hold passwords, so they do not print.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("external", &self.url.is_some())
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

/// `[keys]`: how the keystore is unlocked.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// The key file (mode 0600); `<data_dir>/keys/vcconnect.key` unless said.
    pub file: Option<PathBuf>,
    /// The keystore; `<data_dir>/keys/keystore.json` unless said.
    pub keystore: Option<PathBuf>,
}

/// `[admin]`: the socket for the admin of the machine.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// The unix socket; `<data_dir>/admin.sock` unless said. The path must stay under 107 bytes.
    pub socket: Option<PathBuf>,
    /// System group whose members may talk to it, besides root and the user that the server runs as.
    pub group: Option<String>,
}

impl Admin {
    /// Where the socket lies.
    pub fn socket_of(&self, storage: &Storage) -> PathBuf {
        self.socket.clone().unwrap_or_else(|| storage.data_dir.join("admin.sock"))
    }
}

/// `[documents]`: what may be uploaded.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Documents {
    /// Largest file in MiB, 1 to 512: a reader holds it in memory.
    pub file_mib: u64,
    /// Files of one deal, 1 to 100,000.
    pub per_deal: i64,
    /// Free space in MiB that uploads leave on the disk, so that the database keeps working; up to a TiB.
    pub reserve_mib: u64,
    /// MiB of pictures of pages that are kept so that looking at a page again is fast, 1 to 1048576. What was not looked
    /// at for the longest time goes first, and is drawn again when it is wanted.
    pub page_images_mib: u64,
}

impl Default for Documents {
    fn default() -> Self {
        Self { file_mib: 512, per_deal: 5_000, reserve_mib: 512, page_images_mib: 2_048 }
    }
}

/// `[reading]`: the child processes that read files.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reading {
    /// Files that are read at the same time, 1 to 64; 0 means one per core, four at most.
    pub slots: usize,
    /// Memory of one process in MiB, 256 to 16384. A file that needs more fails with a sentence.
    pub memory_mib: u64,
    /// Seconds of processor time for one process, 5 to 3600.
    pub cpu_seconds: u64,
    /// Seconds for one file in all, 10 to 86400. Recognising the text of a scan takes about a second a page.
    pub seconds: u64,
    /// Read files although this machine cannot confine the process that does it. `/readyz` and `doctor` show it.
    pub allow_degraded: bool,
    /// The program to start as the reader; this one unless said.
    pub program: Option<PathBuf>,
}

impl Default for Reading {
    fn default() -> Self {
        Self { slots: 0, memory_mib: 1_536, cpu_seconds: 60, seconds: 900, allow_degraded: false, program: None }
    }
}

impl Reading {
    /// The program to start as a child.
    pub fn program_or_this(&self) -> crate::base::Result<PathBuf> {
        match &self.program {
            Some(program) => Ok(program.clone()),
            None => std::env::current_exe().map_err(crate::base::Error::internal),
        }
    }
}

/// `[models]`: how long language models are waited for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Models {
    /// Seconds from a question to the first word of the answer, 1 to 3600. A local model reads the question first, which
    /// takes a slow machine minutes.
    pub first_word_seconds: u64,
    /// Seconds of silence within an answer, 1 to 600.
    pub silence_seconds: u64,
    /// Seconds for one question in all, with further attempts; 1 to 7200.
    pub answer_seconds: u64,
    /// Attempts at one question, 1 to 10.
    pub attempts: u32,
    /// A model that asks to wait for longer than these seconds is not waited for; 0 to 600.
    pub longest_wait_seconds: u64,
}

impl Default for Models {
    fn default() -> Self {
        Self {
            first_word_seconds: 180,
            silence_seconds: 60,
            answer_seconds: 600,
            attempts: 3,
            longest_wait_seconds: 60,
        }
    }
}

/// `[accounts]`: sessions and passwords.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    /// A session ends after this many hours, however busy; 1 to 720.
    pub session_hours: u32,
    /// A session ends after this many minutes without a request; 5 or more.
    pub session_idle_minutes: u32,
    /// An invitation, and a link to another password, ends after this many hours, 1 to 720.
    pub invitation_hours: u32,
    /// Memory for one argon2id hash in MiB, 46 to 2048.
    pub password_hash_memory_mib: u32,
    /// Password checks at the same time, 1 to 16; more wait in line.
    pub password_hash_slots: usize,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            session_hours: 12,
            session_idle_minutes: 120,
            invitation_hours: 72,
            password_hash_memory_mib: 46,
            password_hash_slots: 2,
        }
    }
}

/// `[backup]`: where backups go, when, and how many are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Backup {
    /// Folder of the repository: a disk of its own or a mounted share. No backup is made without one.
    pub destination: Option<PathBuf>,
    /// The newest set of each of so many days is kept, 1 to 366.
    pub keep_daily: usize,
    /// The newest set of each of so many weeks is kept, 0 to 520.
    pub keep_weekly: usize,
    /// The newest set of each of so many months is kept, 0 to 240.
    pub keep_monthly: usize,
    /// When the timer makes one each day, as HH:MM in the machine's time.
    pub at: String,
}

impl Default for Backup {
    fn default() -> Self {
        Self { destination: None, keep_daily: 7, keep_weekly: 4, keep_monthly: 6, at: "02:30".to_owned() }
    }
}

/// `[log]`: what is logged and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Which events, as in `info` or `info,vcconnect=debug`.
    pub filter: String,
    /// For people or for programs.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Pretty }
    }
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for a terminal.
    Pretty,
    /// One JSON object a line.
    Json,
}
