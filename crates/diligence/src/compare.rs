//! Statements of different documents on one thing, side by side: the same metric of the company, the same kind of period
//! that ends in the same month, the same basis; what is up to 31 days apart is shown, but as a difference in time. Different metrics are never compared: ARR is not revenue.
//!
//! Verdict: by the intervals that the displayed digits stand for. An undated figure of a deck is what it says of today;
//! it is compared with the reference nearest to the document's own date, else with the latest.

use chrono::NaiveDate;
use model::{Basis, Disagreement, Fact, FactId, Period, PeriodKind, Severity, Unit, Verdict};
use rust_decimal::Decimal;

use crate::book::{Book, has_happened, is_own, place_key};
use crate::ontology::{Kind, Metric, ontology};
use crate::period::months_between;

/// Ends of periods at most so many days apart are the same time.
const SAME_TIME: i64 = 31;

/// A document whose date is further than this from the reference speaks of another time, in days.
const OTHER_TIME: i64 = 62;

/// Statements that are compared.
struct Group<'a> {
    period: Period,
    basis: Basis,
    facts: Vec<&'a Fact>,
}

/// All comparisons of at least two documents, those that differ most first; confirmed ones are among them.
pub fn compare(book: &Book<'_>) -> Vec<Disagreement> {
    let mut metrics: Vec<&str> =
        book.facts.iter().filter(|fact| is_own(fact)).map(|fact| fact.metric.as_str()).collect();
    metrics.sort_unstable();
    metrics.dedup();
    let mut rows: Vec<Disagreement> = metrics
        .into_iter()
        .filter_map(|id| ontology().metric(id))
        .flat_map(|metric| groups(book, metric).into_iter().filter_map(|group| row(book, &group)))
        .collect();
    rows.sort_by_key(|row| {
        let rank = ontology().rank(row.metric.as_str());
        let differs = row.verdict != Verdict::Confirmed;
        (
            std::cmp::Reverse(differs),
            std::cmp::Reverse(row.severity),
            std::cmp::Reverse(row.difference.abs()),
            rank,
            row.period,
        )
    });
    rows
}

fn groups<'a>(book: &'a Book<'_>, metric: &Metric) -> Vec<Group<'a>> {
    let mut facts: Vec<&Fact> = book.of_metric(&metric.id).filter(|fact| fact.basis != Basis::Target).collect();
    facts.sort_by_key(|fact| (fact.period.end, std::cmp::Reverse(book.trust(fact)), place_key(fact)));
    let timeless = metric.home == "round";
    let (dated, undated): (Vec<&Fact>, Vec<&Fact>) =
        facts.into_iter().partition(|fact| fact.period.is_known() || timeless);
    let mut groups: Vec<Group<'a>> = Vec::new();
    for fact in dated {
        let basis = if has_happened(fact) { Basis::Actual } else { fact.basis };
        let place = groups.iter_mut().find(|group| {
            group.basis == basis
                && (timeless
                    || (same_kind(metric, group.period.kind, fact.period.kind)
                        && same_end(group.period.end, fact.period.end)))
        });
        match place {
            Some(group) => group.facts.push(fact),
            None => groups.push(Group { period: fact.period, basis, facts: vec![fact] }),
        }
    }
    for fact in undated.into_iter().filter(|fact| has_happened(fact)) {
        attach(book, metric, &mut groups, fact);
    }
    join_lone(metric, groups)
}

/// Puts an undated figure to the time that its document speaks of.
fn attach<'a>(book: &Book<'_>, metric: &Metric, groups: &mut Vec<Group<'a>>, fact: &'a Fact) {
    let date = book.date(fact.place.document);
    let kind = match (metric.kind, metric.id.as_str()) {
        (_, "net_burn") => Some(PeriodKind::Month),
        (Kind::Flow, _) => Some(PeriodKind::Year),
        _ => None,
    };
    let nearest = groups
        .iter_mut()
        .filter(|group| {
            group.basis == Basis::Actual && group.period.is_known() && kind.is_none_or(|kind| group.period.kind == kind)
        })
        .min_by_key(|group| match (date, group.period.end) {
            (Some(date), Some(end)) => ((date - end).num_days().abs(), std::cmp::Reverse(group.period)),
            _ => (0, std::cmp::Reverse(Period { kind: PeriodKind::Instant, end: group.period.end })),
        });
    match nearest {
        Some(group) => group.facts.push(fact),
        None => match groups.iter_mut().find(|group| !group.period.is_known() && group.basis == Basis::Actual) {
            Some(group) => group.facts.push(fact),
            None => groups.push(Group { period: Period::UNKNOWN, basis: Basis::Actual, facts: vec![fact] }),
        },
    }
}

