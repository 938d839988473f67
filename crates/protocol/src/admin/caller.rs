//! Asking over a stream that is open already. The caller brings the socket.

use std::io::{BufRead, BufReader, Read, Write};

use super::{Answer, Ask, Confirm, Progress, Refusal, Reply, Request, Said, Secret, VERSION};

/// Bytes of one line, its end included.
pub const LONGEST_LINE: usize = 1 << 20;

/// Why an answer did not come.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The server said no.
    #[error("{}", .0.sentence)]
    Refused(Refusal),
    /// It destroys something, and nobody has confirmed it.
    #[error("this destroys something and was not confirmed; nothing was done")]
    Confirm(Confirm),
    /// The other side is no server of this version.
    #[error("the server's answer cannot be read; is it another version than this program? Nothing more was asked")]
    Unreadable,
    /// The connection broke. What was asked may have been done.
    #[error("the connection to the server broke ({0}); look again whether it was done")]
    Broken(#[from] std::io::Error),
}

/// The client's side of a connection.
#[derive(Debug)]
pub struct Caller<S> {
    stream: BufReader<S>,
    last: u64,
}

impl<S: Read + Write> Caller<S> {
    /// Over a stream that is connected to the admin socket.
    pub fn new(stream: S) -> Self {
        Self { stream: BufReader::new(stream), last: 0 }
    }

    /// Asks and waits for the end. `token` repeats a question that had to be confirmed; `told` hears how far it is.
    pub fn ask(
        &mut self,
        ask: Ask,
        token: Option<Secret>,
        mut told: impl FnMut(&Progress),
    ) -> Result<Reply, CallError> {
        self.last += 1;
        let id = self.last;
        self.send(&Request { version: VERSION, id, ask, token })?;
        loop {
            let answer = self.receive()?;
            if answer.id != id {
                continue;
            }
            match answer.said {
                Said::Progress(progress) => told(&progress),
                Said::Done(reply) => return Ok(*reply),
                Said::Refused(refusal) => return Err(CallError::Refused(refusal)),
                Said::Confirm(confirm) => return Err(CallError::Confirm(confirm)),
            }
        }
    }

    fn send(&mut self, request: &Request) -> Result<(), CallError> {
        let mut line = zeroize::Zeroizing::new(serde_json::to_vec(request).map_err(std::io::Error::from)?);
        line.push(b'\n');
        let stream = self.stream.get_mut();
        stream.write_all(&line)?;
        Ok(stream.flush()?)
    }

    fn receive(&mut self) -> Result<Answer, CallError> {
        let mut line = zeroize::Zeroizing::new(Vec::new());
        let read = self.stream.by_ref().take(LONGEST_LINE as u64).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        match line.last() {
            Some(b'\n') => serde_json::from_slice(&line).map_err(|_| CallError::Unreadable),
            _ if read == LONGEST_LINE => Err(CallError::Unreadable),
            _ => Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::{ErrorCode, Shown};

    /// Gives prepared lines and keeps what was written.
    struct Line {
        answers: Cursor<Vec<u8>>,
        asked: Vec<u8>,
    }

    impl Read for Line {
        fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
            self.answers.read(buf)
        }
    }

    impl Write for Line {
        fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
            self.asked.write(buf)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn caller(answers: &[Answer]) -> Caller<Line> {
        let lines: Vec<u8> =
            answers.iter().flat_map(|one| [serde_json::to_vec(one).unwrap(), vec![b'\n']].concat()).collect();
        Caller::new(Line { answers: Cursor::new(lines), asked: Vec::new() })
    }

    #[test]
    fn progress_is_told_until_the_end_comes() {
        let step = |done| Said::Progress(Progress { step: "Copying.".into(), done, total: Some(2) });
        let end = Said::Done(Box::new(Reply::Keys(Vec::new())));
        let mut caller = caller(&[
            Answer { id: 1, said: step(1) },
            Answer { id: 9, said: step(7) },
            Answer { id: 1, said: step(2) },
            Answer { id: 1, said: end },
        ]);
        let mut told = Vec::new();
        assert_eq!(caller.ask(Ask::Keys, None, |progress| told.push(progress.done)).unwrap(), Reply::Keys(Vec::new()));
        assert_eq!(told, [1, 2], "what belongs to another question is not told");
        assert_eq!(caller.stream.get_ref().asked.iter().filter(|byte| **byte == b'\n').count(), 1);
    }

    #[test]
    fn a_refusal_a_break_and_a_stranger_are_told_apart() {
        let refusal = Refusal { code: ErrorCode::LastAdmin, sentence: Shown::new("There must be an active admin.") };
        let mut refused = caller(&[Answer { id: 1, said: Said::Refused(refusal.clone()) }]);
        assert!(matches!(refused.ask(Ask::Status, None, |_| {}), Err(CallError::Refused(found)) if found == refusal));
        assert!(matches!(caller(&[]).ask(Ask::Status, None, |_| {}), Err(CallError::Broken(_))));
        let cut = Line { answers: Cursor::new(br#"{"id":1,"said":{"done":{"keys":[]}}}"#.to_vec()), asked: Vec::new() };
        assert!(
            matches!(Caller::new(cut).ask(Ask::Keys, None, |_| {}), Err(CallError::Broken(_))),
            "a line has an end"
        );
        let stranger = Line { answers: Cursor::new(b"SSH-2.0-OpenSSH\n".to_vec()), asked: Vec::new() };
        assert!(matches!(Caller::new(stranger).ask(Ask::Status, None, |_| {}), Err(CallError::Unreadable)));
    }
}
