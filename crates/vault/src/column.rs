//! Sealed columns: one value of one row, bound to its place.
//!
//! Layout: `version (1) | key generation (4, big endian) | nonce (12) | ciphertext | tag (16)`.
//! Version 1 is AES-256-GCM-SIV. The associated data names version, table, column, row and deal.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::VaultError;
use crate::key::Cipher;

const VERSION: u8 = 1;

/// Whose key seals a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The fund's own: people, settings, audit details.
    Fund,
    /// One deal's; erasing its key makes all of it unreadable.
    Deal(Uuid),
}

/// The place of a sealed value. A value opens only in the place that it was sealed for.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// Table name.
    pub table: &'static str,
    /// Column name.
    pub column: &'static str,
    /// Primary key of the row.
    pub row: Uuid,
}

/// Ciphertext as it is stored. Only the vault makes one from plaintext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Bytes read back from storage; they are checked when opened.
    pub fn from_stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn into_stored(self) -> Vec<u8> {
        self.0
    }
}

/// A scope's data key with the number that ciphertexts name it by.
#[derive(Debug)]
pub(crate) struct DataKey {
    pub(crate) generation: u32,
    pub(crate) cipher: Cipher,
}

pub(crate) fn seal(key: &DataKey, scope: Scope, cell: &Cell, plaintext: &[u8]) -> Result<Sealed, VaultError> {
    let mut out = Vec::with_capacity(5 + crate::key::OVERHEAD + plaintext.len());
    out.push(VERSION);
    out.extend_from_slice(&key.generation.to_be_bytes());
    key.cipher.seal_onto(&mut out, &associated_data(scope, cell), plaintext)?;
    Ok(Sealed(out))
}

pub(crate) fn open(
    key: &DataKey,
    scope: Scope,
    cell: &Cell,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (&version, rest) = sealed.0.split_first().ok_or(VaultError::Damaged)?;
    let (generation, body) = rest.split_first_chunk::<4>().ok_or(VaultError::Damaged)?;
    if version != VERSION || u32::from_be_bytes(*generation) != key.generation {
        return Err(VaultError::Damaged);
    }
    key.cipher.open(&associated_data(scope, cell), body)
}

/// Lengths precede names so that no two places share their bytes.
fn associated_data(scope: Scope, cell: &Cell) -> Vec<u8> {
    let mut out = vec![VERSION];
    for name in [cell.table, cell.column] {
        out.extend_from_slice(&(name.len() as u64).to_be_bytes());
        out.extend_from_slice(name.as_bytes());
    }
    out.extend_from_slice(cell.row.as_bytes());
    match scope {
        Scope::Fund => out.push(0),
        Scope::Deal(deal) => {
            out.push(1);
            out.extend_from_slice(deal.as_bytes());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::Secret;

    fn key(generation: u32, fill: u8) -> DataKey {
        DataKey { generation, cipher: Secret::from_slice(&[fill; 32]).unwrap().cipher().unwrap() }
    }

    fn cell(row: u128) -> Cell {
        Cell { table: "deals", column: "name", row: Uuid::from_u128(row) }
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens(text in ".{0,200}", row: u128, deal: u128) {
            let scope = Scope::Deal(Uuid::from_u128(deal));
            let sealed = seal(&key(1, 3), scope, &cell(row), text.as_bytes()).unwrap();
            prop_assert_eq!(&*open(&key(1, 3), scope, &cell(row), &sealed).unwrap(), text.as_bytes());
        }

        #[test]
        fn a_flipped_bit_anywhere_is_an_error(at in 0usize..60, bit in 0u8..8) {
            let mut bytes = seal(&key(1, 3), Scope::Fund, &cell(1), b"a name of some length here").unwrap().into_stored();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            prop_assert!(open(&key(1, 3), Scope::Fund, &cell(1), &Sealed::from_stored(bytes)).is_err());
        }

        #[test]
        fn bytes_from_anywhere_never_panic(bytes: Vec<u8>) {
            prop_assert!(open(&key(1, 3), Scope::Fund, &cell(1), &Sealed::from_stored(bytes)).is_err());
        }
    }

    #[test]
    fn a_value_opens_in_no_other_place() {
        let deal = Scope::Deal(Uuid::from_u128(5));
        let sealed = seal(&key(1, 3), deal, &cell(1), b"Northwind").unwrap();
        let elsewhere = [
            (deal, cell(2)),
            (Scope::Deal(Uuid::from_u128(6)), cell(1)),
            (Scope::Fund, cell(1)),
            (deal, Cell { column: "note", ..cell(1) }),
            (deal, Cell { table: "users", ..cell(1) }),
        ];
        for (scope, cell) in elsewhere {
            assert!(matches!(open(&key(1, 3), scope, &cell, &sealed), Err(VaultError::Damaged)));
        }
        assert!(open(&key(2, 3), deal, &cell(1), &sealed).is_err(), "another generation");
        assert!(open(&key(1, 4), deal, &cell(1), &sealed).is_err(), "another key");
    }

    #[test]
    fn equal_plaintexts_do_not_look_equal() {
        let one = seal(&key(1, 3), Scope::Fund, &cell(1), b"same").unwrap();
        assert_ne!(one, seal(&key(1, 3), Scope::Fund, &cell(1), b"same").unwrap());
    }

    #[test]
    fn names_of_table_and_column_cannot_be_shifted() {
        let shifted = Cell { table: "deal", column: "sname", row: Uuid::from_u128(1) };
        assert_ne!(associated_data(Scope::Fund, &cell(1)), associated_data(Scope::Fund, &shifted));
    }
}
