//! Tests of the whole server over real HTTP and a real Postgres. One binary, one cluster, a database for each test.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics has failed, which is what it is for"
)]

mod accounts;
mod admin;
mod analyze;
mod app;
mod audit;
mod authenticator;
mod backup;
mod bench;
mod canary;
mod client;
mod commands;
mod corpus_server;
mod database;
mod deals;
mod desk;
mod documents;
mod faults;
mod jobs;
mod judging;
mod kills;
mod laws;
mod models;
mod pages;
mod pictures;
mod plans;
mod reports;
mod resets;
mod restore;
mod search;
mod second_factor;
mod setup;
mod test_copy;
mod tls;
mod update;
