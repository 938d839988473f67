//! Where on a page tables stand: runs of rows whose values share columns, with the headings over them.

use super::Found;
use super::bands::Bands;
use super::rows::{Row, rows};

/// Rows of headings that are looked for over a table.
const HEADINGS: usize = 8;

/// Rows without values that may stand between two rows with values.
const WITHIN: usize = 4;

/// Pages with more words than this are not searched: no person laid them out.
const WORDS: usize = 20_000;

/// A table as places of words, row by row, column by column.
#[derive(Debug, Clone)]
pub(crate) struct Region {
    /// Number of columns.
    pub(crate) columns: usize,
    /// The rows from top to bottom; a row is a list of columns with their words.
    pub(crate) rows: Vec<Vec<(usize, Vec<usize>)>>,
}

/// The tables of a page, from top to bottom.
pub(crate) fn regions(words: &[Found]) -> Vec<Region> {
    if words.len() > WORDS {
        return Vec::new();
    }
    let rows = rows(words);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = rows.iter().skip(from).position(Row::tabular).map(|at| at + from) {
        let end = end_of(&rows, start);
        let upper = from;
        from = end;
        let inside = rows.get(start..end).unwrap_or_default();
        if let Some(bands) = Bands::find(inside.iter().filter(|row| row.tabular())) {
            let top = top_of(&rows, upper, start, &bands);
            let all = rows.get(top..end).unwrap_or_default();
            found
                .push(Region { columns: bands.len(), rows: all.iter().map(|row| cells(row, &bands, words)).collect() });
        }
    }
    found
}

/// The row after the last of the table that begins at `start`.
fn end_of(rows: &[Row], start: usize) -> usize {
    let mut end = start + 1;
    let mut bands: Option<Bands> = None;
    for at in start + 1..rows.len() {
        let (Some(last), Some(row)) = (rows.get(at - 1), rows.get(at)) else { break };
        if row.y0 - last.y1 > 2.5 * row.height().max(last.height()) || at - end > WITHIN {
            break;
        }
        if row.tabular() {
            let inside = rows.get(start..end).unwrap_or_default();
            let pair = inside.iter().rev().find(|row| row.tabular()).into_iter().chain([row]);
            let joins = bands.as_ref().is_some_and(|bands| bands.continue_in(row)) || Bands::find(pair).is_some();
            if !joins {
                break;
            }
            end = at + 1;
            let inside = rows.get(start..end).unwrap_or_default();
            bands = Bands::find(inside.iter().filter(|row| row.tabular()));
        } else if !bands.as_ref().is_some_and(|bands| bands.labels(row) || bands.heads(row)) && end > start + 1 {
            break;
        }
    }
    end
}

/// The first row of the headings over a table.
fn top_of(rows: &[Row], upper: usize, start: usize, bands: &Bands) -> usize {
    let mut top = start;
    let mut at = start;
    while let Some(above) = at.checked_sub(1).filter(|above| *above >= upper && start - above <= HEADINGS) {
        let (Some(row), Some(below)) = (rows.get(above), rows.get(at)) else { break };
        if below.y0 - row.y1 > 1.5 * row.height().max(below.height()) {
            break;
        }
        if bands.heads(row) {
            top = above;
        } else if !bands.labels(row) {
            break;
        }
        at = above;
    }
    top
}

fn cells(row: &Row, bands: &Bands, words: &[Found]) -> Vec<(usize, Vec<usize>)> {
    let mut cells: Vec<(usize, Vec<usize>)> = Vec::new();
    for piece in row.pieces.iter().flat_map(|piece| bands.split(piece, words)) {
        let Some(column) = bands.column(&piece) else { continue };
        match cells.last_mut() {
            // Pieces go from left to right, so a column behind the last one would be a tie in the wrong order.
            Some((last, words)) if *last >= column => words.extend(piece.words),
            _ => cells.push((column, piece.words)),
        }
    }
    cells
}
