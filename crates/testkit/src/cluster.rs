//! The cluster of one test process, and its clones.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};

use crate::sweep;

const TEMPLATE: &str = "vcconnect";

/// A running cluster with a migrated template database.
#[derive(Debug)]
pub struct Cluster {
    program: PathBuf,
    data_dir: PathBuf,
    psql: PathBuf,
    clones: AtomicUsize,
}

/// One database, for one test.
#[derive(Debug, Clone)]
pub struct TestDatabase {
    /// For the server's role.
    pub app_url: String,
    /// For the schema's owner.
    pub owner_url: String,
    /// For the superuser.
    pub super_url: String,
    psql: PathBuf,
}

impl Cluster {
    /// Starts a cluster with `program` (the built `vcconnect`) and migrates its template.
    pub fn start(program: &Path) -> Result<Self> {
        sweep::abandoned();
        let data_dir = sweep::new_dir()?;
        let cluster = Self { program: program.to_owned(), psql: find_psql()?, data_dir, clones: AtomicUsize::new(0) };
        cluster.spawn()?;
        cluster.run(&["database", "wait"])?;
        cluster.run(&["migrate"])?;
        Ok(cluster)
    }

    /// Folder of the cluster, its write-ahead log and its temporary files.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The server stops when the thread that started it ends, so that thread lives as long as the process.
    fn spawn(&self) -> Result<()> {
        let mut command = self.command(&["database", "run", "--throwaway", "--die-with-parent"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let (started, result) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let child = command.spawn();
            let failed = child.is_err();
            let sent = started.send(child.map(drop));
            while sent.is_ok() && !failed {
                std::thread::park();
            }
        });
        result.recv()?.context("cannot start the test database")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(args)
            .env("VCCONNECT_CONFIG_DIR", self.data_dir.join("no-configuration"))
            .env("VCCONNECT__STORAGE__DATA_DIR", &self.data_dir)
            .env("VCCONNECT__LOG__FILTER", "error");
        command
    }

    fn run(&self, args: &[&str]) -> Result<String> {
        let output = self.command(args).output().with_context(|| format!("cannot run {args:?}"))?;
        if !output.status.success() {
            bail!("{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// A new database with the migrated schema and no rows. Copying files is a third of the cost of migrating.
    pub fn clone_template(&self) -> Result<TestDatabase> {
        let name = format!("test_{}", self.clones.fetch_add(1, Ordering::Relaxed));
        let url = |role: &str, database: &str| self.url(role, database);
        let statement = format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy OWNER vcc_owner");
        psql(&self.psql, &url("vcc_super", "postgres"), &statement)?;
        Ok(TestDatabase {
            app_url: url("vcc_app", &name),
            owner_url: url("vcc_owner", &name),
            super_url: url("vcc_super", &name),
            psql: self.psql.clone(),
        })
    }

    fn url(&self, role: &str, database: &str) -> String {
        format!("postgres:///{database}?host={}&user={role}", self.data_dir.join("run").display())
    }
}

impl TestDatabase {
    /// Runs SQL as the superuser and gives rows as lines, columns divided by `|`.
    pub fn sql(&self, statement: &str) -> Result<String> {
        psql(&self.psql, &self.super_url, statement)
    }

    /// Runs SQL as the server's role.
    pub fn sql_as_app(&self, statement: &str) -> Result<String> {
        psql(&self.psql, &self.app_url, statement)
    }
}

fn psql(program: &Path, url: &str, statement: &str) -> Result<String> {
    let output = Command::new(program)
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--dbname", url])
        .args(["--command", statement])
        .output()
        .context("cannot run psql")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The distribution's `/usr/bin/psql` is a script that costs more than the query, so the program behind it is used.
fn find_psql() -> Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").context("PostgreSQL is not installed")?;
    let found = versions.flatten().map(|version| version.path().join("bin/psql")).filter(|psql| psql.is_file()).max();
    found.context("no psql under /usr/lib/postgresql")
}
