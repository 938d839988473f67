//! `pg_dump` of the cluster's own major version, read as it writes.

use std::io::{self, Read as _, Write};
use std::process::{Child, Command, Stdio};
use std::thread;

use ::backup::{Step, Watch};
use percent_encoding::percent_decode_str;
use url::Url;

use super::trouble::Trouble;
use crate::infra::config::Config;
use crate::infra::postgres;

const PIECE: usize = 256 * 1024;

/// A child that does not outlive its reader.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already is fine.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What is dumped.
pub(super) struct Order<'a> {
    pub(super) config: &'a Config,
    /// Of the role of backups.
    pub(super) url: &'a str,
    pub(super) snapshot: &'a str,
    pub(super) major: u32,
}

/// Writes the dump of a snapshot. Ends in an error unless `pg_dump` says that it wrote all of it.
pub(super) fn dump(order: &Order<'_>, output: &mut dyn Write, watch: &dyn Watch) -> Result<(), Trouble> {
    let program = postgres::client(order.config, order.major, "pg_dump")?;
    let mut command = Command::new(&program);
    command
        .args(["--no-password", "--no-unlogged-table-data", "--encoding=UTF8"])
        .arg(format!("--snapshot={}", order.snapshot))
        .env_clear()
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let (url, password) = without_password(order.url);
    command.arg(format!("--dbname={url}")).envs(password.map(|password| ("PGPASSWORD", password)));
    let failed = || Trouble::io("run", program.display());
    let mut child = Running(command.spawn().map_err(failed())?);
    let (stdout, stderr) = (child.0.stdout.take(), child.0.stderr.take());
    let complaint = thread::spawn(move || stderr.map(io::read_to_string).and_then(Result::ok).unwrap_or_default());
    let mut stdout = stdout.ok_or_else(|| Trouble::told("pg_dump has no output"))?;
    let mut piece = vec![0; PIECE];
    let mut done = 0;
    loop {
        let length = stdout.read(&mut piece).map_err(failed())?;
        let bytes = piece.get(..length).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        output.write_all(bytes).map_err(::backup::BackupError::io("write", ::backup::DATABASE))?;
        done += length as u64;
        watch.go_on(Step::Database, done, 0)?;
    }
    let status = child.0.wait().map_err(failed())?;
    if status.success() {
        return Ok(());
    }
    let said = complaint.join().unwrap_or_default();
    Err(Trouble::told(format!("the database could not be dumped; no set was added ({})", said.trim())))
}

/// Command lines can be read by everybody on the machine; the environment by its own user alone.
fn without_password(url: &str) -> (String, Option<String>) {
    let Ok(mut parsed) = Url::parse(url) else { return (url.to_owned(), None) };
    let password = parsed.password().map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned());
    match password {
        Some(password) if parsed.set_password(None).is_ok() => (parsed.into(), Some(password)),
        _ => (url.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn no_password_stands_on_a_command_line() {
        let (url, password) =
            without_password("postgres://vcc_owner:hunter%402@db.example:5433/vcconnect?sslmode=require");
        assert_eq!(url, "postgres://vcc_owner@db.example:5433/vcconnect?sslmode=require");
        assert_eq!(password.as_deref(), Some("hunter@2"));
        let socket = "postgres:///vcconnect?host=/run/vcconnect-db&user=vcc_backup";
        assert_eq!(without_password(socket), (socket.to_owned(), None));
    }
}
