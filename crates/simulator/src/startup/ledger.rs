//! The books: income, balance sheet and cash flow of each month. What moves is reckoned first; the money of investors is
//! laid over it, so that cash is never below nothing.

use rust_decimal::Decimal;

use super::calendar::Month;
use super::dice::Dice;
use super::profile::Profile;
use super::staff::{Department, Staff};
use super::subscriptions::{Horizon, Subscriptions};
use super::volume::Volume;

/// A month's income, cost and balance. All in whole units of the currency; costs are positive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the lines of a statement")]
pub struct MonthBooks {
    pub recurring: Decimal,
    pub traded: Decimal,
    pub services: Decimal,
    pub grants: Decimal,
    pub direct: Decimal,
    pub service_staff: Decimal,
    pub selling_staff: Decimal,
    pub programmes: Decimal,
    pub research_staff: Decimal,
    pub research_outside: Decimal,
    pub administration_staff: Decimal,
    pub rent: Decimal,
    pub other: Decimal,
    pub depreciation: Decimal,
    pub interest: Decimal,
    pub capex: Decimal,
    pub equity_in: Decimal,
    pub loan_in: Decimal,
    pub closing: Balance,
}

impl MonthBooks {
    /// All revenue.
    pub fn revenue(&self) -> Decimal {
        self.recurring + self.traded + self.services + self.grants
    }

    /// Cost of sales.
    pub fn cogs(&self) -> Decimal {
        self.direct + self.service_staff
    }

    /// Sales and marketing.
    pub fn selling(&self) -> Decimal {
        self.selling_staff + self.programmes
    }

    /// Research and development.
    pub fn research(&self) -> Decimal {
        self.research_staff + self.research_outside
    }

    /// General and administrative.
    pub fn administration(&self) -> Decimal {
        self.administration_staff + self.rent + self.other
    }

    /// All operating expenses but depreciation.
    pub fn opex(&self) -> Decimal {
        self.selling() + self.research() + self.administration()
    }

    /// What all people cost.
    pub fn staff(&self) -> Decimal {
        self.service_staff + self.selling_staff + self.research_staff + self.administration_staff
    }

    /// Before depreciation, interest and tax.
    pub fn ebitda(&self) -> Decimal {
        self.revenue() - self.cogs() - self.opex()
    }

    /// Before interest and tax; there is no tax, for there is no profit.
    pub fn ebit(&self) -> Decimal {
        self.ebitda() - self.depreciation
    }

    /// Net income.
    pub fn net_income(&self) -> Decimal {
        self.ebit() - self.interest
    }
}

/// A balance sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the lines of a statement")]
pub struct Balance {
    pub cash: Decimal,
    pub receivables: Decimal,
    pub inventory: Decimal,
    pub fixed: Decimal,
    pub payables: Decimal,
    pub deferred: Decimal,
    pub loan: Decimal,
    pub paid_in: Decimal,
    pub retained: Decimal,
}

impl Balance {
    /// Current assets.
    pub fn current_assets(&self) -> Decimal {
        self.cash + self.receivables + self.inventory
    }

    /// All assets.
    pub fn assets(&self) -> Decimal {
        self.current_assets() + self.fixed
    }

    /// Payables and deferred revenue.
    pub fn current_liabilities(&self) -> Decimal {
        self.payables + self.deferred
    }

    /// All liabilities.
    pub fn liabilities(&self) -> Decimal {
        self.current_liabilities() + self.loan
    }

    /// Paid-in capital and what was earned or lost.
    pub fn equity(&self) -> Decimal {
        self.paid_in + self.retained
    }
}

/// The rates by which a company's cost and balance follow from its trade.
#[derive(Debug, Clone)]
pub struct Rates {
    direct: Decimal,
    programmes: Decimal,
    services: Decimal,
    research: Decimal,
    grants: Decimal,
    capex: Decimal,
    rent_per_head: Decimal,
    other_per_head: Decimal,
    receivable_days: Decimal,
    payable_days: Decimal,
    stock_days: Decimal,
}

impl Rates {
    /// Draws the rates.
    pub fn draw(profile: &Profile, dice: &mut Dice) -> Self {
        let thousands = |amount: i64| Decimal::from(amount) * Decimal::ONE_THOUSAND;
        Self {
            direct: dice.fraction(profile.direct),
            programmes: dice.fraction(profile.programmes),
            services: dice.fraction(profile.services),
            research: thousands(dice.within(profile.research)),
            grants: profile.grants.map_or(Decimal::ZERO, |range| thousands(dice.within(range))),
            capex: thousands(dice.within(profile.capex)),
            rent_per_head: Decimal::from(dice.between(31, 68) * 10),
            other_per_head: Decimal::from(dice.between(52, 110) * 10),
            receivable_days: Decimal::from(dice.between(24, 52)),
            payable_days: Decimal::from(dice.between(21, 44)),
            stock_days: Decimal::from(profile.stock_days),
        }
    }
}

