//! Document files as age files (<https://age-encryption.org/v1>), readable in a disaster by the plain `age` program
//! with the deal's exported identity.

use std::io::{Read, Seek, Write};

use age::stream::{StreamReader, StreamWriter};
use age::x25519::{Identity, Recipient};

use crate::VaultError;

/// Encrypts what is written to it. [`FileWriter::finish`] must be called, or the file is a torso that does not open.
pub struct FileWriter<W: Write>(StreamWriter<W>);

impl<W: Write> FileWriter<W> {
    pub(crate) fn new(recipient: &Recipient, output: W) -> Result<Self, VaultError> {
        age::Encryptor::with_recipients(std::iter::once(recipient as &dyn age::Recipient))
            .map_err(|_| VaultError::Crypto("age recipient"))?
            .wrap_output(output)
            .map(Self)
            .map_err(VaultError::io("start a sealed file", "<stream>"))
    }

    /// Writes the last chunk and gives the output back.
    pub fn finish(self) -> std::io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for FileWriter<W> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.0.write(buf)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// Decrypts as it is read; seekable where the input is. An altered or cut file ends in an error, never in silence;
/// what came before the damage has been read by then, so a copy is renamed into place only after the end.
pub struct FileReader<R: Read>(StreamReader<R>);

impl<R: Read> FileReader<R> {
    pub(crate) fn new(identity: &Identity, input: R) -> Result<Self, VaultError> {
        age::Decryptor::new(input)
            .map_err(|_| VaultError::Damaged)?
            .decrypt(std::iter::once(identity as &dyn age::Identity))
            .map(Self)
            .map_err(|_| VaultError::Damaged)
    }
}

impl<R: Read> Read for FileReader<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buf)
    }
}

impl<R: Read + Seek> Seek for FileReader<R> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}
