//! How far a piece of work is that somebody asked for and a worker does.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Work that came to rest without a result, by ids alone: what is confidential of it stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenUp {
    /// What it was about.
    pub subject: Uuid,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkState {
    /// It waits for a worker, or for what it needs.
    Waiting,
    /// It goes on.
    Running,
    /// Its result is there.
    Done,
    /// There is no result; a sentence says why.
    Failed,
    /// Somebody changed their mind.
    Cancelled,
}

impl WorkState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// The word in the database and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether it still moves by itself.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }

    /// Whether asking again does it anew.
    pub const fn may_restart(self) -> bool {
        matches!(self, Self::Failed | Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_parsed_back() {
        for state in WorkState::ALL {
            assert_eq!(WorkState::parse(state.as_str()), Some(state));
            assert!(!(state.is_under_way() && state.may_restart()));
        }
        assert_eq!(WorkState::parse("Done"), None);
    }
}
