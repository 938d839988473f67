//! The private Postgres: the distribution's server, run as a cluster of our own that listens on a unix socket alone.
//!
//! Invariants:
//! - A cluster appears under its final name only when it is complete (roles and database included).
//! - A cluster of another major version is never touched.
//! - Connecting is by the peer's uid (`pg_ident`), so no database password exists.
//! - Development, tests and the package use this same path.

mod cluster;
mod layout;
mod privileges;
mod settings;

pub use cluster::{Launch, prepare};
pub use layout::{DATABASE, Layout, PostgresError, Role, client};
