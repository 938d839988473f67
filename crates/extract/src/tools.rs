//! The programs of the system that read what we do not read ourselves: poppler's `pdfinfo`, `pdftotext`, `pdfimages`
//! and `pdftoppm`, and `tesseract`.
//!
//! Invariants: a document goes in through standard input and comes out through a pipe, so no file is written and no
//! path is named. A program sees none of our environment. It ends by itself, by its time, or when its output is no
//! longer wanted; it never outlives its [`Running`]. What it complains about is used to tell causes apart and never
//! shown or kept: it may quote the document.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Take, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::ReadError;

/// Where the distribution puts its programs.
const PROGRAMS: &str = "/usr/bin";

/// Bytes of complaints that are looked at.
const COMPLAINT: u64 = 16 * 1024;

/// Bytes of a line of output that are kept.
const LINE: u64 = 64 * 1024;

/// How long a program may take, by the clock on the wall.
#[derive(Debug, Clone)]
pub(crate) struct Times {
    /// The structure of a document.
    pub(crate) structure: Duration,
    /// The text of a document, apart from its pages.
    pub(crate) text: Duration,
    /// What each page adds to that.
    pub(crate) text_of_a_page: Duration,
    /// Drawing one page.
    pub(crate) drawing: Duration,
    /// Recognising the text of one image.
    pub(crate) recognition: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            structure: Duration::from_secs(15),
            text: Duration::from_secs(45),
            text_of_a_page: Duration::from_millis(50),
            drawing: Duration::from_secs(20),
            recognition: Duration::from_secs(60),
        }
    }
}

/// A program with all that it needs.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// Its name; it is looked for in the system's own folders only.
    pub(crate) program: &'static str,
    /// What it is told. Whoever has a shell on this machine can see it while it runs.
    pub(crate) arguments: Vec<OsString>,
    /// What it reads.
    pub(crate) input: Input<'a>,
    /// How long it may take in all.
    pub(crate) time: Duration,
    /// How many bytes it may say.
    pub(crate) output: u64,
}

/// What a program reads from its standard input.
#[derive(Debug)]
pub(crate) enum Input<'a> {
    /// A file from its start. The position is shared: two programs must not read the same file at once.
    File(&'a File),
    /// Bytes; the program must read them all before it says much.
    Bytes(&'a [u8]),
}

/// Why a program did not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It is not installed.
    Missing(&'static str),
    /// It took longer than it may.
    Late,
    /// It said more than it may.
    Flood,
    /// The system stopped it.
    Killed(i32),
    /// It gave up. The complaint may quote the document: look at it, never show it.
    Exit(String),
    /// It could not be started or heard.
    Broken(io::Error),
}

impl Failure {
    /// The reason for the user; `work` says what was tried: `its text`.
    pub(crate) fn reason(&self, work: &str) -> ReadError {
        match self {
            Self::Missing(program) => ReadError::ToolMissing((*program).to_owned()),
            Self::Late => ReadError::TooBig(format!("{work} took longer than a file may take")),
            Self::Flood => ReadError::TooBig(format!("{work} is longer than a file may be")),
            Self::Killed(signal) => killed(*signal, work),
            Self::Exit(_) => ReadError::Damaged(format!("{work} cannot be made out")),
            Self::Broken(error) => {
                ReadError::Internal(format!("the program for {work} did not run ({})", error.kind()))
            }
        }
    }

    /// What to say of a page that was given up, as the rest of a sentence.
    pub(crate) fn of_a_page(&self) -> &'static str {
        match self {
            Self::Late => "it took longer than a page may take",
            Self::Flood => "it is larger than a page may be",
            Self::Killed(_) => "it asks for more than a page may use",
            Self::Missing(_) | Self::Broken(_) => "the server could not run the program for it",
            Self::Exit(_) => "it is damaged",
        }
    }

    /// True if the program complained in these words.
    pub(crate) fn says(&self, words: &str) -> bool {
        matches!(self, Self::Exit(complaint) if complaint.contains(words))
    }
}

/// Numbers of signals as Linux has them on all its common machines (signal(7)).
fn killed(signal: i32, work: &str) -> ReadError {
    const SIGABRT: i32 = 6;
    const SIGKILL: i32 = 9;
    const SIGXCPU: i32 = 24;
    match signal {
        SIGXCPU => ReadError::TooBig(format!("{work} took longer than a file may take")),
        SIGKILL | SIGABRT => ReadError::TooBig(format!("{work} asks for more memory than a file may use")),
        _ => ReadError::Damaged(format!("the program for {work} broke down over it")),
    }
}