fn same_kind(metric: &Metric, one: PeriodKind, two: PeriodKind) -> bool {
    let point = |kind| matches!(kind, PeriodKind::Instant | PeriodKind::Unknown);
    one == two || (metric.kind != Kind::Flow && (point(one) || point(two)))
}

/// True if two periods end in the same month.
fn same_end(one: Option<NaiveDate>, two: Option<NaiveDate>) -> bool {
    matches!((one, two), (Some(one), Some(two)) if months_between(one, two) == 0)
}

fn near(one: Option<NaiveDate>, two: Option<NaiveDate>) -> bool {
    matches!((one, two), (Some(one), Some(two)) if (one - two).num_days().abs() <= SAME_TIME)
}

/// Joins lone statements of two documents that are a month apart at most: they differ in time, and the row says so.
fn join_lone<'a>(metric: &Metric, groups: Vec<Group<'a>>) -> Vec<Group<'a>> {
    let lone = |group: &Group<'_>| {
        let first = group.facts.first().map(|fact| fact.place.document);
        group.facts.iter().all(|fact| Some(fact.place.document) == first).then_some(first).flatten()
    };
    let mut joined: Vec<Group<'a>> = Vec::new();
    for group in groups {
        let document = lone(&group);
        let partner = joined.iter_mut().find(|other| {
            let one_each = matches!((document, lone(other)), (Some(one), Some(two)) if one != two);
            let alike = other.basis == group.basis && same_kind(metric, other.period.kind, group.period.kind);
            one_each && alike && near(other.period.end, group.period.end)
        });
        match partner {
            Some(other) => other.facts.extend(group.facts),
            None => joined.push(group),
        }
    }
    joined
}

/// One statement a document, the trusted one first, and how the one that differs most stands to it.
fn row(book: &Book<'_>, group: &Group<'_>) -> Option<Disagreement> {
    let mut statements: Vec<&Fact> = Vec::new();
    let mut ordered = group.facts.clone();
    // Of one document the dated statement counts, and of the dated ones the one nearest to the row's time.
    ordered.sort_by_key(|fact| {
        let distance = match (fact.period.end, group.period.end) {
            (Some(one), Some(two)) => (one - two).num_days().abs(),
            _ => i64::MAX,
        };
        (std::cmp::Reverse(book.trust(fact)), distance, place_key(fact))
    });
    for fact in ordered {
        let first = statements.first().is_none_or(|first| same_unit(first, fact));
        if first && !statements.iter().any(|other| other.place.document == fact.place.document) {
            statements.push(fact);
        }
    }
    let (reference, claims) = statements.split_first().filter(|(_, claims)| !claims.is_empty())?;
    let judged = claims.iter().map(|claim| {
        let verdict = verdict(book, reference, claim, group);
        (claim, verdict, difference(reference, claim))
    });
    let (claim, verdict, difference) = judged.max_by_key(|(_, verdict, difference)| (*verdict, difference.abs()))?;
    Some(Disagreement {
        metric: reference.metric.clone(),
        period: group.period,
        basis: reference.basis,
        reference: reference.id,
        claim: claim.id,
        statements: statements.iter().map(|fact| fact.id).collect(),
        verdict,
        difference,
        severity: severity(verdict, difference),
    })
}

fn same_unit(one: &Fact, two: &Fact) -> bool {
    match (&one.figure.unit, &two.figure.unit) {
        (Unit::Money { currency: Some(one) }, Unit::Money { currency: Some(two) }) => one == two,
        (Unit::Money { .. }, Unit::Money { .. }) => true,
        (one, two) => one == two,
    }
}

fn difference(reference: &Fact, claim: &Fact) -> Decimal {
    let base = reference.figure.value;
    (claim.figure.value - base).checked_div(base.abs()).unwrap_or(Decimal::ONE).round_dp(4)
}

fn verdict(book: &Book<'_>, reference: &Fact, claim: &Fact, group: &Group<'_>) -> Verdict {
    let (one, two) = (&reference.figure, &claim.figure);
    let overlap = one.low() <= two.high() && two.low() <= one.high();
    let lower_bound = claim.needs_review.as_deref() == Some("stated as a bound");
    if overlap || (lower_bound && two.value <= one.value) {
        return Verdict::Confirmed;
    }
    if difference(reference, claim).abs() <= Decimal::new(2, 2) {
        return Verdict::Rounding;
    }
    if is_factor(one.value, two.value) {
        return Verdict::UnitSuspect;
    }
    let claimed_for = claim.period.end.or_else(|| book.date(claim.place.document));
    let days = match (claimed_for, group.period.end) {
        (Some(one), Some(two)) => (one - two).num_days().abs(),
        _ => 0,
    };
    if claim.period.is_known() && reference.period.is_known() && !same_end(claim.period.end, reference.period.end) {
        return if group.basis == Basis::Actual && is_timeless(reference) {
            Verdict::Contradicted
        } else {
            Verdict::PeriodDiffers
        };
    }
    // What a deck says of today is held against the last figure that there is, unless that is long past.
    if days > OTHER_TIME + SAME_TIME { Verdict::PeriodDiffers } else { Verdict::Contradicted }
}

