//! `vcconnect status`: how an installation is, as the dashboard shows it; without a server, what can be seen without it.

use protocol::admin::{Ask, Reply};

use super::desk::{self, Desk, Sure};
use super::{Done, doctor, reply};
use crate::admin::status_of_stopped;
use crate::app::Outside;
use crate::infra::config::Config;

pub(super) fn run(config: &Config, json: bool) -> Done {
    let said = match Desk::server(config)? {
        Some(mut server) => desk::ask(&mut server, Ask::Status, Sure::default(), json)?,
        None => Reply::Status(status_of_stopped(config, doctor::parts(config), Outside::system().clock.now())),
    };
    reply::print(&said, json)
}
