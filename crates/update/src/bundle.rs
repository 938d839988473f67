//! Reads and writes bundles: in one pass, in bounded memory, whatever the file is.

use std::io::{self, Read, Write};

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use tar::Header;

use crate::manifest::{FORMAT, Manifest, NamedFile};
use crate::signing::{ReleaseKey, TrustedKey, hex};

const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "manifest.sig";
/// Bytes of the manifest.
const LARGEST_MANIFEST: u64 = 256 * 1024;
/// Bytes of the signature's entry.
const LARGEST_SIGNATURE: u64 = 1024;
const BLOCK: u64 = 512;
const PIECE: usize = 128 * 1024;
/// The end of a tar file.
const END: u64 = 2 * BLOCK;

/// Why a file is no bundle to install.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Another kind of file, or half of one.
    #[error(
        "this is not an update bundle, or it was cut off or altered on its way ({0}); nothing was changed: fetch it again"
    )]
    Damaged(&'static str),
    /// Signed by somebody else.
    #[error(
        "this bundle was signed by a key that this program does not trust ({0}); nothing was changed: install only what \
         the maker of this program gives out"
    )]
    UnknownKey(String),
    /// The signature does not fit.
    #[error("the signature of this bundle is not good: it was altered after it was signed; nothing was changed")]
    BadSignature,
    /// A file is not what was signed.
    #[error("{0} in this bundle is not what was signed; nothing was changed: fetch the bundle again")]
    Altered(String),
    /// Made for programs that know more.
    #[error(
        "this bundle has a form that this version does not know; nothing was changed: install the version before it first"
    )]
    OtherFormat,
    /// It was signed and cannot be right.
    #[error("this bundle was signed and makes no sense ({0}); nothing was changed: tell whoever made it")]
    Unsound(String),
    /// The system.
    #[error("the bundle cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

#[derive(Serialize, Deserialize)]
struct Signature {
    key: String,
    signature: String,
}

/// A bundle whose manifest was signed by a trusted key, and whose files wait to be read.
#[derive(Debug)]
pub struct Bundle<R> {
    file: R,
    manifest: Manifest,
    key: TrustedKey,
    length: u64,
    head: u64,
}

/// Gets the content of a file, piece by piece.
pub type Content<'a> = &'a mut dyn FnMut(&NamedFile, &[u8]) -> io::Result<()>;

impl<R: Read> Bundle<R> {
    /// Reads the manifest of a file of `length` bytes and believes it if one of the keys signed it.
    pub fn open(mut file: R, length: u64, keys: &[TrustedKey]) -> Result<Self, BundleError> {
        let text = read_small(&mut file, MANIFEST, LARGEST_MANIFEST)?;
        let signature = read_small(&mut file, SIGNATURE, LARGEST_SIGNATURE)?;
        let head = entry_bytes(text.len() as u64) + entry_bytes(signature.len() as u64);
        let told: Signature = serde_json::from_slice(&signature).map_err(|_| BundleError::Damaged("no signature"))?;
        let Some(key) = keys.iter().find(|key| key.id() == told.key) else {
            let id = told.key.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
            return Err(BundleError::UnknownKey(id));
        };
        if !key.accepts(&text, &told.signature) {
            return Err(BundleError::BadSignature);
        }
        let manifest = parse(&text)?;
        Ok(Self { file, manifest, key: key.clone(), length, head })
    }

    /// What was signed.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Who signed it.
    pub fn key(&self) -> &TrustedKey {
        &self.key
    }

    /// Reads all files and compares them with what was signed. What `content` got of a file is to be used only if this
    /// succeeds.
    pub fn read(mut self, content: Content<'_>) -> Result<Manifest, BundleError> {
        let files: u64 = self.manifest.files.iter().map(|file| entry_bytes(file.bytes)).sum();
        if self.length != self.head + files + END {
            return Err(BundleError::Damaged("its size is not the one that was signed"));
        }
        for named in &self.manifest.files {
            read_file(&mut self.file, named, content)?;
        }
        let mut end = Vec::new();
        self.file.take(END + 1).read_to_end(&mut end)?;
        if end.len() as u64 != END || end.iter().any(|byte| *byte != 0) {
            return Err(BundleError::Damaged("something follows its end"));
        }
        Ok(self.manifest)
    }
}

/// The form is looked at first: a later one may have other fields.
fn parse(text: &[u8]) -> Result<Manifest, BundleError> {
    #[derive(Deserialize)]
    struct Form {
        format: u32,
    }
    let unsound = |error: serde_json::Error| BundleError::Unsound(error.to_string());
    let form: Form = serde_json::from_slice(text).map_err(unsound)?;
    if form.format != FORMAT {
        return Err(BundleError::OtherFormat);
    }
    let manifest: Manifest = serde_json::from_slice(text).map_err(unsound)?;
    match manifest.fault() {
        Some(fault) => Err(BundleError::Unsound(fault.to_owned())),
        None => Ok(manifest),
    }
}

