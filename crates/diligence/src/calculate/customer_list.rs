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
    let Some(total) = sum(&values).filter(|total| *total > Decimal::ZERO && one_currency(&paying)) else {
        return calcs;
    };
    let count = Decimal::from(paying.len());
    calcs.extend(calc(
        "customers",
        "customers_list.v1",
        "customers with an amount in the list",
        &paying,
        count,
        *period,
    ));
    let title =
        if metric == "arr" { "sum of ARR over the list of customers" } else { "sum of MRR over the list of customers" };
    calcs.extend(calc(metric, &format!("{metric}_list.v1"), title, &paying, total, *period));
    if metric == "mrr" {
        let year = formula::arr(total);
        calcs.extend(year.and_then(|year| {
            calc("arr", "arr_list.v1", "12 × sum of MRR over the list of customers", &paying, year, *period)
        }));
    }
    let share = values.first().and_then(|largest| formula::ratio(*largest, total));
    calcs.extend(share.and_then(|share| {
        calc(
            "top_customer_share",
            "top_customer_share.v1",
            "largest customer ÷ sum of the list",
            &paying,
            share,
            *period,
        )
    }));
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
    let (mut start, mut kept, mut gross) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for then in before.iter().filter(|fact| fact.figure.value > Decimal::ZERO) {
        let later = now.iter().find(|fact| fact.subject == then.subject);
        let amount = later.map_or(Decimal::ZERO, |fact| fact.figure.value);
        start += then.figure.value;
        kept += amount;
        gross += amount.min(then.figure.value);
        inputs.push(*then);
        inputs.extend(later.copied());
    }
    let mut calcs = Vec::new();
    let net = formula::ratio(kept, start);
    calcs.extend(net.and_then(|net| {
        calc(
            "nrr",
            "nrr_list.v1",
            "what customers of twelve months ago pay now ÷ what they paid then",
            &inputs,
            net,
            period,
        )
    }));
    let gross = formula::ratio(gross, start);
    let expression = "the same without what they pay more";
    calcs.extend(gross.and_then(|gross| calc("grr", "grr_list.v1", expression, &inputs, gross, period)));
    calcs
}
