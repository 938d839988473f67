//! Rules on recurring revenue, customers, runway and shares.

use model::{Calc, DocumentRole, Fact, Severity, SubjectKind};
use rust_decimal::Decimal;

use super::{Checked, Rule, Trial, calc_token, close, token};
use crate::book::{Book, has_happened, is_own, place_key};
use crate::calculate::sum;
use crate::ledger::bound_of;

pub(super) fn checks(book: &Book<'_>, calcs: &[Calc]) -> Vec<Checked> {
    vec![
        twelve_times(book),
        retention(book),
        accounts_times_price(book),
        list(book, calcs),
        kept(book, calcs),
        largest(book, calcs),
        runway(book, calcs),
        holdings(book),
        raised(book),
    ]
}

fn percent(points: i64) -> Decimal {
    Decimal::new(points, 2)
}

/// A fact of another metric in the same document at the same time.
fn beside<'a>(book: &'a Book<'_>, metric: &'a str, other: &Fact) -> Option<&'a Fact> {
    book.of_metric(metric).find(|fact| {
        fact.place.document == other.place.document && fact.period.end == other.period.end && fact.basis == other.basis
    })
}

fn twelve_times(book: &Book<'_>) -> Checked {
    let rule = Rule { id: "V-020", title: "ARR is twelve times MRR", severity: Severity::High };
    let trials = book.of_metric("arr").filter_map(|arr| {
        let mrr = beside(book, "mrr", arr)?;
        let year = mrr.figure.value.checked_mul(Decimal::from(12))?;
        let open = arr.figure.half_step + mrr.figure.half_step * Decimal::from(12);
        let held = close(arr.figure.value, year, open, percent(1));
        let says = if held { "is" } else { "is not" };
        Some(Trial::new(held, format!("{}: {} {says} twelve times {}.", arr.period, token(arr), token(mrr))))
    });
    rule.judge(trials.collect(), "ARR and MRR for one day")
}

fn retention(book: &Book<'_>) -> Checked {
    let rule = Rule {
        id: "V-022",
        title: "Gross retention is at most 100 % and at most net retention",
        severity: Severity::High,
    };
    let mut trials = Vec::new();
    for gross in book.of_metric("grr") {
        let over = gross.figure.value > Decimal::ONE;
        if over {
            trials.push(Trial::new(false, format!("Gross retention of {} is above 100 %.", token(gross))));
        }
        let net = beside(book, "nrr", gross);
        trials.extend(net.map(|net| {
            let held = net.figure.high() >= gross.figure.low();
            let says = if held { "is not below" } else { "is below" };
            Trial::new(held, format!("Net retention of {} {says} gross retention of {}.", token(net), token(gross)))
        }));
    }
    rule.judge(trials, "gross and net retention")
}

fn accounts_times_price(book: &Book<'_>) -> Checked {
    let rule = Rule { id: "V-023", title: "Customers times revenue per account is MRR", severity: Severity::Medium };
    let trials = book.of_metric("mrr").filter_map(|mrr| {
        let customers = beside(book, "customers", mrr)?;
        let arpa = beside(book, "arpa", mrr)?;
        let product = customers.figure.value.checked_mul(arpa.figure.value)?;
        let held = close(
            product,
            mrr.figure.value,
            mrr.figure.half_step + arpa.figure.half_step * customers.figure.value,
            percent(3),
        );
        let says = if held { "is" } else { "is not" };
        Some(Trial::new(
            held,
            format!("{}: {} times {} {says} {}.", mrr.period, token(customers), token(arpa), token(mrr)),
        ))
    });
    rule.judge(trials.collect(), "customers, revenue per account and MRR for one day")
}

/// The sum of the list of customers against ARR as other documents state it, the nearest in time of each.
fn list(book: &Book<'_>, calcs: &[Calc]) -> Checked {
    let rule = Rule { id: "V-025", title: "The list of customers adds up to ARR", severity: Severity::High };
    let mut trials = Vec::new();
    for total in calcs.iter().filter(|calc| calc.formula == "arr_list.v1") {
        let source = total.inputs.first().and_then(|id| book.fact(*id)).map(|fact| fact.place.document);
        let mut stated: Vec<&Fact> =
            book.of_metric("arr").filter(|fact| has_happened(fact) && Some(fact.place.document) != source).collect();
        stated.sort_by_key(|fact| (fact.place.document, distance(fact, total), place_key(fact)));
        stated.dedup_by_key(|fact| fact.place.document);
        for arr in stated.into_iter().filter(|fact| distance(fact, total) <= 31) {
            let held = close(arr.figure.value, total.figure.value, arr.figure.half_step, percent(2));
            let says = if held { "adds up to" } else { "does not add up to" };
            trials.push(Trial::new(
                held,
                format!("The list of customers gives {} a year and {says} {}.", calc_token(total.id), token(arr)),
            ));
        }
    }
    rule.judge(trials, "a list of customers and ARR for the same day")
}

