//! The business. Each folder owns some tables; a domain may use those above it in this list and none below.

pub mod accounts;
pub mod audit;
pub mod deals;
pub mod documents;
pub mod keys;
pub mod ops;
pub mod reports;
pub mod runs;
pub mod search;
pub mod settings;
