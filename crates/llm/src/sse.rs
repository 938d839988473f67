//! Server-sent events, as far as completions use them: data lines, the name `error`, comments.
//!
//! Bytes are cut anywhere, also within a character; an event is handed out once its empty line has come. A line and an event
//! have a limit.

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its data, lines joined by line feeds.
    pub(crate) data: Vec<u8>,
    /// Whether it is named `error`.
    pub(crate) is_error: bool,
}

/// A line or an event is longer than it may be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Puts events together from pieces of a stream.
#[derive(Debug)]
pub(crate) struct Events {
    most: usize,
    line: Vec<u8>,
    data: Option<Vec<u8>>,
    is_error: bool,
    after_return: bool,
    at_start: bool,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Events {
    /// A stream whose lines and events have at most `most` bytes.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, line: Vec::new(), data: None, is_error: false, after_return: false, at_start: true }
    }

    /// Takes the next bytes and returns the events that they complete.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLong> {
        let mut events = Vec::new();
        for &byte in bytes {
            // A line ends with CR, LF or both, and the two may come in different pieces.
            let second_half = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            match byte {
                b'\n' if second_half => {}
                b'\n' | b'\r' => events.extend(self.end_line()?),
                _ if self.line.len() >= self.most => return Err(TooLong),
                _ => self.line.push(byte),
            }
        }
        Ok(events)
    }

    /// What is left when the stream ends without an empty line.
    pub(crate) fn finish(&mut self) -> Option<Event> {
        let completed = self.end_line().ok()?;
        completed.or_else(|| self.end_event())
    }

    fn end_line(&mut self) -> Result<Option<Event>, TooLong> {
        let line = std::mem::take(&mut self.line);
        let line = if std::mem::take(&mut self.at_start) {
            line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line)
        } else {
            &line
        };
        if line.is_empty() {
            return Ok(self.end_event());
        }
        match field(line) {
            (b"data", value) => self.add(value)?,
            (b"event", value) => self.is_error = value == b"error",
            _ => {}
        }
        Ok(None)
    }

    fn add(&mut self, value: &[u8]) -> Result<(), TooLong> {
        let data = match &mut self.data {
            Some(data) => {
                data.push(b'\n');
                data
            }
            none => none.insert(Vec::new()),
        };
        data.extend_from_slice(value);
        if data.len() > self.most { Err(TooLong) } else { Ok(()) }
    }

    fn end_event(&mut self) -> Option<Event> {
        let is_error = std::mem::take(&mut self.is_error);
        self.data.take().map(|data| Event { data, is_error })
    }
}

/// Name and value of a line; a comment has an empty name.
fn field(line: &[u8]) -> (&[u8], &[u8]) {
    let mut halves = line.splitn(2, |byte| *byte == b':');
    let name = halves.next().unwrap_or_default();
    let value = halves.next().unwrap_or_default();
    (name, value.strip_prefix(b" ").unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let mut events = Events::new(64);
        let mut found = Vec::new();
        for piece in pieces {
            found.extend(events.feed(piece).unwrap());
        }
        found.extend(events.finish());
        found.into_iter().map(|event| String::from_utf8(event.data).unwrap()).collect()
    }

    #[test]
    fn lines_end_in_three_ways_and_comments_are_nothing() {
        let stream =
            b"\xef\xbb\xbf: hello\r\ndata: one\r\n\r\n:\ndata:two\n\ndata: three\r\rid: 7\nretry: 1\nevent: x\n\n";
        assert_eq!(read(&[stream]), ["one", "two", "three"]);
        assert_eq!(read(&[b"data: a\ndata: b\ndata\n\n"]), ["a\nb\n"]);
        assert_eq!(read(&[b"data:  two spaces\n\n"]), [" two spaces"]);
    }

    #[test]
    fn it_does_not_matter_where_the_bytes_are_cut() {
        let stream = ": c\r\ndata: {\"a\":\"größer als 5 €\"}\r\n\r\ndata: [DONE]\n\n".as_bytes();
        let whole = read(&[stream]);
        assert_eq!(whole, ["{\"a\":\"größer als 5 €\"}", "[DONE]"]);
        for first in 0..stream.len() {
            for second in first..stream.len() {
                let (head, rest) = stream.split_at(first);
                let (middle, tail) = rest.split_at(second - first);
                assert_eq!(read(&[head, middle, tail]), whole, "{first} {second}");
            }
        }
        let single: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(read(&single), whole);
    }

    #[test]
    fn the_last_event_may_lack_its_empty_line() {
        assert_eq!(read(&[b"data: one\n\ndata: [DONE]"]), ["one", "[DONE]"]);
        assert_eq!(read(&[b"data: one\n\ndata: [DONE]\n"]), ["one", "[DONE]"]);
        assert!(read(&[b": only a comment\n\n\n"]).is_empty());
        assert!(read(&[]).is_empty());
    }

    #[test]
    fn errors_have_a_name_and_only_their_event_has_it() {
        let events = Events::new(64).feed(b"event: error\ndata: a\n\ndata: b\n\n").unwrap();
        assert_eq!(events.iter().map(|event| event.is_error).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn lines_and_events_have_a_limit() {
        assert_eq!(Events::new(8).feed(b"data: 123456789"), Err(TooLong));
        assert_eq!(Events::new(8).feed(b"data:123\ndata:456\ndata:789\n\n"), Err(TooLong));
        assert_eq!(Events::new(8).feed(b"data:123\n\ndata:456\n\n").map(|events| events.len()), Ok(2));
    }
}
