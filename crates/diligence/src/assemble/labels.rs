//! Labels `F1`, `C1`, `E1`, in the order in which things first appear; only what appears gets one.

use std::collections::BTreeMap;

use model::{Calc, CalcEntry, CalcId, CitationEntry, DocumentVersion, FactEntry, FactId, FigureId, Place, Run, runs};

use crate::book::Book;
use crate::ledger::shown;

/// Citations beside a calculation at most.
const MOST_CITES: usize = 4;

/// Gives labels and keeps the ledger of what has one.
pub struct Labels<'a> {
    book: &'a Book<'a>,
    calcs: &'a [Calc],
    facts: Vec<FactEntry>,
    shown_calcs: Vec<CalcEntry>,
    citations: Vec<CitationEntry>,
    by_fact: BTreeMap<FactId, String>,
    by_calc: BTreeMap<CalcId, String>,
    by_place: BTreeMap<(DocumentVersion, u32, u32, u32), String>,
}

impl<'a> Labels<'a> {
    /// No labels yet.
    pub fn new(book: &'a Book<'a>, calcs: &'a [Calc]) -> Self {
        Self {
            book,
            calcs,
            facts: Vec::new(),
            shown_calcs: Vec::new(),
            citations: Vec::new(),
            by_fact: BTreeMap::new(),
            by_calc: BTreeMap::new(),
            by_place: BTreeMap::new(),
        }
    }

    /// The label of a fact.
    pub fn fact(&mut self, id: FactId) -> Option<String> {
        if let Some(label) = self.by_fact.get(&id) {
            return Some(label.clone());
        }
        let fact = self.book.fact(id)?.clone();
        let cite = self.place(&fact.place);
        let label = format!("F{}", self.facts.len() + 1);
        self.by_fact.insert(id, label.clone());
        self.facts.push(FactEntry { label: label.clone(), shown: shown(&fact), cite, fact });
        Some(label)
    }

    /// The label of a calculation. The inputs that are cited beside it get labels with it, the others after all that is
    /// shown.
    pub fn calc(&mut self, id: CalcId) -> Option<String> {
        if let Some(label) = self.by_calc.get(&id) {
            return Some(label.clone());
        }
        let calc = self.calcs.iter().find(|calc| calc.id == id)?.clone();
        for input in calc.inputs.iter().take(MOST_CITES) {
            self.fact(*input);
        }
        let label = format!("C{}", self.shown_calcs.len() + 1);
        self.by_calc.insert(id, label.clone());
        self.shown_calcs.push(CalcEntry { label: label.clone(), shown: calc.figure.show(), inputs: Vec::new(), calc });
        Some(label)
    }

    /// The label of a figure.
    pub fn figure(&mut self, id: FigureId) -> Option<String> {
        match id {
            FigureId::Fact(id) => self.fact(id),
            FigureId::Calc(id) => self.calc(id),
        }
    }

    /// The labels of the citations of a figure, each once: those of a calculation are of its first inputs.
    pub fn cites_of(&mut self, id: FigureId) -> Vec<String> {
        let calc = |id| self.calcs.iter().find(|calc| calc.id == id);
        let facts: Vec<FactId> = match id {
            FigureId::Fact(id) => vec![id],
            FigureId::Calc(id) => {
                calc(id).map(|calc| calc.inputs.iter().take(MOST_CITES).copied().collect()).unwrap_or_default()
            }
        };
        let mut cites: Vec<String> = facts.into_iter().filter_map(|id| self.cite_of(id)).collect();
        cites.dedup();
        cites
    }

    /// A figure in a sentence, with the mark of its source; of a calculation only the first input's.
    pub fn cited(&mut self, id: FigureId) -> Option<String> {
        let label = self.figure(id)?;
        let mark = self.cites_of(id).first().map(|cite| format!(" {{{{cite:{cite}}}}}")).unwrap_or_default();
        Some(match id {
            FigureId::Fact(_) => format!("{{{{fact:{label}}}}}{mark}"),
            FigureId::Calc(_) => format!("{{{{calc:{label}}}}}{mark}"),
        })
    }

    /// The label of a place.
    pub fn place(&mut self, place: &Place) -> String {
        let key = (place.document, place.part, place.span.start, place.span.end);
        if let Some(label) = self.by_place.get(&key) {
            return label.clone();
        }
        let name = self.book.entry(place.document).map_or("document", |entry| entry.name.as_str());
        let label = format!("E{}", self.citations.len() + 1);
        let shown = format!("{name}, {}", place.locator());
        self.by_place.insert(key, label.clone());
        self.citations.push(CitationEntry { label: label.clone(), shown, place: place.clone() });
        label
    }

    /// The label of a fact's citation.
    pub fn cite_of(&mut self, id: FactId) -> Option<String> {
        let label = self.fact(id)?;
        self.facts.iter().find(|entry| entry.label == label).map(|entry| entry.cite.clone())
    }

    /// A text whose placeholders hold ids, with labels instead. `places` are those that `P0`, `P1`, … stand for.
    pub fn text(&mut self, text: &str, places: &[Place]) -> String {
        let mut out = String::new();
        for run in runs(text) {
            match run {
                Run::Text(words) => out.push_str(words),
                Run::Fact(id) => {
                    let label = id.parse().ok().and_then(|id| self.fact(FactId(id)));
                    out.extend(label.map(|label| format!("{{{{fact:{label}}}}}")));
                }
                Run::Calc(id) => {
                    let label = id.parse().ok().and_then(|id| self.calc(CalcId(id)));
                    out.extend(label.map(|label| format!("{{{{calc:{label}}}}}")));
                }
                Run::Cite(nth) => {
                    let nth: Option<usize> = nth.strip_prefix('P').and_then(|nth| nth.parse().ok());
                    let label = nth.and_then(|nth| places.get(nth)).map(|place| self.place(place));
                    out.extend(label.map(|label| format!("{{{{cite:{label}}}}}")));
                }
            }
        }
        out
    }

    /// The ledger: facts, calculations, citations.
    pub fn ledger(mut self) -> (Vec<FactEntry>, Vec<CalcEntry>, Vec<CitationEntry>) {
        let mut calcs = std::mem::take(&mut self.shown_calcs);
        for entry in &mut calcs {
            entry.inputs = entry.calc.inputs.iter().filter_map(|input| self.fact(*input)).collect();
        }
        (self.facts, calcs, self.citations)
    }
}