/// Every entry has the one header that its name and size give, so that no two readers see two things.
fn header(name: &str, bytes: u64) -> io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_size(bytes);
    header.set_mode(0o644);
    header.set_cksum();
    Ok(header)
}

fn read_header(file: &mut impl Read) -> Result<[u8; 512], BundleError> {
    let mut found = [0; 512];
    file.read_exact(&mut found).map_err(cut_off)?;
    Ok(found)
}

/// An entry that is kept whole.
fn read_small(file: &mut impl Read, name: &str, most: u64) -> Result<Vec<u8>, BundleError> {
    let found = read_header(file)?;
    let size = Header::from_byte_slice(&found).entry_size().map_err(|_| BundleError::Damaged("no tar file"))?;
    if header(name, size.min(most))?.as_bytes() != &found {
        return Err(BundleError::Damaged("its entries are not those of a bundle"));
    }
    let mut bytes = Vec::new();
    file.by_ref().take(size).read_to_end(&mut bytes)?;
    skip_padding(file, size)?;
    if bytes.len() as u64 == size { Ok(bytes) } else { Err(BundleError::Damaged("it was cut off")) }
}

fn read_file(file: &mut impl Read, named: &NamedFile, content: Content<'_>) -> Result<(), BundleError> {
    if header(&named.name, named.bytes)?.as_bytes() != &read_header(file)? {
        return Err(BundleError::Damaged("its entries are not those of its manifest"));
    }
    let mut sum = Context::new(&SHA256);
    let mut piece = vec![0; PIECE];
    let mut rest = file.by_ref().take(named.bytes);
    loop {
        let read = rest.read(&mut piece)?;
        let bytes = piece.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        sum.update(bytes);
        content(named, bytes)?;
    }
    if rest.limit() > 0 {
        return Err(BundleError::Damaged("it was cut off"));
    }
    if hex(sum.finish().as_ref()) != named.sha256 {
        return Err(BundleError::Altered(named.name.clone()));
    }
    skip_padding(file, named.bytes)
}

fn skip_padding(file: &mut impl Read, bytes: u64) -> Result<(), BundleError> {
    let mut found = Vec::new();
    file.by_ref().take(padding(bytes)).read_to_end(&mut found)?;
    if found.len() as u64 != padding(bytes) || found.iter().any(|byte| *byte != 0) {
        return Err(BundleError::Damaged("it was cut off"));
    }
    Ok(())
}

fn padding(bytes: u64) -> u64 {
    bytes.next_multiple_of(BLOCK) - bytes
}

fn entry_bytes(bytes: u64) -> u64 {
    BLOCK + bytes.next_multiple_of(BLOCK)
}

fn cut_off(error: io::Error) -> BundleError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => BundleError::Damaged("it was cut off"),
        _ => error.into(),
    }
}

/// Writes a bundle of these files, which must be those of the manifest, in its order.
pub fn pack<R: Read>(
    mut out: impl Write,
    manifest: &Manifest,
    key: &ReleaseKey,
    files: impl IntoIterator<Item = R>,
) -> Result<(), BundleError> {
    if let Some(fault) = manifest.fault() {
        return Err(BundleError::Unsound(fault.to_owned()));
    }
    let text = serde_json::to_vec_pretty(manifest).map_err(io::Error::from)?;
    let signature = Signature { key: key.public().id(), signature: key.sign(&text) };
    let signature = serde_json::to_vec(&signature).map_err(io::Error::from)?;
    for (name, bytes) in [(MANIFEST, &text), (SIGNATURE, &signature)] {
        out.write_all(header(name, bytes.len() as u64)?.as_bytes())?;
        out.write_all(bytes)?;
        pad(&mut out, bytes.len() as u64)?;
    }
    let mut files = files.into_iter();
    for named in &manifest.files {
        let file = files.next().ok_or_else(|| BundleError::Altered(named.name.clone()))?;
        out.write_all(header(&named.name, named.bytes)?.as_bytes())?;
        if io::copy(&mut file.take(named.bytes), &mut out)? != named.bytes {
            return Err(BundleError::Altered(named.name.clone()));
        }
        pad(&mut out, named.bytes)?;
    }
    pad_by(&mut out, END)?;
    Ok(out.flush()?)
}

fn pad(out: &mut impl Write, bytes: u64) -> io::Result<()> {
    pad_by(out, padding(bytes))
}

fn pad_by(out: &mut impl Write, bytes: u64) -> io::Result<()> {
    io::copy(&mut io::repeat(0).take(bytes), out).map(drop)
}
