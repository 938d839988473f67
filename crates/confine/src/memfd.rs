//! A document as a file that exists only in memory and that nobody can change any more.
//!
//! Invariants: it has no name in any folder, it is gone with its last descriptor, and once sealed neither the child
//! nor a tool that it starts can write, shrink or grow it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};

/// Why a document did not become a file in memory.
#[derive(Debug, thiserror::Error)]
pub enum MemfdError {
    /// The kernel gave no file in memory, or did not seal it.
    #[error("the kernel gave no sealed file in memory: {0}")]
    System(#[from] nix::Error),
    /// The source or the file failed while it was copied.
    #[error("the document could not be copied into memory: {0}")]
    Copy(#[from] std::io::Error),
    /// The source has more than the limit, in bytes.
    #[error("the document is larger than {0} bytes and was not read")]
    TooLarge(u64),
}

/// Copies `from` to its end, at most `limit` bytes, into a sealed file in memory whose position is 0.
///
/// Copies of its descriptor share that position: rewind before each tool that gets it as standard input.
pub fn sealed(from: impl Read, limit: u64) -> Result<File, MemfdError> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let mut file = File::from(memfd_create("document", flags)?);
    let copied = std::io::copy(&mut from.take(limit.saturating_add(1)), &mut Bounded(&mut file, limit));
    match copied {
        Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => return Err(MemfdError::TooLarge(limit)),
        other => other?,
    };
    let seals = SealFlag::F_SEAL_WRITE | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL;
    fcntl(&file, FcntlArg::F_ADD_SEALS(seals))?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

/// Refuses the byte after the limit before it reaches the file: there the kernel would end the process.
struct Bounded<'a>(&'a mut File, u64);

impl std::io::Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.1 = self.1.checked_sub(length).ok_or(std::io::ErrorKind::FileTooLarge)?;
        self.0.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn holds_what_was_read_from_the_start() {
        let mut text = String::new();
        sealed("a deck".as_bytes(), 6).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "a deck");
    }

    #[test]
    fn nobody_changes_it() {
        let mut file = sealed("a deck".as_bytes(), 6).unwrap();
        assert!(file.write_all(b"x").is_err());
        assert!(file.set_len(1).is_err());
        assert!(file.set_len(100).is_err());
    }

    #[test]
    fn one_byte_too_many_is_refused() {
        assert!(matches!(sealed([0; 7].as_slice(), 6), Err(MemfdError::TooLarge(6))));
        assert!(sealed(std::io::repeat(1), 200_000).is_err());
    }
}
