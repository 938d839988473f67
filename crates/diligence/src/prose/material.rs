//! What a section shows: its figures and the places that it cites. Sections of findings alone (checks, gaps, questions)
//! and the list of key figures, whose figures stand in other sections too, are not written about.

use model::{
    Basis, CalcEntry, DocumentRole, FactEntry, Figure, Period, Place, Report, ReportBlock, Run, Section, Spot, Subject,
    SubjectKind, runs,
};
use serde::Serialize;

use super::signs::one_line;
use crate::ontology::ontology;

/// Figures of a section at most.
const MOST_FIGURES: usize = 48;

/// Places of a section whose surroundings are looked at, at most.
const MOST_PLACES: usize = 48;

/// Excerpts of other sections from which the summary says what the company does.
const SUMMARY_EXCERPTS: usize = 4;

/// Citations of a calculation at most, as the report shows them.
pub const CITED_INPUTS: usize = 4;

/// Characters of a name at most.
const NAME: usize = 120;

const SECTIONS: [&str; 8] =
    ["summary", "disagreements", "traction", "financials", "round", "market", "team_product", "contracts"];

/// A figure that a model may place in a sentence.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// Its label in the report.
    pub label: String,
    /// Whether code has reckoned it.
    pub reckoned: bool,
    /// What it measures.
    pub metric: String,
    /// Of whom.
    pub subject: Subject,
    /// Its name, as the section gives it.
    pub title: String,
    /// For when.
    pub period: Period,
    /// Whether it has happened; what is reckoned has.
    pub basis: Basis,
    /// The figure.
    pub figure: Figure,
    /// As it is shown.
    pub shown: String,
    /// The documents that it is from.
    pub documents: Vec<String>,
    /// What these documents are for the diligence.
    pub roles: Vec<DocumentRole>,
}

impl Listed {
    /// `F1: ARR, 30 Jun 2025, actual: €4.2m (deck.pdf)`
    pub fn line(&self) -> String {
        let basis = if self.reckoned { "calculated" } else { self.basis.as_str() };
        let name = self.subject.name.as_deref().map(|name| one_line(name, NAME));
        let whose = name.map(|name| format!(" ({}: {name})", kind(self.subject.kind))).unwrap_or_default();
        let (title, documents) = (one_line(self.measured(), NAME), self.documents.join(", "));
        format!(
            "{}: {title}{whose}, {}, {basis}: {} ({documents})",
            self.label,
            self.period,
            one_line(&self.shown, NAME)
        )
    }

    /// The name of what it measures. Rows of holders are named after the holder, which does not say that.
    pub fn measured(&self) -> &str {
        if self.subject.kind == SubjectKind::Holder { ontology().title(&self.metric) } else { &self.title }
    }

    /// True if it has not happened.
    pub fn is_open(&self) -> bool {
        matches!(self.basis, Basis::Forecast | Basis::Budget | Basis::Target)
    }

    fn of_fact(report: &Report, entry: &FactEntry, title: &str) -> Self {
        let fact = &entry.fact;
        Self {
            label: entry.label.clone(),
            reckoned: false,
            metric: fact.metric.0.clone(),
            subject: fact.subject.clone(),
            title: title.to_owned(),
            period: fact.period,
            basis: fact.basis,
            figure: fact.figure.clone(),
            shown: entry.shown.clone(),
            documents: report.document(fact.place.document).iter().map(|one| one_line(&one.name, NAME)).collect(),
            roles: report.document(fact.place.document).iter().map(|one| one.role).collect(),
        }
    }

    fn of_calc(report: &Report, entry: &CalcEntry, title: &str) -> Self {
        let inputs = entry.inputs.iter().filter_map(|label| report.fact(label));
        let from: Vec<_> = inputs.filter_map(|input| report.document(input.fact.place.document)).collect();
        let mut roles: Vec<DocumentRole> = from.iter().map(|one| one.role).collect();
        roles.sort_unstable();
        roles.dedup();
        let mut documents: Vec<String> = from.iter().map(|one| one_line(&one.name, NAME)).collect();
        documents.sort();
        documents.dedup();
        documents.truncate(CITED_INPUTS);
        Self {
            label: entry.label.clone(),
            reckoned: true,
            metric: entry.calc.metric.0.clone(),
            subject: Subject::COMPANY,
            title: title.to_owned(),
            period: entry.calc.period,
            basis: Basis::Actual,
            figure: entry.calc.figure.clone(),
            shown: entry.shown.clone(),
            documents,
            roles,
        }
    }
}

