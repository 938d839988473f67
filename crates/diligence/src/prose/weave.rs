//! The report with sentences of a model: each section's sentences become its first block, but for sections that code
//! tells itself, and all labels are given anew in the order of appearance.

use model::{CitationEntry, Place, Report, ReportBlock, Run, WrittenSentence, runs};

use super::answer::{Sentence, Written};
use super::material::CITED_INPUTS;
use super::relabel::relabelled;

/// What decides is told by code: where documents disagree comes before what a model makes of it.
const CODE_FIRST: [&str; 2] = ["summary", "disagreements"];

/// The report with these sentences as the first block of their sections, of [`CODE_FIRST`] the last. Sentences that were
/// there are replaced. A sentence that does not fit this report (it names a figure, or cites a document, that the report
/// does not have) is left out and counted as dropped; what belongs to no section is ignored. The engine in the report's
/// status is not changed.
pub fn weave(mut report: Report, written: Vec<Written>) -> Report {
    for section in &mut report.sections {
        section.blocks.retain(|block| !matches!(block, ReportBlock::Written { .. }));
    }
    let mut done: Vec<String> = Vec::new();
    for own in written {
        if done.contains(&own.section) {
            continue;
        }
        let Some(at) = report.sections.iter().position(|section| section.id == own.section) else { continue };
        let block = block(&mut report, &own);
        if let (Some(section), Some(block)) = (report.sections.get_mut(at), block) {
            let place = if CODE_FIRST.contains(&own.section.as_str()) { section.blocks.len() } else { 0 };
            section.blocks.insert(place, block);
        }
        done.push(own.section);
    }
    relabelled(report)
}

fn block(report: &mut Report, own: &Written) -> Option<ReportBlock> {
    let sentences: Vec<WrittenSentence> =
        own.sentences.iter().filter_map(|sentence| sentence_of(report, sentence)).collect();
    let dropped = own.dropped.len() + own.sentences.len() - sentences.len();
    let dropped = u32::try_from(dropped).unwrap_or(u32::MAX);
    (!sentences.is_empty() || dropped > 0).then_some(ReportBlock::Written { sentences, dropped })
}

fn sentence_of(report: &mut Report, sentence: &Sentence) -> Option<WrittenSentence> {
    let mut figures: Vec<String> = Vec::new();
    for run in runs(&sentence.text) {
        match run {
            Run::Text(_) => {}
            Run::Fact(label) => figures.push(report.fact(label)?.cite.clone()),
            Run::Calc(label) => {
                let inputs = report.calc(label)?.inputs.iter().take(CITED_INPUTS);
                figures.extend(inputs.filter_map(|input| report.fact(input)).map(|entry| entry.cite.clone()));
            }
            Run::Cite(_) => return None,
        }
    }
    if sentence.places.iter().any(|place| report.document(place.document).is_none()) {
        return None;
    }
    let mut cites: Vec<String> = Vec::new();
    let quoted: Vec<String> = sentence.places.iter().map(|place| label_of(report, place)).collect();
    for label in quoted.into_iter().chain(figures) {
        if !cites.contains(&label) {
            cites.push(label);
        }
    }
    (!cites.is_empty()).then(|| WrittenSentence { text: sentence.text.clone(), cites })
}

/// The label of a place; it is added if nothing of the report cites it yet.
fn label_of(report: &mut Report, place: &Place) -> String {
    let same = |entry: &&CitationEntry| {
        let own = &entry.place;
        (own.document, own.part, own.span) == (place.document, place.part, place.span)
    };
    if let Some(entry) = report.citations.iter().find(same) {
        return entry.label.clone();
    }
    let name = report.document(place.document).map_or("document", |entry| entry.name.as_str());
    let shown = format!("{name}, {}", place.locator());
    let mut number = report.citations.len() + 1;
    while report.citation(&format!("E{number}")).is_some() {
        number += 1;
    }
    let label = format!("E{number}");
    report.citations.push(CitationEntry { label: label.clone(), shown, place: place.clone() });
    label
}
