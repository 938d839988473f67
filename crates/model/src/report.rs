//! The report as a tree: what the web reads, what the renderers draw, and what JSON export gives as it is.
//!
//! Invariants: every label in a text or block is in the ledger beside it (`facts`, `calcs`, `citations`); labels follow
//! the order of appearance and hold within one report only.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Calc, Check, Disagreement, DocumentKind, DocumentVersion, Fact, Gap, MetricId, Place, Question};

/// A due-diligence report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The form of this tree: [`Report::SCHEMA`].
    pub schema: String,
    /// The company.
    pub company: String,
    /// When it was made.
    pub prepared_at: DateTime<Utc>,
    /// The industry template that said what must be there.
    pub template: TemplateName,
    /// What the first page says of the report itself.
    pub status: Status,
    /// The documents that were read.
    pub documents: Vec<DocumentEntry>,
    /// The sections in order.
    pub sections: Vec<Section>,
    /// Facts that the report shows.
    pub facts: Vec<FactEntry>,
    /// Calculations that the report shows.
    pub calcs: Vec<CalcEntry>,
    /// Places that the report cites.
    pub citations: Vec<CitationEntry>,
}

/// An industry template with its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TemplateName {
    /// Its id, e.g. `saas`.
    pub id: String,
    /// Its title, e.g. `Software as a service`.
    pub title: String,
    /// Its version.
    pub version: String,
}

/// The status box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Status {
    /// What wrote it.
    pub engine: Engine,
    /// How many of the figures that the template asks for were found.
    pub coverage: Coverage,
    /// Pairs of statements that contradict each other.
    pub contradictions: u32,
    /// Figures that a person should look at.
    pub needs_review: u32,
    /// Parts that were read, over all documents.
    pub parts_read: u32,
    /// Documents that could not be read.
    pub unreadable: u32,
}

/// What wrote a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "engine", rename_all = "snake_case")]
pub enum Engine {
    /// Code alone: figures, verbatim excerpts, checks.
    Extractive,
    /// Code for figures, excerpts and checks; a language model for sentences. Of these only such are kept whose quotes
    /// and figures code has checked.
    Assisted(Assisted),
}

/// What a language model did for a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assisted {
    /// The endpoint's name in the fund.
    pub endpoint: String,
    /// The model that was asked for.
    pub model: String,
    /// Whether text left the fund's own network for it.
    pub external: bool,
    /// Name and version of the prompt, e.g. `section 1`.
    pub prompt: String,
    /// Sentences that were kept.
    pub kept: u32,
    /// Sentences that failed a check and were dropped.
    pub dropped: u32,
    /// Why sections have no sentences of the model although it was asked for: what happened, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Found out of required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Figures that were found.
    pub found: u32,
    /// Figures that the template asks for.
    pub required: u32,
}

/// A document of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentEntry {
    /// Which state of it.
    pub version: DocumentVersion,
    /// Its file name.
    pub name: String,
    /// What the file is; absent if it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DocumentKind>,
    /// What it is for the diligence.
    pub role: DocumentRole,
    /// How well it was read, or why not: one sentence.
    pub reading: String,
}

/// What a document is for the diligence, in order of trust, the least trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentRole {
    /// Something else.
    Other,
    /// A pitch deck.
    Deck,
    /// A memo or business plan.
    Plan,
    /// A financial model.
    Model,
    /// A cap table.
    CapTable,
    /// A list of customers or an export of bookings.
    CustomerList,
    /// A contract.
    Contract,
    /// Accounts.
    Accounts,
}

impl DocumentRole {
    /// The word for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Other => "Document",
            Self::Deck => "Deck",
            Self::Plan => "Plan",
            Self::Model => "Model",
            Self::CapTable => "Cap table",
            Self::CustomerList => "Customer list",
            Self::Contract => "Contract",
            Self::Accounts => "Accounts",
        }
    }
}

/// A section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Section {
    /// Its id, e.g. `traction`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its content.
    pub blocks: Vec<ReportBlock>,
}

