//! What a fake model replies, and how that goes over the wire.

use std::io::{self, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::wire;
use super::{Asked, Gate};

/// How often a waiting reply looks whether its caller is still there.
const LOOK: Duration = Duration::from_millis(10);
const CHARACTERS_A_TOKEN: usize = 4;

/// A reply.
#[derive(Debug, Clone)]
pub enum Reply {
    /// These words, streamed in several pieces, with the usage at the end.
    Says(String),
    /// `before` is streamed; `after` once the gate is open.
    Held {
        /// What is streamed at once.
        before: String,
        /// What is waited for.
        gate: Gate,
        /// What is streamed then.
        after: String,
    },
    /// A status with a body.
    Status {
        /// The status.
        status: u16,
        /// Headers besides the length of the body.
        headers: Vec<(String, String)>,
        /// The body.
        body: String,
    },
    /// The connection breaks in the middle, after these words.
    Cut(String),
    /// The request is taken and never answered.
    Silent,
    /// These words as one JSON body, not streamed.
    Plain(String),
    /// These bytes as the event stream, whatever they are.
    Raw(Vec<u8>),
    /// A body that comes slowly.
    Slow {
        /// The status.
        status: u16,
        /// What comes at once each, as an event stream or whatever it is.
        pieces: Vec<String>,
        /// How long nothing comes after each.
        pause: Duration,
    },
}

/// How a reply ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As it had to.
    Sent,
    /// The caller hung up while it waited.
    Left,
}

pub(super) fn send(
    reply: &Reply,
    asked: &Asked,
    stream: &TcpStream,
    stopping: impl Fn() -> bool,
) -> io::Result<Outcome> {
    match reply {
        Reply::Says(words) | Reply::Plain(words) if !asked.streams() || matches!(reply, Reply::Plain(_)) => {
            plain(stream, asked, words)?;
        }
        Reply::Says(words) | Reply::Plain(words) => {
            wire::begin_stream(stream)?;
            pieces(stream, asked, words)?;
            finish(stream, asked, words)?;
        }
        Reply::Held { before, gate, after } => {
            wire::begin_stream(stream)?;
            pieces(stream, asked, before)?;
            gate.reach();
            if !waited(stream, || gate.wait_until_open(LOOK), stopping)? {
                return Ok(Outcome::Left);
            }
            pieces(stream, asked, after)?;
            finish(stream, asked, &format!("{before}{after}"))?;
        }
        Reply::Status { status, headers, body } => wire::whole(stream, *status, headers, body.as_bytes())?,
        Reply::Cut(words) => {
            wire::begin_stream(stream)?;
            pieces(stream, asked, words)?;
        }
        Reply::Silent => {
            waited(stream, over(Duration::MAX), stopping)?;
            return Ok(Outcome::Left);
        }
        Reply::Raw(bytes) => {
            wire::begin_stream(stream)?;
            wire::chunk(stream, bytes)?;
            wire::end_stream(stream)?;
        }
        Reply::Slow { status, pieces, pause } => {
            wire::begin_body(stream, *status)?;
            for piece in pieces {
                wire::chunk(stream, piece.as_bytes())?;
                if !waited(stream, over(*pause), &stopping)? {
                    return Ok(Outcome::Left);
                }
            }
            wire::end_stream(stream)?;
        }
    }
    Ok(Outcome::Sent)
}

/// Whether a pause is over, which begins now. It takes its time to say no.
fn over(pause: Duration) -> impl Fn() -> bool {
    let begun = Instant::now();
    move || {
        std::thread::park_timeout(pause.saturating_sub(begun.elapsed()).min(LOOK));
        begun.elapsed() >= pause
    }
}

/// Waits until `done`; false if the caller hung up or the server stops before that.
fn waited(stream: &TcpStream, done: impl Fn() -> bool, stopping: impl Fn() -> bool) -> io::Result<bool> {
    stream.set_nonblocking(true)?;
    let outcome = loop {
        if done() {
            break true;
        }
        if stopping() || gone(stream) {
            break false;
        }
    };
    stream.set_nonblocking(false)?;
    Ok(outcome)
}

fn gone(stream: &TcpStream) -> bool {
    match stream.peek(&mut [0]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() != io::ErrorKind::WouldBlock,
    }
}

fn pieces(stream: &TcpStream, asked: &Asked, words: &str) -> io::Result<()> {
    let characters: Vec<char> = words.chars().collect();
    for piece in characters.chunks((characters.len() / 12).max(4)) {
        let delta = json!({"role": "assistant", "content": piece.iter().collect::<String>()});
        event(stream, &envelope(asked, json!([{"index": 0, "delta": delta, "finish_reason": null}]), Value::Null))?;
    }
    Ok(())
}

fn finish(stream: &TcpStream, asked: &Asked, words: &str) -> io::Result<()> {
    event(stream, &envelope(asked, json!([{"index": 0, "delta": {}, "finish_reason": "stop"}]), Value::Null))?;
    event(stream, &envelope(asked, json!([]), usage(asked, words)))?;
    wire::chunk(stream, b"data: [DONE]\n\n")?;
    wire::end_stream(stream)
}

fn event(stream: &TcpStream, data: &Value) -> io::Result<()> {
    let mut line = Vec::new();
    write!(line, "data: {data}\n\n")?;
    wire::chunk(stream, &line)
}

fn envelope(asked: &Asked, choices: Value, usage: Value) -> Value {
    json!({"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 0, "model": asked.model(),
        "choices": choices, "usage": usage})
}

fn plain(stream: &TcpStream, asked: &Asked, words: &str) -> io::Result<()> {
    let message = json!({"role": "assistant", "content": words});
    let body = json!({"id": "chatcmpl-fake", "object": "chat.completion", "created": 0, "model": asked.model(),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage(asked, words)});
    wire::whole(stream, 200, &[], body.to_string().as_bytes())
}

fn usage(asked: &Asked, words: &str) -> Value {
    let prompt = (asked.system().chars().count() + asked.user().chars().count()) / CHARACTERS_A_TOKEN;
    let answer = words.chars().count() / CHARACTERS_A_TOKEN;
    json!({"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer})
}
