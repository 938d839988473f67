//! The protocol of the pipes: frames of a length (u32, big-endian, of the payload), a kind (u8) and the payload.
//!
//! Kinds belong to the caller, except 0, which is the child's first word, and those from 253, which a socket adds. Large
//! things travel as a stream: frames of one kind, ended by an empty frame of that kind.
//!
//! Invariants:
//! - A length above [`MAX_PAYLOAD`] is refused when its header is seen, before anything is kept for it.
//! - A reader keeps at most one frame and one read; everything it ever takes counts against its total.
//! - Bytes after a refusal are never looked at.

use std::io::{Read, Write};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Bytes that one frame may carry. Larger things are sent as a stream.
pub const MAX_PAYLOAD: usize = 1024 * 1024;

/// The kind of a child's first frame, which says how far it is confined.
pub(crate) const GREETING: u8 = 0;

/// Over a socket, the parent's first frame: the limits.
pub(crate) const LIMITS: u8 = 253;
/// Over a socket: no input follows.
pub(crate) const CLOSE: u8 = 254;
/// Over a socket, the last frame: how the child ended.
pub(crate) const ENDED: u8 = 255;

const HEADER: usize = 5;
const READ: usize = 64 * 1024;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What the payload is. 0 and those from 253 are taken; the others belong to the caller.
    pub kind: u8,
    /// At most [`MAX_PAYLOAD`] bytes.
    pub payload: Vec<u8>,
}

/// Why a frame could not be read or written. After any of these the pipe is of no more use.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The pipe itself failed.
    #[error("the pipe to the child process failed: {0}")]
    Io(#[from] std::io::Error),
    /// A frame larger than [`MAX_PAYLOAD`] was announced or was to be sent.
    #[error("a frame of {0} bytes is larger than the protocol allows")]
    TooLarge(u64),
    /// The total for this pipe is used up, or that of a stream.
    #[error("more than {0} bytes were sent; the rest was not read")]
    TooMuch(u64),
    /// The pipe ended within a frame or within a stream.
    #[error("the pipe ended in the middle of a message")]
    Cut,
    /// A frame of another kind stood within a stream.
    #[error("a frame of kind {found} came where kind {wanted} was to be")]
    Kind {
        /// The kind of the stream.
        wanted: u8,
        /// The kind that came.
        found: u8,
    },
}

/// Turns bytes, however they are cut, into frames.
#[derive(Debug)]
struct Decoder {
    held: Vec<u8>,
    total: u64,
    left: u64,
}

impl Decoder {
    fn new(total: u64) -> Self {
        Self { held: Vec::new(), total, left: total }
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), FrameError> {
        let taken = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(taken).ok_or(FrameError::TooMuch(self.total))?;
        self.held.extend_from_slice(bytes);
        Ok(())
    }

    fn frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let Some((&[a, b, c, d, kind], rest)) = self.held.split_first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let announced = u32::from_be_bytes([a, b, c, d]);
        let length = usize::try_from(announced).unwrap_or(usize::MAX);
        if length > MAX_PAYLOAD {
            return Err(FrameError::TooLarge(announced.into()));
        }
        let Some(payload) = rest.get(..length) else {
            return Ok(None);
        };
        let payload = payload.to_vec();
        self.held.drain(..HEADER + length);
        Ok(Some(Frame { kind, payload }))
    }

    fn end(&self) -> Result<Option<Frame>, FrameError> {
        if self.held.is_empty() { Ok(None) } else { Err(FrameError::Cut) }
    }
}

fn header(kind: u8, payload: &[u8]) -> Result<[u8; HEADER], FrameError> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    if payload.len() > MAX_PAYLOAD {
        return Err(FrameError::TooLarge(length.into()));
    }
    let [a, b, c, d] = length.to_be_bytes();
    Ok([a, b, c, d, kind])
}

/// Reads frames: blocking in the child, asynchronously in the parent.
#[derive(Debug)]
pub struct FrameReader<R> {
    input: R,
    decoder: Decoder,
    chunk: Vec<u8>,
}

impl<R> FrameReader<R> {
    /// Reads at most `total` bytes from `input` over its life, headers included.
    pub fn new(input: R, total: u64) -> Self {
        Self { input, decoder: Decoder::new(total), chunk: vec![0; READ] }
    }
}