/// True for what stands in a round or cap table and has no time of its own.
fn is_timeless(fact: &Fact) -> bool {
    ontology().metric(fact.metric.as_str()).is_some_and(|metric| metric.home == "round")
}

/// True if two values differ by a factor of 12, 1,000 or 1,000,000, within 2 %.
fn is_factor(one: Decimal, two: Decimal) -> bool {
    let (small, large) = if one.abs() < two.abs() { (one.abs(), two.abs()) } else { (two.abs(), one.abs()) };
    let Some(ratio) = large.checked_div(small) else { return false };
    [12, 1_000, 1_000_000].into_iter().any(|factor| {
        let factor = Decimal::from(factor);
        (ratio - factor).abs() <= factor * Decimal::new(2, 2)
    })
}

/// How much a difference matters: above 5 % medium, 10 % high, 25 % blocker.
fn severity(verdict: Verdict, difference: Decimal) -> Severity {
    let percent = difference.abs() * Decimal::ONE_HUNDRED;
    match verdict {
        Verdict::Confirmed | Verdict::Rounding => Severity::Info,
        Verdict::PeriodDiffers => Severity::Low,
        Verdict::UnitSuspect => Severity::High,
        Verdict::Contradicted if percent > Decimal::from(25) => Severity::Blocker,
        Verdict::Contradicted if percent > Decimal::from(10) => Severity::High,
        Verdict::Contradicted if percent > Decimal::from(5) => Severity::Medium,
        Verdict::Contradicted => Severity::Low,
    }
}

/// The comparison that a fact stands in, if any.
pub fn row_of(rows: &[Disagreement], fact: FactId) -> Option<&Disagreement> {
    rows.iter().find(|row| row.statements.contains(&fact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{input, page, pdf, sheet, workbook};

    /// A deck's lines against a model's summary of June 2025.
    fn rows(deck: &[&str], model: &[&str]) -> Vec<String> {
        let mut lines = vec!["Pitch deck"];
        lines.extend(deck);
        let inputs = [
            input("deck.pdf", pdf(vec![page(1, &lines)])),
            input("financial model.xlsx", workbook(vec![sheet(1, "Summary", model)])),
        ];
        compare(&Book::of(&inputs))
            .iter()
            .map(|row| format!("{} {:?} {:?} {}", row.metric, row.verdict, row.severity, row.difference))
            .collect()
    }

    const MODEL: [&str; 2] = ["GBP|2025-05-31|2025-06-30", "ARR|3168000|3192000"];

    #[test]
    fn displayed_digits_decide() {
        assert_eq!(rows(&["ARR of £3.2m as of June 2025"], &MODEL), ["arr Confirmed Info 0.0025"]);
        assert_eq!(rows(&["ARR of £3.25m as of June 2025"], &MODEL), ["arr Rounding Info 0.0182"]);
        assert_eq!(rows(&["ARR of £4.2m as of June 2025"], &MODEL), ["arr Contradicted Blocker 0.3158"]);
        assert_eq!(rows(&["ARR of £3.4m as of June 2025"], &MODEL), ["arr Contradicted Medium 0.0652"]);
        assert_eq!(rows(&["ARR of £3.2bn as of June 2025"], &MODEL)[0].split(' ').nth(1), Some("UnitSuspect"));
    }

    #[test]
    fn time_is_part_of_the_comparison() {
        assert_eq!(rows(&["ARR of £4.2m as of July 2025"], &MODEL), ["arr PeriodDiffers Low 0.3158"]);
        assert_eq!(rows(&["ARR of £4.2m as of October 2025"], &MODEL), [""; 0]);
        assert_eq!(rows(&["October 2025", "ARR of £4.2m"], &MODEL), ["arr PeriodDiffers Low 0.3158"]);
        assert_eq!(rows(&["July 2025", "ARR of £4.2m"], &MODEL), ["arr Contradicted Blocker 0.3158"]);
    }

    #[test]
    fn different_metrics_currencies_and_bases_are_not_compared() {
        assert_eq!(rows(&["Revenue of £2.2m in June 2025"], &MODEL), [""; 0]);
        assert_eq!(rows(&["ARR of €4.2m as of June 2025"], &MODEL), [""; 0]);
        assert_eq!(rows(&["We target ARR of £4.2m as of June 2025"], &MODEL), [""; 0]);
    }
}
