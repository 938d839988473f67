//! The form of a sealed file, version 1.
//!
//! ```text
//! version (1 byte) | salt (32) | page | page | … | last page        page = ciphertext (64 KiB, the last 0 to 64) | tag (16)
//! ```
//!
//! The file's key is HKDF-SHA-256 (RFC 5869) of the index's key with the salt, so it never serves two files and the
//! nonces of AES-256-GCM can count: page number, then whether it is the last. Pages cannot be exchanged, cut off or
//! added. Version and file name are associated data: a file opens under its own name only.

use std::io::{self, Read, Write};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, rand};
use zeroize::Zeroizing;

/// Bytes of text in a page.
pub(crate) const PAGE: usize = 64 * 1024;

const VERSION: u8 = 1;
const SALT: usize = 32;
const TAG: usize = 16;
const LABEL: &[u8] = b"vcconnect/v1/index-file";

/// The key of the index.
pub(crate) struct Root(Zeroizing<[u8; 32]>);

impl Root {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*key))
    }

    fn file(&self, name: &str, salt: &[u8; SALT]) -> io::Result<FileCipher> {
        let mut bytes = Zeroizing::new([0; 32]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
            .extract(self.0.as_slice())
            .expand(&[LABEL], hkdf::HKDF_SHA256)
            .and_then(|key| key.fill(bytes.as_mut_slice()))
            .map_err(|_| refused("key derivation"))?;
        let key = UnboundKey::new(&AES_256_GCM, bytes.as_slice()).map_err(|_| refused("cipher key"))?;
        let mut bound = vec![VERSION];
        bound.extend_from_slice(name.as_bytes());
        Ok(FileCipher { key: LessSafeKey::new(key), bound })
    }
}

struct FileCipher {
    key: LessSafeKey,
    bound: Vec<u8>,
}

impl FileCipher {
    fn seal(&self, page: u64, last: bool, text: &mut [u8]) -> io::Result<impl AsRef<[u8]> + use<>> {
        self.key
            .seal_in_place_separate_tag(nonce(page, last), Aad::from(&self.bound), text)
            .map_err(|_| refused("sealing"))
    }

    fn open(&self, page: u64, last: bool, sealed: &[u8], text: &mut [u8]) -> io::Result<()> {
        let (body, tag) = sealed.split_last_chunk::<TAG>().ok_or_else(damaged)?;
        self.key.open_separate_gather(nonce(page, last), Aad::from(&self.bound), body, tag, text).map_err(|_| damaged())
    }
}

fn nonce(page: u64, last: bool) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    let [.., a, b, c, d, e, f, g, h, mark] = &mut bytes;
    for (place, byte) in [a, b, c, d, e, f, g, h].into_iter().zip(page.to_be_bytes()) {
        *place = byte;
    }
    *mark = u8::from(last);
    Nonce::assume_unique_for_key(bytes)
}

fn refused(what: &'static str) -> io::Error {
    io::Error::other(format!("the cryptographic library refused to work: {what}"))
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a file of the search index does not open: altered, moved or cut short")
}

/// Seals what is written to it. Only [`Sealer::finish`] makes the file whole: without it nothing opens.
pub(crate) struct Sealer<W> {
    out: W,
    cipher: FileCipher,
    page: u64,
    pending: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    pub(crate) fn begin(root: &Root, name: &str, mut out: W) -> io::Result<Self> {
        let mut salt = [0; SALT];
        rand::fill(&mut salt).map_err(|_| refused("random bytes"))?;
        let cipher = root.file(name, &salt)?;
        out.write_all(&[VERSION])?;
        out.write_all(&salt)?;
        Ok(Self { out, cipher, page: 0, pending: Vec::new() })
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let tag = self.cipher.seal(self.page, last, &mut self.pending)?;
        self.out.write_all(&self.pending)?;
        self.out.write_all(tag.as_ref())?;
        self.page += 1;
        self.pending.clear();
        Ok(())
    }

