//! The books, month by month: income statement, cash flow and balance sheet. Cash follows from the flows and the
//! accumulated loss from the results, so that the balance sheet balances only if all of them agree.

use rust_decimal::Decimal;

use super::shares::{LOAN, LOAN_INTEREST};
use super::subscriptions::{self, Bridge};
use super::{Customer, Department, Month, Span, forecast};

/// One month of the books, in euros. Costs are positive; a flow out of the company is negative.
#[derive(Debug, Clone)]
pub struct MonthBooks {
    /// Which month.
    pub month: Month,
    /// How recurring revenue moved.
    pub bridge: Bridge,
    /// Revenue from services: a fee for each customer that is set up.
    pub services: Decimal,
    /// Cost of sales: hosting.
    pub hosting: Decimal,
    /// Cost of sales: carrier and map data.
    pub licences: Decimal,
    /// Cost of sales: people of customer success.
    pub success_staff: Decimal,
    /// Sales and marketing: people.
    pub selling_staff: Decimal,
    /// Sales and marketing: programmes.
    pub programmes: Decimal,
    /// Research and development: people.
    pub engineering_staff: Decimal,
    /// Research and development: tools and contractors.
    pub tools: Decimal,
    /// General and administrative: people.
    pub administration_staff: Decimal,
    /// General and administrative: rent and other.
    pub other: Decimal,
    /// Depreciation.
    pub depreciation: Decimal,
    /// Interest on the convertible loan; it accrues and is not paid.
    pub interest: Decimal,
    /// Spent on equipment.
    pub capex: Decimal,
    /// Shares paid in cash.
    pub equity_in: Decimal,
    /// Loans paid in cash.
    pub loan_in: Decimal,
    /// The balance sheet at the end of the month before.
    pub opening: Balance,
    /// The balance sheet at the end of the month.
    pub closing: Balance,
}

/// A balance sheet, in euros.
#[derive(Debug, Clone, Copy, Default)]
pub struct Balance {
    /// Equipment.
    pub fixed_assets: Decimal,
    /// Trade receivables.
    pub receivables: Decimal,
    /// Cash at bank.
    pub cash: Decimal,
    /// What shareholders have paid in.
    pub paid_in: Decimal,
    /// Results since the founding; negative for losses.
    pub accumulated: Decimal,
    /// The convertible loan with its interest.
    pub loan: Decimal,
    /// Trade payables.
    pub payables: Decimal,
    /// Invoiced and not yet earned.
    pub deferred: Decimal,
}

impl Balance {
    /// All assets.
    pub fn assets(&self) -> Decimal {
        self.fixed_assets + self.receivables + self.cash
    }

    /// What shareholders own.
    pub fn equity(&self) -> Decimal {
        self.paid_in + self.accumulated
    }

    /// What is owed.
    pub fn liabilities(&self) -> Decimal {
        self.loan + self.payables + self.deferred
    }
}

impl MonthBooks {
    /// Subscriptions and services.
    pub fn revenue(&self) -> Decimal {
        self.bridge.closing + self.services
    }

    /// Cost of sales.
    pub fn cogs(&self) -> Decimal {
        self.hosting + self.licences + self.success_staff
    }

    /// Revenue less cost of sales.
    pub fn gross_profit(&self) -> Decimal {
        self.revenue() - self.cogs()
    }

    /// Sales and marketing.
    pub fn selling(&self) -> Decimal {
        self.selling_staff + self.programmes
    }

    /// Research and development.
    pub fn research(&self) -> Decimal {
        self.engineering_staff + self.tools
    }

    /// General and administrative.
    pub fn administration(&self) -> Decimal {
        self.administration_staff + self.other
    }

    /// Operating expenses without cost of sales and depreciation.
    pub fn opex(&self) -> Decimal {
        self.selling() + self.research() + self.administration()
    }

    /// Gross profit less operating expenses.
    pub fn ebitda(&self) -> Decimal {
        self.gross_profit() - self.opex()
    }

    /// EBITDA less depreciation.
    pub fn ebit(&self) -> Decimal {
        self.ebitda() - self.depreciation
    }

    /// EBIT less interest; no taxes fall due on losses.
    pub fn net_income(&self) -> Decimal {
        self.ebit() - self.interest
    }

    /// What working capital released.
    pub fn working_capital(&self) -> Decimal {
        let (opening, closing) = (&self.opening, &self.closing);
        opening.receivables - closing.receivables + closing.payables - opening.payables + closing.deferred
            - opening.deferred
    }

    /// Cash flow from operations.
    pub fn operating_flow(&self) -> Decimal {
        self.net_income() + self.depreciation + self.interest + self.working_capital()
    }

    /// Cash flow from investing.
    pub fn investing_flow(&self) -> Decimal {
        -self.capex
    }

    /// Cash flow from financing.
    pub fn financing_flow(&self) -> Decimal {
        self.equity_in + self.loan_in
    }

    /// What the company uses up without financing.
    pub fn net_burn(&self) -> Decimal {
        -(self.operating_flow() + self.investing_flow())
    }
}

/// The books of all months of the model.
pub(super) fn books(customers: &[Customer]) -> Vec<MonthBooks> {
    let mut previous = Books { month: opening_month(customers) };
    Span::MODEL.months().map(|month| previous.advance(customers, month)).collect()
}

/// Carries the books from month to month.
struct Books {
    month: MonthBooks,
}

