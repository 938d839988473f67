//! The cap table: rounds, holders and the virtual pool as a workbook.

use rust_decimal::Decimal;
use rust_xlsxwriter::{FormatAlign, Workbook, Worksheet, XlsxError};

use super::RenderError;
use super::sheet::{Cell, Line, Show, date, head, title, workbook, write};
use crate::{Company, Holder};

/// The cap table as a workbook.
///
/// # Errors
///
/// If the workbook cannot be made.
pub fn cap_table_xlsx(company: &Company) -> Result<Vec<u8>, RenderError> {
    let mut book = workbook("Northwind Analytics cap table", "Northwind Analytics Finance")?;
    holders(&mut book, company)?;
    rounds(&mut book, company)?;
    loan(&mut book)?;
    Ok(book.save_to_buffer()?)
}

const NOTE: &str = "As of 30 June 2026. Nominal value EUR 1.00 a share.";

fn heads(sheet: &mut Worksheet, names: &[&str], left: usize) -> Result<(), XlsxError> {
    for (at, name) in (0u16..).zip(names) {
        let format = if usize::from(at) < left { head().set_align(FormatAlign::Left) } else { head() };
        sheet.write_string_with_format(3, at, *name, &format)?;
        if at > 0 {
            sheet.set_column_width(at, 18)?;
        }
    }
    Ok(())
}

fn holders(book: &mut Workbook, company: &Company) -> Result<(), XlsxError> {
    let table = &company.cap_table;
    let sheet = book.add_worksheet();
    title(sheet, "Cap table", "Northwind Analytics GmbH: cap table", NOTE)?;
    heads(sheet, &["Holder", "Class", "Round", "Shares", "% issued", "% fully diluted"], 3)?;
    let issued_row = 5 + to_u32(table.holders.len());
    let diluted_row = issued_row + 2 + to_u32(table.pool.len()) - 1;
    let count = Line::shown("", Show::Count);
    let part = Line::shown("", Show::Percent);
    let bold = |line: Line| Line { total: true, ..line };
    let fully = Decimal::from(table.fully_diluted());
    let share = |shares: u32, of: Decimal, row: u32, total: u32| {
        Cell::Formula(format!("=D{row}/D{total}"), Decimal::from(shares) / of)
    };
    let mut row = 4;
    let mut holder = |sheet: &mut Worksheet, holder: &Holder, in_register: bool| -> Result<(), XlsxError> {
        sheet.write_string(row, 0, holder.name)?.write_string(row, 1, holder.class)?;
        sheet.write_string(row, 2, holder.round)?;
        write(sheet, row, 3, &Cell::Typed(holder.shares.into()), count)?;
        if in_register {
            write(sheet, row, 4, &share(holder.shares, table.issued().into(), row + 1, issued_row), part)?;
        }
        write(sheet, row, 5, &share(holder.shares, fully, row + 1, diluted_row), part)?;
        row += 1;
        Ok(())
    };
    for person in &table.holders {
        holder(sheet, person, true)?;
    }
    total(sheet, issued_row, "Total issued", &format!("=SUM(D5:D{})", issued_row - 1), table.issued())?;
    write(sheet, issued_row - 1, 5, &share(table.issued(), fully, issued_row, diluted_row), bold(part))?;
    for (pool_row, option) in (issued_row..).zip(&table.pool) {
        sheet.write_string(pool_row, 0, option.name)?.write_string(pool_row, 1, option.class)?;
        sheet.write_string(pool_row, 2, option.round)?;
        write(sheet, pool_row, 3, &Cell::Typed(option.shares.into()), count)?;
        write(sheet, pool_row, 5, &share(option.shares, fully, pool_row + 1, diluted_row), part)?;
    }
    let formula = format!("=SUM(D{issued_row}:D{})", diluted_row - 1);
    total(sheet, diluted_row, "Total fully diluted", &formula, table.fully_diluted())
}

fn total(sheet: &mut Worksheet, row: u32, name: &str, formula: &str, shares: u32) -> Result<(), XlsxError> {
    let line = Line { total: true, ..Line::shown("", Show::Count) };
    sheet.write_string_with_format(row - 1, 0, name, &rust_xlsxwriter::Format::new().set_bold())?;
    write(sheet, row - 1, 3, &Cell::Formula(formula.to_owned(), shares.into()), line)
}

fn rounds(book: &mut Workbook, company: &Company) -> Result<(), XlsxError> {
    let table = &company.cap_table;
    let sheet = book.add_worksheet();
    title(sheet, "Rounds", "Northwind Analytics GmbH: rounds to date", "All amounts in EUR.")?;
    heads(sheet, &["Round", "Instrument", "Date", "Shares issued", "Price per share", "Amount raised"], 2)?;
    sheet.set_column_width(1, 24)?;
    let day = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
    for (row, round) in (4u32..).zip(&table.rounds) {
        sheet.write_string(row, 0, round.name)?.write_string(row, 1, round.instrument)?;
        sheet.write_datetime_with_format(row, 2, date(round.date)?, &day)?;
        let amount = match round.price {
            Some(price) => {
                write(sheet, row, 3, &Cell::Typed(round.shares.into()), Line::shown("", Show::Count))?;
                write(sheet, row, 4, &Cell::Typed(price), Line::euros(""))?;
                Cell::Formula(format!("=D{0}*E{0}", row + 1), round.amount)
            }
            None => Cell::Typed(round.amount),
        };
        write(sheet, row, 5, &amount, Line::euros(""))?;
    }
    let end = 4 + to_u32(table.rounds.len());
    sheet.write_string_with_format(end, 0, "Total raised to date", &rust_xlsxwriter::Format::new().set_bold())?;
    write(sheet, end, 5, &Cell::Formula(format!("=SUM(F5:F{end})"), table.raised()), Line::total(""))
}

fn loan(book: &mut Workbook) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet();
    title(sheet, "Convertible loan", "Northwind Analytics GmbH: convertible loan 2025", "Summary of terms.")?;
    sheet.set_column_width(1, 60)?;
    let terms = [
        ("Lenders", "Havelquell Seed Fund I, Nordmole Ventures"),
        ("Principal", "EUR 1,000,000"),
        ("Date", "3 November 2025"),
        ("Interest", "6 % per year, simple, accrued until conversion"),
        ("Maturity", "31 December 2027"),
        ("Discount", "20 % to the price per share of the next qualified round"),
        ("Valuation cap", "EUR 24,000,000, fully diluted, before the round"),
        ("Qualified round", "New equity of at least EUR 3,000,000"),
        ("Ranking", "Subordinated to all other creditors"),
    ];
    for (row, (name, term)) in (3u32..).zip(terms) {
        sheet.write_string(row, 0, name)?.write_string(row, 1, term)?;
    }
    Ok(())
}

fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or_default()
}
