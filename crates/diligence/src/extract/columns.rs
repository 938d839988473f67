//! The columns of a grid: which period and basis each is for.
//!
//! A header row has at least two periods, or one beside a word. Periods must run one way without repeats within one basis;
//! where they do not, the header cannot be trusted and its columns are not read.

use std::collections::BTreeMap;

use chrono::Datelike as _;
use model::{Basis, Period, PeriodKind};

use super::cells::{Cell, Grid};
use crate::basis::said;
use crate::period::{last_day, months_between, period_of};
use crate::words::has_any;

/// Words of headers that make a column speak of more than its period.
pub(super) const OF_SEVERAL: [&str; 11] =
    ["variance", "var", "change", "growth", "yoy", "cagr", "delta", "vs", "total", "ytd", "average"];

/// A column of figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its period.
    pub period: Period,
    /// Its basis, if the header says it.
    pub basis: Option<Basis>,
    /// Text of its header.
    pub header: String,
    /// Its period is numbered and not dated: `Year 2`.
    pub numbered: bool,
}

/// A header with the rows that it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The header's row.
    pub header: u32,
    /// The row after the last that it is for.
    pub end: u32,
    /// Its columns.
    pub columns: BTreeMap<u32, Column>,
}

/// The blocks of a grid, top to bottom.
pub fn blocks(grid: &Grid<'_>) -> Vec<Block> {
    let rows = grid.rows();
    let headers: Vec<u32> = rows.iter().copied().filter(|row| is_header(grid, *row)).collect();
    let last = rows.last().map_or(0, |row| row + 1);
    headers
        .iter()
        .enumerate()
        .filter_map(|(at, header)| {
            let end = headers.get(at + 1).copied().unwrap_or(last);
            let columns = columns(grid, *header)?;
            Some(Block { header: *header, end, columns })
        })
        .collect()
}

fn is_header(grid: &Grid<'_>, row: u32) -> bool {
    let mut periods = 0;
    let mut figures = 0;
    let mut words = 0;
    for (_, cell) in grid.row(row) {
        match period(cell) {
            Some(_) => periods += 1,
            None if cell.number.is_some() => figures += 1,
            None if cell.is_text() => words += 1,
            None => {}
        }
    }
    let by_number = grid.row(row).filter(|(_, cell)| cell.number.is_some()).count();
    if periods == 0 && numbered(grid, row).is_some() {
        return true;
    }
    // A row of years needs company: 2,000 and 2,020 may be figures.
    figures == 0 && (periods >= 2 || (periods == 1 && words >= 1 && by_number == 0 && grid.row(row).count() <= 4))
}

/// The period of a header cell: it must be what the cell is about, not a date in a sentence.
fn period(cell: &Cell<'_>) -> Option<crate::period::FoundPeriod> {
    let found = cell.period()?;
    let rest = cell.piece.text.len() - (found.end - found.start);
    let before = cell.piece.text.get(..found.start).unwrap_or_default().trim_end();
    // "January–June 2023" is more than June.
    let ranges = found.period.kind == PeriodKind::Month && before.ends_with(['–', '—', '-']);
    (rest <= 24 && !ranges).then_some(found)
}

fn columns(grid: &Grid<'_>, header: u32) -> Option<BTreeMap<u32, Column>> {
    if let Some(columns) = numbered(grid, header) {
        return Some(columns);
    }
    let mut columns = BTreeMap::new();
    for (column, cell) in grid.row(header) {
        let Some(found) = period(cell) else { continue };
        let folded = cell.folded();
        if has_any(&folded, &OF_SEVERAL) {
            continue;
        }
        let basis = found.basis.or_else(|| said(&folded)).or_else(|| beside(grid, header, column));
        let period = day_above(grid, header, column, found.period);
        columns.insert(column, Column { period, basis, header: cell.piece.text.to_owned(), numbered: false });
    }
    drop_label_column(grid, header, &mut columns);
    spacing(&mut columns);
    actual_before_forecast(&mut columns);
    run_one_way(&columns).then_some(columns).filter(|columns| !columns.is_empty())
}

/// The columns of a plan that counts its periods and dates none of them: `Year 1`, `Year 2`, `Year 3`. They count up from
/// 1, or from 0.
fn numbered(grid: &Grid<'_>, header: u32) -> Option<BTreeMap<u32, Column>> {
    let mut columns = BTreeMap::new();
    let mut last: Option<(String, u32)> = None;
    for (at, cell) in grid.row(header) {
        let folded = cell.folded();
        let Some((unit, number)) = counted(&folded) else {
            if period(cell).is_some() {
                return None;
            }
            continue;
        };
        let goes_on = match &last {
            None => number <= 1,
            Some((before, so_far)) => *before == unit && number == so_far + 1,
        };
        if !goes_on {
            return None;
        }
        last = Some((unit.to_owned(), number));
        let header = cell.piece.text.to_owned();
        columns.insert(at, Column { period: Period::UNKNOWN, basis: said(&folded), header, numbered: true });
    }
    (columns.len() > 1).then_some(columns)
}

