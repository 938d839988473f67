//! The server of VCConnect: everything that knows users, storage and time.
//!
//! Floors, imports go down only: `commands`, `setup` and `app` > `http` > `domain` > `infra` > `base`. ARCHITECTURE.md has
//! the map.

pub mod admin;
pub mod app;
pub mod base;
pub mod commands;
pub mod domain;
pub mod http;
pub mod infra;
pub mod setup;
pub mod worker;