/// Stated net retention against that of the list of customers, within two points.
fn kept(book: &Book<'_>, calcs: &[Calc]) -> Checked {
    let rule =
        Rule { id: "V-050", title: "Stated net retention is that of the list of customers", severity: Severity::High };
    let trials = calcs.iter().filter(|calc| calc.formula == "nrr_list.v1").flat_map(|reckoned| {
        book.of_metric("nrr").filter(|fact| has_happened(fact) && distance(fact, reckoned) <= 31).map(|stated| {
            let held = (stated.figure.value - reckoned.figure.value).abs() <= percent(2);
            let says = if held { "agrees with" } else { "does not agree with" };
            let detail =
                format!("{} as stated {says} {} by the list of customers.", token(stated), calc_token(reckoned.id));
            Trial::new(held, detail)
        })
    });
    rule.judge(trials.collect(), "stated net retention and a list of customers at two dates")
}

/// The stated share of the largest customer against the list of customers.
fn largest(book: &Book<'_>, calcs: &[Calc]) -> Checked {
    let rule = Rule { id: "V-051", title: "The largest customer's share is as stated", severity: Severity::High };
    let trials = calcs.iter().filter(|calc| calc.formula == "top_customer_share.v1").flat_map(|reckoned| {
        book.of_metric("top_customer_share").filter(|fact| has_happened(fact)).map(|stated| {
            let (says, is) = (stated.figure.value, reckoned.figure.value);
            let bound = bound_of(stated).is_some();
            let held = is <= says + percent(1) && (bound || is >= says - percent(2));
            let says = if held { "agrees with" } else { "does not agree with" };
            let (stated, reckoned) = (token(stated), calc_token(reckoned.id));
            Trial::new(held, format!("The stated share of {stated} {says} {reckoned} by the list of customers."))
        })
    });
    rule.judge(trials.collect(), "a stated share of the largest customer and a list of customers")
}

/// Days between a fact and a calculation; an undated fact is of the same time.
fn distance(fact: &Fact, calc: &Calc) -> i64 {
    match (fact.period.end, calc.period.end) {
        (Some(one), Some(two)) => (one - two).num_days().abs(),
        _ => 0,
    }
}

fn runway(book: &Book<'_>, calcs: &[Calc]) -> Checked {
    let rule =
        Rule { id: "V-032", title: "The stated runway is cash over burn, within two months", severity: Severity::High };
    let reckoned = calcs.iter().find(|calc| calc.metric.as_str() == "runway_m");
    let trials = reckoned.into_iter().flat_map(|reckoned| {
        book.of_metric("runway_m").filter(|fact| has_happened(fact) && distance(fact, reckoned) <= 62).map(|stated| {
            let held = (stated.figure.value - reckoned.figure.value).abs() <= Decimal::TWO;
            let says = if held { "agrees with" } else { "does not agree with" };
            Trial::new(held, format!("{} as stated {says} {} as reckoned.", token(stated), calc_token(reckoned.id)))
        })
    });
    rule.judge(trials.collect(), "a stated runway, cash and burn")
}

fn holdings(book: &Book<'_>) -> Checked {
    let rule = Rule { id: "V-040", title: "Holdings add up to the total of shares", severity: Severity::Blocker };
    let trials = book
        .facts
        .iter()
        .filter(|fact| fact.metric.as_str() == "total_shares" && is_own(fact) && fact.extractor == "cap_table@1")
        .filter_map(|total| {
            let held: Vec<&Fact> = book
                .of_kind("shares", SubjectKind::Holder)
                .filter(|fact| {
                    fact.place.document == total.place.document
                        && fact.place.part == total.place.part
                        && fact.place.span.start < total.place.span.start
                })
                .collect();
            let added = sum(&held.iter().map(|fact| fact.figure.value).collect::<Vec<_>>())?;
            let (Some(first), Some(last)) = (held.first(), held.last()) else { return None };
            let holds = added == total.figure.value;
            let says = if holds { "add up to" } else { "do not add up to" };
            Some(Trial::new(
                holds,
                format!("{} holdings, from {} to {}, {says} {}.", held.len(), token(first), token(last), token(total)),
            ))
        });
    rule.judge(trials.collect(), "a cap table with a total")
}

fn raised(book: &Book<'_>) -> Checked {
    let rule =
        Rule { id: "V-049", title: "What was raised to date is the sum of the rounds", severity: Severity::High };
    let in_role = |wanted: bool| {
        book.of_metric("raised_to_date").filter(move |fact| {
            let role = book.entry(fact.place.document).map(|entry| entry.role);
            (role == Some(DocumentRole::CapTable)) == wanted
        })
    };
    let mut trials = Vec::new();
    if let Some(rounds) = in_role(true).next() {
        trials.extend(in_role(false).map(|stated| {
            let held = close(
                stated.figure.value,
                rounds.figure.value,
                stated.figure.half_step + rounds.figure.half_step,
                percent(1),
            );
            let says = if held { "is" } else { "is not" };
            Trial::new(
                held,
                format!("{} as stated {says} the {} of the cap table's rounds.", token(stated), token(rounds)),
            )
        }));
    }
    rule.judge(trials, "a stated sum and the cap table's rounds")
}
