//! A machine with a package on it: releases side by side, a link to the one that runs, a server that was started from it.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use ::update::{Ended, FORMAT, Journal, Kind, Manifest, NamedFile, PRODUCT, ReleaseKey, Role, Step, Version, pack};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use uuid::Uuid;
use vcconnect::infra::clock::SystemClock;
use vcconnect::infra::config::Config;
use vcconnect::infra::host;
use vcconnect::infra::services::{SERVER, SOCKET, ServiceError, Services};
use vcconnect::infra::update::{Incoming, Journals, Moment, Places, Plan, carry_out};

use crate::app::{CLUSTER, PASSWORD};
use crate::backup::with_recovery_key;
use crate::client::Client;
use crate::commands::Installation;
use crate::desk::{Desk, until};

/// The version of the program that was built.
pub const OLD: &str = env!("CARGO_PKG_VERSION");
/// As many digits, so that it fits into its place.
pub const NEW: &str = "0.2.0";
/// A healthy server is waited for this long; it comes much sooner.
const HEALTH: u64 = 120;
const DEB: &[u8] = b"!<arch>\nnot unpacked by anybody here\n";

/// Tells the executor where to work, and where to die.
const DIR: &str = "VCC_TEST_UPDATE";
const DIES: &str = "VCC_TEST_UPDATE_DIES";
const WITHIN: &str = "VCC_TEST_UPDATE_WITHIN";

/// The key of tests, which programs of tests trust.
pub fn test_key() -> ReleaseKey {
    ReleaseKey::parse(include_str!("../../../crates/update/keys/test-only.key")).unwrap()
}

pub fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

/// The program that was built, with another version in it.
fn newer() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        assert_eq!(OLD.len(), NEW.len());
        let mut bytes = fs::read(env!("CARGO_BIN_EXE_vcconnect")).unwrap();
        let places: Vec<usize> = memchr::memmem::find_iter(&bytes, OLD.as_bytes()).collect();
        for at in places {
            bytes[at..at + NEW.len()].copy_from_slice(NEW.as_bytes());
        }
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (part, path) = (dir.join(format!("vcconnect-{NEW}.{}", std::process::id())), dir.join("vcconnect-newer"));
        fs::write(&part, bytes).unwrap();
        fs::set_permissions(&part, fs::Permissions::from_mode(0o755)).unwrap();
        fs::rename(&part, &path).unwrap();
        path
    })
}

/// A release that does what it should.
pub fn real() -> String {
    String::new()
}

pub struct World {
    pub desk: Desk,
    pub admin: Client,
    pub places: Places,
    processes: Processes,
    owner_url: String,
    super_url: String,
}

impl World {
    /// With a running server of the old version, a first admin, and a place for backups.
    pub async fn open() -> Self {
        let database = CLUSTER.clone_template().unwrap();
        let (owner, superuser) = (database.owner_url.clone(), database.super_url.clone());
        Self::on(Installation::on(&database), owner, superuser).await
    }

    pub async fn on(installation: Installation, owner_url: String, super_url: String) -> Self {
        let dir = installation.dir.path().to_owned();
        let at = |name: &str| dir.join(name).display().to_string();
        let (installation, _) = with_recovery_key(installation);
        let installation = installation
            .with("VCCONNECT__UPDATE__PROGRAMS", at("lib"))
            .with("VCCONNECT__UPDATE__DIR", at("update"))
            // Servers of several tests share one cluster.
            .with("VCCONNECT__DATABASE__POOL_SIZE", "4".to_owned());
        fs::create_dir_all(dir.join("lib/releases").join(OLD)).unwrap();
        symlink(env!("CARGO_BIN_EXE_vcconnect"), dir.join("lib/releases").join(OLD).join("vcconnect")).unwrap();
        symlink(Path::new("releases").join(OLD), dir.join("lib/current")).unwrap();
        script(&dir.join("dpkg"), &format!("cp -a {}/. {}/", at("prepared"), at("lib/releases")));
        let desk = Desk::new(installation);
        let link = desk.installation.must(&["users", "first-admin"]);
        let processes = Processes { dir: dir.clone(), command: envs(&desk.installation) };
        processes.begin(SERVER).unwrap();
        let ready = format!("{}/readyz", desk.address());
        until("the start of the server", async || reqwest::get(&ready).await.is_ok()).await;
        let mut admin = Client::new(desk.address());
        let token = link.trim().split_once('#').unwrap().1;
        let body = json!({ "token": token, "name": "Ada King", "email": "ada@fund.example", "password": PASSWORD });
        assert_eq!(admin.post("/api/v1/invitations/accept", &body).await.status, 201);
        admin.set_up_second_factor(chrono::Utc::now()).await;
        let places = places(&dir);
        Self { desk, admin, places, processes, owner_url, super_url }
    }

