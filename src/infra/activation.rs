//! A socket that systemd holds for the server, so that connections wait while it is restarted, and so that it needs no
//! right to low ports.

use std::net::TcpListener;

use listenfd::ListenFd;

/// The socket to answer on, if systemd gave one (`sd_listen_fds(3)`). Asked once: the variables are for this process
/// alone.
pub fn listener() -> std::io::Result<Option<TcpListener>> {
    let mut given = ListenFd::from_env();
    if given.len() == 0 {
        return Ok(None);
    }
    given.take_tcp_listener(0)
}
