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

/// The system user behind a shell: who signed in on the server, also if they became root since.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Login([u8; Login::LONGEST]);

impl Login {
    /// Bytes of a user's name, as `useradd` takes it.
    const LONGEST: usize = 32;

    /// Of this name, cut to what fits.
    pub fn new(name: &str) -> Self {
        let mut bytes = [0; Self::LONGEST];
        bytes.iter_mut().zip(name.bytes().filter(u8::is_ascii_graphic)).for_each(|(to, from)| *to = from);
        Self(bytes)
    }

    /// The name.
    pub fn name(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('\0')
    }
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
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
    /// Who is at the console, if somebody is.
    pub login: Option<Login>,
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

    /// Fails with [`ErrorCode::Forbidden`] unless somebody with a shell on the server asks.
    pub fn require_console(&self) -> Result<()> {
        if self.actor == Actor::Console {
            return Ok(());
        }
        Err(Error::new(ErrorCode::Forbidden, "This is done at a shell on the server: run `vcconnect-admin` there."))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_keeps_its_name_and_nothing_that_a_log_would_obey() {
        assert_eq!(Login::new("anna").name(), "anna");
        assert_eq!(Login::new("a\u{1b}[31m\nb").name(), "a[31mb");
        assert_eq!(Login::new(&"x".repeat(40)).name().len(), 32);
        assert_eq!(Login::new("").name(), "");
    }
}
