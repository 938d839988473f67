//! The annual accounts 2025 as a German GmbH draws them up, in English: balance sheet and income statement (cost of
//! sales format) with the year before, in thousands of euros, and notes.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use typst::foundations::Datetime;

use super::amount::euro_k;
use super::{RenderError, typeset};
use crate::{Balance, Company, Month, MonthBooks, Span, headcount};

/// The annual accounts 2025 as a PDF.
///
/// # Errors
///
/// If the PDF cannot be made.
pub fn accounts_pdf(company: &Company) -> Result<Vec<u8>, RenderError> {
    let made = Datetime::from_ymd_hms(2026, 4, 17, 9, 0, 0).ok_or_else(|| RenderError::Typeset("date".to_owned()))?;
    typeset::pdf(include_str!("accounts.typ"), &figures(company), made)
}

fn figures(company: &Company) -> Value {
    json!({
        "income": income(company),
        "assets": assets(company),
        "claims": claims(company),
        "employees": average_headcount(Span::FY2025).to_string(),
        "employees_before": average_headcount(Span::FY2024).to_string(),
        "staff_cost": euro_k(company.sum(Span::FY2025, staff_cost)),
        "staff_cost_before": euro_k(company.sum(Span::FY2024, staff_cost)),
        "loan": euro_k(company.balance(Span::FY2025.to).loan),
    })
}

/// The average of the month ends, rounded.
pub(crate) fn average_headcount(span: Span) -> Decimal {
    let heads: Decimal = span.months().map(|month| Decimal::from(headcount(month))).sum();
    (heads / Decimal::from(span.months().count())).round()
}

fn staff_cost(books: &MonthBooks) -> Decimal {
    books.success_staff + books.selling_staff + books.engineering_staff + books.administration_staff
}

/// A line of a statement: name, this year, the year before, and whether it is a total.
fn line(name: &str, now: Decimal, before: Decimal, total: bool) -> Value {
    json!({ "name": name, "now": euro_k(now), "before": euro_k(before), "total": total })
}

/// What an item of the income statement is in a month.
type Item<'a> = &'a dyn Fn(&MonthBooks) -> Decimal;

fn income(company: &Company) -> Vec<Value> {
    let year =
        |value: &dyn Fn(&MonthBooks) -> Decimal| (company.sum(Span::FY2025, value), company.sum(Span::FY2024, value));
    let lines: [(&str, Item<'_>, bool); 10] = [
        ("1. Revenue", &MonthBooks::revenue, false),
        ("2. Cost of sales", &|books| -books.cogs(), false),
        ("3. Gross profit", &MonthBooks::gross_profit, true),
        ("4. Selling expenses", &|books| -books.selling(), false),
        ("5. Research and development expenses", &|books| -books.research(), false),
        ("6. General administrative expenses", &|books| -books.administration() - books.depreciation, false),
        ("7. Operating result", &MonthBooks::ebit, true),
        ("8. Interest and similar expenses", &|books| -books.interest, false),
        ("9. Taxes on income", &|_| Decimal::ZERO, false),
        ("10. Net loss for the year", &MonthBooks::net_income, true),
    ];
    let shown = lines.into_iter().map(|(name, value, total)| {
        let (now, before) = year(value);
        line(name, now, before, total)
    });
    shown.collect()
}

fn ends(company: &Company) -> (Balance, Balance) {
    (company.balance(Span::FY2025.to), company.balance(Span::FY2024.to))
}

fn assets(company: &Company) -> Vec<Value> {
    let (now, before) = ends(company);
    vec![
        line("A. Fixed assets: operating and office equipment", now.fixed_assets, before.fixed_assets, false),
        line("B. Current assets: I. Trade receivables", now.receivables, before.receivables, false),
        line("B. Current assets: II. Cash at bank", now.cash, before.cash, false),
        line("Total assets", now.assets(), before.assets(), true),
    ]
}

fn claims(company: &Company) -> Vec<Value> {
    let (now, before) = ends(company);
    let capital = Decimal::from(company.cap_table.issued());
    let loss = |span| company.sum(span, MonthBooks::net_income);
    let (lost, lost_before) = (loss(Span::FY2025), loss(Span::FY2024));
    let opening = company.balance(Month::FIRST.before());
    vec![
        line("A. Equity: I. Subscribed capital", capital, capital, false),
        line("A. Equity: II. Capital reserve", now.paid_in - capital, before.paid_in - capital, false),
        line("A. Equity: III. Loss carried forward", before.accumulated, opening.accumulated, false),
        line("A. Equity: IV. Net loss for the year", lost, lost_before, false),
        line("Total equity", now.equity(), before.equity(), true),
        line("B. Liabilities: 1. Convertible loan", now.loan, before.loan, false),
        line("B. Liabilities: 2. Trade payables", now.payables, before.payables, false),
        line("C. Deferred income", now.deferred, before.deferred, false),
        line(
            "Total equity and liabilities",
            now.equity() + now.liabilities(),
            before.equity() + before.liabilities(),
            true,
        ),
    ]
}
