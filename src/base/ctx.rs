//! Who asks, when, and under which request: the first argument of every use case.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::{Error, ErrorCode, Permission, RequestId, Result, SessionId, SystemRole, UserId};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Nobody that we know.
    Anonymous,
    /// A person with a session.
    User {
        /// Who.
        id: UserId,
        /// Their role at the time of the request.
        role: SystemRole,
        /// The session that they came with.
        session: SessionId,
    },
    /// The program itself, started by somebody with a shell on the server.
    Console,
}

/// The circumstances of a use case.
#[derive(Debug, Clone, Copy)]
pub struct Ctx {
    /// Who asks.
    pub actor: Actor,
    /// Names the request in logs, in the audit log and in error answers.
    pub request_id: RequestId,
    /// Address of the client, if there is one.
    pub ip: Option<IpAddr>,
    /// The one time of the request.
    pub now: DateTime<Utc>,
}

impl Ctx {
    /// The user who asks; [`ErrorCode::SignedOut`] if there is none.
    pub fn user(&self) -> Result<UserId> {
        match self.actor {
            Actor::User { id, .. } => Ok(id),
            Actor::Anonymous | Actor::Console => Err(Error::new(ErrorCode::SignedOut, "Sign in to go on.")),
        }
    }

    /// Whether the actor's role allows something. The console may do all.
    pub fn allows(&self, permission: Permission) -> bool {
        match self.actor {
            Actor::Anonymous => false,
            Actor::User { role, .. } => role.permissions().contains(&permission),
            Actor::Console => true,
        }
    }

    /// Fails unless the actor's role allows it: [`ErrorCode::SignedOut`] or [`ErrorCode::Forbidden`].
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.allows(permission) {
            return Ok(());
        }
        if self.actor == Actor::Anonymous {
            self.user()?;
        }
        Err(Error::new(
            ErrorCode::Forbidden,
            "Your role does not allow this. An admin of your fund can change your role.",
        ))
    }
}
