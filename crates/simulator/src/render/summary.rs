//! The first sheet of the financial model: years beside each other, and the key figures at the cut-off.

use rust_decimal::Decimal;
use rust_xlsxwriter::{FormatAlign, Worksheet, XlsxError};

use super::model::Rows;
use super::sheet::{Cell, Line, Show, column, head, label, section, title, write};
use crate::{Company, Month, MonthBooks, Span, headcount};

const YEARS: [(&str, &str, Span); 5] = [
    ("FY2024", "Actual", Span::FY2024),
    ("FY2025", "Actual", Span::FY2025),
    ("H1 2026", "Actual", Span::H1_2026),
    ("FY2026", "Forecast", Span::FY2026),
    ("FY2027", "Forecast", Span::FY2027),
];

/// Writes the summary.
pub(super) fn write_summary(sheet: &mut Worksheet, company: &Company, rows: &Rows) -> Result<(), XlsxError> {
    title(sheet, "Summary", "Northwind Analytics GmbH: summary", "All amounts in EUR. Fiscal year = calendar year.")?;
    sheet.write_string_with_format(3, 0, "Period", &head().set_align(FormatAlign::Left))?;
    sheet.write_string_with_format(3, 1, "Unit", &head())?;
    for (at, (name, basis, _)) in (2u16..).zip(YEARS) {
        sheet.write_string_with_format(3, at, name, &head())?;
        sheet.write_string_with_format(4, at, basis, &head().set_italic())?;
        sheet.set_column_width(at, 14)?;
    }
    years(sheet, company, rows)?;
    key_figures(sheet, company, rows)?;
    sheet.set_freeze_panes(5, 2)?;
    Ok(())
}

fn years(sheet: &mut Worksheet, company: &Company, rows: &Rows) -> Result<(), XlsxError> {
    let flow = |name: &'static str, row: u32, value: fn(&MonthBooks) -> Decimal| {
        move |span: Span| Cell::Formula(over(name, row, span, "SUM"), company.sum(span, value))
    };
    let end = |name: &'static str, row: u32, value: &dyn Fn(Month) -> Decimal, span: Span| {
        Cell::Formula(format!("={name}!{}{row}", column(span.to)), value(span.to))
    };
    let revenue = flow("'P&L'", rows.revenue, MonthBooks::revenue);
    let gross = flow("'P&L'", rows.gross_profit, MonthBooks::gross_profit);
    let opex = flow("'P&L'", rows.opex, MonthBooks::opex);
    let ebitda = flow("'P&L'", rows.ebitda, MonthBooks::ebitda);
    let net = flow("'P&L'", rows.net_income, MonthBooks::net_income);
    let mut at = 5;
    let mut line = |line: Line, cell: &dyn Fn(Span, &str) -> Cell| -> Result<(), XlsxError> {
        label(sheet, at, line)?;
        for (column_at, (_, _, span)) in (2u16..).zip(YEARS) {
            write(sheet, at, column_at, &cell(span, &super::sheet::letters(column_at)), line)?;
        }
        at += 1;
        Ok(())
    };
    line(Line::total("Revenue"), &|span, _| revenue(span))?;
    line(Line::euros("Gross profit"), &|span, _| gross(span))?;
    line(Line::shown("Gross margin", Show::Percent), &|span, at| {
        Cell::Formula(format!("={at}7/{at}6"), company.gross_margin(span))
    })?;
    line(Line::euros("Operating expenses"), &|span, _| opex(span))?;
    line(Line::total("EBITDA"), &|span, _| ebitda(span))?;
    line(Line::euros("Net income"), &|span, _| net(span))?;
    line(Line::euros("ARR at period end"), &|span, _| end("MRR", rows.arr, &|month| company.arr(month), span))?;
    line(Line::euros("Cash at period end"), &|span, _| {
        end("Cash", rows.cash, &|month| company.balance(month).cash, span)
    })?;
    line(Line::shown("Headcount at period end", Show::Count), &|span, _| {
        end("Headcount", rows.heads, &|month| headcount(month).into(), span)
    })?;
    line(Line::shown("Customers at period end", Show::Count), &|span, _| match span.to.is_actual() {
        true => end("MRR", rows.customers, &|month| company.active_customers(month).into(), span),
        false => Cell::Empty,
    })
}

fn key_figures(sheet: &mut Worksheet, company: &Company, rows: &Rows) -> Result<(), XlsxError> {
    section(sheet, 16, "Key figures as of 30 June 2026")?;
    let at = Month::CUT_OFF;
    let end = |name: &str, row: u32, value: Decimal| Cell::Formula(format!("={name}!{}{row}", column(at)), value);
    let burn = over("Cash", rows.burn, Span::Q2_2026, "AVERAGE");
    let [staff, programmes] = rows.selling;
    let year = Span::TRAILING_YEAR;
    let spent = format!("SUM('P&L'!{}{staff}:{}{programmes})", column(year.from), column(year.to));
    let won: Decimal = company.customers_won(year).into();
    let lines = [
        (Line::euros("MRR"), end("MRR", rows.mrr, company.mrr(at))),
        (Line::euros("ARR"), end("MRR", rows.arr, company.arr(at))),
        (Line::shown("Paying customers", Show::Count), end("MRR", rows.customers, company.active_customers(at).into())),
        (Line::euros("Cash at bank"), end("Cash", rows.cash, company.balance(at).cash)),
        (
            Line::euros("Net burn per month (average Apr-Jun 2026)"),
            Cell::Formula(burn, company.net_burn(Span::Q2_2026)),
        ),
        (Line::shown("Runway", Show::OneDigit), Cell::Formula("=C21/C22".to_owned(), company.runway())),
        (Line::shown("Headcount (FTE)", Show::Count), end("Headcount", rows.heads, headcount(at).into())),
        (
            Line::shown("New customers, last 12 months", Show::Count),
            Cell::Formula(over("MRR", rows.won, year, "SUM"), won),
        ),
        (
            Line::euros("CAC, last 12 months (all sales & marketing)"),
            Cell::Formula(format!("={spent}/C25"), company.cac(year)),
        ),
    ];
    for (row, (line, cell)) in (17u32..).zip(lines) {
        label(sheet, row, line)?;
        write(sheet, row, 2, &cell, line)?;
    }
    Ok(())
}

/// A function over a line's months.
fn over(name: &str, row: u32, span: Span, function: &str) -> String {
    format!("={function}({name}!{}{row}:{}{row})", column(span.from), column(span.to))
}
