//! V-012: totals of tables add up. Peer-column rule: a total is doubted only if the same row does add up in another
//! column, as otherwise the rows above may not be its parts at all.

use std::collections::BTreeMap;

use model::{DocumentRole, Part, Place, Severity};
use rust_decimal::Decimal;

use super::{Checked, Rule, Trial};
use crate::Room;
use crate::book::Book;
use crate::extract::{Grid, grids};
use crate::lines::Piece;
use crate::setting::Setting;
use crate::words::fold;

const TOTAL: [&str; 8] = ["total", "totals", "sum", "subtotal", "summe", "gesamt", "zwischensumme", "total général"];

/// Parts of a total at most; longer runs are lists.
const MOST_PARTS: u32 = 60;

pub(super) fn check(book: &Book<'_>) -> Checked {
    let rule = Rule { id: "V-012", title: "Totals of tables add up", severity: Severity::High };
    let mut trials = Vec::new();
    for source in &book.sources {
        let Ok(document) = &source.input.document else { continue };
        if source.survey.role == DocumentRole::CapTable {
            continue;
        }
        let setting = Setting::of(source.input.version, &source.survey, Room::default());
        for part in &document.parts {
            for grid in grids(part) {
                trials.extend(table(&setting, part, &grid));
            }
        }
    }
    rule.judge(trials, "a table with a total over several columns")
}

fn table(setting: &Setting, part: &Part, grid: &Grid<'_>) -> Vec<Trial> {
    let rows = grid.rows();
    rows.iter().filter(|row| is_total(grid, **row)).flat_map(|row| total(setting, part, grid, *row)).collect()
}

fn is_total(grid: &Grid<'_>, row: u32) -> bool {
    let label = grid
        .row(row)
        .find(|(_, cell)| cell.is_text())
        .map(|(_, cell)| fold(cell.piece.text.trim()))
        .unwrap_or_default();
    TOTAL.iter().any(|word| label == *word || label.starts_with(&format!("{word} ")))
}

/// Columns of a total row: how its value stands to the sum of the run of figures right above.
fn total(setting: &Setting, part: &Part, grid: &Grid<'_>, row: u32) -> Vec<Trial> {
    let mut columns: BTreeMap<u32, (Decimal, Decimal, Piece<'_>)> = BTreeMap::new();
    let mut heights = Vec::new();
    for (column, cell) in grid.row(row) {
        let Some(number) = cell.number_in(setting).filter(|number| !number.scaled) else { continue };
        let mut parts = Vec::new();
        for above in (row.saturating_sub(MOST_PARTS)..row).rev() {
            match grid.cell(above, column).and_then(|cell| cell.number_in(setting)) {
                Some(part) if !is_total(grid, above) => parts.push(part.value),
                _ => break,
            }
        }
        let sum = parts.iter().try_fold(Decimal::ZERO, |sum, value| sum.checked_add(*value));
        if let Some(sum) = sum.filter(|_| parts.len() >= 2) {
            heights.push(parts.len());
            columns.insert(column, (number.value, sum, cell.piece));
        }
    }
    heights.dedup();
    let open = Decimal::new(5, 1) * Decimal::from(heights.first().copied().unwrap_or(0));
    let foots = |value: Decimal, sum: Decimal| {
        let rounding = if grid.is_sheet { Decimal::new(1, 2).max(value.abs() * Decimal::new(1, 9)) } else { open };
        (value - sum).abs() <= rounding
    };
    let good = columns.values().filter(|(value, sum, _)| foots(*value, *sum) && !value.is_zero()).count();
    let bad: Vec<&(Decimal, Decimal, Piece<'_>)> =
        columns.values().filter(|(value, sum, _)| !foots(*value, *sum)).collect();
    // Where most columns fail the run above is not what is added up.
    if heights.len() != 1 || good == 0 || bad.len() > good {
        return Vec::new();
    }
    if bad.is_empty() {
        return columns.values().next().map(|(_, _, piece)| trial(setting, part, piece, true)).into_iter().collect();
    }
    bad.into_iter().map(|(_, _, piece)| trial(setting, part, piece, false)).collect()
}

fn trial(setting: &Setting, part: &Part, piece: &Piece<'_>, held: bool) -> Trial {
    let place: Place = part.place(setting.version, piece.whole());
    let says = if held {
        "adds up in every column"
    } else {
        "is not the sum of the figures above it, while the same row adds up in other columns"
    };
    Trial { held, detail: format!("The total at {{{{cite:P0}}}} {says}."), places: vec![place] }
}
