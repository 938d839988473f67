//! One connection: a question a line, answered one after the other.

use std::sync::Arc;
use std::time::Duration;

use protocol::Shown;
use protocol::admin::{Answer, LONGEST_LINE, Refusal, Request, Said, VERSION};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use zeroize::Zeroizing;

use super::desk::Desk;
use super::peer::Peer;
use crate::base::ErrorCode;

/// A client that asks nothing for so long is gone.
const IDLE: Duration = Duration::from_secs(600);

/// Answers until the client goes, says nothing for long, or says what cannot be read.
pub(super) async fn hold(desk: Arc<Desk>, stream: UnixStream, peer: Peer) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    loop {
        let mut line = Zeroizing::new(Vec::new());
        let mut bounded = (&mut lines).take(LONGEST_LINE as u64);
        match tokio::time::timeout(IDLE, bounded.read_until(b'\n', &mut line)).await {
            Ok(Ok(read)) if read > 0 => {}
            _ => return,
        }
        let (answer, last) = match parse(&line) {
            Ok(request) => (Answer { id: request.id, said: desk.answer(peer, request).await }, false),
            Err(refusal) => (Answer { id: 0, said: Said::Refused(refusal) }, true),
        };
        let Ok(text) = serde_json::to_vec(&answer) else { return };
        let text = Zeroizing::new([text, vec![b'\n']].concat());
        if write.write_all(&text).await.is_err() || last {
            return;
        }
    }
}

/// A question, or why it is none. The version is looked at first: what an older or newer client asks may be unknown here.
fn parse(line: &[u8]) -> Result<Request, Refusal> {
    #[derive(serde::Deserialize)]
    struct Header {
        version: u32,
    }
    let unreadable = || refusal(ErrorCode::MalformedRequest, "This cannot be read as a question. Nothing was done.");
    if !line.ends_with(b"\n") {
        return Err(refusal(ErrorCode::TooLarge, "A question is one line of at most 1 MiB. Nothing was done."));
    }
    let header: Header = serde_json::from_slice(line).map_err(|_| unreadable())?;
    if header.version != VERSION {
        let sentence = "This program and the server are of different versions. Nothing was done; start the program that \
                        was installed with the server.";
        return Err(refusal(ErrorCode::MalformedRequest, sentence));
    }
    serde_json::from_slice(line).map_err(|_| unreadable())
}

fn refusal(code: ErrorCode, sentence: &str) -> Refusal {
    Refusal { code, sentence: Shown::new(sentence) }
}
