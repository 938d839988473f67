//! Workbooks: one part per sheet, with the stored values, the formulas and the number formats.
//!
//! Sheets are read event by event, so a sheet costs what its filled cells cost, whatever size it claims. Values are the
//! results that the file stores; no formula is ever run.

mod cell;
mod formula;
mod merge;
mod sheet;
mod strings;
mod styles;
mod workbook;

use model::{CellRef, Document, DocumentKind, Layout, Part, Reading, SheetCell, SheetLayout, Unread};

use crate::composer::Composer;
use crate::package::Package;
use crate::{Limits, ReadError, Sink, Source};
use sheet::{Room, Sheet};
use strings::SharedStrings;
use styles::Styles;
use workbook::{SheetEntry, Workbook};

/// Reads a workbook.
pub(crate) fn read(source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<Document, ReadError> {
    let mut package = Package::open(source, limits)?;
    let main = package.main_part("workbook")?;
    let workbook = Workbook::read(&mut package, &main, limits.parts)?;
    let relations = package.relations(&main)?;
    let strings = match relations.first("sharedStrings") {
        Some(relation) => SharedStrings::parse(&package.xml(&relation.target)?.unwrap_or_default(), limits)?,
        None => SharedStrings::default(),
    };
    let styles = match relations.first("styles") {
        Some(relation) => Styles::parse(&package.xml(&relation.target)?.unwrap_or_default())?,
        None => Styles::default(),
    };
    let mut reader = WorkbookReader {
        context: sheet::Context { strings: &strings, styles: &styles, epoch: workbook.epoch },
        room: Room::of(limits),
        parts: Vec::new(),
        without_result: 0,
        unread: Vec::new(),
    };
    for (number, entry) in (1..).zip(&workbook.sheets) {
        reader.add(&mut package, number, entry)?;
        sink.progress(number, workbook.count);
    }
    if workbook.count > limits.parts {
        let what = format!("{} more sheets: a file may have {}", workbook.count - limits.parts, limits.parts);
        reader.leave_out(None, what);
    }
    reader.finish(workbook.count, workbook.charts)
}

struct WorkbookReader<'a> {
    context: sheet::Context<'a>,
    room: Room,
    parts: Vec<Part>,
    without_result: u64,
    unread: Vec<Unread>,
}

impl WorkbookReader<'_> {
    fn add(&mut self, package: &mut Package<'_>, number: u32, entry: &SheetEntry) -> Result<(), ReadError> {
        let xml = package.xml(&entry.part)?;
        let sheet = match &xml {
            Some(xml) => Sheet::parse(xml, &self.context, &mut self.room)?,
            None => {
                self.leave_out(Some(number), "the sheet is not in the file".to_owned());
                Sheet::default()
            }
        };
        if sheet.cut {
            self.leave_out(Some(number), "the rest of the sheet: it holds more than a file may".to_owned());
        }
        if sheet.lost_strings > 0 {
            self.leave_out(Some(number), format!("{} cells whose text is not in the file", sheet.lost_strings));
        }
        self.without_result += sheet.without_result;
        self.parts.push(part(number, entry, sheet));
        Ok(())
    }

    fn leave_out(&mut self, part: Option<u32>, what: String) {
        self.unread.push(Unread { part, what });
    }

    fn finish(mut self, of: u32, charts: usize) -> Result<Document, ReadError> {
        if self.without_result > 0 {
            let (count, have) = counted(self.without_result, "formula", "has", "have");
            let what = format!("{count} {have} no stored result: open and save the file in Excel");
            self.leave_out(None, what);
        }
        if charts > 0 {
            let (count, _) = counted(charts as u64, "chart sheet", "", "");
            self.leave_out(None, format!("{count}: charts repeat the data of the other sheets"));
        }
        let filled = self.parts.iter().any(|part| !part.text.is_empty());
        if !filled && self.unread.is_empty() {
            return Err(ReadError::Empty);
        }
        let read = if filled { u32::try_from(self.parts.len()).unwrap_or(u32::MAX) } else { 0 };
        let reading = Reading { parts: of, read, unread: self.unread, ..Reading::default() };
        Ok(Document { kind: DocumentKind::Xlsx, parts: self.parts, reading })
    }
}

fn counted(number: u64, word: &str, one: &'static str, many: &'static str) -> (String, &'static str) {
    if number == 1 { (format!("1 {word}"), one) } else { (format!("{number} {word}s"), many) }
}

fn part(number: u32, entry: &SheetEntry, sheet: Sheet) -> Part {
    let (text, layout) = compose(sheet.cells, entry.hidden);
    let name = Some(entry.name.clone()).filter(|name| !name.is_empty());
    Part { number, name, text, layout: Layout::Sheet(layout), tables: Vec::new() }
}

/// Puts cells together, which must be sorted by row, then column.
pub(crate) fn compose(cells: Vec<FilledCell>, hidden: bool) -> (String, SheetLayout) {
    let mut composer = Composer::default();
    let mut layout = SheetLayout { rows: 0, columns: 0, hidden, cells: Vec::with_capacity(cells.len()) };
    let mut row = None;
    for FilledCell { at, shown, value, formula, format } in cells {
        match row {
            Some(above) if above == at.row => composer.push("\t"),
            Some(_) => composer.push("\n"),
            None => composer.push(""),
        };
        row = Some(at.row);
        layout.rows = layout.rows.max(at.row.saturating_add(1));
        layout.columns = layout.columns.max(at.column.saturating_add(1));
        let span = composer.push(&shown);
        layout.cells.push(SheetCell { at, span, value, formula, format });
    }
    if !composer.is_empty() {
        composer.push("\n");
    }
    (composer.finish(), layout)
}

/// A cell that holds something, before it has its place in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FilledCell {
    pub(crate) at: CellRef,
    pub(crate) shown: String,
    pub(crate) value: model::CellValue,
    pub(crate) formula: Option<String>,
    pub(crate) format: Option<String>,
}
