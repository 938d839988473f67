//! What is wrong or missing: documents that disagree, checks that fail, figures that are not there, and the questions
//! that follow. All are found by code.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Basis, CalcId, FactId, MetricId, Period};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Little.
    Low,
    /// Ask about it.
    Medium,
    /// It may change the decision.
    High,
    /// Nothing goes on before it is cleared.
    Blocker,
}

/// How statements about one thing stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Their intervals overlap.
    Confirmed,
    /// They differ by 2 % at most.
    Rounding,
    /// They differ by a factor of 12, or of 1,000 or 1,000,000.
    UnitSuspect,
    /// They differ, and are measured at different times.
    PeriodDiffers,
    /// They differ.
    Contradicted,
}

/// A figure that is compared: what a document states, or what code has reckoned from one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "figure", content = "id", rename_all = "snake_case")]
pub enum FigureId {
    /// A fact.
    Fact(FactId),
    /// A calculation.
    Calc(CalcId),
}

/// Statements about the same metric that are compared: the headline of a report where they disagree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Disagreement {
    /// What is measured.
    pub metric: MetricId,
    /// When.
    pub period: Period,
    /// Whether it has happened.
    pub basis: Basis,
    /// The statement that is trusted most (bank and audit before contract, accounts, model, deck). What is reckoned is
    /// trusted like the document that its inputs are from.
    pub reference: FigureId,
    /// The statement that differs from it most.
    pub claim: FigureId,
    /// All statements, the trusted one first. None of them was reckoned from another one.
    pub statements: Vec<FigureId>,
    /// How the claim stands to the reference.
    pub verdict: Verdict,
    /// (claim − reference) ÷ reference.
    #[schemars(with = "String")]
    pub difference: Decimal,
    /// How much it matters.
    pub severity: Severity,
}

/// A rule that was tried on the figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// The rule's id, e.g. `V-020`.
    pub rule: String,
    /// What should hold, e.g. `ARR is twelve times MRR`.
    pub title: String,
    /// Whether it does.
    pub outcome: Outcome,
    /// What was found, with placeholders for figures.
    pub detail: String,
    /// How much a failure matters.
    pub severity: Severity,
}

/// Whether a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// The figures that it needs are not there.
    NotApplicable,
}

/// Something that a report of this kind must have and the documents do not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// What is missing: a metric's id or the name of a document kind.
    pub item: String,
    /// For people.
    pub title: String,
    /// What was searched.
    pub searched: String,
}

/// A question to the company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// The question, with placeholders for figures and citations.
    pub text: String,
    /// Why it is asked.
    pub reason: Reason,
    /// 1 is asked first.
    pub priority: u8,
}

/// Why a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Documents disagree.
    Disagreement,
    /// A check failed.
    Check,
    /// Something is missing.
    Gap,
}