    pub fn dir(&self) -> &Path {
        self.desk.installation.dir.path()
    }

    /// The admin over a connection of their own: the one before ended with its server.
    pub fn again(&self) -> Client {
        self.admin.at(self.desk.address())
    }

    /// What the package of a version will lay. `cases` are those of a shell's `case` over the first word; `NEW` and `OLD` in
    /// them are programs.
    pub fn prepare(&self, version: &str, cases: &str) {
        let folder = self.dir().join("prepared").join(version);
        fs::create_dir_all(&folder).unwrap();
        let (new, old) = (newer().display().to_string(), env!("CARGO_BIN_EXE_vcconnect"));
        let text = format!("case \"$1\" in\n{cases}\n*) exec NEW \"$@\" ;;\nesac");
        script(&folder.join("vcconnect"), &text.replace("NEW", &new).replace("OLD", old));
    }

    /// A case in which a release changes the database by this SQL as well.
    pub fn migrating(&self, sql: &str) -> String {
        let url = &self.owner_url;
        let psql = format!("psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --single-transaction --dbname '{url}'");
        format!("migrate) NEW migrate && {psql} <<'END'\n{sql};\nEND\n;;")
    }

    pub fn sql(&self, statement: &str) -> String {
        let output = Command::new("psql")
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname", &self.super_url, "--command"])
            .arg(statement)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// What `vcconnect update install` leaves for the unit.
    pub fn begin(&self, to: &str, change: impl FnOnce(&mut Journal)) {
        let mut journal =
            Journal::new(Uuid::now_v7(), Kind::Install, version(OLD), version(to), "anna", chrono::Utc::now());
        change(&mut journal);
        let bundle = self.dir().join("bundle.vccu");
        write_bundle(&bundle, &Manifest { expand_only: journal.expand_only, ..manifest(to) }, &test_key());
        self.leave(&journal, Some(&bundle));
    }

    /// What `vcconnect update rollback` leaves.
    pub fn go_back(&self) {
        let (from, to) = (version(NEW), version(OLD));
        self.leave(&Journal::new(Uuid::now_v7(), Kind::RollBack, from, to, "anna", chrono::Utc::now()), None);
    }

    fn leave(&self, journal: &Journal, bundle: Option<&Path>) {
        let journals = Journals::of(&self.places);
        journals.make().unwrap();
        if let Some(bundle) = bundle {
            Incoming::of(&self.places).take_in(bundle).unwrap();
        }
        self.places.lay_runner(&journal.from).unwrap();
        journals.write(journal).unwrap();
    }

    /// Takes what was begun to its end, in a process of its own.
    pub fn carry_out(&self, dies: Option<(Step, &str)>) -> Ended {
        self.carry_out_within(HEALTH, dies)
    }

    /// The same, where a version must be healthy within so many seconds.
    pub fn carry_out_within(&self, seconds: u64, dies: Option<(Step, &str)>) -> Ended {
        let status = self.executor(seconds, dies).wait().unwrap();
        assert!(status.success(), "{status}");
        self.journal().ended.unwrap()
    }

    /// The process that does the work. It dies as by `kill -9` at this moment of this step.
    pub fn executor(&self, seconds: u64, dies: Option<(Step, &str)>) -> Child {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["update::world::executor", "--exact", "--ignored", "--nocapture"]).stdout(Stdio::null());
        command.envs(envs(&self.desk.installation)).env(DIR, self.dir()).env(WITHIN, seconds.to_string());
        if let Some((step, moment)) = dies {
            command.env(DIES, format!("{step:?} {moment}"));
        }
        command.spawn().unwrap()
    }

    pub fn journal(&self) -> Journal {
        Journals::of(&self.places).read().unwrap().unwrap()
    }

    /// The version that the link names.
    pub fn running(&self) -> String {
        self.places.running().unwrap().to_string()
    }

    /// The version of the server that answers.
    pub async fn answers(&self) -> String {
        until("an answer of the server", async || self.says_version().is_some()).await;
        self.says_version().unwrap()
    }

    pub async fn until_it_answers(&self, version: &str) {
        until("an answer of that version", async || self.says_version().as_deref() == Some(version)).await;
    }

    fn says_version(&self) -> Option<String> {
        let said = self.desk.installation.run(&["status", "--json"]);
        let said: serde_json::Value = serde_json::from_str(&said.out).ok()?;
        let parts = said["status"]["parts"].as_array()?;
        let stopped = parts.iter().any(|part| part["name"] == "web");
        let sealed = said["status"]["seal"] != "open";
        (!stopped && !sealed).then(|| said["status"]["version"].as_str().unwrap().to_owned())
    }