/// A program that runs. It is stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Arc<Mutex<Child>>,
    output: Take<BufReader<ChildStdout>>,
    complaint: Option<JoinHandle<String>>,
    alarm: Option<Alarm>,
}

#[derive(Debug)]
struct Alarm {
    again: Sender<Duration>,
    rang: JoinHandle<bool>,
}

impl Call<'_> {
    /// Starts it.
    pub(crate) fn start(self) -> Result<Running, Failure> {
        // A full path: the standard library then starts it by `posix_spawn`. Searching for a name it would ask for a
        // socket first, which a confined process does not get.
        let mut command = Command::new(Path::new(PROGRAMS).join(self.program));
        command
            .args(&self.arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", "/nonexistent")
            // More threads cost three times the processor time of one, and two pages are recognised at once anyway.
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(self.input.stdio().map_err(Failure::Broken)?)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Failure::Missing(self.program),
            _ => Failure::Broken(error),
        })?;
        let mut running = Running::of(child, self.time, self.output).map_err(Failure::Broken)?;
        if let Input::Bytes(bytes) = self.input {
            running.feed(bytes);
        }
        Ok(running)
    }

    /// Runs it to its end and gives what it said.
    pub(crate) fn run(self) -> Result<Vec<u8>, Failure> {
        let mut running = self.start()?;
        let mut said = Vec::new();
        running.output().read_to_end(&mut said).map_err(Failure::Broken)?;
        running.finish().map(|()| said)
    }
}

impl Input<'_> {
    fn stdio(&self) -> io::Result<Stdio> {
        match self {
            Self::File(file) => {
                let mut file = file.try_clone()?;
                file.rewind()?;
                Ok(Stdio::from(file))
            }
            Self::Bytes(_) => Ok(Stdio::piped()),
        }
    }
}

impl Running {
    fn of(mut child: Child, time: Duration, output: u64) -> io::Result<Self> {
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(io::Error::other("it has no pipes"));
        };
        let child = Arc::new(Mutex::new(child));
        let output = BufReader::with_capacity(64 * 1024, stdout).take(output);
        let mut running = Self { child: Arc::clone(&child), output, complaint: None, alarm: None };
        running.complaint = Some(listen(stderr)?);
        running.alarm = Some(Alarm::set(child, time)?);
        Ok(running)
    }

    /// What it says, up to the limit.
    pub(crate) fn output(&mut self) -> &mut Take<BufReader<ChildStdout>> {
        &mut self.output
    }

    /// The next line without its end, cut at 64 KiB; `None` at the end of the output.
    pub(crate) fn line(&mut self, line: &mut Vec<u8>) -> io::Result<Option<()>> {
        line.clear();
        let read = self.output.by_ref().take(LINE).read_until(b'\n', line)?;
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if read as u64 == LINE {
            self.output.skip_until(b'\n')?;
        }
        Ok((read > 0).then_some(()))
    }

    /// Gives it this much time from now on.
    pub(crate) fn give(&self, time: Duration) {
        if let Some(alarm) = &self.alarm {
            // The alarm that has rung no longer listens; its ring is found at the end.
            let _ = alarm.again.send(time);
        }
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let flooded = self.output.limit() == 0;
        if flooded {
            self.kill();
        }
        let (status, complaint, late) = self.reap().map_err(Failure::Broken)?;
        match status.signal() {
            _ if late => Err(Failure::Late),
            _ if flooded => Err(Failure::Flood),
            Some(signal) => Err(Failure::Killed(signal)),
            None if status.success() => Ok(()),
            None => Err(Failure::Exit(complaint)),
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        let pipe = self.child.lock().unwrap_or_else(PoisonError::into_inner).stdin.take();
        if let Some(mut pipe) = pipe {
            // A program that stops reading has its reason, which its end tells.
            let _ = pipe.write_all(bytes);
        }
    }

    fn kill(&self) {
        // It may have ended by itself meanwhile, which is as good.
        let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).kill();
    }

    fn reap(&mut self) -> io::Result<(ExitStatus, String, bool)> {
        // Its complaints end with it. Until then the alarm must be able to reach it, so it is not held here.
        let complaint = self.complaint.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        let status = self.child.lock().unwrap_or_else(PoisonError::into_inner).wait()?;
        let late = self.alarm.take().is_some_and(Alarm::rang);
        Ok((status, complaint, late))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.alarm.is_some() || self.complaint.is_some() {
            self.kill();
            let _ = self.reap();
        }
    }
}

