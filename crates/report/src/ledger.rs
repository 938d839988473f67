//! The ledger of a report by label. A label that is not in it stops the export: a figure or source is never guessed
//! and a placeholder is never printed.

use std::collections::HashMap;

use model::{CalcEntry, CitationEntry, DocumentEntry, DocumentVersion, FactEntry, Report, Run, runs};
use serde::Serialize;

use crate::{RenderError, text};

/// Most characters of a label.
const LABEL: usize = 16;

/// A piece of a resolved text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub(crate) enum Piece {
    /// Words.
    Words(String),
    /// A figure as it is shown; it is not broken over lines.
    Figure(String),
    /// The label of a citation in the list of sources.
    Cite(String),
}

/// A text with its figures filled in.
pub(crate) type Line = Vec<Piece>;

/// The entries of a report by label.
pub(crate) struct Ledger<'a> {
    facts: HashMap<&'a str, &'a FactEntry>,
    calcs: HashMap<&'a str, &'a CalcEntry>,
    citations: HashMap<&'a str, &'a CitationEntry>,
    documents: HashMap<DocumentVersion, &'a DocumentEntry>,
}

impl<'a> Ledger<'a> {
    pub(crate) fn of(report: &'a Report) -> Result<Self, RenderError> {
        let ledger = Self {
            facts: by_label(&report.facts, |entry| &entry.label)?,
            calcs: by_label(&report.calcs, |entry| &entry.label)?,
            citations: by_label(&report.citations, |entry| &entry.label)?,
            documents: report.documents.iter().map(|entry| (entry.version, entry)).collect(),
        };
        for fact in &report.facts {
            ledger.cite(&fact.cite)?;
        }
        for input in report.calcs.iter().flat_map(|calc| &calc.inputs) {
            ledger.fact(input)?;
        }
        Ok(ledger)
    }

    pub(crate) fn fact(&self, label: &str) -> Result<&'a FactEntry, RenderError> {
        self.facts.get(label).copied().ok_or_else(|| unknown(label))
    }

    pub(crate) fn find_fact(&self, label: &str) -> Option<&'a FactEntry> {
        self.facts.get(label).copied()
    }

    pub(crate) fn calc(&self, label: &str) -> Result<&'a CalcEntry, RenderError> {
        self.calcs.get(label).copied().ok_or_else(|| unknown(label))
    }

    pub(crate) fn citation(&self, label: &str) -> Result<&'a CitationEntry, RenderError> {
        self.citations.get(label).copied().ok_or_else(|| unknown(label))
    }

    /// The mark of a citation.
    pub(crate) fn cite(&self, label: &str) -> Result<Piece, RenderError> {
        Ok(Piece::Cite(self.citation(label)?.label.clone()))
    }

    /// The document that a citation is of.
    pub(crate) fn document(&self, citation: &CitationEntry) -> Result<&'a DocumentEntry, RenderError> {
        let found = self.documents.get(&citation.place.document).copied();
        found.ok_or_else(|| RenderError::UnlistedDocument(citation.label.clone()))
    }

    /// A text with its placeholders filled in.
    pub(crate) fn line(&self, text: &str) -> Result<Line, RenderError> {
        runs(text).into_iter().map(|run| self.piece(run)).collect()
    }

    fn piece(&self, run: Run<'_>) -> Result<Piece, RenderError> {
        match run {
            Run::Text(words) => Ok(Piece::Words(text::prose(words))),
            Run::Fact(label) => Ok(Piece::Figure(text::line(&self.fact(label)?.shown, text::NAME))),
            Run::Calc(label) => Ok(Piece::Figure(text::line(&self.calc(label)?.shown, text::NAME))),
            Run::Cite(label) => self.cite(label),
        }
    }
}

fn by_label<T>(entries: &[T], label: fn(&T) -> &String) -> Result<HashMap<&str, &T>, RenderError> {
    let mut found = HashMap::with_capacity(entries.len());
    for entry in entries {
        let label = label(entry);
        if label.is_empty() || label.len() > LABEL || !label.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(RenderError::MalformedLabel);
        }
        if found.insert(label.as_str(), entry).is_some() {
            return Err(RenderError::RepeatedLabel(label.clone()));
        }
    }
    Ok(found)
}

/// Names the label only as far as it can be one of ours: an error holds no document text.
fn unknown(label: &str) -> RenderError {
    RenderError::UnknownLabel(label.chars().filter(char::is_ascii_alphanumeric).take(LABEL).collect())
}
