//! What the domains say, in words of the wire.

use chrono::{DateTime, Utc};
use protocol::Shown;
use protocol::admin::{Factor, Invited, Key, KeyKind, Protection, Reply, Role, Secret, Session, User, UserState};
use vault::{SlotInfo, SlotKind};

use crate::base::SystemRole;
use crate::domain::accounts::{self, Overseen};

/// The ways to open the keystore.
pub fn keys(slots: Vec<SlotInfo>) -> Reply {
    Reply::Keys(slots.into_iter().map(key).collect())
}

fn key(slot: SlotInfo) -> Key {
    let protection = slot.kind.protection();
    Key {
        slot: slot.number,
        kind: match slot.kind {
            SlotKind::KeyFile => KeyKind::KeyFile,
            SlotKind::Passphrase => KeyKind::Passphrase,
            SlotKind::Recovery => KeyKind::Recovery,
        },
        label: Shown::new(&slot.label),
        since: moment(slot.since),
        proven: slot.proven.map(moment),
        protection: Protection {
            against: Shown::new(protection.against),
            not_against: Shown::new(protection.not_against),
        },
    }
}

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// People, by name.
pub(super) fn people(people: Vec<Overseen>) -> Reply {
    Reply::Users(people.into_iter().map(person).collect())
}

fn person(overseen: Overseen) -> User {
    let Overseen { user, access } = overseen;
    let has = access.is_some_and(|access| access.second_factor);
    User {
        id: user.id.0,
        name: Shown::new(&user.name),
        email: Shown::new(&user.email),
        role: role(user.role),
        state: match user.state {
            accounts::UserState::Active => UserState::Active,
            accounts::UserState::Disabled => UserState::Disabled,
        },
        factor: match (has, user.role) {
            (true, _) => Factor::Set,
            (false, SystemRole::Admin) => Factor::Owed,
            (false, _) => Factor::None,
        },
        sessions: access.map(|access| access.sessions.unsigned_abs()).unwrap_or_default(),
        since: user.created_at,
    }
}

const fn role(role: SystemRole) -> Role {
    match role {
        SystemRole::Admin => Role::Admin,
        SystemRole::Partner => Role::Partner,
        SystemRole::Analyst => Role::Analyst,
        SystemRole::Compliance => Role::Compliance,
        SystemRole::Viewer => Role::Viewer,
        SystemRole::Guest => Role::Guest,
    }
}

/// Where somebody is signed in.
pub(super) fn sessions(sessions: Vec<accounts::Session>) -> Reply {
    let session = |session: accounts::Session| Session {
        id: session.id.0,
        client: Shown::new(&session.client),
        since: session.created_at,
        last_seen: session.last_seen_at,
    };
    Reply::Sessions(sessions.into_iter().map(session).collect())
}

/// A link that is shown once.
pub(super) fn link(link: Secret, until: DateTime<Utc>) -> Reply {
    Reply::Invited(Invited { link, until })
}

/// A sentence, where there is nothing else to show.
pub(super) fn well(sentence: &str, at: DateTime<Utc>) -> Reply {
    Reply::Well { sentence: Shown::new(sentence), at }
}
