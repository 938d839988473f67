//! What the first setup of a machine looks at and writes: places, disks, the distribution's Postgres, a part of the
//! configuration, and the mark of a setup that is not finished.
//!
//! Invariants:
//! - What only looks leaves nothing behind.
//! - What is written is whole or not there, and belongs to whom the data folder belongs to where the server must read it.
//!
//! Called by `setup`.

mod begun;
mod configuration;
mod disks;
mod machine;
mod owner;
mod places;

pub use begun::{Begun, Mark, left_in};
pub use configuration::{
    PART, Part, PartBackup, PartServer, PartTls, configuration_of, is_configured, write_configuration,
};
pub use disks::{Disks, Encryption};
pub use machine::{Distribution, Machine, is_hidden_from_units};
pub use owner::Owner;
pub use places::{copy_for, is_empty, lies_inside, make_for, parent_of, same_content};
