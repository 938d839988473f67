//! Installs a release beside the one that runs, makes it the one that runs, and comes back if it is not healthy.
//!
//! Invariants:
//! - `Journal` is on disk before a step is begun. Whoever finds it goes on with it, and each step can be done again.
//! - What runs is named by one link, which is replaced whole: there is the old version or the new one, and never neither.
//! - A release is asked by its own words (`update fits`, `migrate`, `update healthy`, `update tell`), each by the program of
//!   that release: no version has to know how another one talks.
//! - From the stop of the server until the new version has proven to be healthy, every fault leads back.
//! - One process at a time works on a journal.
//!
//! `places` knows the folders, `journals` what was written, `incoming` the bundle, `release` asks a release, `machine` goes
//! from step to step, `steps` are what is done at each.

mod incoming;
mod journals;
mod machine;
mod places;
mod release;
mod steps;

pub use incoming::{Incoming, here};
pub use journals::{Journals, Lock};
pub use machine::{Moment, Plan, Told, carry_out};
pub use places::Places;
pub use release::{Fits, Release};
