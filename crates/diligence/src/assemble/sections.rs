//! The sections of a report. Each is made of blocks whose figures are placeholders or labels; a section without content is
//! left out.

use model::{Calc, Disagreement, Excerpt, FigureRow, Place, ReportBlock, Section, TieOutRow, Verdict};
use rust_decimal::{Decimal, RoundingStrategy};

use super::labels::Labels;
use crate::book::{Book, place_key};
use crate::checks::Checked;
use crate::excerpts::{From, excerpts};
use crate::ontology::ontology;
use crate::template::{Template, Topic};

/// What sections are made from.
pub struct Room<'a> {
    /// All facts.
    pub book: &'a Book<'a>,
    /// All calculations.
    pub calcs: &'a [Calc],
    /// All comparisons.
    pub rows: &'a [Disagreement],
    /// All rules that were tried.
    pub checked: &'a [Checked],
    /// The template.
    pub template: &'a Template,
}

impl Room<'_> {
    /// The metrics of a section of the report, in order.
    fn metrics(&self, home: &str) -> Vec<String> {
        let mut ids: Vec<String> = self
            .book
            .facts
            .iter()
            .map(|fact| fact.metric.as_str())
            .chain(self.calcs.iter().map(|calc| calc.metric.as_str()))
            .filter(|id| ontology().metric(id).is_some_and(|metric| metric.home == home))
            .map(str::to_owned)
            .collect();
        ids.sort_by_key(|id| ontology().rank(id));
        ids.dedup();
        ids
    }

    /// Comparisons that do not confirm.
    pub fn differing(&self) -> impl Iterator<Item = &Disagreement> {
        self.rows.iter().filter(|row| !matches!(row.verdict, Verdict::Confirmed | Verdict::Rounding))
    }

    /// Documents disagree: the comparisons that differ, or the sentence that there are none.
    pub fn disagreements(&self, labels: &mut Labels<'_>) -> Section {
        let mut rows = Vec::new();
        for row in self.differing() {
            let figures = row.statements.iter().filter_map(|id| labels.figure(*id)).collect();
            let title = ontology().title(row.metric.as_str()).to_owned();
            rows.push(TieOutRow {
                title,
                disagreement: row.clone(),
                figures,
                difference: signed_percent(row.difference),
            });
        }
        let block = if rows.is_empty() {
            let compared = self.rows.len();
            let text = match compared {
                0 => "No figure is stated by two documents for the same time, so nothing could be compared.".to_owned(),
                1 => "One figure is stated by several documents, and they agree on it.".to_owned(),
                _ => format!("{compared} figures are stated by several documents, and they agree on all of them."),
            };
            ReportBlock::Paragraph { text }
        } else {
            ReportBlock::TieOut { rows }
        };
        Section { id: "disagreements".to_owned(), title: "Documents disagree".to_owned(), blocks: vec![block] }
    }

    /// Key figures: those that the template asks for.
    pub fn key_figures(&self, labels: &mut Labels<'_>) -> Section {
        let rows: Vec<FigureRow> = self
            .template
            .required
            .iter()
            .flat_map(|required| self.figure_rows(labels, &required.metric, false))
            .collect();
        let block = if rows.is_empty() {
            ReportBlock::Paragraph { text: "None of the figures that the template asks for was found.".to_owned() }
        } else {
            ReportBlock::Figures { rows }
        };
        Section { id: "key_figures".to_owned(), title: "Key figures".to_owned(), blocks: vec![block] }
    }

    /// A section of figures and excerpts; `None` if it has neither.
    pub fn figures_and_words(&self, labels: &mut Labels<'_>, id: &str, title: &str, homes: &[&str]) -> Option<Section> {
        let metrics: Vec<String> = homes.iter().flat_map(|home| self.metrics(home)).collect();
        let rows: Vec<FigureRow> = metrics.iter().flat_map(|metric| self.figure_rows(labels, metric, true)).collect();
        let mut blocks = Vec::new();
        if !rows.is_empty() {
            blocks.push(ReportBlock::Figures { rows });
        }
        let topics = self.template.topics.iter().filter(|topic| topic.section == id);
        blocks.extend(self.words(labels, topics, From::Papers));
        (!blocks.is_empty()).then(|| Section { id: id.to_owned(), title: title.to_owned(), blocks })
    }

    /// Clauses of the contracts; `None` if there are none.
    pub fn contracts(&self, labels: &mut Labels<'_>) -> Option<Section> {
        let block = self.words(labels, self.template.clauses.iter(), From::Contracts)?;
        Some(Section { id: "contracts".to_owned(), title: "Contracts".to_owned(), blocks: vec![block] })
    }

    fn words<'t>(
        &self,
        labels: &mut Labels<'_>,
        topics: impl Iterator<Item = &'t Topic>,
        from: From,
    ) -> Option<ReportBlock> {
        let mut items = Vec::new();
        let mut shown: Vec<Place> = Vec::new();
        for topic in topics {
            for place in excerpts(self.book, topic, from) {
                let again = shown.iter().any(|other| {
                    other.document == place.document && other.part == place.part && other.span == place.span
                });
                if !again {
                    items.push(Excerpt { cite: labels.place(&place), topic: topic.title.clone() });
                    shown.push(place);
                }
            }
        }
        (!items.is_empty()).then_some(ReportBlock::Excerpts { items })
    }

    /// Holdings of the cap table, one row a holder.
    pub fn holders(&self, labels: &mut Labels<'_>) -> Option<ReportBlock> {
        let mut facts: Vec<_> = self.book.of_kind("ownership", model::SubjectKind::Holder).collect();
        facts.sort_by_key(|fact| place_key(fact));
        let rows: Vec<FigureRow> = facts
            .into_iter()
            .take(40)
            .filter_map(|fact| {
                let (figure, cite) = (labels.fact(fact.id)?, labels.cite_of(fact.id)?);
                let title = fact.subject.name.clone()?;
                Some(FigureRow { metric: fact.metric.clone(), title, figure, cites: vec![cite], note: None })
            })
            .collect();
        (!rows.is_empty()).then_some(ReportBlock::Figures { rows })
    }
}

/// A difference for people: `+31.3 %`.
pub fn signed_percent(difference: Decimal) -> String {
    let percent = (difference.abs() * Decimal::ONE_HUNDRED)
        .round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero)
        .normalize();
    let sign = if difference.is_sign_negative() && !percent.is_zero() { "\u{2212}" } else { "+" };
    format!("{sign}{percent}\u{a0}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_shown_with_their_sign() {
        assert_eq!(signed_percent(Decimal::new(3125, 4)), "+31.3\u{a0}%");
        assert_eq!(signed_percent(Decimal::new(-24, 2)), "\u{2212}24\u{a0}%");
    }
}
