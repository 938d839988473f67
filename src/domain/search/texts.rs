//! What is taken in of a document or report: its words with their places, nothing of names.

use index::{Passage, passages};
use model::{Report, ReportBlock, Run, Section, runs};
use serde::Deserialize;
use uuid::Uuid;

use super::model::Kind;
use crate::base::{DealId, Error, Result};

/// A source with its texts, ready for the index.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) id: Uuid,
    pub(super) deal: DealId,
    pub(super) kind: Kind,
    pub(super) texts: Vec<Text>,
}

/// A part of a document, or a section of a report.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// Number of the part; for a section the number of the report's version.
    pub(super) part: u32,
    /// Name of the part, id of the section.
    pub(super) name: Option<String>,
    pub(super) text: String,
}

impl Taken {
    /// Bytes of its texts.
    pub(super) fn bytes(&self) -> usize {
        self.texts.iter().map(|text| text.text.len()).sum()
    }

    /// Its passages in order.
    pub(super) fn passages(&self) -> impl Iterator<Item = Passage<'_>> {
        self.texts.iter().flat_map(|text| {
            passages(&text.text).into_iter().map(|extract| Passage {
                part: text.part,
                offset: extract.offset,
                name: text.name.as_deref(),
                text: extract.text,
            })
        })
    }
}

/// A stored part without its layout, which is most of it.
#[derive(Deserialize)]
struct StoredPart {
    number: u32,
    #[serde(default)]
    name: Option<String>,
    text: String,
}

/// The text of a part, which is stored as JSON of [`model::Part`].
pub(super) fn of_part(json: &[u8]) -> Result<Text> {
    let part: StoredPart = serde_json::from_slice(json)
        .map_err(|error| Error::internal(format!("a part does not parse: {:?}", error.classify())))?;
    Ok(Text { part: part.number, name: part.name, text: part.text })
}

/// The sections of a report as they are read, labels filled in.
pub(super) fn of_report(number: u32, report: &Report) -> Vec<Text> {
    let text =
        |section: &Section| Text { part: number, name: Some(section.id.clone()), text: written(report, section) };
    report.sections.iter().map(text).collect()
}

fn written(report: &Report, section: &Section) -> String {
    let mut lines = vec![section.title.clone()];
    for block in &section.blocks {
        match block {
            ReportBlock::Paragraph { text } => lines.push(filled(report, text)),
            ReportBlock::Written { sentences, .. } => {
                lines.extend(sentences.iter().map(|one| filled(report, &one.text)));
            }
            ReportBlock::Figures { rows } => {
                lines.extend(rows.iter().map(|row| {
                    format!("{} {} {}", row.title, shown(report, &row.figure), row.note.as_deref().unwrap_or_default())
                }));
            }
            ReportBlock::TieOut { rows } => lines.extend(rows.iter().map(|row| {
                let figures: Vec<&str> = row.figures.iter().map(|label| shown(report, label)).collect();
                format!("{} {} {}", row.title, figures.join(" "), row.difference)
            })),
            ReportBlock::Excerpts { items } => lines.extend(items.iter().map(|item| {
                let quote = report.citation(&item.cite).map_or("", |entry| entry.place.quote.as_str());
                format!("{} {quote}", item.topic)
            })),
            ReportBlock::Checks { items } => {
                lines.extend(items.iter().map(|item| format!("{} {}", item.title, item.detail)));
            }
            ReportBlock::Gaps { items } => lines.extend(items.iter().map(|item| item.title.clone())),
            ReportBlock::Questions { items } => lines.extend(items.iter().map(|item| filled(report, &item.text))),
        }
    }
    lines.join("\n")
}

/// Prose with the figures that its labels stand for; citations are left out.
fn filled(report: &Report, text: &str) -> String {
    let piece = |run| match run {
        Run::Text(text) => text,
        Run::Fact(label) | Run::Calc(label) => shown(report, label),
        Run::Cite(_) => "",
    };
    runs(text).into_iter().map(piece).collect()
}

fn shown<'a>(report: &'a Report, label: &str) -> &'a str {
    let fact = report.fact(label).map(|entry| entry.shown.as_str());
    fact.or_else(|| report.calc(label).map(|entry| entry.shown.as_str())).unwrap_or_default()
}
