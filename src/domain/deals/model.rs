//! Deals and what may be said of them. No IO.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::{DealId, FieldError, Page, UserId};
use crate::domain::accounts::Person;
use crate::infra::cache::Entry;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in the database, in files and in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The one with this word, in any case.
            pub fn parse(word: &str) -> Option<Self> {
                let word = word.trim();
                Self::ALL.iter().copied().find(|one| one.as_str().eq_ignore_ascii_case(word))
            }
        }
    };
}

words! {
    /// What a company does; decides which report template is proposed.
    Industry {
        /// Software sold by subscription.
        Saas = "saas",
        /// Payments, lending, insurance, wealth.
        Fintech = "fintech",
        /// Drugs and platforms for them.
        Biotech = "biotech",
        /// Two sides, one platform.
        Marketplace = "marketplace",
        /// Devices and diagnostics.
        Medtech = "medtech",
        /// Brands and shops.
        Consumer = "consumer",
        /// Hardware and science risk.
        Deeptech = "deeptech",
        /// Energy, carbon, materials.
        Climate = "climate",
        /// Models and what is built on them.
        Ai = "ai",
        /// Games and media.
        Gaming = "gaming",
        /// None of these.
        Other = "other",
    }
}

words! {
    /// How far the fund is with a deal.
    Stage {
        /// Came in, nobody looked yet.
        Inbox = "inbox",
        /// A first look.
        Screening = "screening",
        /// Documents are read.
        Diligence = "diligence",
        /// The committee decides.
        Committee = "committee",
        /// The fund did not invest.
        Passed = "passed",
        /// The fund invested.
        Invested = "invested",
    }
}

impl Stage {
    /// Whether the fund has decided.
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Passed | Self::Invested)
    }

    /// Where a deal may go from here: anywhere while it is open. A decided deal is opened again first, so that no
    /// slip of the mouse turns a pass into an investment.
    pub fn moves(self) -> Vec<Self> {
        let allowed = |to: &Self| *to != self && !(self.is_decided() && to.is_decided());
        Self::ALL.iter().copied().filter(allowed).collect()
    }
}

words! {
    /// What a member may do with a deal.
    MemberRole {
        /// Reads.
        Reader = "reader",
        /// Reads and changes.
        Editor = "editor",
        /// Reads, changes and decides who else is a member.
        Owner = "owner",
    }
}

/// A company's name as the fund uses it: 1 to 120 characters, no control characters, single spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealName(String);

impl DealName {
    /// Accepts a name.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let length = name.chars().count();
        if (1..=120).contains(&length) && !name.chars().any(char::is_control) {
            Ok(Self(name))
        } else {
            Err(FieldError { field: "name".to_owned(), message: "A deal's name has 1 to 120 characters.".to_owned() })
        }
    }

    /// The name.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// What identifies a deal in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// Names the deal.
    pub id: DealId,
    /// What the company is called.
    pub name: String,
    /// What it does.
    pub industry: Industry,
    /// How far the fund is.
    pub stage: Stage,
    /// Grows with each change.
    pub version: i64,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Last change.
    pub updated_at: DateTime<Utc>,
}

impl Entry for Deal {
    type Key = DealId;

    fn key(&self) -> DealId {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// What a new deal needs.
#[derive(Debug, Clone)]
pub struct NewDeal {
    /// What the company is called.
    pub name: String,
    /// What it does.
    pub industry: Industry,
    /// How far the fund is; the inbox unless said.
    pub stage: Option<Stage>,
}

/// What changes on a deal; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct DealChange {
    /// Another name.
    pub name: Option<String>,
    /// Another industry.
    pub industry: Option<Industry>,
    /// Another stage.
    pub stage: Option<Stage>,
}

/// Which deals are asked for.
#[derive(Debug, Clone, Default)]
pub struct DealFilter {
    /// Part of the name, in any case.
    pub name: Option<String>,
    /// Of one stage.
    pub stage: Option<Stage>,
    /// Of one industry.
    pub industry: Option<Industry>,
    /// In which order.
    pub sort: DealSort,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
pub enum DealSort {
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// By name, backwards.
    #[serde(rename = "-name")]
    NameBackwards,
    /// Least recently changed first.
    #[serde(rename = "updated_at")]
    Oldest,
    /// Most recently changed first.
    #[default]
    #[serde(rename = "-updated_at")]
    Newest,
}

/// A deal in a list.
#[derive(Debug, Clone)]
pub struct DealSummary {
    /// The deal.
    pub deal: Deal,
    /// What the reader may do with it.
    pub my_role: MemberRole,
    /// Who owns it.
    pub owners: Vec<Person>,
}

/// A page of deals with counts of all stages.
#[derive(Debug)]
pub struct DealList {
    /// The page.
    pub page: Page<DealSummary>,
    /// Deals that fit the filter, on all pages.
    pub total: usize,
    /// Deals in each stage that fit the rest of the filter.
    pub stages: BTreeMap<Stage, usize>,
}

/// Somebody who may open a deal.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// What they may do.
    pub role: MemberRole,
    /// Since when.
    pub added_at: DateTime<Utc>,
}

/// A deal with its members.
#[derive(Debug, Clone)]
pub struct DealView {
    /// The deal as in a list.
    pub summary: DealSummary,
    /// Who may open it.
    pub members: Vec<Member>,
}

/// A membership as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Membership {
    pub(super) deal: DealId,
    pub(super) user: UserId,
    pub(super) role: MemberRole,
    pub(super) added_at: DateTime<Utc>,
}
