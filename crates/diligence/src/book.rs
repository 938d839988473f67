//! All facts of a data room, with what is known of their documents: who is trusted more, and which figure stands for a
//! metric.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use model::{
    Basis, Calc, Document, DocumentEntry, DocumentRole, DocumentVersion, Fact, FactId, PeriodKind, Subject, SubjectKind,
};

use crate::Source;
use crate::ledger::is_sound;
use crate::ontology::{Kind, Metric, ontology};

/// The facts of a data room.
#[derive(Debug)]
pub struct Book<'a> {
    /// The documents, by name.
    pub sources: Vec<&'a Source>,
    /// What the report says of them, in the same order.
    pub entries: Vec<DocumentEntry>,
    /// All facts, by document and place.
    pub facts: Vec<&'a Fact>,
    by_id: BTreeMap<FactId, &'a Fact>,
    by_version: BTreeMap<DocumentVersion, usize>,
}

impl<'a> Book<'a> {
    /// The facts of all documents. Their order does not matter; one version counts once.
    pub fn of(sources: &'a [Source]) -> Self {
        let mut sorted: Vec<&Source> = sources.iter().collect();
        sorted.sort_by(|one, two| (&one.input.name, one.input.version).cmp(&(&two.input.name, two.input.version)));
        let mut seen = BTreeSet::new();
        sorted.retain(|source| seen.insert(source.input.version));
        let facts: Vec<&Fact> = sorted.iter().flat_map(|source| &source.facts).collect();
        Self {
            entries: sorted.iter().map(|source| source.entry()).collect(),
            by_id: facts.iter().rev().map(|fact| (fact.id, *fact)).collect(),
            by_version: sorted.iter().enumerate().map(|(at, source)| (source.input.version, at)).collect(),
            facts,
            sources: sorted,
        }
    }

    /// The documents that could be read, by name.
    pub fn documents(&self) -> impl Iterator<Item = &'a Document> {
        self.sources.iter().filter_map(|source| source.input.document.as_ref().ok())
    }

    /// The document of a version.
    pub fn entry(&self, version: DocumentVersion) -> Option<&DocumentEntry> {
        self.entries.get(*self.by_version.get(&version)?)
    }

    /// The day a document speaks of as now.
    pub fn date(&self, version: DocumentVersion) -> Option<NaiveDate> {
        self.sources.get(*self.by_version.get(&version)?)?.survey.date
    }

    /// A fact by its id.
    pub fn fact(&self, id: FactId) -> Option<&'a Fact> {
        self.by_id.get(&id).copied()
    }

    /// The one document that all inputs of a calculation stand in; `None` if they are of several.
    pub fn source(&self, calc: &Calc) -> Option<DocumentVersion> {
        let mut sources = calc.inputs.iter().map(|id| self.fact(*id).map(|fact| fact.place.document));
        let first = sources.next()??;
        sources.all(|source| source == Some(first)).then_some(first)
    }

    /// How much a fact's document is trusted on its metric.
    pub fn trust(&self, fact: &Fact) -> u32 {
        self.trust_in(fact.place.document, fact.metric.as_str())
    }

    /// How much a document is trusted on a metric. The cap table is the authority on shares and rounds, the list of
    /// customers on customers and recurring revenue; else the order of [`DocumentRole`].
    pub fn trust_in(&self, document: DocumentVersion, metric: &str) -> u32 {
        let role = self.entry(document).map_or(DocumentRole::Other, |entry| entry.role);
        let base = match role {
            DocumentRole::Other => 0,
            DocumentRole::Deck => 1,
            DocumentRole::Plan => 2,
            DocumentRole::Model => 3,
            DocumentRole::CapTable => 4,
            DocumentRole::CustomerList => 5,
            DocumentRole::Contract => 6,
            DocumentRole::Accounts => 7,
        };
        let home = ontology().metric(metric).map_or("", |metric| metric.home.as_str());
        let authority = match role {
            DocumentRole::CapTable => home == "round",
            DocumentRole::CustomerList => {
                matches!(metric, "arr" | "mrr" | "customers" | "top_customer_share" | "nrr" | "grr")
            }
            _ => false,
        };
        if authority { base + 10 } else { base }
    }

    /// The company's sound facts of a metric.
    pub fn of_metric<'b>(&'b self, metric: &str) -> impl Iterator<Item = &'b Fact> + use<'b> {
        let metric = metric.to_owned();
        self.facts.iter().copied().filter(move |fact| fact.metric.as_str() == metric && is_sound(fact))
    }

    /// Facts of others, such as customers or holders.
    pub fn of_kind<'b>(&'b self, metric: &str, kind: SubjectKind) -> impl Iterator<Item = &'b Fact> + use<'b> {
        let metric = metric.to_owned();
        self.facts.iter().copied().filter(move |fact| fact.metric.as_str() == metric && fact.subject.kind == kind)
    }

    /// The figure that stands for a metric among all documents.
    pub fn key_figure(&self, metric: &str) -> Option<&Fact> {
        key_figure(self.facts.iter().copied(), metric, |fact| self.trust(fact))
    }
}

/// The figure that stands for a metric: of what has happened, the latest, from the document that is trusted most. Of
/// flows a full year comes before a part of one; burn is told by the month. What is only planned does not stand for
/// anything.
pub fn key_figure<'a>(
    facts: impl Iterator<Item = &'a Fact>,
    metric: &str,
    trust: impl Fn(&Fact) -> u32,
) -> Option<&'a Fact> {
    let market = |fact: &&Fact| fact.subject.kind == SubjectKind::Market;
    let own = facts.filter(|fact| is_sound(fact) || (market(fact) && fact.confidence >= 0.6));
    // A claim such as "no customer above 10 %" is a bound, not a figure.
    own.filter(|fact| fact.metric.as_str() == metric && has_happened(fact) && fact.extractor != "claim@1").max_by_key(
        |fact| {
            let whole = stretch_rank(metric, fact.period.kind);
            let actual = fact.basis == Basis::Actual;
            (whole, fact.period.end, trust(fact), actual, std::cmp::Reverse(place_key(fact)))
        },
    )
}

/// True unless a fact is a forecast, budget or target.
pub fn has_happened(fact: &Fact) -> bool {
    matches!(fact.basis, Basis::Actual | Basis::Unknown)
}

/// Order of facts that does not depend on how they were found.
pub fn place_key(fact: &Fact) -> (DocumentVersion, u32, u32, FactId) {
    (fact.place.document, fact.place.part, fact.place.span.start, fact.id)
}

fn stretch_rank(metric: &str, kind: PeriodKind) -> u8 {
    let known = ontology().metric(metric);
    if known.is_none_or(|metric| metric.kind == Kind::Stock) {
        return 0;
    }
    let long = match kind {
        PeriodKind::Unknown => 0,
        PeriodKind::Instant | PeriodKind::Month => 1,
        PeriodKind::Quarter => 2,
        PeriodKind::Half => 3,
        PeriodKind::Year | PeriodKind::TrailingYear => 4,
    };
    match kind {
        PeriodKind::Quarter if known.is_some_and(Metric::is_by_month) => 6,
        PeriodKind::Month if known.is_some_and(Metric::is_by_month) => 5,
        _ => long,
    }
}

/// True if a fact is the company's.
pub fn is_own(fact: &Fact) -> bool {
    fact.subject == Subject::COMPANY
}
