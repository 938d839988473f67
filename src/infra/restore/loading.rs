//! Loads a dump with `psql`, in one transaction, into a database that nobody uses yet.

use std::io::{self, Read, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use ::backup::{DATABASE, Identity, Step, Watch, open_sealed};
use nix::fcntl::{FcntlArg, fcntl};

use super::filling::Empty;
use super::source::Opened;
use super::staging::fetch;
use crate::infra::backup::Trouble;
use crate::infra::config::Config;
use crate::infra::postgres;

const PIECE: usize = 256 * 1024;
/// What the system lets everybody have.
const PIPE: i32 = 1 << 20;

/// Counts what was read of the sealed dump.
struct Counting<R>(R, Arc<AtomicU64>);

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let length = self.0.read(buf)?;
        self.1.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// Loads the set's dump. The caller has compared it with what was signed. All of it is there afterwards, or nothing.
pub(super) fn load(
    config: &Config,
    opened: &Opened,
    identity: &Identity,
    database: &Empty,
    watch: &dyn Watch,
) -> Result<(), Trouble> {
    let total = opened.manifest.objects.iter().find(|object| object.name == DATABASE).map_or(0, |object| object.bytes);
    let read = Arc::new(AtomicU64::new(0));
    let sealed = Counting(fetch(config, opened, DATABASE)?, Arc::clone(&read));
    let mut dump = open_sealed(DATABASE, identity, sealed)?;
    let program = postgres::client(config, database.major, "psql")?;
    let mut command = Command::new(&program);
    command
        .args(["--no-psqlrc", "--quiet", "--no-password", "--single-transaction", "--set=ON_ERROR_STOP=1"])
        .args(["--file=-", "--dbname", &database.url])
        .env_clear()
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let failed = || Trouble::io("run", program.display());
    let mut child = command.spawn().map_err(failed())?;
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let complaint = thread::spawn(move || stderr.map(io::read_to_string).and_then(Result::ok).unwrap_or_default());
    if let Some(stdin) = &stdin {
        // The next piece is opened while psql works on this one. Where the system allows no more, it is slower.
        let _ = fcntl(stdin, FcntlArg::F_SETPIPE_SZ(PIPE));
    }
    let fed = stdin.ok_or_else(|| Trouble::told("psql takes no input")).and_then(|mut stdin| {
        let mut piece = vec![0; PIECE];
        loop {
            let length = dump.read(&mut piece).map_err(Trouble::io("open", DATABASE))?;
            let bytes = piece.get(..length).unwrap_or_default();
            if bytes.is_empty() {
                return Ok(());
            }
            watch.go_on(Step::Loading, read.load(Ordering::Relaxed), total)?;
            match stdin.write_all(bytes) {
                // It has ended; it says why itself.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                written => written.map_err(failed())?,
            }
        }
    });
    if fed.is_err() {
        // Before its input ends, so that it commits nothing.
        child.kill().map_err(failed())?;
    }
    let status = child.wait().map_err(failed())?;
    fed?;
    if status.success() {
        return Ok(());
    }
    let said = complaint.join().unwrap_or_default();
    let said: Vec<&str> = said.lines().take(3).collect();
    Err(Trouble::told(format!("the dump could not be loaded; what is here is untouched ({})", said.join(" "))))
}