/// A block of a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum ReportBlock {
    /// Prose with placeholders.
    Paragraph {
        /// The text.
        text: String,
    },
    /// Sentences that a language model wrote, all of them checked by code, none reviewed by a person.
    Written {
        /// The sentences in order.
        sentences: Vec<WrittenSentence>,
        /// Sentences of this section that failed a check and were dropped.
        dropped: u32,
    },
    /// Key figures.
    Figures {
        /// One figure a row.
        rows: Vec<FigureRow>,
    },
    /// Statements of several documents side by side.
    TieOut {
        /// One metric and period a row, those that differ most first.
        rows: Vec<TieOutRow>,
    },
    /// What the documents say, verbatim.
    Excerpts {
        /// The excerpts.
        items: Vec<Excerpt>,
    },
    /// Rules that were tried.
    Checks {
        /// The rules, failures first.
        items: Vec<Check>,
    },
    /// What was not found.
    Gaps {
        /// The gaps.
        items: Vec<Gap>,
    },
    /// Questions to the company.
    Questions {
        /// The questions, the most pressing first.
        items: Vec<Question>,
    },
}

/// A sentence of a language model. It holds no digit of its own: figures are placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WrittenSentence {
    /// The sentence, with placeholders for figures.
    pub text: String,
    /// Labels of the citations that it rests on, at least one: places of its quotes, then of its figures.
    pub cites: Vec<String>,
}

/// A key figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FigureRow {
    /// What it measures.
    pub metric: MetricId,
    /// Its name for people.
    pub title: String,
    /// Label of the fact or calculation.
    pub figure: String,
    /// Labels of its citations.
    pub cites: Vec<String>,
    /// A remark, e.g. `stated in one document`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Statements about one metric side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TieOutRow {
    /// Name of the metric for people.
    pub title: String,
    /// How they stand to each other.
    pub disagreement: Disagreement,
    /// Labels of the facts and calculations, the trusted one first.
    pub figures: Vec<String>,
    /// The difference for people: `+31.3 %`.
    pub difference: String,
}

/// A verbatim excerpt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excerpt {
    /// Label of the citation; its quote is the excerpt.
    pub cite: String,
    /// What it is about, e.g. `Pricing`.
    pub topic: String,
}

/// A fact with its label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FactEntry {
    /// `F1`, `F2`, …
    pub label: String,
    /// The figure as it is shown.
    pub shown: String,
    /// Label of the citation of its place.
    pub cite: String,
    /// The fact.
    pub fact: Fact,
}

/// A calculation with its label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalcEntry {
    /// `C1`, `C2`, …
    pub label: String,
    /// The figure as it is shown.
    pub shown: String,
    /// Labels of the facts it was reckoned from.
    pub inputs: Vec<String>,
    /// The calculation.
    pub calc: Calc,
}

/// A cited place with its label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CitationEntry {
    /// `E1`, `E2`, …
    pub label: String,
    /// Where it is, for people: `deck.pdf, p. 7`.
    pub shown: String,
    /// The place.
    pub place: Place,
}

impl Report {
    /// The form of the tree that this code writes and reads.
    pub const SCHEMA: &'static str = "vcconnect.report.v1";

    /// The fact with a label.
    pub fn fact(&self, label: &str) -> Option<&FactEntry> {
        self.facts.iter().find(|entry| entry.label == label)
    }

    /// The calculation with a label.
    pub fn calc(&self, label: &str) -> Option<&CalcEntry> {
        self.calcs.iter().find(|entry| entry.label == label)
    }

    /// The citation with a label.
    pub fn citation(&self, label: &str) -> Option<&CitationEntry> {
        self.citations.iter().find(|entry| entry.label == label)
    }

    /// The document of a version.
    pub fn document(&self, version: DocumentVersion) -> Option<&DocumentEntry> {
        self.documents.iter().find(|entry| entry.version == version)
    }
}
