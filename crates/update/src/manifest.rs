//! What a release is, what it needs, and the files that bring it.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, Utc};
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::signing::hex;

/// Form of bundles that this program reads and writes. What an older program must heed and cannot know raises it.
pub const FORMAT: u32 = 1;
/// Whose releases these are.
pub const PRODUCT: &str = "vcconnect";

/// Files of one bundle.
const MOST_FILES: usize = 64;
/// Bytes of one file: 4 GiB.
const LARGEST: u64 = 1 << 32;
/// Letters of a file's name.
const LONGEST_NAME: usize = 100;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The package of the release. There is one.
    Package,
    /// A package that it needs, for machines that reach no archive of the distribution.
    Dependency,
}

/// A file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedFile {
    /// Its name: letters, digits and `.+~_-`, ending in `.deb`.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Form of the bundle.
    pub format: u32,
    /// Whose release it is: [`PRODUCT`].
    pub product: String,
    /// Its version.
    #[serde(with = "crate::version")]
    pub version: Version,
    /// The oldest version that it can follow.
    #[serde(with = "crate::version")]
    pub min_from: Version,
    /// Versions of the changes to the database that it knows, in order.
    pub migrations: Vec<String>,
    /// Whether the release before it runs on the database that it leaves: then going back loses nothing.
    pub expand_only: bool,
    /// Major versions of Debian that it was made for.
    pub debian: Vec<u32>,
    /// As `dpkg --print-architecture` calls it.
    pub architecture: String,
    /// Major versions of PostgreSQL that it works with.
    pub postgres: Vec<u32>,
    /// When the bundle was made.
    pub made_at: DateTime<Utc>,
    /// What people should know before they install it.
    pub notes: String,
    /// Its files, in the order in which they follow.
    pub files: Vec<NamedFile>,
}

impl NamedFile {
    /// The file with this content.
    pub fn of(name: &str, role: Role, mut content: impl Read) -> io::Result<Self> {
        let mut sum = Summed { sum: Context::new(&SHA256), bytes: 0 };
        io::copy(&mut content, &mut sum)?;
        let sha256 = hex(sum.sum.finish().as_ref());
        Ok(Self { name: name.to_owned(), role, bytes: sum.bytes, sha256 })
    }
}

struct Summed {
    sum: Context,
    bytes: u64,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sum.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Manifest {
    /// What makes it one that nobody should have signed; `None` if it is sound.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let names: BTreeSet<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        let packages = self.files.iter().filter(|file| file.role == Role::Package).count();
        match () {
            () if self.files.len() > MOST_FILES => Some("it names too many files"),
            () if packages != 1 => Some("it does not name one package"),
            () if names.len() != self.files.len() => Some("it names a file twice"),
            () if !names.iter().all(|name| is_plain(name)) => Some("it names a file that is none of a release"),
            () if self.files.iter().any(|file| file.bytes == 0 || file.bytes > LARGEST) => {
                Some("a file in it has an impossible size")
            }
            () if !self.files.iter().all(|file| is_digest(&file.sha256)) => Some("a file in it has no hash"),
            () => None,
        }
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".+~_-".contains(&byte);
    name.len() <= LONGEST_NAME
        && name.ends_with(".deb")
        && name.bytes().all(plain)
        && name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}
