//! Statements on one thing, side by side: the same metric of the company, the same kind of period that ends in the same
//! month, the same basis; what is up to 31 days apart is shown, but as a difference in time. Different metrics are never
//! compared: ARR is not revenue. What code has reckoned from one document is a statement beside those of the documents.
//!
//! Verdict: by the intervals that the displayed digits stand for. An undated figure of a deck is what it says of today;
//! it is compared with the reference nearest to the document's own date, else with the latest.

mod statement;

use chrono::NaiveDate;
use model::{Basis, Calc, Disagreement, FigureId, Period, PeriodKind, Severity, Verdict};
use rust_decimal::Decimal;

use self::statement::{Statement, statements};
use crate::book::Book;
use crate::ledger::Bound;
use crate::ontology::{Kind, Metric, ontology};
use crate::period::months_between;

/// Ends of periods at most so many days apart are the same time.
const SAME_TIME: i64 = 31;

/// A document whose date is further than this from the reference speaks of another time, in days.
const OTHER_TIME: i64 = 62;

/// Statements that are compared.
struct Group<'a> {
    metric: &'a Metric,
    period: Period,
    basis: Basis,
    statements: Vec<Statement<'a>>,
}

/// All comparisons of at least two documents, those that differ most first; confirmed ones are among them.
pub fn compare(book: &Book<'_>, calcs: &[Calc]) -> Vec<Disagreement> {
    let mut metrics: Vec<&str> = book.facts.iter().map(|fact| fact.metric.as_str()).collect();
    metrics.sort_unstable();
    metrics.dedup();
    let mut rows: Vec<Disagreement> = metrics
        .into_iter()
        .filter_map(|id| ontology().metric(id))
        .filter(|metric| metric.compared)
        .flat_map(|metric| groups(book, metric, statements(book, calcs, metric)))
        .filter_map(|group| row(book, &group))
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

fn groups<'a>(book: &Book<'_>, metric: &'a Metric, statements: Vec<Statement<'a>>) -> Vec<Group<'a>> {
    let timeless = metric.home == "round";
    let (dated, undated): (Vec<Statement<'a>>, Vec<Statement<'a>>) =
        statements.into_iter().partition(|one| one.period.is_known() || timeless);
    let mut groups: Vec<Group<'a>> = Vec::new();
    for one in dated {
        let basis = if one.has_happened() { Basis::Actual } else { one.basis };
        let place = groups.iter_mut().find(|group| {
            group.basis == basis
                && (timeless
                    || (same_kind(metric, group.period.kind, one.period.kind)
                        && same_end(group.period.end, one.period.end)))
        });
        match place {
            Some(group) => group.statements.push(one),
            None => groups.push(Group { metric, period: one.period, basis, statements: vec![one] }),
        }
    }
    for one in undated.into_iter().filter(Statement::has_happened) {
        attach(book, metric, &mut groups, one);
    }
    join_lone(groups)
}

