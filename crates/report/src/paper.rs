//! The report as it stands on paper: every label resolved, every word fixed, every length bounded. PDF, Word and
//! Markdown draw this one tree, so they say the same.

use serde::Serialize;

use crate::ledger::Line;
use crate::wording::Sign;

/// A report on paper.
#[derive(Debug, Serialize)]
pub(crate) struct Paper {
    pub(crate) company: String,
    /// `14 November 2026`, UTC.
    pub(crate) date: String,
    /// The industry template, `Software as a service, version 3`.
    pub(crate) template: String,
    pub(crate) status: Vec<(&'static str, String)>,
    pub(crate) limits: &'static [&'static str],
    pub(crate) sections: Vec<PaperSection>,
    pub(crate) sources: Vec<Source>,
    pub(crate) documents: Vec<PaperDocument>,
}

/// A section.
#[derive(Debug, Serialize)]
pub(crate) struct PaperSection {
    pub(crate) title: String,
    pub(crate) parts: Vec<PaperPart>,
}

/// A block under its heading; none where the section's title says it already.
#[derive(Debug, Serialize)]
pub(crate) struct PaperPart {
    pub(crate) heading: Option<&'static str>,
    pub(crate) block: PaperBlock,
}

/// What stands in a section.
#[derive(Debug, Serialize)]
#[serde(tag = "block", content = "rows", rename_all = "snake_case")]
pub(crate) enum PaperBlock {
    Paragraph(Line),
    Written(PaperWritten),
    Figures(Vec<KeyFigure>),
    TieOut(Vec<TieOut>),
    Excerpts(Vec<PaperExcerpt>),
    Checks(Vec<PaperCheck>),
    Gaps(Vec<PaperGap>),
    Questions(Vec<PaperQuestion>),
}

/// Sentences of a language model. They are never shown without their label.
#[derive(Debug, Serialize)]
pub(crate) struct PaperWritten {
    /// Who wrote them and what was checked; absent if none is left.
    pub(crate) label: Option<String>,
    pub(crate) text: Line,
    /// How many failed a check.
    pub(crate) left_out: Option<String>,
}

/// A row of key figures.
#[derive(Debug, Serialize)]
pub(crate) struct KeyFigure {
    pub(crate) title: String,
    pub(crate) value: String,
    pub(crate) period: String,
    pub(crate) basis: &'static str,
    pub(crate) cites: Line,
    pub(crate) notes: Vec<Line>,
}

/// Statements about one figure.
#[derive(Debug, Serialize)]
pub(crate) struct TieOut {
    pub(crate) title: String,
    /// Period and basis.
    pub(crate) when: String,
    pub(crate) statements: Vec<Statement>,
    pub(crate) verdict: Sign,
    /// Absent where the statements agree.
    pub(crate) severity: Option<&'static str>,
    pub(crate) difference: String,
}

/// What one document says.
#[derive(Debug, Serialize)]
pub(crate) struct Statement {
    pub(crate) value: String,
    pub(crate) document: String,
    pub(crate) locator: String,
    pub(crate) cite: Line,
    /// `trusted most`, `differs most`.
    pub(crate) role: Option<&'static str>,
}

/// A verbatim excerpt.
#[derive(Debug, Serialize)]
pub(crate) struct PaperExcerpt {
    pub(crate) topic: String,
    pub(crate) quote: String,
    pub(crate) document: String,
    pub(crate) locator: String,
    pub(crate) cite: Line,
}

/// A rule that was tried.
#[derive(Debug, Serialize)]
pub(crate) struct PaperCheck {
    pub(crate) rule: String,
    pub(crate) title: String,
    pub(crate) outcome: Sign,
    /// Only of a failure.
    pub(crate) severity: Option<&'static str>,
    pub(crate) detail: Line,
}

/// What was not found.
#[derive(Debug, Serialize)]
pub(crate) struct PaperGap {
    pub(crate) title: String,
    pub(crate) searched: String,
}

/// A question, numbered through the whole report.
#[derive(Debug, Serialize)]
pub(crate) struct PaperQuestion {
    pub(crate) number: usize,
    pub(crate) text: Line,
    pub(crate) reason: &'static str,
}

/// An entry in the list of sources.
#[derive(Debug, Serialize)]
pub(crate) struct Source {
    pub(crate) label: String,
    pub(crate) document: String,
    pub(crate) locator: String,
    pub(crate) quote: String,
}

/// An entry in the list of documents.
#[derive(Debug, Serialize)]
pub(crate) struct PaperDocument {
    pub(crate) name: String,
    pub(crate) role: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) reading: String,
}
