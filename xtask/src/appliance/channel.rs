//! The control channel: a line asks, a line answers, over a virtio port that is a unix socket on this side.
//!
//! `run ID SECONDS SCRIPT` and `put ID BYTES PATH` followed by that many bytes go in; `done ID CODE OUT:ERR` and, each time
//! the far end begins, `hello BOOT` come out. Script, path and outputs are base64, so nothing in them can look like a line
//! of ours. A `hello` while an answer is awaited means that the machine began anew, and the answer will never come.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Between two looks at whether somebody asked us to stop.
const TICK: Duration = Duration::from_millis(100);
/// What the far end may take beyond a command's own limit, which it keeps itself.
const SLACK: Duration = Duration::from_secs(30);

/// What a command left behind.
#[derive(PartialEq, Eq, Debug)]
pub struct Said {
    /// Its exit code; 124 if it ran out of time.
    pub code: i32,
    /// What it printed, byte for byte.
    pub out: Vec<u8>,
    /// What it complained about, byte for byte.
    pub err: Vec<u8>,
}

impl Said {
    /// What it printed, without the end of the last line.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).trim_end().to_owned()
    }
}

/// Our side of it.
pub struct Channel {
    stream: UnixStream,
    come: Vec<u8>,
    asked: u64,
}

/// A line from the far end.
#[derive(PartialEq, Eq, Debug)]
enum Line {
    Hello(String),
    Done {
        id: u64,
        said: Said,
    },
    /// What a machine was writing as it was reset.
    Broken(String),
}

impl Channel {
    /// Connects to the socket, which QEMU makes as it starts.
    pub fn open(socket: &Path, mut alive: impl FnMut() -> Result<()>) -> Result<Self> {
        let stream = loop {
            match UnixStream::connect(socket) {
                Ok(stream) => break stream,
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
                    alive()?;
                    sleep(TICK);
                }
                Err(error) => return Err(error).with_context(|| socket.display().to_string()),
            }
        };
        Self::over(stream)
    }

    fn over(stream: UnixStream) -> Result<Self> {
        stream.set_read_timeout(Some(TICK))?;
        Ok(Self { stream, come: Vec::new(), asked: 0 })
    }

    /// Waits until the far end begins in another boot than this one, and returns which.
    pub fn new_boot(&mut self, than: &str, limit: Duration, mut alive: impl FnMut() -> Result<()>) -> Result<String> {
        loop {
            match self.line(limit, &mut alive)? {
                Line::Hello(boot) if boot != than => return Ok(boot),
                // The channel alone began anew, or an answer that nobody waits for, whole or not.
                Line::Hello(_) | Line::Done { .. } | Line::Broken(_) => {}
            }
        }
    }

    /// Has a script run that will leave nobody to answer.
    pub fn send(&mut self, script: &str) -> Result<()> {
        self.asked += 1;
        let line = format!("run {} 60 {}\n", self.asked, STANDARD.encode(script));
        self.stream.write_all(line.as_bytes()).context("the control channel")
    }

    /// Runs a bash script as root.
    pub fn run(&mut self, script: &str, limit: Duration, alive: impl FnMut() -> Result<()>) -> Result<Said> {
        let request = format!("{} {}", limit.as_secs().max(1), STANDARD.encode(script));
        self.ask("run", &request, &[], limit + SLACK, alive)
    }

    /// Writes a file, whose folder is made where it is missing. It belongs to root, who alone may read it.
    pub fn put(
        &mut self,
        path: &str,
        content: &[u8],
        limit: Duration,
        alive: impl FnMut() -> Result<()>,
    ) -> Result<Said> {
        let request = format!("{} {}", content.len(), STANDARD.encode(path));
        self.ask("put", &request, content, limit, alive)
    }

    fn ask(
        &mut self,
        verb: &str,
        request: &str,
        content: &[u8],
        limit: Duration,
        mut alive: impl FnMut() -> Result<()>,
    ) -> Result<Said> {
        self.asked += 1;
        let asked = self.asked;
        self.stream.write_all(format!("{verb} {asked} {request}\n").as_bytes())?;
        self.stream.write_all(content)?;
        loop {
            match self.line(limit, &mut alive)? {
                Line::Done { id, said } if id == asked => return Ok(said),
                // The answer to something that we no longer wait for.
                Line::Done { .. } => {}
                Line::Hello(_) => bail!("the machine began anew before it answered"),
                Line::Broken(line) => bail!("an unknown line on the control channel: {line:?}"),
            }
        }
    }

    fn line(&mut self, limit: Duration, alive: &mut impl FnMut() -> Result<()>) -> Result<Line> {
        let begun = Instant::now();
        let mut looked = 0;
        let mut piece = vec![0; 1 << 16];
        loop {
            if let Some(end) = self.come.iter().skip(looked).position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.come.drain(..=looked + end).collect();
                looked = 0;
                match parse(&line) {
                    // The far end begins with an empty line, in case that something broken stands before it.
                    Line::Broken(line) if line.is_empty() => continue,
                    line => return Ok(line),
                }
            }
            looked = self.come.len();
            alive()?;
            match self.stream.read(&mut piece) {
                Ok(0) => bail!("the machine is off"),
                // What it was asked and had not read goes with it.
                Err(error) if error.kind() == ErrorKind::ConnectionReset => bail!("the machine is off"),
                Ok(count) => self.come.extend(piece.iter().take(count)),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error).context("the control channel"),
            }
            if begun.elapsed() > limit {
                bail!("the machine did not answer within {} s", limit.as_secs());
            }
        }
    }
}