    /// Seals the last page; gives back what was written to.
    pub(crate) fn finish(&mut self) -> io::Result<&mut W> {
        self.seal(true)?;
        self.out.flush()?;
        Ok(&mut self.out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        // A full page waits until more comes: it might be the last one.
        if self.pending.len() == PAGE && !text.is_empty() {
            self.seal(false)?;
        }
        let taken = text.len().min(PAGE - self.pending.len());
        self.pending.extend_from_slice(text.get(..taken).unwrap_or(text));
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The text of a sealed file of `length` bytes.
pub(crate) fn unseal(root: &Root, name: &str, mut sealed: impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut version = [0];
    let mut salt = [0; SALT];
    sealed.read_exact(&mut version)?;
    sealed.read_exact(&mut salt)?;
    if version != [VERSION] {
        return Err(damaged());
    }
    let cipher = root.file(name, &salt)?;
    let body = usize::try_from(length).ok().and_then(|length| length.checked_sub(1 + SALT)).ok_or_else(damaged)?;
    let pages = body.div_ceil(PAGE + TAG);
    let mut text = vec![0; body.checked_sub(pages * TAG).ok_or_else(damaged)?];
    if pages == 0 {
        return Err(damaged());
    }
    let mut buffer = vec![0; body.min(PAGE + TAG)];
    let mut rest = text.as_mut_slice();
    for page in 0..pages {
        let last = page + 1 == pages;
        let (place, after) = rest.split_at_mut_checked(rest.len().min(PAGE)).ok_or_else(damaged)?;
        let ciphertext = buffer.get_mut(..place.len() + TAG).ok_or_else(damaged)?;
        sealed.read_exact(ciphertext)?;
        cipher.open(page as u64, last, ciphertext, place)?;
        rest = after;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sealed(name: &str, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut sealer = Sealer::begin(&Root::new(&[7; 32]), name, &mut out).unwrap();
        sealer.write_all(text).unwrap();
        sealer.finish().unwrap();
        out
    }

    fn opened(name: &str, sealed: &[u8]) -> io::Result<Vec<u8>> {
        unseal(&Root::new(&[7; 32]), name, sealed, sealed.len() as u64)
    }

    #[test]
    fn every_length_around_a_page_comes_back() {
        for length in [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 17] {
            let text: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            assert_eq!(opened("a", &sealed("a", &text)).unwrap(), text, "{length}");
        }
    }

    #[test]
    fn two_files_of_the_same_text_have_nothing_in_common() {
        assert_ne!(sealed("a", b"text")[33..], sealed("a", b"text")[33..]);
    }

    #[test]
    fn a_file_opens_under_its_name_and_key_only() {
        let file = sealed("a", b"text");
        assert!(opened("b", &file).is_err());
        assert!(unseal(&Root::new(&[8; 32]), "a", file.as_slice(), file.len() as u64).is_err());
    }

    #[test]
    fn pages_cannot_be_cut_off_exchanged_or_added() {
        let file = sealed("a", &vec![1; 3 * PAGE]);
        let page = PAGE + TAG;
        assert!(opened("a", &file[..33 + 2 * page]).is_err());
        assert!(opened("a", &file[..33]).is_err());
        assert!(opened("a", &file[..20]).is_err());
        let mut exchanged = file.clone();
        exchanged[33..33 + page].copy_from_slice(&file[33 + page..33 + 2 * page]);
        assert!(opened("a", &exchanged).is_err());
        let mut longer = file.clone();
        longer.extend_from_slice(&file[33..33 + page]);
        assert!(opened("a", &longer).is_err());
    }

    proptest! {
        #[test]
        fn a_flipped_bit_is_an_error(text in proptest::collection::vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let mut file = sealed("a", &text);
            let at = at.index(file.len());
            file[at] ^= 1 << bit;
            prop_assert!(opened("a", &file).is_err());
        }
    }
}
