//! Lays what was found beside what is stated. Each figure is used once, on both sides.
//!
//! A figure is right if metric, subject, value, unit, currency and period are right, at its place. The basis is told
//! apart: the JSON counts it.

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
    let faults = open.iter().enumerate().filter_map(|(index, stated)| {
        let fault = fault(stated, fact)??;
        // What may be read otherwise excuses another time or currency, and nothing else.
        let excused = !stated.optional || matches!(fault, Fault::Period | Fault::Currency);
        excused.then_some((index, fault))
    });
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
    // The amount of a cost is kept, whichever sign it has.
    let unsigned = same_metric && diligence::is_unsigned(&stated.metric);
    let expected = if unsigned { stated.value.abs() } else { stated.value };
    let scaled = powers_apart(expected, fact.figure.value);
    if !same(expected, fact.figure.value) {
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

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use model::{
        Basis, CellRef, Currency, DocumentVersion, FactId, Figure, MetricId, Period, Place, Span, Spot, Subject,
    };
    use uuid::Uuid;

    use super::*;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, 6, 30).unwrap()
    }

    fn found(metric: &str, value: i64, period: Period) -> Fact {
        let spot = Spot::Cell { sheet: Some("MRR".to_owned()), cell: CellRef { row: 13, column: 5 } };
        Fact {
            id: FactId::of(&[metric.as_bytes()]),
            metric: MetricId::new(metric),
            subject: Subject::COMPANY,
            figure: Figure::exact(value.into(), Unit::Money { currency: Some(Currency::EUR) }),
            period,
            basis: Basis::Actual,
            place: Place {
                document: DocumentVersion(Uuid::nil()),
                part: 2,
                span: Span::new(0, 1),
                quote: String::new(),
                spot,
            },
            extractor: String::new(),
            confidence: 1.0,
            needs_review: None,
        }
    }

    /// What comes of one fact beside one stated figure, ARR of €4,000 at F14 of the sheet, changed like this.
    fn came_of(change: &[(&str, &str)], fact: &Fact) -> Vec<Outcome> {
        let mut line =
            r#"{"file":"m","cell":"MRR!F14","metric":"arr","subject":"company","value":"4000","unit":"money",
            "currency":"EUR","period":{"kind":"instant","end":"2025-06-30"},"basis":"actual"}"#
                .replace('\n', "");
        for (from, to) in change {
            assert!(line.contains(from), "{from}");
            line = line.replace(from, to);
        }
        let truth = Truth::parse(&line).unwrap();
        lay(&truth, "m", std::slice::from_ref(fact)).iter().map(|matched| matched.outcome).collect()
    }

    #[test]
    fn a_figure_is_right_only_as_a_whole() {
        let fact = found("arr", 4000, Period::instant(day()));
        let wrong = |fault| vec![Outcome::Wrong(fault)];
        assert_eq!(came_of(&[], &fact), [Outcome::Right]);
        assert_eq!(came_of(&[("\"actual\"", "\"forecast\"")], &fact), [Outcome::Right], "told apart");
        assert_eq!(came_of(&[("\"4000\"", "\"4000000\"")], &fact), wrong(Fault::Scale));
        assert_eq!(came_of(&[("EUR", "USD")], &fact), wrong(Fault::Currency));
        assert_eq!(came_of(&[("\"company\"", "\"customer:Halvorsen\"")], &fact), wrong(Fault::Subject));
        assert_eq!(came_of(&[("06-30", "03-31")], &fact), wrong(Fault::Period));
        assert_eq!(came_of(&[("instant", "year")], &fact), wrong(Fault::Period));
        assert_eq!(came_of(&[("arr", "mrr")], &fact), wrong(Fault::Metric));
        assert_eq!(came_of(&[("\"money\"", "\"count\"")], &fact), wrong(Fault::Unit));
        assert_eq!(came_of(&[("\"4000\"", "\"3900\"")], &fact), [Outcome::Missed, Outcome::Invented]);
        assert_eq!(came_of(&[("F14", "F15")], &fact), [Outcome::Missed, Outcome::Invented]);
    }

    #[test]
    fn a_cost_is_the_amount_that_it_is() {
        let fact = found("cogs", 4000, Period::instant(day()));
        assert_eq!(came_of(&[("arr", "cogs"), ("\"4000\"", "\"-4000\"")], &fact), [Outcome::Right]);
        let fact = found("arr", 4000, Period::instant(day()));
        assert_eq!(came_of(&[("\"4000\"", "\"-4000\"")], &fact), [Outcome::Missed, Outcome::Invented]);
    }

    #[test]
    fn what_may_be_read_otherwise_counts_neither_way() {
        let optional = [("\"actual\"", "\"actual\",\"optional\":true")];
        let (right, other) = (found("arr", 4000, Period::instant(day())), found("arr", 4000, Period::UNKNOWN));
        assert_eq!(came_of(&optional, &right), []);
        assert_eq!(came_of(&optional, &other), []);
        assert_eq!(came_of(&[optional[0], ("F14", "F15")], &other), [Outcome::Invented]);
        assert_eq!(came_of(&[optional[0], ("arr", "mrr")], &right), [Outcome::Invented]);
    }

    #[test]
    fn each_figure_is_used_once_and_a_repetition_is_no_invention() {
        let truth = r#"{"file":"m","page":2,"metric":"arr","subject":"company","value":"4000","unit":"money","basis":"actual"}"#;
        let truth = Truth::parse(&format!("{truth}\n{}", truth.replace("4000", "5000"))).unwrap();
        let twice = [found("arr", 4000, Period::UNKNOWN), found("arr", 4000, Period::UNKNOWN)];
        let outcomes: Vec<Outcome> = lay(&truth, "m", &twice).iter().map(|matched| matched.outcome).collect();
        assert_eq!(outcomes, [Outcome::Right, Outcome::Missed]);
    }
}
