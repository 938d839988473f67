//! The last link of the audit chain, in a file outside the database: whoever owns the database and rewrites the log
//! from its start cannot also make the chain hold what was anchored here.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};

use super::config::Config;
use super::keys::KeyFiles;
use crate::base::{Error, Result};

/// A place of the chain and its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Place, counted from 1.
    pub seq: i64,
    /// Link.
    pub link: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Text {
    seq: i64,
    link: String,
}

/// Where the anchor lies: beside the keystore.
#[derive(Debug, Clone)]
pub struct AnchorFile(PathBuf);

impl AnchorFile {
    /// The file of this installation.
    pub fn of(config: &Config) -> Self {
        Self(KeyFiles::of(config).keystore.with_file_name("audit-anchor.json"))
    }

    /// What was anchored last; `None` before the first time.
    pub async fn read(&self) -> Result<Option<Anchor>> {
        let path = self.0.clone();
        tokio::task::spawn_blocking(move || read(&path)).await.map_err(Error::internal)?
    }

    /// Anchors a place, on disk when this returns.
    pub async fn write(&self, anchor: Anchor) -> Result<()> {
        let path = self.0.clone();
        let written = tokio::task::spawn_blocking(move || write(&path, &anchor)).await.map_err(Error::internal)?;
        written.map_err(Error::internal)
    }
}

fn read(path: &Path) -> Result<Option<Anchor>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::internal(error)),
    };
    let Text { seq, link } = serde_json::from_slice(&text).map_err(Error::internal)?;
    let link = BASE64.decode(link).map_err(Error::internal)?;
    Ok(Some(Anchor { seq, link }))
}

fn write(path: &Path, anchor: &Anchor) -> std::io::Result<()> {
    let text = serde_json::to_vec(&Text { seq: anchor.seq, link: BASE64.encode(&anchor.link) })?;
    // Two processes that seal one after the other may write at once; their places differ.
    let temporary = path.with_extension(format!("{}.new", anchor.seq));
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&temporary)?;
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}
