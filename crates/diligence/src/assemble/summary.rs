//! The summary: what the documents disagree on most, and the figures that decide, each with its source. What the report
//! is, the renderers say in fixed words.

use model::{Disagreement, FigureId, ReportBlock, Section, Severity};

use super::labels::Labels;
use super::sections::{Room, signed_percent};
use crate::ontology::ontology;

/// Disagreements that the summary tells.
const MOST_TOLD: usize = 3;

impl Room<'_> {
    /// The summary.
    pub fn summary(&self, labels: &mut Labels<'_>, company: &str, found: usize) -> Section {
        let worst = self.differing().filter(|row| row.severity >= Severity::Medium).take(MOST_TOLD);
        let told: Vec<String> = worst.filter_map(|row| self.disagreement(labels, row)).collect();
        let key = ["arr", "revenue", "net_burn", "cash", "runway_m"];
        let figures: Vec<String> = key.into_iter().filter_map(|metric| self.sentence(labels, metric)).collect();
        let required = self.template.required.len();
        let coverage = format!(
            "Of the {required} figures that this template asks for, {found} were found in the documents on {company}."
        );
        let texts = [told.join(" "), figures.join(" "), coverage].into_iter().filter(|text| !text.is_empty());
        let blocks = texts.map(|text| ReportBlock::Paragraph { text }).collect();
        Section { id: "summary".to_owned(), title: "Summary".to_owned(), blocks }
    }

    /// `Runway: 18 months [E2] by the deck, 9.5 months [E1] by the model (+90.1 %).`
    fn disagreement(&self, labels: &mut Labels<'_>, row: &Disagreement) -> Option<String> {
        let title = ontology().title(row.metric.as_str());
        let (claim, reference) = (self.told(labels, row.claim)?, self.told(labels, row.reference)?);
        Some(format!("{title}: {claim}, {reference} ({}).", signed_percent(row.difference)))
    }

    fn sentence(&self, labels: &mut Labels<'_>, metric: &str) -> Option<String> {
        let best = self.best(metric)?;
        let title = ontology().title(metric);
        let period = self.figure(best).map(|(_, period)| period).filter(|period| period.is_known());
        let when = period.map(|period| format!(" ({period})")).unwrap_or_default();
        Some(format!("{title}{when}: {}.", self.told(labels, best)?))
    }

    /// A figure with its source: `€4.2m [E2] by the deck`, `104 % [E5] recomputed from the customer list`.
    fn told(&self, labels: &mut Labels<'_>, id: FigureId) -> Option<String> {
        let figure = labels.cited(id)?;
        Some(match (id, self.source_of(id)) {
            (FigureId::Fact(_), Some(source)) => format!("{figure} by {source}"),
            (FigureId::Calc(_), Some(source)) => format!("{figure} recomputed from {source}"),
            (FigureId::Fact(_), None) => figure,
            (FigureId::Calc(_), None) => format!("{figure} recomputed"),
        })
    }
}
