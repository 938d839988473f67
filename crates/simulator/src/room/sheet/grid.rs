//! Cells before they are a workbook: each knows what it shows, how, and which figure it is.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::room::truth::{Figure, Place, Placed};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Words.
    Words(String),
    /// A number that is typed in.
    Number(Decimal),
    /// A formula without its `=`, and its result.
    Formula(String, Decimal),
    /// A day.
    Day(NaiveDate),
}

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Bold.
    pub bold: bool,
    /// On a dark band.
    pub band: bool,
    /// Grey and italic.
    pub faint: bool,
    /// A line above.
    pub ruled: bool,
    /// To the right.
    pub right: bool,
    /// Excel's format of numbers.
    pub format: &'static str,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What stands in it.
    pub content: Content,
    /// How it looks.
    pub look: Look,
    /// Which figure it is, if any.
    pub figure: Option<Figure>,
}

/// A sheet. Rows and columns are counted from 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its cells.
    pub cells: BTreeMap<(u32, u16), Cell>,
    /// Cells that are one: row, first and last column.
    pub merged: Vec<(u32, u16, u16)>,
    /// The first cell that scrolls.
    pub frozen: Option<(u32, u16)>,
    /// Widths of columns.
    pub widths: Vec<(u16, f64)>,
    /// Whether it is hidden.
    pub hidden: bool,
}

impl Sheet {
    /// An empty sheet. A name of more than 31 letters is cut, as Excel wants it.
    pub fn new(name: &str) -> Self {
        Self { name: name.chars().take(31).collect(), ..Self::default() }
    }

    /// Writes words.
    pub fn words(&mut self, row: u32, column: u16, words: impl Into<String>, look: Look) {
        self.cells.insert((row, column), Cell { content: Content::Words(words.into()), look, figure: None });
    }

    /// Writes a number with its figure.
    pub fn number(&mut self, row: u32, column: u16, value: Decimal, look: Look, figure: Option<Figure>) {
        self.cells.insert((row, column), Cell { content: Content::Number(value), look, figure });
    }

    /// Writes a cell.
    pub fn put(&mut self, row: u32, column: u16, content: Content, look: Look, figure: Option<Figure>) {
        self.cells.insert((row, column), Cell { content, look, figure });
    }

    /// The figures at their cells; without the sheet's name in CSV.
    pub fn placed(&self, named: bool) -> Vec<Placed> {
        let cells = self.cells.iter().filter_map(|((row, column), cell)| {
            let at = format!("{}{}", letters(*column), row + 1);
            let cell_name = if named { format!("{}!{at}", self.name) } else { at };
            Some(Placed { place: Place::Cell(cell_name), figure: cell.figure.clone()? })
        });
        cells.collect()
    }
}

/// The letters of a column, from 0.
pub fn letters(column: u16) -> String {
    let letter = |at: u16| char::from(b'A' + u8::try_from(at).unwrap_or_default());
    if column < 26 { letter(column).to_string() } else { format!("{}{}", letter(column / 26 - 1), letter(column % 26)) }
}
