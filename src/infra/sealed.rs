//! Sealed columns of a row of a deal or of the fund, as stores use them: text, JSON, and JSON that is compressed before it
//! is sealed.

use std::io::Read as _;

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use vault::{Cell, Scope, Sealed, Vault};
use zeroize::Zeroizing;

use crate::base::{DealId, Error, Result};

/// Strong enough to shrink pages five times over, fast enough to vanish beside reading them.
const COMPRESSION: i32 = 3;

/// What was packed unpacks to this much at most; what claims more is damaged.
const MOST_UNPACKED: u64 = 256 * 1024 * 1024;

/// That stored JSON does not have the form that it should. Never with what stands in it, which is confidential.
pub fn unfit(error: &serde_json::Error) -> Error {
    Error::internal(format!("sealed JSON does not fit: {:?} at column {}", error.classify(), error.column()))
}

/// A row whose columns are sealed with the key of its deal or of the fund.
pub struct Place<'a> {
    vault: &'a Vault,
    scope: Scope,
    table: &'static str,
    row: Uuid,
}

impl<'a> Place<'a> {
    /// A row that belongs to a deal.
    pub fn new(vault: &'a Vault, deal: DealId, table: &'static str, row: Uuid) -> Self {
        Self { vault, scope: Scope::Deal(deal.0), table, row }
    }

    /// A row that belongs to the fund.
    pub fn of_fund(vault: &'a Vault, table: &'static str, row: Uuid) -> Self {
        Self { vault, scope: Scope::Fund, table, row }
    }

    fn cell(&self, column: &'static str) -> Cell {
        Cell { table: self.table, column, row: self.row }
    }

    /// Bytes as they are stored.
    pub fn seal(&self, column: &'static str, bytes: &[u8]) -> Result<Vec<u8>> {
        Ok(self.vault.seal(self.scope, &self.cell(column), bytes)?.into_stored())
    }

    /// Bytes in clear.
    pub fn open(&self, column: &'static str, stored: Vec<u8>) -> Result<Zeroizing<Vec<u8>>> {
        Ok(self.vault.open_bytes(self.scope, &self.cell(column), &Sealed::from_stored(stored))?)
    }

    /// Text in clear.
    pub fn open_text(&self, column: &'static str, stored: Vec<u8>) -> Result<String> {
        Ok(self.vault.open_text(self.scope, &self.cell(column), &Sealed::from_stored(stored))?)
    }

    /// A value as sealed JSON.
    pub fn seal_json(&self, column: &'static str, value: &impl Serialize) -> Result<Vec<u8>> {
        self.seal(column, &serde_json::to_vec(value).map_err(Error::internal)?)
    }

    /// The value of sealed JSON.
    pub fn open_json<T: DeserializeOwned>(&self, column: &'static str, stored: Vec<u8>) -> Result<T> {
        serde_json::from_slice(&self.open(column, stored)?).map_err(|error| unfit(&error))
    }

    /// Bytes compressed (zstd), then sealed.
    pub fn seal_packed(&self, column: &'static str, bytes: &[u8]) -> Result<Vec<u8>> {
        self.seal(column, &zstd::bulk::compress(bytes, COMPRESSION).map_err(Error::internal)?)
    }

    /// What [`Place::seal_packed`] sealed.
    pub fn open_packed(&self, column: &'static str, stored: Vec<u8>) -> Result<Vec<u8>> {
        let packed = self.open(column, stored)?;
        let mut bytes = Vec::new();
        let reader = zstd::stream::read::Decoder::new(packed.as_slice()).map_err(Error::internal)?;
        reader.take(MOST_UNPACKED + 1).read_to_end(&mut bytes).map_err(Error::internal)?;
        if bytes.len() as u64 > MOST_UNPACKED {
            return Err(Error::internal("a sealed value unpacks to more than one may hold"));
        }
        Ok(bytes)
    }
}