impl<R: Read> FrameReader<R> {
    /// The next frame; `None` when the pipe ended between two frames.
    pub fn read(&mut self) -> Result<Option<Frame>, FrameError> {
        loop {
            if let Some(frame) = self.decoder.frame()? {
                return Ok(Some(frame));
            }
            let count = match self.input.read(&mut self.chunk) {
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            match self.chunk.get(..count) {
                Some(bytes) if count > 0 => self.decoder.feed(bytes)?,
                _ => return self.decoder.end(),
            }
        }
    }

    /// The stream of `kind` that comes next, at most `limit` bytes of it, as something to read from. Read it to its
    /// end before the next frame is asked for.
    pub fn stream(&mut self, kind: u8, limit: u64) -> Stream<'_, R> {
        Stream { frames: self, kind, limit, left: limit, held: std::io::Cursor::new(Vec::new()), ended: false }
    }
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// The next frame; `None` when the pipe ended between two frames. Giving up the wait loses nothing.
    pub async fn next(&mut self) -> Result<Option<Frame>, FrameError> {
        loop {
            if let Some(frame) = self.decoder.frame()? {
                return Ok(Some(frame));
            }
            let count = AsyncReadExt::read(&mut self.input, &mut self.chunk).await?;
            match self.chunk.get(..count) {
                Some(bytes) if count > 0 => self.decoder.feed(bytes)?,
                _ => return self.decoder.end(),
            }
        }
    }
}

/// A stream of frames as one [`Read`]. A [`FrameError`] is the inner error of what reading returns.
#[derive(Debug)]
pub struct Stream<'a, R> {
    frames: &'a mut FrameReader<R>,
    kind: u8,
    limit: u64,
    left: u64,
    held: std::io::Cursor<Vec<u8>>,
    ended: bool,
}

impl<R: Read> Stream<'_, R> {
    fn advance(&mut self) -> Result<(), FrameError> {
        let frame = self.frames.read()?.ok_or(FrameError::Cut)?;
        if frame.kind != self.kind {
            return Err(FrameError::Kind { wanted: self.kind, found: frame.kind });
        }
        let length = u64::try_from(frame.payload.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(length).ok_or(FrameError::TooMuch(self.limit))?;
        self.ended = frame.payload.is_empty();
        self.held = std::io::Cursor::new(frame.payload);
        Ok(())
    }
}

impl<R: Read> Read for Stream<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let count = Read::read(&mut self.held, buffer)?;
            if count > 0 || self.ended || buffer.is_empty() {
                return Ok(count);
            }
            self.advance().map_err(|error| match error {
                FrameError::Io(error) => error,
                other => std::io::Error::new(std::io::ErrorKind::InvalidData, other),
            })?;
        }
    }
}

/// Writes frames: blocking in the child, asynchronously in the parent.
#[derive(Debug)]
pub struct FrameWriter<W> {
    output: W,
}

impl<W> FrameWriter<W> {
    /// Writes to `output`.
    pub fn new(output: W) -> Self {
        Self { output }
    }
}

impl<W: Write> FrameWriter<W> {
    /// Writes one frame and flushes.
    pub fn write(&mut self, kind: u8, payload: &[u8]) -> Result<(), FrameError> {
        self.put(kind, payload)?;
        Ok(self.output.flush()?)
    }

    /// Writes what `from` has, to its end, as a stream.
    pub fn write_stream(&mut self, kind: u8, mut from: impl Read) -> Result<(), FrameError> {
        let mut chunk = vec![0; READ];
        loop {
            let count = match from.read(&mut chunk) {
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            self.put(kind, chunk.get(..count).unwrap_or_default())?;
            if count == 0 {
                return Ok(self.output.flush()?);
            }
        }
    }

    fn put(&mut self, kind: u8, payload: &[u8]) -> Result<(), FrameError> {
        self.output.write_all(&header(kind, payload)?)?;
        Ok(self.output.write_all(payload)?)
    }
}

impl<W: AsyncWrite + Unpin> FrameWriter<W> {
    /// Writes one frame. If the wait is given up, half a frame may be written: send nothing more.
    pub async fn send(&mut self, kind: u8, payload: &[u8]) -> Result<(), FrameError> {
        self.output.write_all(&header(kind, payload)?).await?;
        self.output.write_all(payload).await?;
        Ok(self.output.flush().await?)
    }

    /// Writes what `from` has, to its end, as a stream.
    pub async fn send_stream(&mut self, kind: u8, mut from: impl AsyncRead + Unpin) -> Result<(), FrameError> {
        let mut chunk = vec![0; READ];
        loop {
            let count = AsyncReadExt::read(&mut from, &mut chunk).await?;
            self.send(kind, chunk.get(..count).unwrap_or_default()).await?;
            if count == 0 {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests;
