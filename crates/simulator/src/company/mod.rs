//! The made-up company: Northwind Analytics GmbH, Berlin, freight-cost analytics as a subscription. Nothing here is
//! random and nothing rounds but to whole euros, so every identity of the books holds exactly.

mod customers;
mod forecast;
mod ledger;
mod month;
mod shares;
mod staff;
mod subscriptions;
#[cfg(test)]
mod tests;

use rust_decimal::Decimal;

pub use customers::{Customer, Plan};
pub use ledger::{Balance, MonthBooks};
pub use month::{Month, Span};
pub use shares::{CapTable, Holder, Round};
pub use staff::{Department, headcount};
pub use subscriptions::Bridge;

/// What the company asks for, in euros.
pub const ROUND_SIZE: u32 = 8_000_000;

/// A company and everything that is true of it.
#[derive(Debug, Clone)]
pub struct Company {
    /// Its name in the commercial register.
    pub name: &'static str,
    /// Everybody who has ever signed.
    pub customers: Vec<Customer>,
    /// Its books, month by month; those after the cut-off are its forecast.
    pub books: Vec<MonthBooks>,
    /// Who holds it.
    pub cap_table: CapTable,
}

impl Company {
    /// The first made-up company.
    pub fn northwind() -> Self {
        let customers = customers::CUSTOMERS.to_vec();
        Self {
            name: "Northwind Analytics GmbH",
            books: ledger::books(&customers),
            cap_table: shares::cap_table(),
            customers,
        }
    }

    /// The months of a span.
    pub fn span(&self, span: Span) -> impl Iterator<Item = &MonthBooks> {
        self.books.iter().filter(move |books| span.has(books.month))
    }

    /// The sum of one line over a span.
    pub fn sum(&self, span: Span, line: impl Fn(&MonthBooks) -> Decimal) -> Decimal {
        self.span(span).map(line).sum()
    }

    /// The balance sheet at the end of a month of the model; the one before the first month is its opening.
    pub fn balance(&self, month: Month) -> Balance {
        let at_end = self.books.iter().find(|books| books.month == month).map(|books| books.closing);
        at_end.or_else(|| self.books.first().map(|books| books.opening)).unwrap_or_default()
    }

    /// Recurring revenue a month, in euros; of a forecast month as far as the model goes.
    pub fn mrr(&self, month: Month) -> Decimal {
        let modelled = self.books.iter().find(|books| books.month == month).map(|books| books.bridge.closing);
        modelled.unwrap_or_else(|| subscriptions::mrr(&self.customers, month))
    }

    /// Recurring revenue of one plan, in euros a month.
    pub fn mrr_of_plan(&self, plan: Plan, month: Month) -> Decimal {
        subscriptions::mrr_of_plan(&self.customers, plan, month)
    }

    /// Twelve times MRR.
    pub fn arr(&self, month: Month) -> Decimal {
        self.mrr(month) * Decimal::from(12)
    }

    /// How many customers pay for the month.
    pub fn active_customers(&self, month: Month) -> usize {
        subscriptions::active(&self.customers, month)
    }

    /// How many customers were won in a span.
    pub fn customers_won(&self, span: Span) -> usize {
        subscriptions::won(&self.customers, span)
    }

    /// How many customers left in a span.
    pub fn customers_lost(&self, span: Span) -> usize {
        subscriptions::lost(&self.customers, span)
    }

    /// Net revenue retention over the year to a month, a fraction.
    pub fn net_retention(&self, month: Month) -> Decimal {
        subscriptions::net_retention(&self.customers, month)
    }

    /// Gross revenue retention over the year to a month, a fraction.
    pub fn gross_retention(&self, month: Month) -> Decimal {
        subscriptions::gross_retention(&self.customers, month)
    }

    /// The customer that pays most in a month.
    pub fn largest_customer(&self, month: Month) -> Option<&Customer> {
        subscriptions::largest(&self.customers, month)
    }

    /// The largest customer's part of recurring revenue, a fraction.
    pub fn top_customer_share(&self, month: Month) -> Decimal {
        let largest = self.largest_customer(month).map(|customer| customer.mrr(month)).unwrap_or_default();
        largest / self.mrr(month)
    }

    /// Gross profit over revenue, a fraction.
    pub fn gross_margin(&self, span: Span) -> Decimal {
        self.sum(span, MonthBooks::gross_profit) / self.sum(span, MonthBooks::revenue)
    }

    /// Net burn a month on average over a span, in euros.
    pub fn net_burn(&self, span: Span) -> Decimal {
        self.sum(span, MonthBooks::net_burn) / Decimal::from(span.months().count())
    }

    /// Months until cash is used up: cash at the cut-off over the net burn of the three months before it.
    pub fn runway(&self) -> Decimal {
        self.balance(Month::CUT_OFF).cash / self.net_burn(Span::Q2_2026)
    }

    /// Sales and marketing, people included, for each customer won over a span, in euros.
    pub fn cac(&self, span: Span) -> Decimal {
        self.sum(span, MonthBooks::selling) / Decimal::from(self.customers_won(span))
    }

    /// Gross profit from a customer over five years, in euros: the average of a year's recurring revenue times gross
    /// margin times five, the cap on a customer's life.
    pub fn ltv(&self) -> Decimal {
        let customers = Decimal::from(self.active_customers(Month::CUT_OFF));
        self.arr(Month::CUT_OFF) / customers * self.gross_margin(Span::TRAILING_YEAR) * Decimal::from(5)
    }
}