/// What earns, by month.
#[derive(Debug, Clone)]
pub struct Earners {
    /// Subscriptions, if any.
    pub subscriptions: Option<Subscriptions>,
    /// Trade, if any.
    pub volume: Option<Volume>,
}

/// The months of the books without the money of investors: cash tells how much of it is needed.
pub fn operations(
    horizon: Horizon,
    earners: &Earners,
    staff: &Staff,
    rates: &Rates,
    dice: &mut Dice,
) -> Vec<(Month, MonthBooks)> {
    let mut fixed = rates.capex * Decimal::from(9);
    let mut months = Vec::new();
    for month in horizon.months() {
        let mut books = month_of(month, horizon, earners, staff, rates, dice);
        books.depreciation = (fixed / Decimal::from(36)).round();
        fixed += books.capex - books.depreciation;
        let balance = &mut books.closing;
        balance.fixed = fixed;
        balance.deferred = earners.subscriptions.as_ref().map(|book| book.deferred(month)).unwrap_or_default();
        balance.receivables = days(books.recurring + books.traded + books.services, rates.receivable_days);
        balance.inventory = days(books.direct, rates.stock_days);
        let bought = books.direct + books.programmes + books.research_outside + books.rent + books.other;
        books.closing.payables = days(bought, rates.payable_days);
        months.push((month, books));
    }
    months
}

fn month_of(
    month: Month,
    horizon: Horizon,
    earners: &Earners,
    staff: &Staff,
    rates: &Rates,
    dice: &mut Dice,
) -> MonthBooks {
    let past = month <= horizon.cut_off;
    let mut around = |amount: Decimal, swing: i64| {
        (amount * Decimal::new(if past { dice.between(1_000 - swing, 1_000 + swing) } else { 1_000 }, 3)).round()
    };
    let recurring = earners.subscriptions.as_ref().map(|book| book.bridge(month).closing).unwrap_or_default();
    let traded = earners.volume.as_ref().map(|volume| volume.traded(month).net).unwrap_or_default();
    let earned = recurring + traded;
    let heads = Decimal::from(staff.total(month));
    let began = Decimal::from(staff.total(horizon.cut_off)).max(Decimal::ONE);
    let size = heads / began;
    MonthBooks {
        recurring,
        traded,
        services: around(earned * rates.services, 350),
        grants: around(rates.grants, 120),
        direct: around(earned * rates.direct, 40),
        service_staff: staff.cost(Department::Service, month),
        selling_staff: staff.cost(Department::Sales, month) + staff.cost(Department::Marketing, month),
        programmes: around(earned * rates.programmes, 180),
        research_staff: staff.cost(Department::Research, month),
        research_outside: around(rates.research * size, 220),
        administration_staff: staff.cost(Department::Administration, month),
        rent: (heads * rates.rent_per_head).round(),
        other: around(heads * rates.other_per_head, 120),
        capex: around(rates.capex * size, 300),
        ..MonthBooks::default()
    }
}

/// So many days of a month's amount.
fn days(amount: Decimal, days: Decimal) -> Decimal {
    (amount * days / Decimal::from(30)).round()
}

/// Money of investors: when, equity, loan.
#[derive(Debug, Clone, Copy)]
pub struct Payment {
    /// The month that it comes in.
    pub month: Month,
    /// For shares.
    pub equity: Decimal,
    /// For a promise of shares.
    pub loan: Decimal,
}

/// What stands in the books before their first month.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// Paid in for shares.
    pub paid_in: Decimal,
    /// Cash.
    pub cash: Decimal,
}

/// Lays payments and interest over the operations and closes each month.
pub fn close(
    months: &mut [(Month, MonthBooks)],
    opening: Opening,
    payments: &[Payment],
    yearly_interest: Decimal,
) -> Balance {
    let first = months.first().map(|(_, books)| books.clone()).unwrap_or_default();
    let mut before = Balance { cash: opening.cash, paid_in: opening.paid_in, ..first.closing };
    before.fixed = first.closing.fixed - first.capex + first.depreciation;
    before.retained = before.assets() - before.liabilities() - before.paid_in;
    let start = before;
    for (month, books) in months {
        for payment in payments.iter().filter(|payment| payment.month == *month) {
            books.equity_in += payment.equity;
            books.loan_in += payment.loan;
        }
        books.interest = (before.loan * yearly_interest / Decimal::from(12)).round();
        let flow = operating_flow(books, &before) - books.capex + books.equity_in + books.loan_in;
        let closing = &mut books.closing;
        closing.cash = before.cash + flow;
        closing.loan = before.loan + books.loan_in + books.interest;
        closing.paid_in = before.paid_in + books.equity_in;
        let earned = books.net_income();
        books.closing.retained = before.retained + earned;
        before = books.closing;
    }
    start
}

/// Cash from operations of a month whose opening balance is given. Interest is added to the loan and costs no cash.
pub fn operating_flow(books: &MonthBooks, before: &Balance) -> Decimal {
    let closing = &books.closing;
    let working = |balance: &Balance| balance.receivables + balance.inventory - balance.payables - balance.deferred;
    books.net_income() + books.depreciation + books.interest - (working(closing) - working(before))
}
