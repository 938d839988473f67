//! The ledger of a report, held to the facts that its child was sent. Quotes of citations that are not the place of a
//! sent fact (excerpts) cannot be checked here, where no parts are; that is done where the parts are stored.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest::{SHA256, digest};
use model::{DocumentVersion, Fact, FactId, Place, Report};

use super::accept::{Breach, is_sound, parse};

const MOST_SECTIONS: usize = 200;
const MOST_FACTS: usize = 20_000;
const MOST_CALCS: usize = 20_000;
const MOST_CITATIONS: usize = 50_000;
const MOST_DOCUMENTS: usize = 2_000;
const LONGEST_QUOTE: usize = 40_000;
const LONGEST_LABEL: usize = 16;

/// Digests of the facts that were sent: an id alone could stand for another fact.
#[derive(Debug, Default)]
pub(super) struct Sent(BTreeSet<Vec<u8>>);

impl Sent {
    /// Adds the sound facts of a document.
    pub(super) fn add(&mut self, document: DocumentVersion, json: &[u8]) -> Result<(), Breach> {
        let facts: Vec<Fact> = parse(json)?;
        self.0.extend(facts.iter().filter(|fact| is_sound(fact, document)).filter_map(print));
        Ok(())
    }

    fn has(&self, fact: &Fact) -> bool {
        print(fact).is_some_and(|print| self.0.contains(&print))
    }
}

fn print(fact: &Fact) -> Option<Vec<u8>> {
    Some(digest(&SHA256, &serde_json::to_vec(fact).ok()?).as_ref().to_vec())
}

/// True if all of the ledger follows from what was sent, as far as that can be known without parts.
pub(super) fn holds(report: &Report, sent: &Sent) -> bool {
    let few = report.sections.len() <= MOST_SECTIONS
        && report.facts.len() <= MOST_FACTS
        && report.calcs.len() <= MOST_CALCS
        && report.citations.len() <= MOST_CITATIONS
        && report.documents.len() <= MOST_DOCUMENTS;
    few && named_once(report) && facts_hold(report, sent) && calcs_hold(report)
}

fn named_once(report: &Report) -> bool {
    let mut seen = BTreeSet::new();
    let facts = report.facts.iter().map(|entry| entry.label.as_str());
    let calcs = report.calcs.iter().map(|entry| entry.label.as_str());
    let cites = report.citations.iter().map(|entry| entry.label.as_str());
    let label = |label: &str| {
        !label.is_empty() && label.len() <= LONGEST_LABEL && label.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let mut ids = BTreeSet::new();
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    facts.chain(calcs).chain(cites).all(|one| label(one) && seen.insert(one))
        && report.sections.iter().all(|one| !one.id.is_empty() && one.id.bytes().all(word) && ids.insert(&one.id))
}

fn facts_hold(report: &Report, sent: &Sent) -> bool {
    let cites: BTreeMap<&str, &Place> =
        report.citations.iter().map(|entry| (entry.label.as_str(), &entry.place)).collect();
    let sized = |place: &Place| place.span.start <= place.span.end && place.quote.len() <= LONGEST_QUOTE;
    let at = |place: &Place| (place.document, place.part, place.span.start, place.span.end);
    let cited = |cite: &str, fact: &Fact| cites.get(cite).is_some_and(|place| at(place) == at(&fact.place));
    // What is shown must be the fact's own figure: a true fact with another figure beside it would be a lie as well.
    let shown = |shown: &str, fact: &Fact| {
        let figure = fact.figure.show();
        shown == figure || shown.strip_prefix("at most ") == Some(figure.as_str())
    };
    cites.values().all(|place| sized(place))
        && report
            .facts
            .iter()
            .all(|entry| sent.has(&entry.fact) && cited(&entry.cite, &entry.fact) && shown(&entry.shown, &entry.fact))
}

fn calcs_hold(report: &Report) -> bool {
    let facts: BTreeMap<&str, FactId> =
        report.facts.iter().map(|entry| (entry.label.as_str(), entry.fact.id)).collect();
    report.calcs.iter().all(|entry| {
        let named: Option<Vec<FactId>> = entry.inputs.iter().map(|label| facts.get(label.as_str()).copied()).collect();
        named.as_ref() == Some(&entry.calc.inputs)
    })
}
