//! Lays what was found beside what is stated. Each figure is used once, on both sides.
//!
//! A figure is right if metric, subject, value, unit, currency and period are right, at its place. The basis is told
//! apart: it is shown and does not count.

use model::{Fact, PeriodKind, Unit};
use rust_decimal::Decimal;

use super::truth::{Stated, Truth};

/// Relative difference at which two values are the same: numbers of a workbook are binary.
const SAME: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// What came of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Outcome {
    /// It was found as it stands.
    Right,
    /// It was found, and something about it is not as it stands.
    Wrong(Fault),
    /// It stands there, and nothing was found.
    Missed,
    /// It was found, and nothing like it stands there.
    Invented,
}

/// What is not as it stands, the first that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fault {
    /// The value is off by a power of ten.
    Scale,
    /// What it counts.
    Unit,
    /// The currency.
    Currency,
    /// Of whom.
    Subject,
    /// When.
    Period,
    /// The number itself is read as another metric.
    Metric,
}

impl Fault {
    /// Its word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Scale => "scale",
            Self::Unit => "unit",
            Self::Currency => "currency",
            Self::Subject => "subject",
            Self::Period => "period",
            Self::Metric => "metric",
        }
    }
}

/// A figure with what came of it.
#[derive(Debug)]
pub(super) struct Matched<'a> {
    /// What came of it.
    pub(super) outcome: Outcome,
    /// What stands there.
    pub(super) stated: Option<&'a Stated>,
    /// What was found.
    pub(super) found: Option<&'a Fact>,
    /// Both say the same of whether it has happened.
    pub(super) same_basis: bool,
}

/// Lays the facts of a file beside its truth. Places that nobody looked at do not count; nor does a figure that may be
/// read otherwise, nor one that is found a second time at its place.
pub(super) fn lay<'a>(truth: &'a Truth, file: &str, facts: &'a [Fact]) -> Vec<Matched<'a>> {
    let mut open: Vec<&Stated> = truth.stated.iter().filter(|stated| stated.file == file).collect();
    let mut left: Vec<&Fact> = facts.iter().filter(|fact| truth.covers(file, &fact.place)).collect();
    let mut right: Vec<&Stated> = Vec::new();
    let mut matched = Vec::new();
    left.retain(|fact| match open.iter().position(|stated| fault(stated, fact) == Some(None)) {
        Some(index) => {
            let stated = open.remove(index);
            right.push(stated);
            if !stated.optional {
                matched.push(pair(Outcome::Right, stated, fact));
            }
            false
        }
        None => !right.iter().any(|stated| fault(stated, fact) == Some(None)),
    });
    // What counts is paired before what does not, so that a doubtful label hides no fault of a sure one.
    open.sort_by_key(|stated| stated.optional);
    left.retain(|fact| match near(&open, fact) {
        Some((index, fault)) => {
            let stated = open.remove(index);
            if !stated.optional {
                matched.push(pair(Outcome::Wrong(fault), stated, fact));
            }
            false
        }
        None => true,
    });
    let missed = open.into_iter().filter(|stated| !stated.optional);
    matched.extend(missed.map(|stated| Matched {
        outcome: Outcome::Missed,
        stated: Some(stated),
        found: None,
        same_basis: false,
    }));
    matched.extend(left.into_iter().map(|fact| Matched {
        outcome: Outcome::Invented,
        stated: None,
        found: Some(fact),
        same_basis: false,
    }));
    matched
}

fn pair<'a>(outcome: Outcome, stated: &'a Stated, found: &'a Fact) -> Matched<'a> {
    Matched { outcome, stated: Some(stated), found: Some(found), same_basis: stated.basis == found.basis }
}

/// The stated figure that was most likely meant.
fn near(open: &[&Stated], fact: &Fact) -> Option<(usize, Fault)> {
    let faults = open.iter().enumerate().filter_map(|(index, stated)| Some((index, fault(stated, fact)??)));
    // The last of the faults is the least: a wrong period is nearer than a wrong metric.
    faults.min_by_key(|(_, fault)| match fault {
        Fault::Period => 0,
        Fault::Currency => 1,
        Fault::Subject => 2,
        Fault::Unit => 3,
        Fault::Scale => 4,
        Fault::Metric => 5,
    })
}

/// How a fact differs from a stated figure; `None` if it is another figure altogether, `Some(None)` if not at all.
fn fault(stated: &Stated, fact: &Fact) -> Option<Option<Fault>> {
    if !stated.is_at(&fact.place) {
        return None;
    }
    let same_metric = stated.metric == fact.metric.as_str();
    let (value, scaled) = (fact.figure.value, powers_apart(stated.value, fact.figure.value));
    if !same(stated.value, value) {
        return (same_metric && scaled).then_some(Some(Fault::Scale));
    }
    if !same_metric {
        return Some(Some(Fault::Metric));
    }
    let (unit, currency) = unit(&fact.figure.unit);
    let faults = [
        (stated.unit != unit, Fault::Unit),
        (stated.currency.is_some() && stated.currency != currency, Fault::Currency),
        (!stated.is_about(fact), Fault::Subject),
        (!same_period(stated, fact), Fault::Period),
    ];
    Some(faults.into_iter().find_map(|(differs, fault)| differs.then_some(fault)))
}

fn unit(unit: &Unit) -> (&'static str, Option<model::Currency>) {
    match unit {
        Unit::Money { currency } => ("money", *currency),
        Unit::Ratio => ("ratio", None),
        Unit::Multiple => ("multiple", None),
        Unit::Count => ("count", None),
        Unit::Months => ("months", None),
        Unit::Days => ("days", None),
    }
}

/// The same day; and the same kind, where both name one.
fn same_period(stated: &Stated, fact: &Fact) -> bool {
    match (stated.period, fact.period.end) {
        (None, found) => found.is_none(),
        (Some(stated), found) => {
            let either_unknown = [stated.kind, fact.period.kind].contains(&PeriodKind::Unknown);
            stated.end == found && (either_unknown || stated.kind == fact.period.kind)
        }
    }
}

fn same(stated: Decimal, found: Decimal) -> bool {
    (stated - found).abs() <= SAME * stated.abs().max(found.abs())
}

/// Whether one is the other times ten, a hundred, …, a billion.
fn powers_apart(stated: Decimal, found: Decimal) -> bool {
    if stated.is_zero() || found.is_zero() {
        return false;
    }
    let (large, small) = if stated.abs() > found.abs() { (stated, found) } else { (found, stated) };
    let mut scaled = small;
    (0..9).any(|_| {
        scaled *= Decimal::TEN;
        same(large, scaled)
    })
}
