//! What a system role allows. It grants nothing on any deal: that is membership, in the deals domain.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody is in the fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SystemRole {
    /// Runs the installation: people and settings. Reads no deal unless made a member.
    Admin,
    /// Decides on deals.
    Partner,
    /// Works on deals.
    Analyst,
    /// Sees who did and saw what; reads no deal unless made a member.
    Compliance,
    /// Reads the deals that they are a member of.
    Viewer,
    /// Somebody from outside who reads the deals that they are a member of, and of the people their owners alone.
    Guest,
}

/// Something that a role may allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Create deals and import them.
    DealsCreate,
    /// See the names of colleagues.
    UsersRead,
    /// Invite, change and disable people.
    UsersManage,
    /// Add, test and remove endpoints of language models.
    ModelsManage,
    /// Read the audit log, and what was sent to models.
    AuditRead,
}

impl SystemRole {
    /// Every role.
    pub const ALL: [Self; 6] = [Self::Admin, Self::Partner, Self::Analyst, Self::Compliance, Self::Viewer, Self::Guest];

    /// The word in the database and in JSON.
    pub const fn as_str(self) -> &'static str {
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
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// All that the role allows.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::{AuditRead, DealsCreate, ModelsManage, UsersManage, UsersRead};
        match self {
            Self::Admin => &[DealsCreate, UsersRead, UsersManage, ModelsManage, AuditRead],
            Self::Partner | Self::Analyst => &[DealsCreate, UsersRead],
            Self::Compliance => &[UsersRead, AuditRead],
            Self::Viewer => &[UsersRead],
            Self::Guest => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_roles_fit() {
        for role in SystemRole::ALL {
            assert_eq!(SystemRole::parse(role.as_str()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert_eq!(SystemRole::parse("root"), None);
    }

    #[test]
    fn a_guest_is_allowed_nothing() {
        assert!(SystemRole::Guest.permissions().is_empty());
    }
}