/// Puts an undated figure to the time that its document speaks of.
fn attach<'a>(book: &Book<'_>, metric: &'a Metric, groups: &mut Vec<Group<'a>>, one: Statement<'a>) {
    let date = book.date(one.document);
    let kind = match metric.kind {
        _ if metric.is_by_month() => Some(PeriodKind::Month),
        Kind::Flow => Some(PeriodKind::Year),
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
        Some(group) => group.statements.push(one),
        None => match groups.iter_mut().find(|group| !group.period.is_known() && group.basis == Basis::Actual) {
            Some(group) => group.statements.push(one),
            None => groups.push(Group { metric, period: Period::UNKNOWN, basis: Basis::Actual, statements: vec![one] }),
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
fn join_lone(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let lone = |group: &Group<'_>| {
        let first = group.statements.first().map(|one| one.document);
        group.statements.iter().all(|one| Some(one.document) == first).then_some(first).flatten()
    };
    let mut joined: Vec<Group<'_>> = Vec::new();
    for group in groups {
        let document = lone(&group);
        let partner = joined.iter_mut().find(|other| {
            let one_each = matches!((document, lone(other)), (Some(one), Some(two)) if one != two);
            let alike = other.basis == group.basis && same_kind(group.metric, other.period.kind, group.period.kind);
            one_each && alike && near(other.period.end, group.period.end)
        });
        match partner {
            Some(other) => other.statements.extend(group.statements),
            None => joined.push(group),
        }
    }
    joined
}

/// One stated figure a document and one reckoned figure, the trusted one first, and how the one that differs most stands
/// to it. Of one document the dated statement counts, and of the dated ones the one nearest to the row's time.
fn side_by_side<'g, 'a>(group: &'g Group<'a>) -> Vec<&'g Statement<'a>> {
    let mut ordered: Vec<&Statement<'_>> = group.statements.iter().collect();
    ordered.sort_by_key(|one| {
        let distance = match (one.period.end, group.period.end) {
            (Some(one), Some(two)) => (one - two).num_days().abs(),
            _ => i64::MAX,
        };
        (std::cmp::Reverse(one.trust), distance, one.order)
    });
    let mut kept: Vec<&Statement<'_>> = Vec::new();
    for one in ordered {
        let alike = kept.first().is_none_or(|first| first.same_unit(one));
        let told = kept.iter().any(|other| {
            other.is_reckoned() == one.is_reckoned() && (one.is_reckoned() || other.document == one.document)
        });
        if alike && !told {
            kept.push(one);
        }
    }
    let stated: Vec<FigureId> = kept.iter().map(|one| one.id).collect();
    kept.retain(|one| !one.inputs.iter().any(|input| stated.contains(&FigureId::Fact(*input))));
    kept
}

/// The comparison of a group; `None` if only one document speaks. What is reckoned is held only against statements for
/// its own time: else the stated figures are compared alone.
fn row(book: &Book<'_>, group: &Group<'_>) -> Option<Disagreement> {
    let mut statements = side_by_side(group);
    let found = judge(book, group, &statements)?;
    let ends: Vec<&Statement<'_>> =
        statements.iter().copied().filter(|one| one.id == found.reference || one.id == found.claim).collect();
    let other_time = found.verdict == Verdict::PeriodDiffers
        // An undated rate is of today, not of a past year.
        || ends.iter().any(|one| !one.period.is_known()) && ends.iter().any(|one| one.is_reckoned() && one.is_of_stretch());
    if !other_time || !ends.iter().any(|one| one.is_reckoned()) {
        return Some(found);
    }
    statements.retain(|one| !one.is_reckoned());
    judge(book, group, &statements)
}

fn judge(book: &Book<'_>, group: &Group<'_>, statements: &[&Statement<'_>]) -> Option<Disagreement> {
    let (reference, claims) = statements.split_first()?;
    if claims.iter().all(|claim| claim.document == reference.document) {
        return None;
    }
    let judged = claims.iter().map(|claim| {
        let verdict = verdict(book, reference, claim, group);
        (claim, verdict, difference(reference, claim))
    });
    let (claim, verdict, difference) = judged.max_by_key(|(_, verdict, difference)| (*verdict, difference.abs()))?;
    Some(Disagreement {
        metric: model::MetricId::new(&group.metric.id),
        period: group.period,
        basis: reference.basis,
        reference: reference.id,
        claim: claim.id,
        statements: statements.iter().map(|one| one.id).collect(),
        verdict,
        difference,
        severity: severity(verdict, difference),
    })
}

fn difference(reference: &Statement<'_>, claim: &Statement<'_>) -> Decimal {
    let base = reference.figure.value;
    (claim.figure.value - base).checked_div(base.abs()).unwrap_or(Decimal::ONE).round_dp(4)
}

fn verdict(book: &Book<'_>, reference: &Statement<'_>, claim: &Statement<'_>, group: &Group<'_>) -> Verdict {
    let (one, two) = (reference.figure, claim.figure);
    let overlap = one.low() <= two.high() && two.low() <= one.high();
    let within = match claim.bound {
        Some(Bound::Lower) => two.value <= one.value,
        Some(Bound::Upper) => one.value <= two.value,
        None => false,
    };
    if overlap || within {
        return Verdict::Confirmed;
    }
    if difference(reference, claim).abs() <= Decimal::new(2, 2) {
        return Verdict::Rounding;
    }
    if is_factor(one.value, two.value) {
        return Verdict::UnitSuspect;
    }
    let claimed_for = claim.period.end.or_else(|| book.date(claim.document));
    let days = match (claimed_for, group.period.end) {
        (Some(one), Some(two)) => (one - two).num_days().abs(),
        _ => 0,
    };
    if claim.period.is_known() && reference.period.is_known() && !same_end(claim.period.end, reference.period.end) {
        // What stands in a round or cap table has no time of its own.
        return if group.basis == Basis::Actual && group.metric.home == "round" {
            Verdict::Contradicted
        } else {
            Verdict::PeriodDiffers
        };
    }
    // What a deck says of today is held against the last figure that there is, unless that is long past.
    if days > OTHER_TIME + SAME_TIME { Verdict::PeriodDiffers } else { Verdict::Contradicted }
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

/// The comparison that a figure stands in, if any.
pub fn row_of(rows: &[Disagreement], figure: FigureId) -> Option<&Disagreement> {
    rows.iter().find(|row| row.statements.contains(&figure))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{input, page, pdf, sheet, sources, workbook};
    use crate::calculate::calculate;

    /// A deck's lines against a model's summary of June 2025.
    fn rows(deck: &[&str], model: &[&str]) -> Vec<String> {
        let mut lines = vec!["Pitch deck"];
        lines.extend(deck);
        let inputs = [
            input("deck.pdf", pdf(vec![page(1, &lines)])),
            input("financial model.xlsx", workbook(vec![sheet(1, "Summary", model)])),
        ];
        let sources = sources(&inputs);
        let book = Book::of(&sources);
        compare(&book, &calculate(&book))
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

    #[test]
    fn what_a_company_has_several_of_is_not_compared() {
        let model = ["GBP|2025-05-31|2025-06-30", "Valuation cap|8000000|8000000", "Receivables|310000|320000"];
        assert_eq!(rows(&["Valuation cap of £5m as of June 2025"], &model), [""; 0]);
        let owed = rows(&["Trade receivables of £0.4m as of June 2025"], &model);
        assert_eq!(owed, ["receivables Contradicted High 0.25"]);
    }

    /// What is stated and reckoned of a list of customers, against a deck.
    fn against_list(deck: &[&str], list: &[&str]) -> Vec<String> {
        let mut lines = vec!["Pitch deck", "July 2025"];
        lines.extend(deck);
        let inputs = [
            input("deck.pdf", pdf(vec![page(1, &lines)])),
            input("customers.csv", workbook(vec![sheet(1, "Customers", list)])),
        ];
        let sources = sources(&inputs);
        let book = Book::of(&sources);
        let kind = |id: &FigureId| if matches!(id, FigureId::Calc(_)) { "recomputed" } else { "stated" };
        compare(&book, &calculate(&book))
            .iter()
            .map(|row| {
                let kinds: Vec<&str> = row.statements.iter().map(kind).collect();
                format!("{} {:?} {} {}", row.metric, row.verdict, row.difference, kinds.join(" "))
            })
            .collect()
    }

    const LIST: [&str; 4] = [
        "Customer|MRR 30.06.2024 (GBP)|MRR 30.06.2025 (GBP)",
        "Alpha|100000|110000",
        "Beta|60000|60000",
        "Gamma|40000|30000",
    ];

    #[test]
    fn what_is_reckoned_from_a_list_is_held_against_the_deck() {
        let deck = ["ARR of £2.9m", "Net revenue retention 118%", "No customer stands for more than 30 % of ARR"];
        assert_eq!(
            against_list(&deck, &LIST),
            [
                "top_customer_share Contradicted -0.4545 recomputed stated",
                "arr Contradicted 0.2083 recomputed stated",
                "nrr Contradicted 0.18 recomputed stated",
            ]
        );
        let honest = ["ARR of £2.4m", "Net revenue retention 100%", "No customer stands for more than 60 % of ARR"];
        assert!(against_list(&honest, &LIST).iter().all(|row| row.contains(" Confirmed ")), "{honest:?}");
    }

    #[test]
    fn a_list_of_the_largest_customers_contradicts_nothing() {
        let mut top = vec!["Top 10 customers"];
        top.extend(LIST);
        assert_eq!(against_list(&["ARR of £2.9m"], &top), [""; 0]);
    }

    #[test]
    fn what_is_reckoned_of_a_past_year_is_not_held_against_today() {
        let accounts = ["Report and Financial Statements", "GBP|FY2024", "Revenue|3200000", "Cost of sales|1290000"];
        let rows = |line: &str| {
            let inputs = [
                input("deck.pdf", pdf(vec![page(1, &["Pitch deck", "January 2025", line])])),
                input("model.xlsx", workbook(vec![sheet(1, "P&L", &accounts)])),
            ];
            let sources = sources(&inputs);
            let book = Book::of(&sources);
            compare(&book, &calculate(&book)).len()
        };
        assert_eq!(rows("Gross margin 71%"), 0);
        assert_eq!(rows("FY2024 gross margin 71%"), 1);
    }

    #[test]
    fn a_calculation_does_not_stand_beside_its_inputs() {
        let inputs = [input("deck.pdf", pdf(vec![page(1, &["ARR of £2.9m as of June 2025"])]))];
        let sources = sources(&inputs);
        let book = Book::of(&sources);
        let stated = book.facts.first().unwrap();
        let own = [stated.id];
        let statement = |id, inputs| Statement {
            id,
            figure: &stated.figure,
            period: stated.period,
            basis: Basis::Actual,
            document: stated.place.document,
            trust: 1,
            order: (false, stated.place.document, 0, 0, id),
            bound: None,
            inputs,
        };
        let reckoned = FigureId::Calc(model::CalcId::of(&[b"c"]));
        let group = |inputs| Group {
            metric: ontology().metric("arr").unwrap(),
            period: stated.period,
            basis: Basis::Actual,
            statements: vec![statement(FigureId::Fact(stated.id), &[]), statement(reckoned, inputs)],
        };
        assert_eq!(side_by_side(&group(&[])).len(), 2);
        assert_eq!(side_by_side(&group(&own)).len(), 1);
    }
}
