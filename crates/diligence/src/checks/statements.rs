//! Rules within statements: gross profit, balance, months against the year, runway.

use model::{Fact, PeriodKind, Severity};
use rust_decimal::Decimal;

use super::{Checked, Rule, Trial, close, token};
use crate::book::{Book, has_happened};
use crate::calculate::sum;
use crate::period::months_between;

/// Part of the larger amount that is still rounding.
fn half_percent() -> Decimal {
    Decimal::new(5, 3)
}

pub(super) fn checks(book: &Book<'_>) -> Vec<Checked> {
    vec![gross_profit(book), operating(book), balance(book), months(book)]
}

/// Facts of one document, period and basis, for each fact of the first metric that has all others beside it.
fn together<'a>(book: &'a Book<'_>, metrics: &[&'a str]) -> Vec<Vec<&'a Fact>> {
    let Some((first, rest)) = metrics.split_first() else { return Vec::new() };
    book.of_metric(first)
        .filter(|fact| fact.period.is_known())
        .filter_map(|fact| {
            let mut found = vec![fact];
            for metric in rest {
                found.push(book.of_metric(metric).find(|other| {
                    other.place.document == fact.place.document
                        && other.period == fact.period
                        && other.basis == fact.basis
                })?);
            }
            Some(found)
        })
        .collect()
}

fn open(facts: &[&Fact]) -> Decimal {
    facts.iter().map(|fact| fact.figure.half_step).sum()
}

fn gross_profit(book: &Book<'_>) -> Checked {
    let rule = Rule { id: "V-001", title: "Revenue less cost of sales is gross profit", severity: Severity::High };
    let trials = together(book, &["gross_profit", "revenue", "cogs"]).into_iter().filter_map(|facts| {
        let [profit, revenue, cogs] = facts.as_slice() else { return None };
        let reckoned = revenue.figure.value.checked_sub(cogs.figure.value.abs())?;
        let held = close(reckoned, profit.figure.value, open(&facts), half_percent());
        let says = if held { "is" } else { "is not" };
        let detail = format!("{}: {} less {} {says} {}.", profit.period, token(revenue), token(cogs), token(profit));
        Some(Trial::new(held, detail))
    });
    rule.judge(trials.collect(), "revenue, cost of sales and gross profit for one period")
}

fn operating(book: &Book<'_>) -> Checked {
    let rule = Rule { id: "V-002", title: "Gross profit less operating expenses is EBITDA", severity: Severity::Low };
    let trials = together(book, &["ebitda", "gross_profit", "opex"]).into_iter().filter_map(|facts| {
        let [ebitda, profit, opex] = facts.as_slice() else { return None };
        let reckoned = profit.figure.value.checked_sub(opex.figure.value)?;
        let held = close(reckoned, ebitda.figure.value, open(&facts), half_percent());
        // Depreciation within operating expenses makes EBITDA the larger; that is no error.
        if !held && reckoned < ebitda.figure.value {
            return None;
        }
        let says = if held { "is" } else { "is not" };
        let detail = format!("{}: {} less {} {says} {}.", ebitda.period, token(profit), token(opex), token(ebitda));
        Some(Trial::new(held, detail))
    });
    rule.judge(trials.collect(), "gross profit, operating expenses and EBITDA for one period")
}

fn balance(book: &Book<'_>) -> Checked {
    let rule = Rule { id: "V-004", title: "Assets are liabilities and equity", severity: Severity::High };
    let trials = together(book, &["total_assets", "total_liabilities", "equity"]).into_iter().filter_map(|facts| {
        let [assets, liabilities, equity] = facts.as_slice() else { return None };
        let other = liabilities.figure.value.checked_add(equity.figure.value)?;
        let held = close(assets.figure.value, other, open(&facts), half_percent());
        let says = if held { "are" } else { "are not" };
        let detail =
            format!("{}: {} {says} {} and {}.", assets.period, token(assets), token(liabilities), token(equity));
        Some(Trial::new(held, detail))
    });
    rule.judge(trials.collect(), "total assets, total liabilities and equity at one day")
}

/// Twelve months of a flow against the year, in one document.
fn months(book: &Book<'_>) -> Checked {
    let rule = Rule { id: "V-007", title: "Months add up to the year", severity: Severity::High };
    let mut trials = Vec::new();
    for metric in ["revenue", "cogs", "gross_profit", "opex", "ebitda", "net_income"] {
        for year in book.of_metric(metric).filter(|fact| fact.period.kind == PeriodKind::Year && has_happened(fact)) {
            let months: Vec<&Fact> = book
                .of_metric(metric)
                .filter(|fact| fact.period.kind == PeriodKind::Month && fact.place.document == year.place.document)
                .filter(|fact| {
                    let back = fact.period.end.zip(year.period.end).map(|(one, two)| months_between(one, two));
                    back.is_some_and(|back| (0..12).contains(&back))
                })
                .collect();
            let Some(total) = sum(&months.iter().map(|fact| fact.figure.value).collect::<Vec<_>>()) else { continue };
            if months.len() != 12 {
                continue;
            }
            let held = close(total, year.figure.value, open(&months) + year.figure.half_step, Decimal::new(2, 3));
            let says = if held { "is" } else { "is not" };
            let (Some(first), Some(last)) = (months.first(), months.last()) else { continue };
            let detail = format!(
                "{}: {} {says} the sum of its twelve months, from {} to {}.",
                year.period,
                token(year),
                token(first),
                token(last)
            );
            trials.push(Trial::new(held, detail));
        }
    }
    rule.judge(trials, "a year and its twelve months in one document")
}
