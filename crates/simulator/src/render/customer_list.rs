//! The customer list as a German accounting program exports it: semicolons, days as 30.06.2026, amounts as 5.600,00.

use rust_decimal::Decimal;

use super::amount::grouped;
use crate::{Company, Customer, Month};

/// The customer list as CSV in UTF-8, one line a customer in the order of signing, former customers included.
pub fn customer_list_csv(company: &Company) -> Vec<u8> {
    let year_ago = Month(Month::CUT_OFF.0 - 12);
    let mut lines = vec![format!(
        "Customer no.;Customer;Country;Plan;Start date;End date;Status;MRR {} (EUR);MRR {} (EUR)",
        day(year_ago),
        day(Month::CUT_OFF)
    )];
    for (number, customer) in (10_001..).zip(&company.customers) {
        lines.push(line(number, customer, year_ago));
    }
    lines.push(String::new());
    lines.join("\n").into_bytes()
}

fn line(number: u32, customer: &Customer, year_ago: Month) -> String {
    let (ended, status) = match customer.end {
        Some(end) => (end.before().end().format("%d.%m.%Y").to_string(), "Churned"),
        None => (String::new(), "Active"),
    };
    format!(
        "{number};{};{};{};{};{ended};{status};{};{}",
        customer.name,
        customer.country,
        customer.plan.name(),
        customer.start().start().format("%d.%m.%Y"),
        german(customer.mrr(year_ago)),
        german(customer.mrr(Month::CUT_OFF)),
    )
}

fn day(month: Month) -> String {
    month.end().format("%d.%m.%Y").to_string()
}

/// `5.600,00`.
fn german(whole: Decimal) -> String {
    format!("{},00", grouped(whole).replace(',', "."))
}
