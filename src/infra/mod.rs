//! The machine below the business: configuration, database, keys, time. The only floor that reads environment and files.

pub mod anchor;
pub mod backup;
pub mod blobs;
pub mod cache;
pub mod child;
pub mod clock;
pub mod config;
pub mod db;
pub mod entropy;
pub mod files;
pub mod host;
pub mod judging;
pub mod keys;
pub mod models;
pub mod news;
pub mod notes;
pub mod ownership;
pub mod postgres;
pub mod reading;
pub mod rendering;
pub mod restore;
pub mod sealed;
pub mod telemetry;
pub mod terminal;
pub mod unix_socket;
