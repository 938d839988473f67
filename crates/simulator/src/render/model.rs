//! The financial model: a workbook with a column for each month, actual to June 2026 and forecast after it. Every total
//! is a formula with its result, but for the one that is planted.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Workbook, XlsxError};

use super::sheet::{Cell, Line, MonthSheet, Show, column, workbook};
use super::{RenderError, summary};
use crate::{Company, Department, Month, MonthBooks, Plan, Planted, Span, headcount};

/// The rows that other sheets point at, as formulas name them.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) mrr: u32,
    pub(super) arr: u32,
    pub(super) customers: u32,
    pub(super) won: u32,
    pub(super) heads: u32,
    costs: Vec<u32>,
    pub(super) revenue: u32,
    pub(super) gross_profit: u32,
    pub(super) selling: [u32; 2],
    pub(super) opex: u32,
    pub(super) ebitda: u32,
    pub(super) net_income: u32,
    depreciation: u32,
    interest: u32,
    pub(super) cash: u32,
    pub(super) burn: u32,
}

/// The financial model as a workbook.
///
/// # Errors
///
/// If the workbook cannot be made.
pub fn model_xlsx(company: &Company, planted: &Planted) -> Result<Vec<u8>, RenderError> {
    let mut book = workbook("Northwind Analytics financial model", "Northwind Analytics Finance")?;
    let mut rows = Rows::default();
    book.add_worksheet();
    recurring(&mut book, company, planted, &mut rows)?;
    // The sheet of people is reckoned before the income statement, which takes its costs from it, and stands last.
    let mut people = rust_xlsxwriter::Worksheet::new();
    staff(&mut people, company, &mut rows)?;
    income(&mut book, company, &mut rows)?;
    cash(&mut book, company, &mut rows)?;
    balance(&mut book, company, &rows)?;
    book.push_worksheet(people);
    summary::write_summary(book.worksheet_from_index(0)?, company, &rows)?;
    Ok(book.save_to_buffer()?)
}

fn recurring(book: &mut Workbook, company: &Company, planted: &Planted, rows: &mut Rows) -> Result<(), XlsxError> {
    let mut sheet = MonthSheet::new(book.add_worksheet(), company, "MRR", "recurring revenue")?;
    sheet.section("MRR bridge")?;
    let opening = sheet.next();
    let closing = opening + 5;
    sheet.line(Line::euros("Opening MRR"), |books, _| match books.month {
        Month::FIRST => Cell::Typed(books.bridge.opening),
        month => Cell::Formula(format!("={}{closing}", column(month.before())), books.bridge.opening),
    })?;
    sheet.line(Line::euros("New MRR"), |books, _| Cell::Typed(books.bridge.new))?;
    sheet.line(Line::euros("Expansion MRR"), |books, _| Cell::Typed(books.bridge.expansion))?;
    sheet.line(Line::euros("Contraction MRR"), |books, _| Cell::Typed(-books.bridge.contraction))?;
    sheet.line(Line::euros("Churned MRR"), |books, _| Cell::Typed(-books.bridge.churn))?;
    rows.mrr = sheet.line(Line::total("Closing MRR"), |books, at| {
        Cell::Formula(format!("=SUM({at}{opening}:{at}{})", closing - 1), books.bridge.closing)
    })?;
    rows.arr = sheet.line(Line::total("ARR (12 x MRR)"), |books, at| {
        Cell::Formula(format!("={at}{closing}*12"), company.arr(books.month))
    })?;
    by_plan(&mut sheet, company, planted)?;
    customers(&mut sheet, company, rows)
}

fn by_plan(sheet: &mut MonthSheet<'_>, company: &Company, planted: &Planted) -> Result<(), XlsxError> {
    sheet.section("MRR by plan (actual)")?;
    let first = sheet.next();
    for plan in Plan::ALL {
        sheet.line(Line::euros(plan.name()), |books, _| actual(books, |month| company.mrr_of_plan(plan, month)))?;
    }
    sheet.line(Line::total("Total MRR by plan"), |books, at| {
        let total = company.mrr(books.month);
        match planted.typed_total {
            _ if !books.month.is_actual() => Cell::Empty,
            Some(typed) if typed.month == books.month => Cell::Typed(total + typed.excess),
            _ => Cell::Formula(format!("=SUM({at}{first}:{at}{})", first + 2), total),
        }
    })?;
    Ok(())
}

