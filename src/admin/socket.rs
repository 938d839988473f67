//! Listens on the admin socket.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::task::JoinHandle;

use super::conversation;
use super::desk::Desk;
use super::peer::Peer;
use crate::base::{Error, Result};
use crate::infra::unix_socket::GroupSocket;

/// A pause after a fault of accepting, such as too many open files.
const PAUSE: Duration = Duration::from_millis(200);

/// Answers until it is dropped; then the socket is gone.
#[derive(Debug)]
pub struct Listening(JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Listens on the configured socket. The caller holds the lock of the data folder.
pub fn listen(desk: &Arc<Desk>) -> Result<Listening> {
    let admin = &desk.config().admin;
    let path = admin.socket_of(&desk.config().storage);
    let socket = GroupSocket::bind(&path, admin.group.as_deref())
        .map_err(|source| Error::internal(format!("cannot listen on the admin socket {}: {source}", path.display())))?;
    let (desk, group) = (Arc::clone(desk), admin.group.clone());
    Ok(Listening(tokio::spawn(async move {
        loop {
            match socket.accept().await {
                Ok(stream) => welcome(&desk, stream, group.as_deref()),
                Err(error) => {
                    tracing::warn!(%error, "the admin socket cannot accept");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    })))
}

fn welcome(desk: &Arc<Desk>, stream: UnixStream, group: Option<&str>) {
    match Peer::of(&stream, group) {
        Ok(Ok(peer)) => {
            tokio::spawn(conversation::hold(Arc::clone(desk), stream, peer));
        }
        Ok(Err(uid)) => tracing::warn!(uid, "somebody who may not was turned away at the admin socket"),
        Err(error) => tracing::warn!(%error, "the kernel does not say who is at the admin socket"),
    }
}