impl Alarm {
    fn set(child: Arc<Mutex<Child>>, time: Duration) -> io::Result<Self> {
        let (again, hear) = channel();
        let rang = thread::Builder::new().spawn(move || {
            let mut time = time;
            loop {
                match hear.recv_timeout(time) {
                    Ok(more) => time = more,
                    Err(RecvTimeoutError::Disconnected) => return false,
                    Err(RecvTimeoutError::Timeout) => {
                        let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
                        return true;
                    }
                }
            }
        })?;
        Ok(Self { again, rang })
    }

    fn rang(self) -> bool {
        drop(self.again);
        self.rang.join().unwrap_or(false)
    }
}

fn listen(mut stderr: ChildStderr) -> io::Result<JoinHandle<String>> {
    thread::Builder::new().spawn(move || {
        let mut complaint = Vec::new();
        let _ = stderr.by_ref().take(COMPLAINT).read_to_end(&mut complaint);
        let _ = io::copy(&mut stderr, &mut io::sink());
        String::from_utf8_lossy(&complaint).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn call<'a>(program: &'static str, arguments: &[&str], input: Input<'a>) -> Call<'a> {
        let arguments = arguments.iter().map(OsString::from).collect();
        Call { program, arguments, input, time: Duration::from_secs(20), output: 1024 }
    }

    #[test]
    fn a_file_is_read_from_its_start_and_bytes_as_they_are() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"from the start").unwrap();
        assert_eq!(call("cat", &[], Input::File(&file)).run().unwrap(), b"from the start");
        assert_eq!(call("cat", &[], Input::File(&file)).run().unwrap(), b"from the start");
        assert_eq!(call("cat", &[], Input::Bytes(b"bytes")).run().unwrap(), b"bytes");
    }

    #[test]
    fn none_of_our_environment_is_seen() {
        let said = call("env", &[], Input::Bytes(b"")).run().unwrap();
        let said = String::from_utf8(said).unwrap();
        let mut names: Vec<_> = said.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
        names.sort_unstable();
        assert_eq!(names, ["HOME", "LC_ALL", "OMP_THREAD_LIMIT", "PATH"]);
    }

    #[test]
    fn every_end_has_its_cause() {
        let missing = call("no-such-program-here", &[], Input::Bytes(b"")).run();
        assert!(matches!(missing, Err(Failure::Missing("no-such-program-here"))), "{missing:?}");
        let flood = call("yes", &[], Input::Bytes(b"")).run();
        assert!(matches!(flood, Err(Failure::Flood)), "{flood:?}");
        let late = Call { time: Duration::from_millis(50), ..call("sleep", &["600"], Input::Bytes(b"")) }.run();
        assert!(matches!(late, Err(Failure::Late)), "{late:?}");
        let exit = call("sh", &["-c", "echo secret words >&2; exit 3"], Input::Bytes(b"")).run().unwrap_err();
        assert!(exit.says("secret"));
        assert!(!exit.reason("its text").to_string().contains("secret"));
        for (signal, words) in [(6, "memory"), (9, "memory"), (24, "longer"), (11, "broke down")] {
            let killed = call("sh", &["-c", &format!("kill -{signal} $$")], Input::Bytes(b"")).run().unwrap_err();
            assert!(matches!(killed, Failure::Killed(by) if by == signal), "{killed:?}");
            assert!(killed.reason("its text").to_string().contains(words), "{killed:?}");
        }
    }

    #[test]
    fn long_lines_are_cut_and_the_next_one_is_whole() {
        let script = "head -c 70000 /dev/zero | tr '\\0' x; echo; echo next";
        let long = Call { output: 1 << 20, ..call("sh", &["-c", script], Input::Bytes(b"")) };
        let mut running = long.start().unwrap();
        let mut line = Vec::new();
        assert_eq!(running.line(&mut line).unwrap(), Some(()));
        assert_eq!(line.len(), 65_536);
        assert_eq!(running.line(&mut line).unwrap(), Some(()));
        assert_eq!(line, b"next");
        assert_eq!(running.line(&mut line).unwrap(), None);
        running.finish().unwrap();
    }

    #[test]
    fn a_program_that_is_no_longer_wanted_is_stopped() {
        let running = call("sleep", &["600"], Input::Bytes(b"")).start().unwrap();
        let id = running.child.lock().unwrap().id();
        drop(running);
        assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
    }
}
