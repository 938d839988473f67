//! What is compared: a figure that a document states, or one that is reckoned from one document, with how far it is
//! trusted.

use model::{Basis, Calc, DocumentVersion, FactId, Figure, FigureId, Period, PeriodKind, Unit};

use crate::book::{Book, place_key};
use crate::ledger::{Bound, bound_of};
use crate::ontology::Metric;

/// Formulas of which every house has its own definition: what a document states under their names may be another thing,
/// and is not held against them.
const HOUSE: [&str; 4] = ["growth_yoy_arr.v1", "growth_yoy_revenue.v1", "rule_of_40.v1", "burn_multiple.v1"];

/// A figure that is compared.
#[derive(Debug, Clone)]
pub(super) struct Statement<'a> {
    pub(super) id: FigureId,
    pub(super) figure: &'a Figure,
    pub(super) period: Period,
    pub(super) basis: Basis,
    /// Where it stands, or where all its inputs do.
    pub(super) document: DocumentVersion,
    pub(super) trust: u32,
    /// What is stated comes before what is reckoned, and both in an order that does not depend on how they were found.
    pub(super) order: (bool, DocumentVersion, u32, u32, FigureId),
    pub(super) bound: Option<Bound>,
    /// What it was reckoned from.
    pub(super) inputs: &'a [FactId],
}

impl Statement<'_> {
    pub(super) fn is_reckoned(&self) -> bool {
        matches!(self.id, FigureId::Calc(_))
    }

    /// True if it tells of a stretch of the calendar rather than of a day.
    pub(super) fn is_of_stretch(&self) -> bool {
        matches!(self.period.kind, PeriodKind::Month | PeriodKind::Quarter | PeriodKind::Half | PeriodKind::Year)
    }

    /// True unless it is a forecast, budget or target.
    pub(super) fn has_happened(&self) -> bool {
        matches!(self.basis, Basis::Actual | Basis::Unknown)
    }

    pub(super) fn same_unit(&self, other: &Statement<'_>) -> bool {
        match (&self.figure.unit, &other.figure.unit) {
            (Unit::Money { currency: Some(one) }, Unit::Money { currency: Some(two) }) => one == two,
            (Unit::Money { .. }, Unit::Money { .. }) => true,
            (one, two) => one == two,
        }
    }
}

/// All statements on a metric but targets, the earliest first and of one time the trusted one first.
pub(super) fn statements<'a>(book: &'a Book<'_>, calcs: &'a [Calc], metric: &Metric) -> Vec<Statement<'a>> {
    let stated = book.of_metric(&metric.id).filter(|fact| fact.basis != Basis::Target).map(|fact| {
        let (document, part, start, id) = place_key(fact);
        Statement {
            id: FigureId::Fact(fact.id),
            figure: &fact.figure,
            period: fact.period,
            basis: fact.basis,
            document,
            trust: book.trust(fact),
            order: (false, document, part, start, FigureId::Fact(id)),
            bound: bound_of(fact),
            inputs: &[],
        }
    });
    let own = calcs.iter().filter(|calc| calc.metric.as_str() == metric.id && !HOUSE.contains(&calc.formula.as_str()));
    let reckoned = own.filter_map(|calc| {
        let document = book.source(calc)?;
        Some(Statement {
            id: FigureId::Calc(calc.id),
            figure: &calc.figure,
            period: calc.period,
            basis: Basis::Actual,
            document,
            trust: book.trust_in(document, &metric.id),
            order: (true, document, 0, 0, FigureId::Calc(calc.id)),
            bound: None,
            inputs: &calc.inputs,
        })
    });
    let mut all: Vec<Statement<'_>> = stated.chain(reckoned).collect();
    all.sort_by_key(|one| (one.period.end, std::cmp::Reverse(one.trust), one.order));
    all
}
