//! One struct per concern. Field docs are the reference that an admin reads.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[server]`: where and how the server listens.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Where the server accepts connections: an address, not a host name; without a certificate a loopback address;
    /// IPv6 in brackets. Port 0 takes any free port and the log says which.
    #[schemars(extend("x-kind" = "address and port", "x-example" = "\"[::1]:8080\""))]
    pub listen: SocketAddr,
    /// What people type into the browser: `https://` and a host, or `http://localhost`; a port if need be; nothing
    /// behind it, no slash either.
    #[schemars(extend("x-example" = "\"https://atlas.fund.example\""))]
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` is believed. From anybody else it is ignored.
    #[schemars(extend("x-kind" = "list of IP addresses", "x-example" = "[\"127.0.0.1\"]"))]
    pub trusted_proxies: Vec<IpAddr>,
    /// Threads that answer requests. 0 means one per core.
    #[schemars(extend("x-example" = "4"))]
    pub workers: usize,
    /// Largest body of a request, JSON or CSV. A larger one is answered with 413. Files have a limit of their own,
    /// `documents.file_mib`.
    #[schemars(extend("x-kind" = "integer, bytes", "x-example" = "4194304"))]
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
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// Certificate with its chain, PEM. With it the server speaks TLS, and may listen beyond this machine.
    #[schemars(extend("x-kind" = "path", "x-default" = "none", "x-example" = "\"/etc/vcconnect/tls/server.pem\""))]
    pub certificate: Option<PathBuf>,
    /// Its key, PEM. Both or neither.
    #[schemars(extend("x-kind" = "path", "x-default" = "none", "x-example" = "\"/etc/vcconnect/tls/server.key\""))]
    pub key: Option<PathBuf>,
    /// Certificate of the authority that people have to trust; the server gives it away at `/ca`.
    #[schemars(extend("x-kind" = "path", "x-default" = "none", "x-example" = "\"/var/lib/vcconnect/tls/authority.pem\""))]
    pub authority: Option<PathBuf>,
}

/// `[storage]`: where data lies.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// Folder of everything that the program keeps: the private database, the files of documents (`blobs`), the
    /// keystore and the lock of the running server.
    #[schemars(extend("x-kind" = "path", "x-example" = "\"/srv/vcconnect\""))]
    pub data_dir: PathBuf,
}

impl Default for Storage {
    fn default() -> Self {
        Self { data_dir: PathBuf::from("/var/lib/vcconnect") }
    }
}

/// `[database]`: the private Postgres, or an external one.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// An external server instead of the private one, for the role of the server.
    #[serde(skip_serializing)]
    #[schemars(extend("x-default" = "none", "x-example" = "\"postgres://vcc_app@db.example/vcconnect\""))]
    pub url: Option<String>,
    /// The same database for the role that owns the schema. `vcconnect migrate` uses it.
    #[serde(skip_serializing)]
    #[schemars(extend("x-default" = "the value of `url`", "x-example" = "\"postgres://vcc_owner@db.example/vcconnect\""))]
    pub owner_url: Option<String>,
    /// Folder of the private cluster, with one folder per major version inside.
    #[schemars(extend("x-kind" = "path", "x-default" = "`<data_dir>/postgres`", "x-example" = "\"/srv/pg\""))]
    pub dir: Option<PathBuf>,
    /// Folder of its socket. With `/.s.PGSQL.5432` behind it, the path may have 107 bytes.
    #[schemars(extend("x-kind" = "path", "x-default" = "`<data_dir>/run`", "x-example" = "\"/run/vcconnect-db\""))]
    pub socket_dir: Option<PathBuf>,
    /// Folder of `initdb` and `postgres`.
    #[schemars(extend("x-kind" = "path", "x-default" = "found under `/usr/lib/postgresql`", "x-example" = "\"/usr/lib/postgresql/15/bin\""))]
    pub bin_dir: Option<PathBuf>,
    /// System user that the private Postgres runs as when root starts it. Anybody else runs it as themselves.
    #[schemars(extend("x-example" = "\"vcconnect-db\""))]
    pub run_as: String,
    /// Further system users who may connect, as the server's role and as that of backups. The one who starts it and
    /// root may connect in every role.
    #[schemars(extend("x-kind" = "list of texts", "x-example" = "[\"vcconnect\"]"))]
    pub clients: Vec<String>,
    /// Connections that the server keeps for requests, 2 to 32.
    #[schemars(extend("x-example" = "20"))]
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
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// The key file that opens the keystore. Refused if anybody but its owner has any right to it.
    #[schemars(extend("x-kind" = "path", "x-default" = "`<data_dir>/keys/vcconnect.key`", "x-example" = "\"/etc/vcconnect/vcconnect.key\""))]
    pub file: Option<PathBuf>,
    /// The keystore: the keys of the fund and of each deal, wrapped.
    #[schemars(extend("x-kind" = "path", "x-default" = "`<data_dir>/keys/keystore.json`", "x-example" = "\"/srv/keys/keystore.json\""))]
    pub keystore: Option<PathBuf>,
}

/// `[admin]`: the socket for the admin of the machine.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// The unix socket for the admin of the machine; under 107 bytes.
    #[schemars(extend("x-kind" = "path", "x-default" = "`<data_dir>/admin.sock`", "x-example" = "\"/run/vcconnect/admin.sock\""))]
    pub socket: Option<PathBuf>,
    /// System group whose members may use it, besides root and the server's user. They can do all that root can do
    /// with the product.
    #[schemars(extend("x-default" = "none", "x-example" = "\"vcconnect-admin\""))]
    pub group: Option<String>,
}

impl Admin {
    /// Where the socket lies.
    pub fn socket_of(&self, storage: &Storage) -> PathBuf {
        self.socket.clone().unwrap_or_else(|| storage.data_dir.join("admin.sock"))
    }
}

/// `[documents]`: what may be uploaded.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Documents {
    /// Largest file that is taken in, 1 to 512: a reader holds it in memory.
    #[schemars(extend("x-kind" = "integer, MiB", "x-example" = "100"))]
    pub file_mib: u64,
    /// Documents that one deal may have, 1 to 100000.
    #[schemars(extend("x-example" = "20000"))]
    pub per_deal: i64,
    /// Free space that uploads leave on the disk of `storage.data_dir`, so that the database keeps working. It is
    /// looked at when a file begins to arrive.
    #[schemars(extend("x-kind" = "integer, MiB", "x-example" = "4096"))]
    pub reserve_mib: u64,
    /// Pictures of pages that are kept in the database so that a page is there at once when it is looked at again, 1
    /// to 1048576. The pictures that were not looked at for the longest time go first, and are drawn again when they
    /// are wanted; those of a document with a password cannot be, since its password is not kept.
    #[schemars(extend("x-kind" = "integer, MiB", "x-example" = "8192"))]
    pub page_images_mib: u64,
}

impl Default for Documents {
    fn default() -> Self {
        Self { file_mib: 512, per_deal: 5_000, reserve_mib: 512, page_images_mib: 2_048 }
    }
}

/// `[reading]`: the child processes that read files.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Reading {
    /// Files that are read at the same time, 0 to 64. 0 means one per core, four at most.
    #[schemars(extend("x-example" = "2"))]
    pub slots: usize,
    /// Address space of one process, 256 to 16384. A file that needs more fails with a sentence.
    #[schemars(extend("x-kind" = "integer, MiB", "x-example" = "3072"))]
    pub memory_mib: u64,
    /// Processor time of one process, 5 to 3600. The reader is one process, and each program that it starts is
    /// another.
    #[schemars(extend("x-kind" = "integer, seconds", "x-example" = "120"))]
    pub cpu_seconds: u64,
    /// Time for one file by the clock, 10 to 86400. Recognising the text of a scan takes about a second a page.
    /// Rendering a report has 120 seconds, whatever is set here.
    #[schemars(extend("x-kind" = "integer, seconds", "x-example" = "3600"))]
    pub seconds: u64,
    /// Read files although this machine cannot confine the process that does it. [security.md](security.md) says what
    /// is lost.
    #[schemars(extend("x-example" = "true"))]
    pub allow_degraded: bool,
    /// The program to start for reading and rendering. It must be this version of `vcconnect`.
    #[schemars(extend("x-kind" = "path", "x-default" = "this program", "x-example" = "\"/usr/bin/vcconnect\""))]
    pub program: Option<PathBuf>,
    /// Folder of the sockets at which systemd starts these processes (`read.sock`, `judge.sock`, `render.sock`), as
    /// the package sets it. Without it the server starts them itself. `analyze` always starts them itself.
    #[schemars(extend("x-kind" = "path", "x-default" = "none", "x-example" = "\"/run/vcconnect-readers\""))]
    pub sockets: Option<PathBuf>,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            slots: 0,
            memory_mib: 1_536,
            cpu_seconds: 60,
            seconds: 900,
            allow_degraded: false,
            program: None,
            sockets: None,
        }
    }
}

/// `[models]`: how long language models are waited for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Models {
    /// From a question to the first word or thought of the answer, 1 to 3600. A local model reads the question first,
    /// which takes minutes on a slow machine, and one that thinks without sending its thoughts takes longer.
    #[schemars(extend("x-kind" = "integer, seconds", "x-example" = "900"))]
    pub first_word_seconds: u64,
    /// Silence within an answer, 1 to 600.
    #[schemars(extend("x-kind" = "integer, seconds", "x-example" = "120"))]
    pub silence_seconds: u64,
    /// One question in all, with further attempts and pauses, 1 to 7200. A report asks up to eight.
    #[schemars(extend("x-kind" = "integer, seconds", "x-example" = "1800"))]
    pub answer_seconds: u64,
    /// Attempts at one question, 1 to 10. There is none after a word or a thought of the answer has come.
    #[schemars(extend("x-example" = "5"))]
    pub attempts: u32,
    /// A model that asks to wait for longer than this is not waited for, 0 to 600.
    #[schemars(extend("x-kind" = "integer, seconds", "x-example" = "300"))]
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
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    /// A session ends after this many hours, however busy; 1 to 720.
    #[schemars(extend("x-example" = "8"))]
    pub session_hours: u32,
    /// A session ends after this many minutes without a request; 5 or more.
    #[schemars(extend("x-example" = "30"))]
    pub session_idle_minutes: u32,
    /// An invitation link ends after this many hours, the first admin's and a link to another password too; 1 to 720.
    #[schemars(extend("x-example" = "24"))]
    pub invitation_hours: u32,
    /// Memory for one argon2id hash, 46 to 2048.
    #[schemars(extend("x-kind" = "integer, MiB", "x-example" = "64"))]
    pub password_hash_memory_mib: u32,
    /// Password checks at the same time, 1 to 16; more wait in line.
    #[schemars(extend("x-example" = "4"))]
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
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Backup {
    /// Folder of the backup repository: a disk of its own or a mounted share. Without it no backup is made.
    #[schemars(extend("x-kind" = "path", "x-default" = "none", "x-example" = "\"/mnt/backup/vcconnect\""))]
    pub destination: Option<PathBuf>,
    /// The newest set of each of so many days is kept, 1 to 366.
    #[schemars(extend("x-example" = "14"))]
    pub keep_daily: usize,
    /// The newest set of each of so many weeks is kept, 0 to 520.
    #[schemars(extend("x-example" = "8"))]
    pub keep_weekly: usize,
    /// The newest set of each of so many months is kept, 0 to 240.
    #[schemars(extend("x-example" = "24"))]
    pub keep_monthly: usize,
    /// When the timer makes one each day, as `HH:MM` in the machine's time. The program itself starts none. As a
    /// variable it is text all the same.
    #[schemars(extend("x-example" = "\"23:15\""))]
    pub at: String,
}

impl Default for Backup {
    fn default() -> Self {
        Self { destination: None, keep_daily: 7, keep_weekly: 4, keep_monthly: 6, at: "02:30".to_owned() }
    }
}

/// `[update]`: where releases lie, and how long a new one may take to be healthy.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Update {
    /// Folder of the releases and of the link to the one that runs. The package lays them there.
    #[schemars(extend("x-kind" = "path", "x-example" = "\"/srv/vcconnect/lib\""))]
    pub programs: PathBuf,
    /// Folder of what is known of updates, and of bundles that are being installed.
    #[schemars(extend("x-kind" = "path", "x-example" = "\"/srv/vcconnect/update\""))]
    pub dir: PathBuf,
    /// Seconds in which a new version must prove to be healthy before the old one comes back, 5 to 3600. An emulated
    /// machine needs more.
    #[schemars(extend("x-example" = "900"))]
    pub health_seconds: u64,
}

impl Default for Update {
    fn default() -> Self {
        Self { programs: "/usr/lib/vcconnect".into(), dir: "/var/lib/vcconnect-update".into(), health_seconds: 120 }
    }
}

/// `[log]`: what is logged and how.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Which events are logged: a level, or levels by module.
    #[schemars(extend("x-example" = "\"info,vcconnect=debug\""))]
    pub filter: String,
    /// Lines for people, or one JSON object a line.
    #[schemars(extend("x-kind" = "`\"pretty\"` or `\"json\"`", "x-example" = "\"json\""))]
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Pretty }
    }
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for a terminal.
    Pretty,
    /// One JSON object a line.
    Json,
}
