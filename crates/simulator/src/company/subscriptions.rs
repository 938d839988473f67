//! What follows from the customers' subscriptions: recurring revenue, its bridge, retention and concentration.

use rust_decimal::Decimal;

use super::{Customer, Month, Plan, Span};

/// How recurring revenue moved in a month, in euros a month. `opening + new + expansion − contraction − churn` is
/// `closing`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bridge {
    /// At the end of the month before.
    pub opening: Decimal,
    /// From customers that were none before.
    pub new: Decimal,
    /// More from those that stayed.
    pub expansion: Decimal,
    /// Less from those that stayed.
    pub contraction: Decimal,
    /// From those that left.
    pub churn: Decimal,
    /// At the end of the month.
    pub closing: Decimal,
}

/// Monthly recurring revenue of all customers, in euros.
pub fn mrr(customers: &[Customer], month: Month) -> Decimal {
    customers.iter().map(|customer| customer.mrr(month)).sum()
}

/// Monthly recurring revenue of one plan's customers, in euros.
pub fn mrr_of_plan(customers: &[Customer], plan: Plan, month: Month) -> Decimal {
    customers.iter().filter(|customer| customer.plan == plan).map(|customer| customer.mrr(month)).sum()
}

/// How many pay for the month.
pub fn active(customers: &[Customer], month: Month) -> usize {
    customers.iter().filter(|customer| !customer.mrr(month).is_zero()).count()
}

/// How many start within the span.
pub fn won(customers: &[Customer], span: Span) -> usize {
    customers.iter().filter(|customer| span.has(customer.start())).count()
}

/// How many leave within the span.
pub fn lost(customers: &[Customer], span: Span) -> usize {
    customers.iter().filter(|customer| customer.end.is_some_and(|end| span.has(end))).count()
}

/// How recurring revenue moved in a month.
pub fn bridge(customers: &[Customer], month: Month) -> Bridge {
    let mut bridge = Bridge::default();
    for customer in customers {
        let (before, now) = (customer.mrr(month.before()), customer.mrr(month));
        bridge.opening += before;
        bridge.closing += now;
        match (before.is_zero(), now.is_zero()) {
            (true, _) => bridge.new += now,
            (false, true) => bridge.churn += before,
            (false, false) if now > before => bridge.expansion += now - before,
            (false, false) => bridge.contraction += before - now,
        }
    }
    bridge
}

/// What those who paid a year before the month pay in it, as a fraction of what they paid then (NRR).
pub fn net_retention(customers: &[Customer], month: Month) -> Decimal {
    retention(customers, month, |_, now| now)
}

/// As NRR, but nobody counts for more than they paid then (GRR).
pub fn gross_retention(customers: &[Customer], month: Month) -> Decimal {
    retention(customers, month, Decimal::min)
}

fn retention(customers: &[Customer], month: Month, kept: impl Fn(Decimal, Decimal) -> Decimal) -> Decimal {
    let year_ago = Month(month.0 - 12);
    let stayed = customers.iter().filter(|customer| !customer.mrr(year_ago).is_zero());
    let stayed: Decimal = stayed.map(|customer| kept(customer.mrr(year_ago), customer.mrr(month))).sum();
    stayed / mrr(customers, year_ago)
}

/// The customer that pays most in the month.
pub fn largest(customers: &[Customer], month: Month) -> Option<&Customer> {
    customers.iter().max_by_key(|customer| customer.mrr(month))
}

/// What is invoiced and not yet earned at the end of a month, in euros: the enterprise plan is invoiced a quarter in
/// advance, the others month by month.
pub fn deferred(customers: &[Customer], month: Month) -> Decimal {
    let enterprise = customers.iter().filter(|customer| customer.plan == Plan::Enterprise);
    enterprise
        .map(|customer| {
            let months_left = 2 - (month.0 - customer.start().0).rem_euclid(3);
            customer.mrr(month) * Decimal::from(months_left)
        })
        .sum()
}
