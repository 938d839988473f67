//! HTTP/1.1, as little of it as a client of one request needs.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::Asked;

/// Larger than any prompt of a test.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// Reads one request.
pub(super) fn read(stream: &TcpStream) -> io::Result<Asked> {
    let mut reader = BufReader::new(stream.take(MOST_BYTES));
    let first = line(&mut reader)?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let header = line(&mut reader)?;
        if header.is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':') {
            headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = Vec::new();
    reader.take(length.unwrap_or(0)).read_to_end(&mut body)?;
    Ok(Asked { path, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) })
}

fn line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

/// A response whose body is known. It is JSON unless a header says otherwise.
pub(super) fn whole(mut stream: &TcpStream, status: u16, headers: &[(String, String)], body: &[u8]) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {status} Status\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        head.push_str("content-type: application/json\r\n");
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()
}

/// The head of an event stream.
pub(super) fn begin_stream(stream: &TcpStream) -> io::Result<()> {
    begin_body(stream, 200)
}

/// The same with another status.
pub(super) fn begin_body(mut stream: &TcpStream, status: u16) -> io::Result<()> {
    let fields = "connection: close\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked";
    stream.write_all(format!("HTTP/1.1 {status} Status\r\n{fields}\r\n\r\n").as_bytes())
}

/// Some bytes of it. An empty chunk would end it, so it is left out.
pub(super) fn chunk(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let mut framed = format!("{:x}\r\n", bytes.len()).into_bytes();
    framed.extend_from_slice(bytes);
    framed.extend_from_slice(b"\r\n");
    stream.write_all(&framed)
}

/// Its proper end.
pub(super) fn end_stream(mut stream: &TcpStream) -> io::Result<()> {
    stream.write_all(b"0\r\n\r\n")
}
