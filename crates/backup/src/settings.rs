//! Settings of an installation as a tar archive: readable with `age`, `zstd` and `tar` alone.

use std::io::{self, Read, Write};

/// A file of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFile {
    /// Its path, relative, with `/` between folders.
    pub path: String,
    /// Its content.
    pub content: Vec<u8>,
    /// The rights to it, as in 0o644.
    pub mode: u32,
}

/// More of one file is not taken out of an archive.
const LARGEST: u64 = 16 << 20;

/// Writes an archive.
pub fn pack(files: &[SettingsFile], output: impl Write) -> io::Result<()> {
    let mut archive = tar::Builder::new(output);
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.content.len() as u64);
        header.set_mode(file.mode);
        archive.append_data(&mut header, &file.path, file.content.as_slice())?;
    }
    archive.finish()
}

/// Reads an archive. Paths that lead elsewhere are refused.
pub fn unpack(input: impl Read) -> io::Result<Vec<SettingsFile>> {
    let mut archive = tar::Archive::new(input);
    let mut files = Vec::new();
    for entry in archive.entries()? {
        let entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        if !is_plain(&path) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a path in the settings leads elsewhere"));
        }
        let mode = entry.header().mode()? & 0o777;
        let mut content = Vec::new();
        entry.take(LARGEST).read_to_end(&mut content)?;
        files.push(SettingsFile { path, content, mode });
    }
    Ok(files)
}

fn is_plain(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
