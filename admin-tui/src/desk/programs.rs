//! Programs that are started and waited for, with limits: how long between two lines, how long a line, how much of what
//! they complain. They get a process group of their own, so that the end of a terminal does not end them.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use protocol::Shown;
use protocol::admin::{LONGEST_LINE, Secret};

use crate::msg::Failure;
use crate::words::failure;

/// Bytes of complaints that are kept.
const COMPLAINTS: u64 = 4096;
/// Letters of them that are shown.
const SHOWN: usize = 400;
/// Between two looks whether a program that said its last has ended.
const LOOK: Duration = Duration::from_millis(20);

/// How a program ended.
pub(super) struct Ended {
    /// Whether with code 0.
    pub(super) well: bool,
    /// What it complained, or its code.
    pub(super) said: Shown,
}

/// Starts a program, types secrets into it, hands on its lines. One that says nothing for too long is ended.
pub(super) fn run(
    mut command: Command,
    typed: &[Secret],
    patience: Duration,
    mut line: impl FnMut(&[u8]),
) -> Result<Ended, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("LC_ALL", "C.UTF-8").env("SYSTEMD_COLORS", "0").env("SYSTEMD_PAGER", "").env("NO_COLOR", "1");
    command.process_group(0);
    let not_started = |error: std::io::Error| Failure::Program(failure::not_started(&name, &error));
    let mut child = command.spawn().map_err(not_started)?;
    if let Some(mut input) = child.stdin.take() {
        for secret in typed {
            // A program that does not read says itself why.
            let _ = input.write_all(secret.0.as_bytes()).and_then(|()| input.write_all(b"\n"));
        }
    }
    let lines = read_lines(&mut child);
    let complaints = read_complaints(&mut child);
    loop {
        match lines.recv_timeout(patience) {
            Ok(one) => line(&one),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => return Err(end(&mut child)),
        }
    }
    let since = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if since.elapsed() < patience => thread::sleep(LOOK),
            _ => return Err(end(&mut child)),
        }
    };
    let said = complaints.recv_timeout(LOOK * 50).unwrap_or_default();
    let said = if said.trim().is_empty() { failure::ended(status.code()) } else { last_words(&said) };
    Ok(Ended { well: status.success(), said })
}

/// Ends a program that takes too long.
fn end(child: &mut Child) -> Failure {
    let _ = child.kill();
    let _ = child.wait();
    Failure::Silent
}

fn last_words(said: &str) -> Shown {
    let text: String = Shown::new(said.trim()).as_str().chars().take(SHOWN).collect();
    Shown::new(text.trim_end_matches('.'))
}

fn read_lines(child: &mut Child) -> Receiver<Vec<u8>> {
    let (send, receive) = mpsc::sync_channel(16);
    if let Some(out) = child.stdout.take() {
        thread::spawn(move || lines(&mut BufReader::new(out), &send));
    }
    receive
}

fn lines(out: &mut impl BufRead, send: &SyncSender<Vec<u8>>) {
    loop {
        let mut line = Vec::new();
        let read = out.by_ref().take(LONGEST_LINE as u64).read_until(b'\n', &mut line);
        if !matches!(read, Ok(1..)) {
            return;
        }
        while line.last().is_some_and(|end| matches!(end, b'\n' | b'\r')) {
            line.pop();
        }
        if send.send(line).is_err() {
            return;
        }
    }
}

fn read_complaints(child: &mut Child) -> Receiver<String> {
    let (send, receive) = mpsc::channel();
    if let Some(mut errors) = child.stderr.take() {
        thread::spawn(move || {
            let mut kept = Vec::new();
            let _ = errors.by_ref().take(COMPLAINTS).read_to_end(&mut kept);
            let _ = send.send(String::from_utf8_lossy(&kept).into_owned());
            // The rest is read so that the program does not wait for us.
            let _ = std::io::copy(&mut errors, &mut std::io::sink());
        });
    }
    receive
}