/// `year 2` is the second year.
fn counted(folded: &str) -> Option<(&str, u32)> {
    const UNITS: [&str; 17] = [
        "year",
        "yr",
        "y",
        "jahr",
        "année",
        "an",
        "año",
        "month",
        "mo",
        "m",
        "monat",
        "mois",
        "mes",
        "quarter",
        "q",
        "quartal",
        "trimestre",
    ];
    let digits = folded.find(|sign: char| sign.is_ascii_digit())?;
    let (unit, number) = folded.split_at(digits);
    let unit = unit.trim_end();
    (UNITS.contains(&unit) && number.len() <= 2).then_some(())?;
    Some((unit, number.parse().ok()?))
}

/// The year that ends on the day that stands right above it: `January 28,` over `2023`.
fn day_above(grid: &Grid<'_>, header: u32, column: u32, period: Period) -> Period {
    let above = header.checked_sub(1).and_then(|row| grid.cell(row, column)).map(|cell| cell.piece.text.trim());
    let year = period.end.filter(|_| period.kind == PeriodKind::Year).map(|end| end.format("%Y").to_string());
    let Some((above, year)) = above.zip(year) else { return period };
    match period_of(&format!("{above} {year}")).map(|found| found.period) {
        Some(Period { kind: PeriodKind::Instant, end: Some(day) }) => Period::ending(PeriodKind::Year, day),
        _ => period,
    }
}

/// "Actual" and "Forecast" in the row above or below, where merged cells carry to the right.
fn beside(grid: &Grid<'_>, header: u32, column: u32) -> Option<Basis> {
    let row_below = Some(header + 1);
    let row_above = header.checked_sub(1);
    row_below.into_iter().chain(row_above).find_map(|row| {
        let all_words = grid.row(row).filter(|(at, _)| *at > 0).all(|(_, cell)| cell.is_text());
        let (_, cell) = grid.row(row).filter(|(at, _)| *at <= column && *at > 0).last()?;
        (all_words && cell.piece.text.split_whitespace().count() <= 3).then(|| said(&cell.folded())).flatten()
    })
}

/// "Jun 2022 - May 2025" in the label's column is a caption.
fn drop_label_column(grid: &Grid<'_>, header: u32, columns: &mut BTreeMap<u32, Column>) {
    let first = grid.row(header).map(|(column, _)| column).next();
    let labels = |column: u32| {
        let below = grid.cells.range((header + 1, 0)..=(header + 12, u32::MAX));
        let cells: Vec<&Cell<'_>> = below.filter(|((_, at), _)| *at == column).map(|(_, cell)| cell).collect();
        let figure = |cell: &&Cell<'_>| !cell.is_text() && cell.piece.text.chars().any(|found| found.is_ascii_digit());
        if cells.iter().any(figure) { 0 } else { cells.iter().filter(|cell| cell.is_text()).count() }
    };
    if let Some(first) = first.filter(|first| columns.len() > 1 && labels(*first) >= 2) {
        columns.remove(&first);
    }
}

/// Months three months apart stand for quarters, twelve apart for years; last days of months stand for their months.
fn spacing(columns: &mut BTreeMap<u32, Column>) {
    let is_month = |period: Period| match (period.kind, period.end) {
        (PeriodKind::Month, _) => true,
        (PeriodKind::Instant, Some(end)) => last_day(end.year(), end.month()) == Some(end),
        _ => false,
    };
    let all_months = columns.values().all(|column| is_month(column.period));
    let ends: Vec<_> = columns.values().filter_map(|column| column.period.end).collect();
    if !all_months || ends.len() < 3 {
        return;
    }
    let steps: Vec<i32> =
        ends.windows(2).filter_map(|pair| Some(months_between(*pair.first()?, *pair.get(1)?))).collect();
    let kind = match steps.first() {
        Some(1) if steps.iter().all(|step| *step == 1) => PeriodKind::Month,
        Some(3) if steps.iter().all(|step| *step == 3) => PeriodKind::Quarter,
        Some(12) if steps.iter().all(|step| *step == 12) => PeriodKind::Year,
        _ => return,
    };
    for column in columns.values_mut() {
        column.period.kind = kind;
    }
}

/// Columns before the first that is marked as a forecast, in a header that marks none of them, have happened.
fn actual_before_forecast(columns: &mut BTreeMap<u32, Column>) {
    let first = columns
        .values()
        .filter(|column| matches!(column.basis, Some(Basis::Forecast | Basis::Budget)))
        .filter_map(|column| column.period.end)
        .min();
    for column in columns.values_mut() {
        if column.basis.is_none() && matches!((column.period.end, first), (Some(end), Some(first)) if end < first) {
            column.basis = Some(Basis::Actual);
        }
    }
}

fn run_one_way(columns: &BTreeMap<u32, Column>) -> bool {
    let mut by_kind: BTreeMap<(PeriodKind, Option<Basis>), Vec<chrono::NaiveDate>> = BTreeMap::new();
    for column in columns.values() {
        by_kind.entry((column.period.kind, column.basis)).or_default().extend(column.period.end);
    }
    by_kind.values().all(|ends| {
        let rises = ends.windows(2).all(|pair| pair.first() < pair.get(1));
        rises || ends.windows(2).all(|pair| pair.first() > pair.get(1))
    })
}