impl Books {
    fn advance(&mut self, customers: &[Customer], month: Month) -> MonthBooks {
        let bridge = if month.is_actual() {
            subscriptions::bridge(customers, month)
        } else {
            forecast::bridge(month, self.month.bridge.closing)
        };
        let mut books = results(customers, month, bridge, self.month.closing);
        books.equity_in = if month == SEED { Decimal::from(4_000_000) } else { forecast::round(month) };
        books.loan_in = if month == LOAN_PAID { Decimal::from(LOAN) } else { Decimal::ZERO };
        books.closing = close(customers, &books);
        self.month = books.clone();
        books
    }
}

const SEED: Month = Month(1);
const LOAN_PAID: Month = Month(22);

fn results(customers: &[Customer], month: Month, bridge: Bridge, opening: Balance) -> MonthBooks {
    let won = if month.is_actual() {
        subscriptions::won(customers, Span { from: month, to: month })
    } else {
        forecast::won(month)
    };
    let hired = super::headcount(month).saturating_sub(super::headcount(month.before()));
    let owes_interest = month >= LOAN_PAID && !bearing(month, opening.loan).is_zero();
    MonthBooks {
        month,
        bridge,
        services: Decimal::from(won) * Decimal::from(4_500),
        hosting: share(bridge.closing, 115),
        licences: share(bridge.closing, 55),
        success_staff: Department::Success.cost(month),
        selling_staff: Department::Sales.cost(month) + Department::Marketing.cost(month),
        programmes: step(month, PROGRAMMES),
        engineering_staff: Department::Engineering.cost(month),
        tools: step(month, TOOLS),
        administration_staff: Department::Administration.cost(month),
        other: step(month, OTHER),
        depreciation: (opening.fixed_assets / Decimal::from(36)).round(),
        interest: if owes_interest { Decimal::from(LOAN_INTEREST) } else { Decimal::ZERO },
        capex: Decimal::from(600) + Decimal::from(hired) * Decimal::from(2_400),
        equity_in: Decimal::ZERO,
        loan_in: Decimal::ZERO,
        opening,
        closing: Balance::default(),
    }
}

/// The loan that bears interest in a month: in the month of payment it is not yet in the opening balance.
fn bearing(month: Month, loan: Decimal) -> Decimal {
    if month == LOAN_PAID { Decimal::from(LOAN) } else { loan }
}

fn close(customers: &[Customer], books: &MonthBooks) -> Balance {
    let opening = &books.opening;
    let deferred = if books.month.is_actual() {
        subscriptions::deferred(customers, books.month)
    } else {
        share(books.bridge.closing, 340)
    };
    let invoiced = books.revenue() + deferred - opening.deferred;
    let loan = opening.loan + books.loan_in + books.interest;
    let converted = if books.month == forecast::ROUND { loan } else { Decimal::ZERO };
    let mut closing = Balance {
        fixed_assets: opening.fixed_assets + books.capex - books.depreciation,
        receivables: share(invoiced, 800),
        cash: Decimal::ZERO,
        paid_in: opening.paid_in + books.equity_in + converted,
        accumulated: opening.accumulated + books.net_income(),
        loan: loan - converted,
        payables: share(bought(books), 600),
        deferred,
    };
    let flows = MonthBooks { closing, ..books.clone() };
    closing.cash = opening.cash + flows.operating_flow() + flows.investing_flow() + flows.financing_flow();
    closing
}

/// December 2023, from which the model starts. Its accumulated loss is what makes the balance sheet balance.
fn opening_month(customers: &[Customer]) -> MonthBooks {
    let month = Month::FIRST.before();
    let mut books = results(customers, month, subscriptions::bridge(customers, month), Balance::default());
    let mut closing = Balance {
        fixed_assets: Decimal::from(28_800),
        receivables: share(books.revenue(), 800),
        cash: Decimal::from(OPENING_CASH),
        paid_in: Decimal::from(575_000),
        payables: share(bought(&books), 600),
        deferred: subscriptions::deferred(customers, month),
        ..Balance::default()
    };
    closing.accumulated = closing.assets() - closing.liabilities() - closing.paid_in;
    books.closing = closing;
    books
}

/// What is bought from others in a month.
fn bought(books: &MonthBooks) -> Decimal {
    books.hosting + books.licences + books.programmes + books.tools + books.other
}

/// Thousandths of an amount, in whole euros.
fn share(amount: Decimal, thousandths: i64) -> Decimal {
    (amount * Decimal::new(thousandths, 3)).round()
}

fn step(month: Month, steps: &[(i32, i64)]) -> Decimal {
    let step = steps.iter().rev().find(|(from, _)| Month(*from) <= month);
    step.map(|(_, amount)| Decimal::from(*amount)).unwrap_or_default()
}

const OPENING_CASH: i64 = 259_400;

const PROGRAMMES: &[(i32, i64)] = &[
    (-1, 9_000),
    (3, 14_000),
    (8, 22_000),
    (12, 34_000),
    (16, 46_000),
    (20, 78_000),
    (24, 104_000),
    (28, 112_000),
    (37, 150_000),
    (42, 190_000),
];
const TOOLS: &[(i32, i64)] = &[(-1, 6_000), (4, 9_000), (12, 16_000), (18, 32_000), (24, 57_000), (37, 62_000)];
const OTHER: &[(i32, i64)] = &[(-1, 14_000), (2, 19_000), (12, 24_000), (18, 40_000), (24, 68_400), (37, 76_000)];