fn customers(sheet: &mut MonthSheet<'_>, company: &Company, rows: &mut Rows) -> Result<(), XlsxError> {
    let within = |month| Span { from: month, to: month };
    let count = |label| Line::shown(label, Show::Count);
    sheet.section("Customers (actual)")?;
    let first = sheet.next();
    let closing = first + 3;
    sheet.line(count("Opening customers"), |books, _| match books.month {
        month if !month.is_actual() => Cell::Empty,
        Month::FIRST => Cell::Typed(company.active_customers(Month::FIRST.before()).into()),
        month => {
            let before = month.before();
            Cell::Formula(format!("={}{closing}", column(before)), company.active_customers(before).into())
        }
    })?;
    rows.won = sheet
        .line(count("New customers"), |books, _| actual(books, |month| company.customers_won(within(month)).into()))?;
    sheet.line(count("Churned customers"), |books, _| {
        actual(books, |month| -Decimal::from(company.customers_lost(within(month))))
    })?;
    let total = Line { total: true, ..count("Closing customers") };
    rows.customers = sheet.line(total, |books, at| match books.month {
        month if !month.is_actual() => Cell::Empty,
        month => {
            Cell::Formula(format!("=SUM({at}{first}:{at}{})", closing - 1), company.active_customers(month).into())
        }
    })?;
    Ok(())
}

/// A typed number of a month that has happened.
fn actual(books: &MonthBooks, value: impl Fn(Month) -> Decimal) -> Cell {
    if books.month.is_actual() { Cell::Typed(value(books.month)) } else { Cell::Empty }
}

fn staff(sheet: &mut rust_xlsxwriter::Worksheet, company: &Company, rows: &mut Rows) -> Result<(), XlsxError> {
    let mut sheet = MonthSheet::new(sheet, company, "Headcount", "headcount plan")?;
    let all = Department::ALL;
    sheet.section("Employees at month end (FTE)")?;
    let heads = sheet.next();
    for department in all {
        let line = Line::shown(department.name(), Show::Count);
        sheet.line(line, |books, _| Cell::Typed(department.heads(books.month).into()))?;
    }
    let total = Line { total: true, ..Line::shown("Total headcount", Show::Count) };
    rows.heads = sheet.line(total, |books, at| {
        Cell::Formula(format!("=SUM({at}{heads}:{at}{})", heads + 4), headcount(books.month).into())
    })?;
    sheet.section("Cost per employee and month, social charges included")?;
    let rates = sheet.next();
    for department in all {
        sheet.line(Line::euros(department.name()), |books, _| Cell::Typed(department.cost_per_head(books.month)))?;
    }
    sheet.section("Staff cost")?;
    let costs = sheet.next();
    for (at_department, department) in (0u32..).zip(all) {
        let row = sheet.line(Line::euros(department.name()), |books, at| {
            let formula = format!("={at}{}*{at}{}", heads + at_department, rates + at_department);
            Cell::Formula(formula, department.cost(books.month))
        })?;
        rows.costs.push(row);
    }
    sheet.line(Line::total("Total staff cost"), |books, at| {
        let total = all.iter().map(|department| department.cost(books.month)).sum();
        Cell::Formula(format!("=SUM({at}{costs}:{at}{})", costs + 4), total)
    })?;
    Ok(())
}

