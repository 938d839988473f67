//! Storage in clear: the control of the tests that search the disk for words. What they do not find sealed they must find
//! here, or their search is blind.
//!
//! Compiled with the feature `unsealed` alone, which only the tests of the server turn on.

use std::io::{Read, Seek, SeekFrom, Write};

use zeroize::Zeroizing;

use crate::column::Sealed;
use crate::{Vault, VaultError};

/// What everything begins with that was stored in clear. A program that holds these bytes can store in clear.
pub(crate) const MARK: &[u8] = b"vcconnect: stored in clear by a test\n";

impl Vault {
    /// The same vault, storing columns and files in clear from now on. It opens nothing that was sealed before.
    pub fn without_sealing(mut self) -> Self {
        self.in_clear = true;
        self
    }
}

/// A value in clear.
pub(crate) fn column(plaintext: &[u8]) -> Sealed {
    Sealed::from_stored([MARK, plaintext].concat())
}

/// The value that [`column`] was given.
pub(crate) fn open(stored: &Sealed) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let bytes = stored.clone().into_stored();
    bytes.strip_prefix(MARK).map(|value| Zeroizing::new(value.to_vec())).ok_or(VaultError::Damaged)
}

/// Begins a file in clear.
pub(crate) fn begin(output: &mut impl Write) -> Result<(), VaultError> {
    output.write_all(MARK).map_err(VaultError::io("start a file in clear", "<stream>"))
}

/// A file in clear, from behind its mark.
pub(crate) struct Clear<R>(R);

impl<R: Read> Clear<R> {
    pub(crate) fn new(mut input: R) -> Result<Self, VaultError> {
        let mut found = [0; MARK.len()];
        input.read_exact(&mut found).map_err(|_| VaultError::Damaged)?;
        if found == MARK { Ok(Self(input)) } else { Err(VaultError::Damaged) }
    }
}

impl<R: Read> Read for Clear<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buf)
    }
}

impl<R: Read + Seek> Seek for Clear<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let mark = MARK.len() as u64;
        let to = match to {
            SeekFrom::Start(at) => SeekFrom::Start(at.saturating_add(mark)),
            other => other,
        };
        self.0.seek(to)?.checked_sub(mark).ok_or_else(|| std::io::ErrorKind::InvalidInput.into())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{Cell, KeyFile, NewSlot, NewWay, Opener, RecoveryKey, Scope};

    #[test]
    fn what_is_stored_in_clear_shows_and_opens_and_a_sealed_vault_refuses_it() {
        let dir = tempfile::tempdir().unwrap();
        let key = KeyFile::create(&dir.path().join("key")).unwrap();
        let recovery = RecoveryKey::generate().recipient();
        let slot = |way| NewSlot { way, label: "a slot", since: 0 };
        let keystore = dir.path().join("keystore.json");
        let deal = Uuid::from_u128(7);
        let scope = Scope::Deal(deal);
        let cell = Cell { table: "deals", column: "name", row: Uuid::from_u128(1) };
        let vault =
            Vault::create(&keystore, &[slot(NewWay::KeyFile(&key)), slot(NewWay::Recovery(&recovery))]).unwrap();
        vault.create_deals(&[deal]).unwrap();
        let sealed = vault.seal(scope, &cell, b"Northwind").unwrap();

        let clear = vault.without_sealing();
        let stored = clear.seal(scope, &cell, b"Northwind").unwrap();
        assert!(stored.clone().into_stored().ends_with(b"\nNorthwind"));
        assert_eq!(clear.open_text(scope, &cell, &stored).unwrap(), "Northwind");
        assert!(clear.open_bytes(scope, &cell, &sealed).is_err());
        let mut writer = clear.write_file(deal, Vec::new()).unwrap();
        writer.write_all(b"the whole file").unwrap();
        let file = writer.finish().unwrap();
        let mut reader = clear.read_file(deal, std::io::Cursor::new(&file)).unwrap();
        let mut text = String::new();
        reader.seek(SeekFrom::Start(4)).unwrap();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "whole file");

        let again = Vault::open(&keystore, &Opener::KeyFile(key)).unwrap();
        assert!(again.open_bytes(scope, &cell, &stored).is_err());
        assert!(again.read_file(deal, std::io::Cursor::new(&file)).is_err());
        assert_eq!(again.open_text(scope, &cell, &sealed).unwrap(), "Northwind");
    }
}
