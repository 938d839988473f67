//! Makes the cluster if there is none, writes its settings and becomes `postgres`.

use std::convert::Infallible;
use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::prctl;
use nix::sys::signal::Signal;

use super::layout::{DATABASE, Layout, PostgresError, Role, Server};
use super::privileges::Users;
use super::settings::{self, Clients, Durability};
use crate::infra::config::Config;

/// A prepared cluster, ready to become `postgres`.
#[derive(Debug)]
pub struct Launch {
    server: Server,
    cluster: PathBuf,
    die_with_parent: bool,
}

/// Prepares the private cluster: drops privileges, makes what is missing, writes the settings.
///
/// `throwaway` gives up crash safety for speed; `die_with_parent` stops the server when its parent dies.
pub fn prepare(config: &Config, throwaway: bool, die_with_parent: bool) -> Result<Launch, PostgresError> {
    let layout = Layout::of(config)?;
    let users = Users::find(&config.database.run_as)?;
    make_dirs(&layout, &users)?;
    users.become_server()?;
    let server = layout.server()?;
    let cluster = layout.cluster(&server);
    if !cluster.join("PG_VERSION").exists() {
        create(&layout, &server, &cluster)?;
    }
    let clients = Clients { starter: users.starter, servers: config.database.clients.clone() };
    settings::write(&cluster, &layout.socket_dir, &clients, Durability { throwaway })?;
    Ok(Launch { server, cluster, die_with_parent })
}

impl Launch {
    /// Becomes `postgres`; returns only if that fails.
    pub fn exec(self) -> Result<Infallible, PostgresError> {
        if self.die_with_parent {
            prctl::set_pdeathsig(Signal::SIGINT)
                .map_err(|errno| PostgresError::io("watch the parent of", "postgres")(errno.into()))?;
        }
        let program = self.server.bin.join("postgres");
        let mut postgres = Command::new(&program);
        postgres
            .arg("-D")
            .arg(&self.cluster)
            .env_clear()
            .env("LC_ALL", "C")
            .envs(OF_THE_UNIT.into_iter().filter_map(kept));
        let error = postgres.exec();
        Err(PostgresError::io("run", program)(error))
    }
}

/// What a unit tells its main process: where to say that it is ready, and how the kernel is told to spare it.
const OF_THE_UNIT: [&str; 2] = ["NOTIFY_SOCKET", "PG_OOM_ADJUST_FILE"];

fn kept(name: &str) -> Option<(&str, OsString)> {
    Some((name, std::env::var_os(name)?))
}

fn make_dirs(layout: &Layout, users: &Users) -> Result<(), PostgresError> {
    for (dir, mode) in [(&layout.dir, 0o700), (&layout.socket_dir, 0o750)] {
        if !dir.is_dir() {
            if let Some(parent) = dir.parent() {
                fs::create_dir_all(parent).map_err(PostgresError::io("make the folder", parent))?;
                users.may_reach(parent)?;
            }
            DirBuilder::new().mode(mode).create(dir).map_err(PostgresError::io("make the folder", dir))?;
            users.own(dir)?;
        }
        users.may_reach(dir)?;
    }
    Ok(())
}

/// Builds the cluster under another name and renames it when it is complete, so a start that was cut off leaves no torso.
fn create(layout: &Layout, server: &Server, cluster: &Path) -> Result<(), PostgresError> {
    let unfinished = layout.dir.join(format!("{}.unfinished", server.major));
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(PostgresError::io("remove the unfinished cluster", &unfinished))?;
    }
    let mut initdb = Command::new(server.bin.join("initdb"));
    initdb
        .args(["--data-checksums", "--no-locale", "--encoding=UTF8", "--auth=peer", "--no-instructions"])
        .arg(format!("--username={}", Role::Super.name()))
        .arg("--pgdata")
        .arg(&unfinished);
    run("initdb", &mut initdb, "")?;
    fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o700))
        .map_err(PostgresError::io("close", &unfinished))?;
    let mut single = Command::new(server.bin.join("postgres"));
    single.arg("--single").arg("-D").arg(&unfinished).args(["-c", "exit_on_error=true", "postgres"]);
    run("postgres --single", &mut single, &first_statements())?;
    fs::rename(&unfinished, cluster).map_err(PostgresError::io("put into place", cluster))
}

/// Single-user mode takes one statement a line.
fn first_statements() -> String {
    let (app, owner, backup) = (Role::App.name(), Role::Owner.name(), Role::Backup.name());
    format!(
        "CREATE ROLE {owner} LOGIN\n\
         CREATE ROLE {app} LOGIN\n\
         CREATE ROLE {backup} LOGIN\n\
         GRANT pg_read_all_data TO {backup}\n\
         CREATE DATABASE {DATABASE} OWNER {owner}\n\
         REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC\n\
         GRANT CONNECT ON DATABASE {DATABASE} TO {app}, {backup}\n"
    )
}

fn run(program: &'static str, command: &mut Command, input: &str) -> Result<(), PostgresError> {
    let spawned = command
        .env_clear()
        .env("LC_ALL", "C")
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = spawned.map_err(PostgresError::io("run", program))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(PostgresError::io("write to", program))?;
    }
    let output = child.wait_with_output().map_err(PostgresError::io("wait for", program))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(PostgresError::Program { program, output: String::from_utf8_lossy(&said).trim().to_owned() })
}
