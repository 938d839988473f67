//! Document files as age files (<https://age-encryption.org/v1>), readable in a disaster by the plain `age` program
//! with the deal's exported identity.

use std::io::{Read, Seek, Write};

use age::stream::{StreamReader, StreamWriter};
use age::x25519::{Identity, Recipient};

use crate::VaultError;

/// Encrypts what is written to it. [`FileWriter::finish`] must be called, or the file is a torso that does not open.
pub struct FileWriter<W: Write>(Output<W>);

enum Output<W: Write> {
    Sealed(StreamWriter<W>),
    #[cfg(feature = "unsealed")]
    Clear(W),
}

impl<W: Write> FileWriter<W> {
    pub(crate) fn new(recipient: &Recipient, output: W) -> Result<Self, VaultError> {
        age::Encryptor::with_recipients(std::iter::once(recipient as &dyn age::Recipient))
            .map_err(|_| VaultError::Crypto("age recipient"))?
            .wrap_output(output)
            .map(|stream| Self(Output::Sealed(stream)))
            .map_err(VaultError::io("start a sealed file", "<stream>"))
    }

    #[cfg(feature = "unsealed")]
    pub(crate) fn in_clear(mut output: W) -> Result<Self, VaultError> {
        crate::unsealed::begin(&mut output)?;
        Ok(Self(Output::Clear(output)))
    }

    /// Writes the last chunk and gives the output back.
    pub fn finish(self) -> std::io::Result<W> {
        match self.0 {
            Output::Sealed(stream) => stream.finish(),
            #[cfg(feature = "unsealed")]
            Output::Clear(output) => Ok(output),
        }
    }
}

impl<W: Write> Write for FileWriter<W> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        match &mut self.0 {
            Output::Sealed(stream) => stream.write(buf),
            #[cfg(feature = "unsealed")]
            Output::Clear(output) => output.write(buf),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match &mut self.0 {
            Output::Sealed(stream) => stream.flush(),
            #[cfg(feature = "unsealed")]
            Output::Clear(output) => output.flush(),
        }
    }
}

/// Decrypts as it is read; seekable where the input is. An altered or cut file ends in an error, never in silence;
/// what came before the damage has been read by then, so a copy is renamed into place only after the end.
pub struct FileReader<R: Read>(Source<R>);

enum Source<R: Read> {
    Sealed(StreamReader<R>),
    #[cfg(feature = "unsealed")]
    Clear(crate::unsealed::Clear<R>),
}

impl<R: Read> FileReader<R> {
    pub(crate) fn new(identity: &Identity, input: R) -> Result<Self, VaultError> {
        age::Decryptor::new(input)
            .map_err(|_| VaultError::Damaged)?
            .decrypt(std::iter::once(identity as &dyn age::Identity))
            .map(|stream| Self(Source::Sealed(stream)))
            .map_err(|_| VaultError::Damaged)
    }

    #[cfg(feature = "unsealed")]
    pub(crate) fn in_clear(input: R) -> Result<Self, VaultError> {
        crate::unsealed::Clear::new(input).map(|clear| Self(Source::Clear(clear)))
    }
}

impl<R: Read> Read for FileReader<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        match &mut self.0 {
            Source::Sealed(stream) => stream.read(buf),
            #[cfg(feature = "unsealed")]
            Source::Clear(clear) => clear.read(buf),
        }
    }
}

impl<R: Read + Seek> Seek for FileReader<R> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        match &mut self.0 {
            Source::Sealed(stream) => stream.seek(to),
            #[cfg(feature = "unsealed")]
            Source::Clear(clear) => clear.seek(to),
        }
    }
}
