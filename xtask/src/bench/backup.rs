//! `vcconnect backup create` and `restore` against the programs that an admin would put together by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Serialize;

use super::analyze::{Round, round};
use super::quantile;
use crate::children::{self, bound};
use crate::psql;
use crate::stack::{Database, Home};
use crate::workshop::Workshop;

const ROUNDS: usize = 3;
/// Random bytes, as sealed columns are: about 300 MB with what the database adds.
const FILL: &str = "
    SET session_replication_role = replica;
    INSERT INTO users VALUES (gen_random_uuid(), 'admin', 'active', '', '', '', '', 1, now(), now());
    INSERT INTO deals (id, name, industry, stage, version, created_at, updated_at)
        VALUES (gen_random_uuid(), '', 'saas', 'inbox', 1, now(), now());
    INSERT INTO documents SELECT gen_random_uuid(), d.id, '', '', 'pdf', 1, decode(md5(n::text), 'hex'), 'read', 1, 1,
        NULL, u.id, 1, now(), now() FROM deals d, users u, generate_series(1, 200) n;
    INSERT INTO document_parts SELECT gen_random_uuid(), x.id, n, (SELECT
        string_agg(sha512((x.id::text || n || i)::bytea), '') FROM generate_series(1, 128) i), NULL
        FROM documents x, generate_series(1, 150) n;
    CHECKPOINT";
/// Size of the file of each document.
const FILE: usize = 1 << 19;
/// What an admin would pipe together; the programs themselves, not Debian's wrapper around them.
const BY_HAND: &str = "set -e -o pipefail; \"$BIN/pg_dump\" --no-unlogged-table-data -d \"$URL\" | zstd -q -1 | \
                       age -r \"$RECIPIENT\" -o \"$OUT\"";
const LOAD: &str = "set -e; \"$BIN/psql\" -X -q -1 -v ON_ERROR_STOP=1 -d \"$URL\" -f \"$DUMP\" > /dev/null; \
                    cp -r \"$FILES\" \"$OUT\"";

/// What both cost.
#[derive(Serialize)]
pub(super) struct Costs {
    dump_mb: f64,
    files_mb: f64,
    backup: Pair,
    restore: Pair,
}

/// Ours and theirs, medians.
#[derive(Serialize)]
struct Pair {
    ours_cpu_ms: f64,
    by_hand_cpu_ms: f64,
    ours_wall_ms: f64,
    by_hand_wall_ms: f64,
}

/// Measures on a database made for it; nothing where `age` or `zstd` is missing.
pub(super) fn measure(workshop: &Workshop, binary: &Path) -> Result<Option<Costs>> {
    let there = |program: &str| Path::new("/usr/bin").join(program).is_file();
    if !there("age") || !there("age-keygen") || !there("zstd") {
        return Ok(None);
    }
    let place = tempfile::Builder::new().prefix("vcc-backup-").tempdir_in("/tmp")?;
    let mut bench = Bench::start(workshop, binary, place.path())?;
    let costs = bench.measure()?;
    bench.database.stop()?;
    Ok(Some(costs))
}

struct Bench<'a> {
    workshop: &'a Workshop,
    database: Database,
    place: PathBuf,
    /// Folder of PostgreSQL's programs.
    bin: PathBuf,
    recipient: String,
}

impl<'a> Bench<'a> {
    fn start(workshop: &'a Workshop, binary: &Path, place: &Path) -> Result<Self> {
        let key = place.join("recovery.txt");
        children::read(workshop, bound("age-keygen").arg("-o").arg(&key).stderr(Stdio::null()))?;
        let recipient = children::read(workshop, bound("age-keygen").arg("-y").arg(&key))?.trim().to_owned();
        // It syncs and logs as a fund's does: that is what a load waits for, by hand or by ours.
        let database = Database::start(workshop, binary, Home::temporary()?, false)?;
        database.ask(workshop, &["keys", "init", "--recovery-recipient", &recipient])?;
        database.ask(workshop, &["migrate"])?;
        psql::rows(workshop, &database, "super", FILL)?;
        let bench = Self { workshop, database, place: place.to_owned(), bin: programs()?, recipient };
        bench.make_files()?;
        Ok(bench)
    }

    /// A file for each document: noise that no compression makes smaller.
    fn make_files(&self) -> Result<()> {
        let ids = psql::rows(self.workshop, &self.database, "super", "SELECT id FROM documents")?;
        let mut noise = vec![0_u8; FILE];
        for (number, id) in ids.split_whitespace().enumerate() {
            let mut state = number as u64 + 1;
            for byte in &mut noise {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = (state >> 56) as u8;
            }
            let path = self.files().join(id.get(id.len() - 2..).unwrap_or("00")).join(format!("{id}.age"));
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(&path, &noise).with_context(|| path.display().to_string())?;
        }
        Ok(())
    }

    fn files(&self) -> PathBuf {
        self.database.data().join("blobs")
    }

