//! What passes on its way to an object: compressed (zstd, level 1), sealed (age), counted and digested.

use std::io::{self, BufReader, Read, Write};

use age::stream::{StreamReader, StreamWriter};
use age::x25519::Recipient;
use aws_lc_rs::digest::{Context, SHA256};
use zeroize::Zeroizing;

use crate::destination::NewObject;
use crate::error::BackupError;

/// Bytes that are moved at a time.
pub(crate) const PIECE: usize = 256 * 1024;

/// How large something is, and its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Counts and digests.
pub(crate) struct Summing {
    context: Context,
    bytes: u64,
}

impl Summing {
    pub(crate) fn new() -> Self {
        Self { context: Context::new(&SHA256), bytes: 0 }
    }

    pub(crate) fn take(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    pub(crate) fn sum(self) -> Sum {
        Sum { bytes: self.bytes, sha256: hex(self.context.finish().as_ref()) }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An object that is summed as it is written.
pub(crate) struct Summed {
    object: Box<dyn NewObject>,
    summing: Summing,
}

impl Summed {
    pub(crate) fn new(object: Box<dyn NewObject>) -> Self {
        Self { object, summing: Summing::new() }
    }

    pub(crate) fn keep(self) -> io::Result<Sum> {
        self.object.keep()?;
        Ok(self.summing.sum())
    }
}

impl Write for Summed {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let written = self.object.write(buf)?;
        self.summing.take(buf.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.object.flush()
    }
}

pub(crate) fn seal<W: Write>(recipients: &[Recipient], output: W) -> Result<StreamWriter<W>, BackupError> {
    if recipients.is_empty() {
        return Err(BackupError::NoRecipients);
    }
    age::Encryptor::with_recipients(recipients.iter().map(|one| one as &dyn age::Recipient))
        .map_err(|_| BackupError::Crypto("age recipients"))?
        .wrap_output(output)
        .map_err(BackupError::io("begin", "a sealed object"))
}

/// Opens a sealed object; what is read is compressed still, if it was.
pub(crate) fn unseal<R: Read>(
    name: &str,
    identity: &dyn age::Identity,
    input: R,
) -> Result<StreamReader<BufReader<R>>, BackupError> {
    let damaged = || BackupError::damaged(name, "it is no sealed object");
    let decryptor = age::Decryptor::new_buffered(BufReader::with_capacity(PIECE, input)).map_err(|_| damaged())?;
    decryptor.decrypt(std::iter::once(identity)).map_err(|_| BackupError::WrongKey(name.to_owned()))
}

/// Seals a few bytes, such as a key, for whoever holds one of the recovery keys.
pub fn seal_small(recipients: &[Recipient], content: &[u8]) -> Result<Vec<u8>, BackupError> {
    let mut sealed = seal(recipients, Vec::new())?;
    sealed.write_all(content).and_then(|()| sealed.finish()).map_err(BackupError::io("seal", "a few bytes"))
}

/// Opens them.
pub fn open_small(name: &str, identity: &dyn age::Identity, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, BackupError> {
    let mut content = Zeroizing::new(Vec::new());
    unseal(name, identity, sealed)?.read_to_end(&mut content).map_err(BackupError::io("open", name))?;
    Ok(content)
}

/// Opens a sealed and compressed object. What was altered ends in an error, never in silence.
pub fn open_sealed<'a>(
    name: &str,
    identity: &dyn age::Identity,
    input: impl Read + 'a,
) -> Result<Box<dyn Read + 'a>, BackupError> {
    let sealed = unseal(name, identity, input)?;
    Ok(Box::new(zstd::Decoder::new(sealed).map_err(BackupError::io("open", name))?))
}

/// Reads to the end and sums; `seen` hears the bytes of each piece and may stop it.
pub(crate) fn sum_of(
    mut input: impl Read,
    mut seen: impl FnMut(&[u8]) -> Result<(), BackupError>,
    name: &str,
) -> Result<Sum, BackupError> {
    let mut summing = Summing::new();
    let mut piece = vec![0; PIECE];
    loop {
        let length = match input.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(BackupError::io("read", name))?,
        };
        let bytes = piece.get(..length).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(summing.sum());
        }
        summing.take(bytes);
        seen(bytes)?;
    }
}
