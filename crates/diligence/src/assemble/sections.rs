//! The sections of a report. Each is made of blocks whose figures are placeholders or labels; a section without content is
//! left out.

use model::{
    Calc, Disagreement, Excerpt, FactId, FigureRow, MetricId, Place, ReportBlock, Section, Severity, TieOutRow, Verdict,
};
use rust_decimal::{Decimal, RoundingStrategy};

use super::labels::Labels;
use crate::book::{Book, place_key};
use crate::checks::{calc_token, fact_token};
use crate::compare::row_of;
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
    /// The template.
    pub template: &'a Template,
}

/// The fixed sentence that says what the report is (it cannot be themed away).
pub const NATURE: &str = "This report contains verbatim excerpts and computed figures. It contains no judgement on team, strategy or product.";

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

    /// A row for the figure that stands for a metric, and one for each calculation of it.
    fn figure_rows(&self, labels: &mut Labels<'_>, metric: &str, with_calcs: bool) -> Vec<FigureRow> {
        let mut rows = Vec::new();
        let title = ontology().title(metric).to_owned();
        if let Some(fact) = self.book.key_figure(metric)
            && let (Some(figure), Some(cite)) = (labels.fact(fact.id), labels.cite_of(fact.id))
        {
            let note = Some(self.note(fact.id));
            rows.push(FigureRow {
                metric: MetricId::new(metric),
                title: title.clone(),
                figure,
                cites: vec![cite],
                note,
            });
        }
        let calcs = self.calcs.iter().filter(|calc| calc.metric.as_str() == metric && (with_calcs || rows.is_empty()));
        let wanted: Vec<&Calc> = if with_calcs { calcs.collect() } else { calcs.take(1).collect() };
        for calc in wanted {
            let Some(figure) = labels.calc(calc.id) else { continue };
            let mut cites: Vec<String> = calc.inputs.iter().take(4).filter_map(|id| labels.cite_of(*id)).collect();
            cites.dedup();
            let note = Some(format!("reckoned: {}", calc.expression));
            rows.push(FigureRow { metric: MetricId::new(metric), title: title.clone(), figure, cites, note });
        }
        rows
    }

    fn note(&self, id: FactId) -> String {
        let review = self.book.fact(id).and_then(|fact| fact.needs_review.clone());
        let compared = match row_of(self.rows, id) {
            Some(row) if matches!(row.verdict, Verdict::Confirmed) => {
                format!("confirmed by {} documents", row.statements.len())
            }
            Some(row) if matches!(row.verdict, Verdict::Rounding) => "other documents differ by rounding".to_owned(),
            Some(_) => "contradicted: see Documents disagree".to_owned(),
            None => "stated in one document".to_owned(),
        };
        review.map_or(compared.clone(), |review| format!("{compared}; needs review: {review}"))
    }

    /// Comparisons that do not confirm.
    pub fn differing(&self) -> impl Iterator<Item = &Disagreement> {
        self.rows.iter().filter(|row| !matches!(row.verdict, Verdict::Confirmed | Verdict::Rounding))
    }

    /// Summary: sentences on the figures that decide, each with its citation.
    pub fn summary(&self, labels: &mut Labels<'_>, company: &str, found: usize) -> Section {
        let mut said = vec![ReportBlock::Paragraph { text: NATURE.to_owned() }];
        let mut sentences = Vec::new();
        for metric in ["arr", "revenue", "net_burn", "cash", "runway_m"] {
            sentences.extend(self.sentence(metric).map(|text| labels.text(&text, &[])));
        }
        if !sentences.is_empty() {
            said.push(ReportBlock::Paragraph { text: sentences.join(" ") });
        }
        if let Some(worst) = self.differing().find(|row| row.severity >= Severity::Medium) {
            let title = ontology().title(worst.metric.as_str());
            let text = format!(
                "The documents disagree most on {title}: {} against {} ({}).",
                fact_token(worst.claim),
                fact_token(worst.reference),
                signed_percent(worst.difference),
            );
            said.push(ReportBlock::Paragraph { text: labels.text(&text, &[]) });
        }
        let required = self.template.required.len();
        let text = format!(
            "Of the {required} figures that this template asks for, {found} were found in the documents on {company}."
        );
        said.push(ReportBlock::Paragraph { text });
        Section { id: "summary".to_owned(), title: "Summary".to_owned(), blocks: said }
    }

    fn sentence(&self, metric: &str) -> Option<String> {
        let title = ontology().title(metric);
        if let Some(fact) = self.book.key_figure(metric) {
            let when = if fact.period.is_known() { format!(" ({})", fact.period) } else { String::new() };
            let role =
                self.book.entry(fact.place.document).map_or("document", |entry| entry.role.title()).to_lowercase();
            return Some(format!("{title}{when}: {} by the {role}.", fact_token(fact.id)));
        }
        let calc = self.calcs.iter().find(|calc| calc.metric.as_str() == metric)?;
        Some(format!("{title} ({}): {}, reckoned.", calc.period, calc_token(calc.id)))
    }

    /// Documents disagree: the comparisons that differ, or the sentence that there are none.
    pub fn disagreements(&self, labels: &mut Labels<'_>) -> Section {
        let mut rows = Vec::new();
        for row in self.differing() {
            let facts = row.statements.iter().filter_map(|id| labels.fact(*id)).collect();
            let title = ontology().title(row.metric.as_str()).to_owned();
            rows.push(TieOutRow {
                title,
                disagreement: row.clone(),
                facts,
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
