//! The backup repository: sealed objects, a signed manifest for each set, document files shared by all sets.
//!
//! ```text
//! repository.json                 format, installation, verification key
//! sets/<time>-<id>/manifest.json  what the set holds: hashes, counts, versions; manifest.sig beside it
//! sets/<time>-<id>/*.age          the dump of the database, the settings
//! blobs/ab/<uuid>.age             files of documents, as they lie in the installation
//! keystore/<time>.age             the keystore, sealed; <time>.json beside it is its signed note
//! verified/<time>-<id>            when the set was last read again and found whole
//! ```
//!
//! Invariants:
//! - A set appears under its name only when it is whole and on disk; what a crash leaves behind has another name.
//! - Everything but notes and manifests is ciphertext: sealed to the recovery recipients, or sealed already.
//! - The files that a set names are in the repository for as long as the set is.
//! - The last set that was verified is never removed by retention, nor is the newest.
//! - This crate asks neither clock nor chance for names, knows no database, and logs nothing.

mod blobs;
mod destination;
mod error;
mod folder;
mod keystore;
mod manifest;
mod prune;
mod repository;
mod retention;
mod settings;
mod signing;
mod streams;
#[cfg(test)]
mod tests;
mod verify;
mod watch;
mod writing;

pub use age::x25519::{Identity, Recipient};
pub use blobs::Copied;
pub use destination::{Destination, NewObject};
pub use error::BackupError;
pub use folder::Folder;
pub use keystore::{KeystoreNote, KeystoreVersion};
pub use manifest::{AuditEnd, Blob, Contents, Manifest, Object, SetId};
pub use prune::Pruned;
pub use repository::{Listed, Lock, Repository};
pub use retention::{Keep, Kept, surplus};
pub use settings::{SettingsFile, pack, unpack};
pub use signing::{SigningKey, VerifyKey};
pub use streams::{Sum, open_sealed, open_small, seal_small};
pub use verify::{Fault, Verdict};
pub use watch::{Step, Unwatched, Watch};
pub use writing::{DATABASE, NewSet, SETTINGS, SealedObject};
