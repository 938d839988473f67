//! Small documents for tests: a page from lines with made-up boxes, a sheet from rows.

use model::{
    Bounds, CellRef, CellValue, Document, DocumentKind, DocumentRole, DocumentVersion, Layout, PageLayout, Part,
    Reading, SheetCell, SheetLayout, Size, Span, Surface, Table, TableCell, TextSource, Word,
};

use crate::setting::Setting;
use crate::{Input, Room, Source, survey};

pub fn version(name: &str) -> DocumentVersion {
    DocumentVersion::of(&[name.as_bytes()])
}

pub fn input(name: &str, document: Document) -> Input {
    Input { version: version(name), name: name.to_owned(), document: Ok(document) }
}

/// What is known of documents when the report is made.
pub fn sources(inputs: &[Input]) -> Vec<Source> {
    crate::input::staged(inputs.to_vec())
}

/// What holds for a document of this role that stands alone.
pub fn setting(name: &str, document: &Document, role: DocumentRole) -> Setting {
    Setting::of(version(name), &survey::of(name, document, role), Room::default())
}

pub fn pdf(parts: Vec<Part>) -> Document {
    document(DocumentKind::Pdf, parts)
}

pub fn workbook(parts: Vec<Part>) -> Document {
    document(DocumentKind::Xlsx, parts)
}

fn document(kind: DocumentKind, parts: Vec<Part>) -> Document {
    let count = u32::try_from(parts.len()).unwrap();
    Document { kind, parts, reading: Reading { parts: count, read: count, ..Reading::default() } }
}

pub fn page(number: u32, lines: &[&str]) -> Part {
    scanned(number, lines, TextSource::TextLayer)
}

pub fn scanned(number: u32, lines: &[&str], source: TextSource) -> Part {
    let mut text = String::new();
    let mut words = Vec::new();
    let mut at = 0;
    for (row, line) in lines.iter().enumerate() {
        for (nth, word) in line.split(' ').enumerate() {
            if nth > 0 {
                text.push(' ');
                at += 1;
            }
            let length = u32::try_from(word.chars().count()).unwrap();
            let (x, y) = (at as f32, row as f32 * 20.0);
            words.push(Word {
                span: Span::new(at, at + length),
                bounds: Bounds::new(x, y, x + length as f32, y + 10.0),
            });
            text.push_str(word);
            at += length;
        }
        text.push('\n');
        at += 1;
    }
    let size = Size { width: 600.0, height: 800.0 };
    Part {
        number,
        name: None,
        text,
        layout: Layout::Page(PageLayout { surface: Surface::Pdf, size, source, words }),
        tables: Vec::new(),
    }
}

/// A page with a table: cells parted by `|`.
pub fn page_with_table(number: u32, before: &[&str], rows: &[&str]) -> Part {
    let mut lines: Vec<String> = before.iter().map(|line| (*line).to_owned()).collect();
    lines.extend(rows.iter().map(|row| row.replace('|', " ")));
    let borrowed: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut part = page(number, &borrowed);
    let mut at: u32 = before.iter().map(|line| u32::try_from(line.chars().count()).unwrap() + 1).sum();
    let (mut cells, mut columns) = (Vec::new(), 0);
    for (row, line) in rows.iter().enumerate() {
        for (column, cell) in line.split('|').enumerate() {
            let length = u32::try_from(cell.chars().count()).unwrap();
            let place = CellRef { row: u32::try_from(row).unwrap(), column: u32::try_from(column).unwrap() };
            if !cell.is_empty() {
                cells.push(TableCell { at: place, span: Span::new(at, at + length) });
            }
            columns = columns.max(place.column + 1);
            at += length + 1;
        }
    }
    part.tables.push(Table { rows: u32::try_from(rows.len()).unwrap(), columns, cells });
    part
}

/// A sheet: cells parted by `|`; a cell that is a plain number is one, `2025-06-30` is a date, the rest is text.
pub fn sheet(number: u32, name: &str, rows: &[&str]) -> Part {
    let (mut text, mut cells, mut at, mut columns) = (String::new(), Vec::new(), 0, 0);
    for (row, line) in rows.iter().enumerate() {
        for (column, shown) in line.split('|').enumerate() {
            if column > 0 {
                text.push('\t');
                at += 1;
            }
            let length = u32::try_from(shown.chars().count()).unwrap();
            let place = CellRef { row: u32::try_from(row).unwrap(), column: u32::try_from(column).unwrap() };
            if !shown.is_empty() {
                let value = match (shown.parse(), shown.parse()) {
                    (Ok(number), _) => CellValue::Number(number),
                    (_, Ok(day)) => CellValue::Date(day),
                    _ => CellValue::Text(shown.to_owned()),
                };
                let span = Span::new(at, at + length);
                cells.push(SheetCell { at: place, span, value, formula: None, format: None });
            }
            columns = columns.max(place.column + 1);
            text.push_str(shown);
            at += length;
        }
        text.push('\n');
        at += 1;
    }
    let rows = u32::try_from(rows.len()).unwrap();
    Part {
        number,
        name: Some(name.to_owned()),
        text,
        layout: Layout::Sheet(SheetLayout { rows, columns, hidden: false, cells }),
        tables: Vec::new(),
    }
}
