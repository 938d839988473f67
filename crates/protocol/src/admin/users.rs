//! People, as their admin sees them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Secret;
use crate::Shown;

/// What somebody is in the fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation.
    Admin,
    /// Decides on deals.
    Partner,
    /// Works on deals.
    Analyst,
    /// Sees who did and saw what.
    Compliance,
    /// Reads the deals that they are a member of.
    Viewer,
    /// The same, from outside.
    Guest,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [Self::Admin, Self::Partner, Self::Analyst, Self::Compliance, Self::Viewer, Self::Guest];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Partner => "partner",
            Self::Analyst => "analyst",
            Self::Compliance => "compliance",
            Self::Viewer => "viewer",
            Self::Guest => "guest",
        }
    }

    /// The role with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Whether somebody may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// May.
    Active,
    /// May not.
    Disabled,
}

/// Whether somebody has a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// Set up.
    Set,
    /// Not set up, and not required.
    None,
    /// Not set up, and required before anything else.
    Owed,
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Names the person.
    pub id: Uuid,
    /// How they are called.
    pub name: Shown,
    /// Their address.
    pub email: Shown,
    /// What they are.
    pub role: Role,
    /// Whether they may sign in.
    pub state: UserState,
    /// Their second factor.
    pub factor: Factor,
    /// Live sessions.
    pub sessions: u64,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// A link that is shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The link. Whoever has it can use it.
    pub link: Secret,
    /// Good until then.
    pub until: DateTime<Utc>,
}

/// Somewhere that somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Names it.
    pub id: Uuid,
    /// Address and browser, as they said.
    pub client: Shown,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Last request, to the minute.
    pub last_seen: DateTime<Utc>,
}
