//! What follows from a list of customers: the sum, the number of customers, the share of the largest, and retention where
//! the list has two dates.

use std::collections::BTreeMap;

use model::{Calc, DocumentVersion, Fact, Period, SubjectKind};
use rust_decimal::Decimal;

use super::{calc, formula, one_currency, sum};
use crate::book::{Book, place_key};
use crate::period::months_between;

/// All that the lists of customers give.
pub fn customer_list(book: &Book<'_>) -> Vec<Calc> {
    let mut lists: BTreeMap<(DocumentVersion, &str), BTreeMap<Period, Vec<&Fact>>> = BTreeMap::new();
    for metric in ["arr", "mrr"] {
        for fact in book.of_kind(metric, SubjectKind::Customer).filter(|fact| fact.extractor == "customers@1") {
            lists.entry((fact.place.document, metric)).or_default().entry(fact.period).or_default().push(fact);
        }
    }
    lists.into_iter().flat_map(|((_, metric), dates)| of_list(metric, dates)).collect()
}

fn of_list(metric: &str, dates: BTreeMap<Period, Vec<&Fact>>) -> Vec<Calc> {
    let mut calcs = Vec::new();
    let Some((period, now)) = dates.last_key_value() else { return calcs };
    let mut paying: Vec<&Fact> = now.iter().copied().filter(|fact| fact.figure.value > Decimal::ZERO).collect();
    paying.sort_by_key(|fact| (std::cmp::Reverse(fact.figure.value), place_key(fact)));
    let values: Vec<Decimal> = paying.iter().map(|fact| fact.figure.value).collect();
    if sum(&values).is_none_or(|total| total <= Decimal::ZERO) || !one_currency(&paying) {
        return calcs;
    }
    let count = Decimal::from(paying.len());
    let mut add = |metric: &str, formula: &str, expression: &str, result: fn(&[Decimal]) -> Option<Decimal>| {
        calcs.extend(calc(metric, formula, expression, &paying, *period, result));
    };
    let title =
        if metric == "arr" { "sum of ARR over the list of customers" } else { "sum of MRR over the list of customers" };
    add(metric, &format!("{metric}_list.v1"), title, sum);
    if metric == "mrr" {
        let title = "12 × sum of MRR over the list of customers";
        add("arr", "arr_list.v1", title, |values| formula::arr(sum(values)?));
    }
    add("top_customer_share", "top_customer_share.v1", "largest customer ÷ sum of the list", |values| {
        formula::ratio(*values.first()?, sum(values)?)
    });
    let title = "customers with an amount in the list";
    calcs.extend(calc("customers", "customers_list.v1", title, &paying, *period, |_| Some(count)));
    let before = dates
        .iter()
        .rev()
        .find(|(before, _)| before.end.zip(period.end).is_some_and(|(one, two)| months_between(one, two) == 12));
    if let Some((_, before)) = before {
        calcs.extend(retention(now, before, *period));
    }
    calcs
}

/// Net and gross retention over twelve months, of the customers that paid at the start.
fn retention(now: &[&Fact], before: &[&Fact], period: Period) -> Vec<Calc> {
    let mut inputs = Vec::new();
    // For each customer at the start, whether an amount of today follows its first one.
    let mut stayed = Vec::new();
    for then in before.iter().filter(|fact| fact.figure.value > Decimal::ZERO) {
        let later = now.iter().find(|fact| fact.subject == then.subject);
        inputs.push(*then);
        inputs.extend(later.copied());
        stayed.push(later.is_some());
    }
    let kept = |values: &[Decimal], part: fn(Decimal, Decimal) -> Decimal| {
        let mut values = values.iter().copied();
        let (mut start, mut end) = (Decimal::ZERO, Decimal::ZERO);
        for stayed in &stayed {
            let then = values.next()?;
            let later = if *stayed { values.next()? } else { Decimal::ZERO };
            start = start.checked_add(then)?;
            end = end.checked_add(part(then, later))?;
        }
        formula::ratio(end, start)
    };
    let net = "what customers of twelve months ago pay now ÷ what they paid then";
    let gross = "the same without what they pay more";
    let mut calcs = Vec::new();
    calcs.extend(calc("nrr", "nrr_list.v1", net, &inputs, period, |values| kept(values, |_, later| later)));
    calcs.extend(calc("grr", "grr_list.v1", gross, &inputs, period, |values| {
        kept(values, |then, later| later.min(then))
    }));
    calcs
}
