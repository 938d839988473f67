//! The cells of one sheet (ECMA-376 part 1, 18.3), read event by event.

use std::collections::HashMap;

use model::{CellRef, CellValue};

use super::FilledCell;
use super::cell::{Stored, value_of};
use super::formula::shifted;
use super::merge::{Merge, drop_covered};
use super::strings::{SharedStrings, rich_text};
use super::styles::Styles;
use crate::package::number::Epoch;
use crate::package::{Events, Tag, Token};
use crate::{Limits, ReadError};

/// Excel takes no longer formula than this.
const LONGEST_FORMULA: usize = 8_192;

/// Areas of merged cells on one sheet; what is beyond is read as if it were not merged.
const MOST_MERGES: usize = 100_000;

/// What all sheets of a workbook share.
pub(super) struct Context<'a> {
    pub(super) strings: &'a SharedStrings,
    pub(super) styles: &'a Styles,
    pub(super) epoch: Epoch,
}

/// What is left of the limits for further cells.
pub(super) struct Room {
    cells: u32,
    characters: u64,
    /// Formulas are not text, but fill the memory as it does: they have as much room again.
    formulas: u64,
}

impl Room {
    pub(super) fn of(limits: &Limits) -> Self {
        Self { cells: limits.cells, characters: u64::from(limits.characters), formulas: u64::from(limits.characters) }
    }

    /// Takes the room of a cell with its tab; false if there is none.
    fn take(&mut self, text: usize, formula: usize) -> bool {
        let size = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
        let left =
            self.characters.checked_sub(size(text).saturating_add(1)).zip(self.formulas.checked_sub(size(formula)));
        match left {
            Some((characters, formulas)) if self.cells > 0 => {
                *self = Self { cells: self.cells - 1, characters, formulas };
                true
            }
            _ => false,
        }
    }
}

/// What a sheet holds.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// By row, then column.
    pub(super) cells: Vec<FilledCell>,
    /// Formulas whose result is not in the file.
    pub(super) without_result: u64,
    /// Cells whose text is not among the shared ones.
    pub(super) lost_strings: u64,
    /// The limits ended the reading.
    pub(super) cut: bool,
}

impl Sheet {
    pub(super) fn parse(xml: &str, context: &Context<'_>, room: &mut Room) -> Result<Self, ReadError> {
        let mut reader = SheetReader {
            events: Events::new(xml),
            context,
            room,
            sheet: Self::default(),
            at: CellRef { row: 0, column: 0 },
            next_row: 0,
            shared: HashMap::new(),
            merges: Vec::new(),
        };
        reader.read()?;
        let SheetReader { mut sheet, merges, .. } = reader;
        sheet.cells.sort_by_key(|cell| cell.at);
        sheet.cells.dedup_by_key(|cell| cell.at);
        drop_covered(&mut sheet.cells, merges);
        Ok(sheet)
    }
}

struct SheetReader<'a, 'x> {
    events: Events<'x>,
    context: &'a Context<'a>,
    room: &'a mut Room,
    sheet: Sheet,
    /// Where the next cell stands that does not say where.
    at: CellRef,
    /// The row of the next row that does not say which it is.
    next_row: u32,
    /// Formulas that further cells share, with the cell that they are written for.
    shared: HashMap<String, (CellRef, String)>,
    merges: Vec<Merge>,
}

impl SheetReader<'_, '_> {
    fn read(&mut self) -> Result<(), ReadError> {
        while let Some(token) = self.events.next()? {
            let Token::Open(tag) = token else { continue };
            match tag.name() {
                "row" => {
                    self.at = CellRef { row: row_of(&tag).unwrap_or(self.next_row), column: 0 };
                    self.next_row = self.at.row.saturating_add(1);
                }
                "c" => self.read_cell(&tag)?,
                "mergeCell" if self.merges.len() < MOST_MERGES => {
                    self.merges.extend(tag.attribute("ref").and_then(|area| Merge::parse(&area)));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read_cell(&mut self, tag: &Tag<'_>) -> Result<(), ReadError> {
        let at = tag.attribute("r").and_then(|name| name.parse().ok()).unwrap_or(self.at);
        let kind = tag.attribute("t").unwrap_or_default();
        let style = tag.attribute("s").and_then(|style| style.parse().ok()).unwrap_or(0);
        let (mut stored, mut formula) = (None, None);
        let mut depth = 1usize;
        while depth > 0 {
            match self.events.next()? {
                Some(Token::Open(inner)) => match inner.name() {
                    "v" => stored = Some(self.events.text()?),
                    "is" => stored = Some(rich_text(&mut self.events)?),
                    "f" => formula = Some(self.read_formula(&inner, at)?),
                    _ => depth += 1,
                },
                Some(Token::Close) => depth -= 1,
                Some(Token::Text(_)) => {}
                None => break,
            }
        }
        self.at = CellRef { row: at.row, column: at.column.saturating_add(1) };
        if !self.sheet.cut && on_sheet(at) {
            self.keep(at, &kind, style, stored, formula);
        }
        Ok(())
    }

    fn keep(&mut self, at: CellRef, kind: &str, style: usize, stored: Option<String>, formula: Option<Formula>) {
        let format = self.context.styles.get(style);
        match value_of(kind, stored.as_deref(), format, self.context) {
            Stored::Value(value, shown) => {
                let formula = formula.and_then(|formula| self.written_out(formula, at));
                let stored = if let CellValue::Text(text) = &value { text.len() } else { 0 };
                if !self.room.take(shown.len().max(stored), formula.as_ref().map_or(0, String::len)) {
                    self.sheet.cut = true;
                    return;
                }
                let format = format.map(|format| format.code.clone());
                self.sheet.cells.push(FilledCell { at, shown, value, formula, format });
            }
            Stored::LostString => self.sheet.lost_strings += 1,
            Stored::Nothing if formula.is_some() && kind != "str" => self.sheet.without_result += 1,
            Stored::Nothing => {}
        }
    }

    /// A formula as it stands in a cell; only for cells that are kept, since a shared one may be long and in many.
    fn written_out(&self, formula: Formula, at: CellRef) -> Option<String> {
        let written = match formula {
            Formula::Own(written) => Some(written),
            Formula::Shared(index) => self.shared.get(&index).map(|(from, written)| shifted(written, *from, at)),
        };
        written.filter(|written| !written.is_empty())
    }

    fn read_formula(&mut self, tag: &Tag<'_>, at: CellRef) -> Result<Formula, ReadError> {
        let written = Some(self.events.text()?).filter(|written| written.len() <= LONGEST_FORMULA).unwrap_or_default();
        let index = tag.attribute("si").filter(|_| tag.attribute("t").as_deref() == Some("shared"));
        let Some(index) = index else { return Ok(Formula::Own(written)) };
        if written.is_empty() {
            return Ok(Formula::Shared(index));
        }
        self.shared.insert(index, (at, written.clone()));
        Ok(Formula::Own(written))
    }
}

/// A formula as a cell has it.
enum Formula {
    /// Its own.
    Own(String),
    /// That of another cell, by its index.
    Shared(String),
}

fn row_of(tag: &Tag<'_>) -> Option<u32> {
    let row: u32 = tag.attribute("r")?.parse().ok()?;
    row.checked_sub(1).filter(|row| *row < 1_048_576)
}

fn on_sheet(at: CellRef) -> bool {
    at.row < 1_048_576 && at.column < 16_384
}
