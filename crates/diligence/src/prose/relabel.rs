//! Labels in the order of appearance: what assembling gives at first, given again after something was put in between. The
//! order is that of `assemble/labels.rs`: a fact brings the citation of its place, a calculation its first inputs, and the
//! other inputs come after all that is shown.

use std::collections::BTreeMap;

use model::{Report, ReportBlock, Run, runs};

use super::material::CITED_INPUTS;

/// Old labels with their new ones, in the order of the new ones.
#[derive(Default)]
struct Renamed {
    order: Vec<String>,
    new: BTreeMap<String, String>,
}

impl Renamed {
    fn add(&mut self, kind: char, old: &str) -> bool {
        if self.new.contains_key(old) {
            return false;
        }
        self.new.insert(old.to_owned(), format!("{kind}{}", self.order.len() + 1));
        self.order.push(old.to_owned());
        true
    }

    fn of(&self, old: &str) -> String {
        self.new.get(old).map_or_else(|| old.to_owned(), Clone::clone)
    }

    /// The entries in the new order, each with its new label.
    fn sorted<T>(&self, entries: Vec<T>, label: impl Fn(&mut T) -> &mut String) -> Vec<T> {
        let rank: BTreeMap<&str, usize> = self.order.iter().enumerate().map(|(at, old)| (old.as_str(), at)).collect();
        let mut ranked: Vec<(usize, T)> = entries
            .into_iter()
            .map(|mut entry| {
                let own = label(&mut entry);
                let at = rank.get(own.as_str()).copied().unwrap_or(usize::MAX);
                *own = self.of(own);
                (at, entry)
            })
            .collect();
        ranked.sort_by_key(|(at, _)| *at);
        ranked.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// The labels of a report in the order of appearance.
#[derive(Default)]
struct Names {
    facts: Renamed,
    calcs: Renamed,
    cites: Renamed,
}

impl Names {
    fn of(report: &Report) -> Self {
        let mut names = Self::default();
        report.sections.iter().flat_map(|section| &section.blocks).for_each(|block| names.block(report, block));
        let shown = names.calcs.order.clone();
        for entry in shown.iter().filter_map(|label| report.calc(label)) {
            entry.inputs.iter().for_each(|input| names.figure(report, input));
        }
        // What nothing shows keeps its order behind the rest.
        report.facts.iter().for_each(|entry| names.figure(report, &entry.label));
        report.calcs.iter().for_each(|entry| names.figure(report, &entry.label));
        report.citations.iter().for_each(|entry| names.cite(&entry.label));
        names
    }

    fn block(&mut self, report: &Report, block: &ReportBlock) {
        match block {
            ReportBlock::Paragraph { text } => self.text(report, text),
            ReportBlock::Written { sentences, .. } => {
                for sentence in sentences {
                    self.text(report, &sentence.text);
                    sentence.cites.iter().for_each(|cite| self.cite(cite));
                }
            }
            ReportBlock::Figures { rows } => {
                for row in rows {
                    self.figure(report, &row.figure);
                    row.cites.iter().for_each(|cite| self.cite(cite));
                }
            }
            ReportBlock::TieOut { rows } => {
                rows.iter().flat_map(|row| &row.figures).for_each(|label| self.figure(report, label));
            }
            ReportBlock::Excerpts { items } => items.iter().for_each(|item| self.cite(&item.cite)),
            ReportBlock::Checks { items } => items.iter().for_each(|item| self.text(report, &item.detail)),
            ReportBlock::Questions { items } => items.iter().for_each(|item| self.text(report, &item.text)),
            ReportBlock::Gaps { .. } => {}
        }
    }

    fn text(&mut self, report: &Report, text: &str) {
        for run in runs(text) {
            match run {
                Run::Text(_) => {}
                Run::Fact(label) | Run::Calc(label) => self.figure(report, label),
                Run::Cite(label) => self.cite(label),
            }
        }
    }

    fn figure(&mut self, report: &Report, label: &str) {
        if let Some(entry) = report.fact(label) {
            if self.facts.add('F', label) {
                self.cite(&entry.cite);
            }
        } else if let Some(entry) = report.calc(label) {
            if !self.calcs.new.contains_key(label) {
                entry.inputs.iter().take(CITED_INPUTS).for_each(|input| self.figure(report, input));
            }
            self.calcs.add('C', label);
        }
    }

    fn cite(&mut self, label: &str) {
        self.cites.add('E', label);
    }

    fn figure_label(&self, old: &str) -> String {
        self.facts.new.get(old).or_else(|| self.calcs.new.get(old)).map_or_else(|| old.to_owned(), Clone::clone)
    }

    fn renamed(&self, text: &str) -> String {
        let renamed = runs(text).into_iter().map(|run| match run {
            Run::Text(words) => words.to_owned(),
            Run::Fact(label) => format!("{{{{fact:{}}}}}", self.facts.of(label)),
            Run::Calc(label) => format!("{{{{calc:{}}}}}", self.calcs.of(label)),
            Run::Cite(label) => format!("{{{{cite:{}}}}}", self.cites.of(label)),
        });
        renamed.collect()
    }

    fn rename(&self, block: &mut ReportBlock) {
        let cites = |labels: &mut Vec<String>| labels.iter_mut().for_each(|label| *label = self.cites.of(label));
        match block {
            ReportBlock::Paragraph { text } => *text = self.renamed(text),
            ReportBlock::Written { sentences, .. } => {
                for sentence in sentences {
                    sentence.text = self.renamed(&sentence.text);
                    cites(&mut sentence.cites);
                }
            }
            ReportBlock::Figures { rows } => {
                for row in rows {
                    row.figure = self.figure_label(&row.figure);
                    cites(&mut row.cites);
                }
            }
            ReportBlock::TieOut { rows } => {
                let labels = rows.iter_mut().flat_map(|row| &mut row.figures);
                labels.for_each(|label| *label = self.figure_label(label));
            }
            ReportBlock::Excerpts { items } => {
                items.iter_mut().for_each(|item| item.cite = self.cites.of(&item.cite));
            }
            ReportBlock::Checks { items } => {
                items.iter_mut().for_each(|item| item.detail = self.renamed(&item.detail));
            }
            ReportBlock::Questions { items } => {
                items.iter_mut().for_each(|item| item.text = self.renamed(&item.text));
            }
            ReportBlock::Gaps { .. } => {}
        }
    }
}

/// The report with labels in the order of appearance. One whose labels are so already is unchanged.
pub fn relabelled(mut report: Report) -> Report {
    let names = Names::of(&report);
    report.sections.iter_mut().flat_map(|section| &mut section.blocks).for_each(|block| names.rename(block));
    for entry in &mut report.facts {
        entry.cite = names.cites.of(&entry.cite);
    }
    for entry in &mut report.calcs {
        entry.inputs.iter_mut().for_each(|input| *input = names.facts.of(input));
    }
    report.facts = names.facts.sorted(report.facts, |entry| &mut entry.label);
    report.calcs = names.calcs.sorted(report.calcs, |entry| &mut entry.label);
    report.citations = names.cites.sorted(report.citations, |entry| &mut entry.label);
    report
}