fn parse(line: &[u8]) -> Line {
    let text = String::from_utf8_lossy(line).trim().to_owned();
    let words: Vec<&str> = text.split(' ').collect();
    let known = match words.as_slice() {
        ["hello", boot] => Some(Line::Hello((*boot).to_owned())),
        ["done", id, code, outputs] => done(id, code, outputs),
        _ => None,
    };
    known.unwrap_or(Line::Broken(text))
}

fn done(id: &str, code: &str, outputs: &str) -> Option<Line> {
    let (out, err) = outputs.split_once(':')?;
    let said = Said { code: code.parse().ok()?, out: STANDARD.decode(out).ok()?, err: STANDARD.decode(err).ok()? };
    Some(Line::Done { id: id.parse().ok()?, said })
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::thread;

    use super::*;

    const SOON: Duration = Duration::from_secs(20);

    fn pair() -> (Channel, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (Channel::over(ours).unwrap(), theirs)
    }

    #[test]
    fn an_answer_is_exact_and_late_ones_of_others_are_passed_over() {
        let (mut channel, mut far) = pair();
        far.write_all(b"done 0 0 bGF0ZQ==:\ndone 1 7 AAr/:IDo=\n").unwrap();
        let said = channel.run("echo", SOON, || Ok(())).unwrap();
        assert_eq!(said, Said { code: 7, out: vec![0, b'\n', 0xff], err: b" :".to_vec() });
        let mut line = String::new();
        BufReader::new(far).read_line(&mut line).unwrap();
        assert_eq!(line, "run 1 20 ZWNobw==\n");
    }

    #[test]
    fn a_file_follows_its_request_byte_for_byte() {
        let (mut channel, far) = pair();
        let reader = thread::spawn(move || {
            let mut far = BufReader::new(far);
            let mut line = String::new();
            far.read_line(&mut line).unwrap();
            let mut content = vec![0; 5];
            far.read_exact(&mut content).unwrap();
            far.get_mut().write_all(b"done 1 0 :\n").unwrap();
            (line, content)
        });
        channel.put("/a b", b"run 2", SOON, || Ok(())).unwrap();
        assert_eq!(reader.join().unwrap(), ("put 1 5 L2EgYg==\n".to_owned(), b"run 2".to_vec()));
    }

    #[test]
    fn what_a_reset_broke_off_is_passed_over_only_by_who_waits_for_the_next_boot() {
        let (mut channel, mut far) = pair();
        far.write_all(b"done 1 0 Zm9\nhello 2c\ndone 1 0 Zm9").unwrap();
        assert_eq!(channel.new_boot("1b", SOON, || Ok(())).unwrap(), "2c");
        far.write_all(b"\n").unwrap();
        assert!(channel.run("true", SOON, || Ok(())).unwrap_err().to_string().contains("unknown line"));
    }

    #[test]
    fn a_machine_that_begins_anew_or_goes_off_is_an_error_and_no_wait() {
        let (mut channel, mut far) = pair();
        far.write_all(b"hello 1b\n").unwrap();
        assert_eq!(channel.new_boot("", SOON, || Ok(())).unwrap(), "1b");
        far.write_all(b"hello 2c\n").unwrap();
        assert!(channel.run("true", SOON, || Ok(())).unwrap_err().to_string().contains("began anew"));
        far.write_all(b"hello 2c\ndone 1 0 :\nhello 3d\n").unwrap();
        assert_eq!(channel.new_boot("2c", SOON, || Ok(())).unwrap(), "3d");
        drop(far);
        assert!(channel.new_boot("", SOON, || Ok(())).unwrap_err().to_string().contains("off"));
        let (mut channel, _far) = pair();
        let stopped = channel.new_boot("", SOON, || bail!("stopped"));
        assert_eq!(stopped.unwrap_err().to_string(), "stopped");
    }
}