    /// As if nothing had been installed, with the server stopped.
    pub fn forget(&self) {
        self.processes.stop(SERVER).unwrap();
        self.places.switch_to(&version(OLD)).unwrap();
        for laid in self.places.laid().iter().filter(|laid| **laid != version(OLD)) {
            self.places.remove(laid).unwrap();
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.processes.stop(SERVER));
    }
}

fn places(dir: &Path) -> Places {
    Places::in_folders(dir.join("lib"), dir.join("update"))
}

fn envs(installation: &Installation) -> Vec<(String, String)> {
    let text = |text: &std::ffi::OsStr| text.to_str().unwrap().to_owned();
    let command = installation.command(&[]);
    command.get_envs().filter_map(|(name, value)| Some((text(name), text(value?)))).collect()
}

fn script(path: &Path, text: &str) {
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Of a bundle for this machine.
pub fn manifest(to: &str) -> Manifest {
    let name = format!("vcconnect_{to}_{}.deb", host::architecture());
    Manifest {
        format: FORMAT,
        product: PRODUCT.to_owned(),
        version: version(to),
        min_from: version(OLD),
        migrations: Vec::new(),
        expand_only: true,
        debian: host::debian().into_iter().collect(),
        architecture: host::architecture().to_owned(),
        postgres: (13..=18).collect(),
        made_at: chrono::Utc::now(),
        notes: "For a test.".to_owned(),
        files: vec![NamedFile::of(&name, Role::Package, DEB).unwrap()],
    }
}

pub fn write_bundle(path: &Path, manifest: &Manifest, key: &ReleaseKey) {
    pack(File::create(path).unwrap(), manifest, key, [DEB]).unwrap();
}

/// Servers as processes. They outlive who started them, as those of systemd do, and are known by a file.
pub struct Processes {
    dir: PathBuf,
    command: Vec<(String, String)>,
}

impl Processes {
    fn pid_file(&self) -> PathBuf {
        self.dir.join("server.pid")
    }

    fn pid(&self) -> Option<i32> {
        fs::read_to_string(self.pid_file()).ok()?.trim().parse().ok().filter(|pid| lives(*pid))
    }
}

fn lives(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

impl Services for Processes {
    fn start(&self, unit: &str) -> Result<(), ServiceError> {
        self.begin(unit)
    }

    fn begin(&self, unit: &str) -> Result<(), ServiceError> {
        assert!([SERVER, SOCKET].contains(&unit), "{unit}");
        if unit == SOCKET || self.pid().is_some() {
            return Ok(());
        }
        let log = File::options().create(true).append(true).open(self.dir.join("log"))?;
        let mut command = Command::new(self.dir.join("lib/current/vcconnect"));
        command.arg("serve").envs(self.command.iter().map(|(name, value)| (name, value))).process_group(0);
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        Ok(fs::write(self.pid_file(), child.id().to_string())?)
    }

    fn stop(&self, unit: &str) -> Result<(), ServiceError> {
        assert!([SERVER, SOCKET].contains(&unit), "{unit}");
        let Some(pid) = self.pid().filter(|_| unit == SERVER) else { return Ok(()) };
        let since = Instant::now();
        while lives(pid) {
            let signal = if since.elapsed() > Duration::from_secs(20) { Signal::SIGKILL } else { Signal::SIGTERM };
            let _ = kill(Pid::from_raw(pid), signal);
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn enable(&self, unit: &str) -> Result<(), ServiceError> {
        self.begin(unit)
    }

    fn reread(&self) -> Result<(), ServiceError> {
        Ok(())
    }

    fn is_active(&self, _: &str) -> bool {
        self.pid().is_some()
    }
}

/// Not a test: the process that [`World::executor`] starts.
#[actix_web::test]
#[ignore = "started by other tests"]
async fn executor() {
    let Some(dir) = std::env::var_os(DIR).map(PathBuf::from) else { return };
    let dies = std::env::var(DIES).unwrap_or_default();
    let within = std::env::var(WITHIN).unwrap().parse().unwrap();
    let places = places(&dir);
    let journals = Journals::of(&places);
    let _lock = journals.lock().unwrap().expect("one at a time");
    let journal = journals.read().unwrap().expect("something was begun");
    let ours = std::env::vars().filter(|(name, _)| name.starts_with("VCCONNECT")).collect();
    let plan = Plan {
        config: Config::load().unwrap(),
        places,
        services: Arc::new(Processes { dir: dir.clone(), command: ours }),
        clock: Arc::new(SystemClock),
        dpkg: dir.join("dpkg"),
        keys: vec![test_key().public()],
        health: Duration::from_secs(within),
        pause: Duration::from_millis(50),
        told: Box::new(move |journal, moment| {
            let word = if moment == Moment::Before { "before" } else { "after" };
            if dies == format!("{:?} {word}", journal.step) {
                let _ = kill(Pid::this(), Signal::SIGKILL);
            }
        }),
    };
    carry_out(&plan, journal).await.unwrap();
}