fn income(book: &mut Workbook, company: &Company, rows: &mut Rows) -> Result<(), XlsxError> {
    let mut sheet = MonthSheet::new(book.add_worksheet(), company, "P&L", "income statement")?;
    let (mrr, costs) = (rows.mrr, rows.costs.clone());
    let cost = |at: usize| costs.get(at).copied().unwrap_or_default();
    sheet.section("Revenue")?;
    let first = sheet.next();
    sheet.line(Line::euros("Subscription revenue"), |books, at| {
        Cell::Formula(format!("=MRR!{at}{mrr}"), books.bridge.closing)
    })?;
    sheet.line(Line::euros("Services revenue"), |books, _| Cell::Typed(books.services))?;
    let revenue = sheet.line(Line::total("Revenue"), |books, at| sum(at, first, 2, books.revenue()))?;
    sheet.section("Cost of sales")?;
    let first = sheet.next();
    sheet.line(Line::euros("Hosting"), |books, _| Cell::Typed(books.hosting))?;
    sheet.line(Line::euros("Carrier and map data"), |books, _| Cell::Typed(books.licences))?;
    sheet.line(Line::euros("Customer success & support staff"), |books, at| {
        Cell::Formula(format!("=Headcount!{at}{}", cost(3)), books.success_staff)
    })?;
    let cogs = sheet.line(Line::total("Cost of sales"), |books, at| sum(at, first, 3, books.cogs()))?;
    let gross = sheet.line(Line::total("Gross profit"), |books, at| {
        Cell::Formula(format!("={at}{revenue}-{at}{cogs}"), books.gross_profit())
    })?;
    sheet.line(Line::shown("Gross margin", Show::Percent), |books, at| {
        Cell::Formula(format!("={at}{gross}/{at}{revenue}"), books.gross_profit() / books.revenue())
    })?;
    sheet.section("Operating expenses")?;
    let first = sheet.next();
    sheet.line(Line::euros("Sales & marketing staff"), |books, at| {
        Cell::Formula(format!("=Headcount!{at}{}+Headcount!{at}{}", cost(1), cost(2)), books.selling_staff)
    })?;
    sheet.line(Line::euros("Marketing programmes"), |books, _| Cell::Typed(books.programmes))?;
    sheet.line(Line::euros("Product & engineering staff"), |books, at| {
        Cell::Formula(format!("=Headcount!{at}{}", cost(0)), books.engineering_staff)
    })?;
    sheet.line(Line::euros("Tools and contractors"), |books, _| Cell::Typed(books.tools))?;
    sheet.line(Line::euros("Management & administration staff"), |books, at| {
        Cell::Formula(format!("=Headcount!{at}{}", cost(4)), books.administration_staff)
    })?;
    sheet.line(Line::euros("Rent, legal and other"), |books, _| Cell::Typed(books.other))?;
    let opex = sheet.line(Line::total("Total operating expenses"), |books, at| sum(at, first, 6, books.opex()))?;
    sheet.section("Result")?;
    let ebitda = sheet
        .line(Line::total("EBITDA"), |books, at| Cell::Formula(format!("={at}{gross}-{at}{opex}"), books.ebitda()))?;
    let depreciation = sheet.line(Line::euros("Depreciation"), |books, _| Cell::Typed(books.depreciation))?;
    let ebit = sheet.line(Line::total("EBIT"), |books, at| {
        Cell::Formula(format!("={at}{ebitda}-{at}{depreciation}"), books.ebit())
    })?;
    let interest = sheet.line(Line::euros("Interest"), |books, _| Cell::Typed(books.interest))?;
    let net_income = sheet.line(Line::total("Net income"), |books, at| {
        Cell::Formula(format!("={at}{ebit}-{at}{interest}"), books.net_income())
    })?;
    (rows.revenue, rows.gross_profit, rows.opex, rows.ebitda) = (revenue, gross, opex, ebitda);
    (rows.selling, rows.net_income) = ([first, first + 1], net_income);
    (rows.depreciation, rows.interest) = (depreciation, interest);
    Ok(())
}

/// The sum of the lines from a row on.
fn sum(at: &str, first: u32, lines: u32, result: Decimal) -> Cell {
    Cell::Formula(format!("=SUM({at}{first}:{at}{})", first + lines - 1), result)
}

