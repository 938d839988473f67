//! Sealed storage: what lies on a disk or in a database page is ciphertext, and the keys lie elsewhere.
//!
//! The hierarchy, outermost first:
//!
//! ```text
//! key slot --wraps--> master key --HKDF--> wrapping key --wraps--> fund key
//!                                                       \-wraps--> per deal: data key + age identity
//! ```
//!
//! Invariants:
//! - The keystore is a file outside the database, replaced atomically; a backup of the database alone opens nothing.
//! - Every ciphertext starts with a version byte and is bound to its table, column, row and deal, so it opens in no other place.
//! - The master key wraps keys and nothing else: replacing it rewraps the keystore and touches no data.
//! - There are at least two key slots, and at least one of them is a recovery key: one loss loses nothing.
//! - This crate logs nothing and its types print no secrets.
//! - Nothing can be stored in clear, except where a test was built with the feature `unsealed` and asks for it.

mod column;
mod error;
mod files;
mod key;
mod key_file;
mod keystore;
mod recovery;
mod slot;
mod text;
#[cfg(feature = "unsealed")]
mod unsealed;
mod vault;

pub use column::{Cell, Scope, Sealed};
pub use error::VaultError;
pub use files::{FileReader, FileWriter};
pub use key_file::KeyFile;
pub use recovery::{RecoveryKey, RecoveryRecipient};
pub use slot::{NewSlot, NewWay, Opener, Protection, SlotInfo, SlotKind};
pub use vault::{LEAST_SLOTS, Vault};
