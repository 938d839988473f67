//! Update bundles (`.vccu`) and the journal of their installation.
//!
//! A bundle is a tar file, so that people can look into it without us:
//!
//! ```text
//! manifest.json    what the release is, what it needs, and the files that follow, with sizes and hashes
//! manifest.sig     the key's id and its Ed25519 signature over the exact bytes of the manifest
//! *.deb            the files, in the order of the manifest
//! ```
//!
//! Invariants:
//! - Nothing of a manifest is believed before its signature was checked against a key that this program trusts, and
//!   nothing of a file before its size and hash were.
//! - A bundle is read in one pass, in bounded memory; it has these entries, in this order, and nothing after them.
//! - A name in a bundle is a plain file name, so that no file can be laid anywhere else.
//! - A program built for use trusts no key whose private half is known to others.
//! - This crate opens no file, starts nothing and asks neither clock nor chance but for new keys.

mod bundle;
mod journal;
mod judging;
mod manifest;
mod signing;
#[cfg(test)]
mod tests;
mod trusted;
pub mod version;

pub use bundle::{Bundle, BundleError, Content, pack};
pub use journal::{Ended, Journal, Kind, Outcome, Step};
pub use judging::{Here, Refusal};
pub use manifest::{FORMAT, Manifest, NamedFile, PRODUCT, Role};
pub use semver::Version;
pub use signing::{ReleaseKey, TrustedKey};
pub use trusted::{Build, trusted};
