//! Brings an installation back from a set: looks first, fills what nobody sees yet, then puts it into place.
//!
//! Invariants:
//! - Nothing that is here is deleted: database, files and keys are given another name, with the time in it.
//! - No statement of a dump is run before the whole dump is what was signed.
//! - Everything is filled, counted and compared before anything that is here is touched. While it is put into place a
//!   marker lies in the data folder, and the server does not start on what is half old and half new.
//! - A try that was cut off is begun anew; what it had filled is thrown away.
//!
//! Called by `commands`, which adds what the audit log must say.

mod broken;
mod cluster;
mod configuration;
mod copy;
mod filling;
mod loading;
mod plan;
mod source;
mod staging;
mod switching;

pub use cluster::Cluster;
pub use configuration::{Laid, lay_configuration};
pub use copy::{Apart, apart};
pub use filling::{Empty, fill};
pub use plan::{AsTest, Plan, Said, Weight, look};
pub use source::{Opened, recovery_key};
pub use staging::{Staged, stage_keys};
pub use switching::{switch, unfinished};