fn cash(book: &mut Workbook, company: &Company, rows: &mut Rows) -> Result<(), XlsxError> {
    let mut sheet = MonthSheet::new(book.add_worksheet(), company, "Cash", "cash flow")?;
    let (net_income, depreciation, interest) = (rows.net_income, rows.depreciation, rows.interest);
    sheet.section("Cash flow")?;
    let opening = sheet.next();
    let closing = opening + 11;
    sheet.line(Line::euros("Opening cash"), |books, _| match books.month {
        Month::FIRST => Cell::Typed(books.opening.cash),
        month => Cell::Formula(format!("={}{closing}", column(month.before())), books.opening.cash),
    })?;
    let from = |row: u32, at: &str, result| Cell::Formula(format!("='P&L'!{at}{row}"), result);
    let first = sheet.next();
    sheet.line(Line::euros("Net income"), |books, at| from(net_income, at, books.net_income()))?;
    sheet.line(Line::euros("Depreciation"), |books, at| from(depreciation, at, books.depreciation))?;
    sheet.line(Line::euros("Accrued interest"), |books, at| from(interest, at, books.interest))?;
    sheet.line(Line::euros("Change in working capital"), |books, _| Cell::Typed(books.working_capital()))?;
    let operating =
        sheet.line(Line::total("Cash flow from operations"), |books, at| sum(at, first, 4, books.operating_flow()))?;
    let investing =
        sheet.line(Line::euros("Cash flow from investing (capex)"), |books, _| Cell::Typed(books.investing_flow()))?;
    let equity = sheet.line(Line::euros("Equity raised"), |books, _| Cell::Typed(books.equity_in))?;
    sheet.line(Line::euros("Convertible loans drawn"), |books, _| Cell::Typed(books.loan_in))?;
    let financing =
        sheet.line(Line::total("Cash flow from financing"), |books, at| sum(at, equity, 2, books.financing_flow()))?;
    let change = sheet.line(Line::euros("Net change in cash"), |books, at| {
        let result = books.closing.cash - books.opening.cash;
        Cell::Formula(format!("={at}{operating}+{at}{investing}+{at}{financing}"), result)
    })?;
    rows.cash = sheet.line(Line::total("Closing cash"), |books, at| {
        Cell::Formula(format!("={at}{opening}+{at}{change}"), books.closing.cash)
    })?;
    sheet.section("Burn")?;
    rows.burn = sheet.line(Line::euros("Net burn (before financing)"), |books, at| {
        Cell::Formula(format!("=-({at}{operating}+{at}{investing})"), books.net_burn())
    })?;
    Ok(())
}

fn balance(book: &mut Workbook, company: &Company, rows: &Rows) -> Result<(), XlsxError> {
    let mut sheet = MonthSheet::new(book.add_worksheet(), company, "Balance sheet", "balance sheet")?;
    let cash = rows.cash;
    sheet.section("Assets")?;
    let first = sheet.next();
    sheet.line(Line::euros("Fixed assets"), |books, _| Cell::Typed(books.closing.fixed_assets))?;
    sheet.line(Line::euros("Trade receivables"), |books, _| Cell::Typed(books.closing.receivables))?;
    sheet.line(Line::euros("Cash at bank"), |books, at| {
        Cell::Formula(format!("=Cash!{at}{cash}"), books.closing.cash)
    })?;
    let assets = sheet.line(Line::total("Total assets"), |books, at| sum(at, first, 3, books.closing.assets()))?;
    sheet.section("Equity and liabilities")?;
    let first = sheet.next();
    sheet.line(Line::euros("Subscribed capital and reserves"), |books, _| Cell::Typed(books.closing.paid_in))?;
    sheet.line(Line::euros("Accumulated result"), |books, _| Cell::Typed(books.closing.accumulated))?;
    let equity = sheet.line(Line::total("Total equity"), |books, at| sum(at, first, 2, books.closing.equity()))?;
    let first = sheet.next();
    sheet.line(Line::euros("Convertible loan"), |books, _| Cell::Typed(books.closing.loan))?;
    sheet.line(Line::euros("Trade payables"), |books, _| Cell::Typed(books.closing.payables))?;
    sheet.line(Line::euros("Deferred revenue"), |books, _| Cell::Typed(books.closing.deferred))?;
    let owed =
        sheet.line(Line::total("Total liabilities"), |books, at| sum(at, first, 3, books.closing.liabilities()))?;
    let both = sheet.line(Line::total("Total equity and liabilities"), |books, at| {
        let result = books.closing.equity() + books.closing.liabilities();
        Cell::Formula(format!("={at}{equity}+{at}{owed}"), result)
    })?;
    sheet.line(Line::euros("Check (must be zero)"), |books, at| {
        let result = books.closing.assets() - books.closing.equity() - books.closing.liabilities();
        Cell::Formula(format!("={at}{assets}-{at}{both}"), result)
    })?;
    Ok(())
}
