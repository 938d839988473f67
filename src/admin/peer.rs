//! Who is at the other end of the socket.

use tokio::net::UnixStream;

use crate::base::Login;
use crate::infra::host;

/// Somebody who may ask.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer {
    /// Their user, as the kernel says.
    pub(super) uid: u32,
    /// Who signed in on the machine.
    pub(super) login: Login,
}

impl Peer {
    /// Who is connected, if they may ask; otherwise their user id.
    pub(super) fn of(stream: &UnixStream, group: Option<&str>) -> std::io::Result<Result<Self, u32>> {
        let peer = stream.peer_cred()?;
        let uid = peer.uid();
        let allowed = uid == 0 || uid == host::user_id() || group.is_some_and(|group| host::is_member(uid, group));
        if !allowed {
            return Ok(Err(uid));
        }
        let process = peer.pid().and_then(|pid| u32::try_from(pid).ok());
        let name = process.and_then(|process| host::login_of(process, uid)).unwrap_or_else(|| uid.to_string());
        Ok(Ok(Self { uid, login: Login::new(&name) }))
    }
}
