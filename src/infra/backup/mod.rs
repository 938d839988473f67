//! Backups of this installation: what is dumped, copied and sealed, and how others follow it.
//!
//! Invariants:
//! - A set is made of one snapshot: the dump, the row counts and the list of documents are of the same moment.
//! - The keystore is read after the snapshot, so it has the keys of every deal in it.
//! - Nothing needs the keystore open: a backup is made while it is sealed.
//! - Whoever restores trusts what was signed, never what merely opens.
//!
//! `crates/backup` knows the repository; this module knows Postgres, the data folder and the configuration. Called by
//! `commands`.

mod asked;
mod authority;
mod dump;
mod making;
mod place;
pub mod plan;
mod settings;
mod state;
mod trouble;

pub use ::backup::Listed;
pub use asked::{Asked, AskedFile, Wanted, a_unit_waits};
pub use authority::{AUTHORITY_KEY, open_authority, seal_authority};
pub use making::{Made, make};
pub use place::{BackupPlace, last_set};
pub use settings::{LAID_BESIDE, SIGNING_KEY};
pub use state::{State, StateFile};
pub use trouble::Trouble;
