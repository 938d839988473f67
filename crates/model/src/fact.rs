//! Statements of the documents, and what we reckon from them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CalcId, FactId, Figure, MetricId, Period, Place};

/// A figure that a document states, at its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// Made from document, place, metric, period, subject and extractor.
    pub id: FactId,
    /// What it measures.
    pub metric: MetricId,
    /// Of whom.
    pub subject: Subject,
    /// The figure.
    pub figure: Figure,
    /// For when.
    pub period: Period,
    /// Whether it has happened.
    pub basis: Basis,
    /// Where it stands.
    pub place: Place,
    /// What read it, e.g. `sheet@1`.
    pub extractor: String,
    /// How sure the reading is, 0 to 1.
    pub confidence: f32,
    /// Why a person should look at it before it is relied on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_review: Option<String>,
}

/// Of whom a figure speaks. Only the company's own figures are compared and reckoned with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// What kind of subject.
    pub kind: SubjectKind,
    /// Its name, unless it is the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Subject {
    /// The company that the report is about.
    pub const COMPANY: Self = Self { kind: SubjectKind::Company, name: None };
}

/// What kind of subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// The company that the report is about.
    Company,
    /// A competitor.
    Competitor,
    /// The market.
    Market,
    /// One customer.
    Customer,
    /// A holder of shares.
    Holder,
}

/// Whether a figure has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// It has.
    Actual,
    /// It is expected.
    Forecast,
    /// It was planned for the period.
    Budget,
    /// It is wished for.
    Target,
    /// Not said.
    Unknown,
}

impl Basis {
    /// The word in running text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Forecast => "forecast",
            Self::Budget => "budget",
            Self::Target => "target",
            Self::Unknown => "basis not given",
        }
    }
}

/// A figure that code has reckoned from facts or other calculations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calc {
    /// Made from formula and inputs.
    pub id: CalcId,
    /// What it measures.
    pub metric: MetricId,
    /// Which formula, with its version: `runway_m.v1`.
    pub formula: String,
    /// The formula for people: `cash ÷ net burn per month`.
    pub expression: String,
    /// The facts it was reckoned from, in the formula's order.
    pub inputs: Vec<FactId>,
    /// The result.
    pub figure: Figure,
    /// For when.
    pub period: Period,
}