    fn verb(&self, words: &[&str]) -> Command {
        let mut command = self.database.verb(words);
        command.env("VCCONNECT__BACKUP__DESTINATION", self.place.join("repository")).stdout(Stdio::null());
        command
    }

    fn by_hand(&self, script: &str, address: &str, out: &Path) -> Command {
        let mut command = bound("bash");
        command.args(["-c", script]).env("BIN", &self.bin).env("URL", address).env("RECIPIENT", &self.recipient);
        command.env("OUT", out).env("FILES", self.files()).env("DUMP", self.place.join("dump.sql"));
        command
    }

    fn measure(&mut self) -> Result<Costs> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let address = self.database.address(self.workshop, "super")?;
        // The files are copied by the first backup; what is compared is what every night costs.
        children::read(self.workshop, &mut self.verb(&["backup", "create"]))?;
        let sealed = self.place.join("by-hand.age");
        for _ in 0..ROUNDS {
            ours.push(round(self.workshop, &mut self.verb(&["backup", "create"]))?);
            let _ = fs::remove_file(&sealed);
            theirs.push(round(self.workshop, &mut self.by_hand(BY_HAND, &address, &sealed))?);
        }
        let backup = Pair::of(&ours, &theirs);
        let plain = "set -e; \"$BIN/pg_dump\" --no-unlogged-table-data -d \"$URL\" -f \"$DUMP\"";
        children::read(self.workshop, &mut self.by_hand(plain, &address, &sealed))?;
        let restore = self.restores(&address)?;
        Ok(Costs {
            dump_mb: fs::metadata(self.place.join("dump.sql"))?.len() as f64 / 1e6,
            files_mb: (200 * FILE) as f64 / 1e6,
            backup,
            restore,
        })
    }

    fn restores(&self, address: &str) -> Result<Pair> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let (key, source) = (self.place.join("recovery.txt"), self.place.join("repository"));
        let (key, source) = (key.display().to_string(), source.display().to_string());
        for number in 0..ROUNDS {
            let name = format!("by_hand_{number}");
            let query = format!("CREATE DATABASE {name} TEMPLATE template0");
            psql::rows(self.workshop, &self.database, "super", &query)?;
            let other = address.replacen("/vcconnect?", &format!("/{name}?"), 1);
            let copy = self.place.join(&name);
            theirs.push(round(self.workshop, &mut self.by_hand(LOAD, &other, &copy))?);
            fs::remove_dir_all(&copy)?;
            let query = format!("DROP DATABASE {name}");
            psql::rows(self.workshop, &self.database, "super", &query)?;
            let words = ["restore", &source, "--recovery-key-file", &key, "--yes"];
            ours.push(round(self.workshop, &mut self.verb(&words))?);
        }
        Ok(Pair::of(&ours, &theirs))
    }
}

impl Pair {
    fn of(ours: &[Round], theirs: &[Round]) -> Self {
        let median = |rounds: &[Round], of: fn(&Round) -> Duration| {
            quantile(&mut rounds.iter().map(of).collect::<Vec<_>>(), 0.5) * 1e3
        };
        Self {
            ours_cpu_ms: median(ours, |round| round.cpu),
            by_hand_cpu_ms: median(theirs, |round| round.cpu),
            ours_wall_ms: median(ours, |round| round.wall),
            by_hand_wall_ms: median(theirs, |round| round.wall),
        }
    }
}

fn programs() -> Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").context("PostgreSQL is not installed")?;
    let bins = versions.flatten().map(|version| version.path().join("bin"));
    bins.filter(|bin| bin.join("pg_dump").is_file()).max().context("no pg_dump under /usr/lib/postgresql")
}

/// The table's rows.
pub(super) fn rows(costs: &Costs) -> Vec<(String, String)> {
    let Costs { dump_mb, files_mb, backup, restore } = costs;
    let seconds = |ms: f64| format!("{:.1} s", ms / 1e3);
    let pair = |ours: f64, theirs: f64| format!("{}, {}", seconds(ours), seconds(theirs));
    [
        (
            format!("backup of a {dump_mb:.0} MB dump; pg_dump \\| zstd -1 \\| age; processor"),
            pair(backup.ours_cpu_ms, backup.by_hand_cpu_ms),
        ),
        (
            "the same per processor second, ours over theirs (goal 0.9 or more)".to_owned(),
            format!("{:.2}", backup.by_hand_cpu_ms / backup.ours_cpu_ms),
        ),
        ("the same by the clock".to_owned(), pair(backup.ours_wall_ms, backup.by_hand_wall_ms)),
        (
            format!("restore of it and {files_mb:.0} MB of files; psql of the plain dump and cp; by the clock"),
            pair(restore.ours_wall_ms, restore.by_hand_wall_ms),
        ),
        (
            "the same, ours over theirs (goal 1.2 or less)".to_owned(),
            format!("{:.2}", restore.ours_wall_ms / restore.by_hand_wall_ms),
        ),
        ("the same, processor without the database's".to_owned(), pair(restore.ours_cpu_ms, restore.by_hand_cpu_ms)),
    ]
    .to_vec()
}
