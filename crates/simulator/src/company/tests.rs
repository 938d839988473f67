//! The identities of the truth, and the story that it tells.

use rust_decimal::Decimal;

use super::*;

#[test]
fn recurring_revenue_is_the_sum_of_the_customers() {
    let company = Company::northwind();
    for books in company.books.iter().filter(|books| books.month.is_actual()) {
        let customers: Decimal = company.customers.iter().map(|customer| customer.mrr(books.month)).sum();
        let plans: Decimal = Plan::ALL.into_iter().map(|plan| company.mrr_of_plan(plan, books.month)).sum();
        assert_eq!((company.mrr(books.month), plans), (customers, customers), "{}", books.month.label());
    }
}

#[test]
fn the_bridge_closes_and_carries_over() {
    let company = Company::northwind();
    for books in &company.books {
        let bridge = &books.bridge;
        let moved = bridge.opening + bridge.new + bridge.expansion - bridge.contraction - bridge.churn;
        assert_eq!(moved, bridge.closing, "{}", books.month.label());
        assert_eq!(bridge.opening, company.mrr(books.month.before()), "{}", books.month.label());
    }
}

#[test]
fn customers_carry_over() {
    let company = Company::northwind();
    for month in (Span { from: Month::FIRST, to: Month::CUT_OFF }).months() {
        let within = Span { from: month, to: month };
        let carried = company.active_customers(month.before()) + company.customers_won(within);
        assert_eq!(carried - company.customers_lost(within), company.active_customers(month), "{}", month.label());
    }
}

#[test]
fn the_balance_sheet_balances_and_cash_rolls() {
    let company = Company::northwind();
    let mut previous = company.balance(Month::FIRST.before());
    for books in &company.books {
        let closing = &books.closing;
        let flows = books.operating_flow() + books.investing_flow() + books.financing_flow();
        assert_eq!(closing.assets(), closing.equity() + closing.liabilities(), "{}", books.month.label());
        assert_eq!(previous.cash + flows, closing.cash, "{}", books.month.label());
        assert_eq!(previous.accumulated + books.net_income(), closing.accumulated, "{}", books.month.label());
        assert!(closing.cash.is_sign_positive(), "{}", books.month.label());
        previous = *closing;
    }
}

#[test]
fn the_income_statement_adds_up() {
    for books in &Company::northwind().books {
        let people: Decimal = Department::ALL.into_iter().map(|department| department.cost(books.month)).sum();
        let staff = books.success_staff + books.selling_staff + books.engineering_staff + books.administration_staff;
        assert_eq!(staff, people, "{}", books.month.label());
        let costs = staff + books.hosting + books.licences + books.programmes + books.tools + books.other;
        let result = books.revenue() - costs - books.depreciation - books.interest;
        assert_eq!(result, books.net_income(), "{}", books.month.label());
    }
}

#[test]
fn the_cap_table_ties_to_the_books() {
    let company = Company::northwind();
    let table = &company.cap_table;
    for round in &table.rounds {
        let held: u32 =
            table.holders.iter().filter(|holder| holder.round == round.name).map(|holder| holder.shares).sum();
        assert_eq!(held, round.shares, "{}", round.name);
        let paid = round.price.map_or(round.amount, |price| price * Decimal::from(round.shares));
        assert_eq!(paid, round.amount, "{}", round.name);
    }
    let at = company.balance(Month::CUT_OFF);
    let interest = company.sum(Span { from: Month::FIRST, to: Month::CUT_OFF }, |books| books.interest);
    assert_eq!(at.paid_in + at.loan - interest, table.raised());
}

#[test]
fn the_company_tells_the_story() {
    let company = Company::northwind();
    let at = Month::CUT_OFF;
    assert_eq!(company.arr(at), Decimal::from(3_793_800));
    assert_eq!((company.active_customers(at), company.customers.len(), headcount(at)), (51, 62, 31));
    assert_eq!(company.net_retention(at).round_dp(2), Decimal::new(104, 2));
    assert!(company.gross_retention(at) <= company.net_retention(at));
    assert_eq!(company.gross_margin(Span::FY2025).round_dp(2), Decimal::new(71, 2));
    assert_eq!((company.net_burn(Span::Q2_2026) / Decimal::ONE_THOUSAND).round(), Decimal::from(212));
    assert_eq!(company.runway().round_dp(1), Decimal::new(95, 1));
    assert_eq!((company.top_customer_share(at) * Decimal::ONE_HUNDRED).round(), Decimal::from(22));
}