/// The word for people.
pub fn kind(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Company => "company",
        SubjectKind::Competitor => "competitor",
        SubjectKind::Market => "market",
        SubjectKind::Customer => "customer",
        SubjectKind::Holder => "holder",
    }
}

/// What a section shows.
#[derive(Debug, Default)]
pub struct Material<'a> {
    /// Its figures, each once.
    pub figures: Vec<Listed>,
    /// The places whose surroundings tell about it, those of its excerpts first; none of sheets.
    pub places: Vec<&'a Place>,
}

impl<'a> Material<'a> {
    /// What a section shows; `None` for a section that a model does not write about.
    pub fn of(report: &'a Report, section: &Section) -> Option<Self> {
        if !SECTIONS.contains(&section.id.as_str()) {
            return None;
        }
        let mut material = Self::default();
        section.blocks.iter().for_each(|block| material.figures_of(report, block));
        if section.id == "summary" {
            let disagreements = report.sections.iter().filter(|other| other.id == "disagreements");
            disagreements.flat_map(|other| &other.blocks).for_each(|block| material.figures_of(report, block));
            material.first_excerpts(report);
        } else {
            section.blocks.iter().for_each(|block| material.excerpts_of(report, block));
            let labels: Vec<String> = material.figures.iter().map(|figure| figure.label.clone()).collect();
            labels.iter().filter_map(|label| report.fact(label)).for_each(|entry| material.cite(report, &entry.cite));
        }
        material.places.truncate(MOST_PLACES);
        (!material.figures.is_empty() || !material.places.is_empty()).then_some(material)
    }

    /// The first excerpts of each other section that has some.
    fn first_excerpts(&mut self, report: &'a Report) {
        let excerpts = report.sections.iter().filter(|section| SECTIONS.contains(&section.id.as_str()));
        let firsts = excerpts.filter_map(|section| {
            section.blocks.iter().find_map(|block| match block {
                ReportBlock::Excerpts { items } => items.first(),
                _ => None,
            })
        });
        firsts.take(SUMMARY_EXCERPTS).for_each(|excerpt| self.cite(report, &excerpt.cite));
    }

    fn excerpts_of(&mut self, report: &'a Report, block: &ReportBlock) {
        if let ReportBlock::Excerpts { items } = block {
            items.iter().for_each(|item| self.cite(report, &item.cite));
        }
    }

    fn figures_of(&mut self, report: &Report, block: &ReportBlock) {
        match block {
            ReportBlock::Figures { rows } => {
                rows.iter().for_each(|row| self.list(report, &row.figure, Some(&row.title)));
            }
            ReportBlock::TieOut { rows } => rows
                .iter()
                .flat_map(|row| row.figures.iter().map(move |label| (label, &row.title)))
                .for_each(|(label, title)| self.list(report, label, Some(title))),
            ReportBlock::Paragraph { text } => {
                for run in runs(text) {
                    if let Run::Fact(label) | Run::Calc(label) = run {
                        self.list(report, label, None);
                    }
                }
            }
            _ => {}
        }
    }

    fn list(&mut self, report: &Report, label: &str, title: Option<&String>) {
        if self.figures.len() >= MOST_FIGURES || self.figures.iter().any(|figure| figure.label == label) {
            return;
        }
        let own = |metric: &str| title.map_or_else(|| ontology().title(metric).to_owned(), Clone::clone);
        let stated = report.fact(label).map(|entry| Listed::of_fact(report, entry, &own(entry.fact.metric.as_str())));
        let reckoned =
            || report.calc(label).map(|entry| Listed::of_calc(report, entry, &own(entry.calc.metric.as_str())));
        self.figures.extend(stated.or_else(reckoned));
    }

    fn cite(&mut self, report: &'a Report, label: &str) {
        let Some(entry) = report.citation(label) else { return };
        let again = self.places.iter().any(|place| **place == entry.place);
        if !again && !matches!(entry.place.spot, Spot::Cell { .. }) {
            self.places.push(&entry.place);
        }
    }
}
