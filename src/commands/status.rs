//! `vcconnect status`: how a running server is, as the dashboard shows it.

use protocol::admin::Ask;

use super::desk::{self, Desk, Sure};
use super::{Done, reply};
use crate::infra::config::Config;

pub(super) fn run(config: &Config, json: bool) -> Done {
    match Desk::find(config)? {
        Desk::Server(mut server) => reply::print(&desk::ask(&mut server, Ask::Status, Sure::default())?, json),
        Desk::Here(_lock) => Err("no server runs; `vcconnect doctor` says what is wrong with the installation".into()),
    }
}
