//! A piece of work as its overseer sees it. No IO.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::GivenUp;
pub use crate::infra::db::queue::Queue as Kind;
use crate::infra::db::queue::Unfinished;

/// A piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Names it: its ticket, or what it was about once it was given up.
    pub id: Uuid,
    /// What kind of work.
    pub kind: Kind,
    /// What it is about.
    pub subject: Uuid,
    /// How it stands.
    pub stands: Stands,
    /// How often it was begun; not known of what was given up.
    pub attempts: Option<u32>,
    /// Since when it waits; or when it was given up.
    pub since: DateTime<Utc>,
}

/// How a piece of work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It was given up.
    GivenUp,
    /// It waits for its turn.
    Waiting,
    /// Somebody does it.
    Running,
    /// It went wrong, or what it needs was not there, and is tried again by itself then.
    Again(DateTime<Utc>),
}

impl Piece {
    /// One that is on the queue.
    pub(super) fn on_the_queue(work: &Unfinished, now: DateTime<Utc>) -> Self {
        let stands = match work.leased_until {
            Some(until) if until > now => Stands::Running,
            _ if work.due_at > now => Stands::Again(work.due_at),
            _ => Stands::Waiting,
        };
        let attempts = Some(work.attempts.unsigned_abs());
        Self { id: work.id.0, kind: work.queue, subject: work.subject, stands, attempts, since: work.since }
    }

    /// One that was given up.
    pub(super) fn given_up(kind: Kind, given_up: &GivenUp) -> Self {
        let GivenUp { subject, since } = *given_up;
        Self { id: subject, kind, subject, stands: Stands::GivenUp, attempts: None, since }
    }

    /// Where it stands in the list.
    pub(super) fn place(&self) -> Place {
        match self.stands {
            Stands::GivenUp => Place::GivenUp(self.id),
            _ => Place::OnTheQueue(self.id),
        }
    }
}

/// A place in the list: what was given up comes first, then what is on the queue, each by id and so by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    GivenUp(Uuid),
    OnTheQueue(Uuid),
}
