//! A private Postgres for tests, started by the program under test itself, and a fresh clone of a migrated template
//! database for each test; and a language model that answers as a test says.
//!
//! Invariants: nothing listens beyond loopback, and the cluster on no network at all; the cluster lies in memory where the
//! system has such a file system; it stops when the test process ends, however it ends; what a killed process left behind is
//! swept by the next one.

mod cluster;
mod model;
mod sweep;

pub use cluster::{Cluster, TestDatabase};
pub use model::{Asked, FakeModel, Gate, Reply};
