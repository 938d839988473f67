//! Separated values: one sheet. Encoding, delimiter and decimal mark are found once for the whole file, so that one odd
//! cell does not change what another means.

mod dialect;
mod encoding;
mod value;

use std::io::{Read, Seek, SeekFrom};

use model::{CellRef, Document, DocumentKind, Layout, Part, Reading, Unread};

use crate::xlsx::{FilledCell, compose};
use crate::{Limits, ReadError, Sink, Source};
use dialect::delimiter_of;
use value::{DecimalMark, value_of};

/// Reads a file of separated values.
pub(crate) fn read(source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<Document, ReadError> {
    let text = encoding::decode(bytes_of(source, limits)?);
    let (delimiter, text) = delimiter_of(&text);
    let (fields, cut) = fields_of(text, delimiter, limits);
    if fields.is_empty() {
        return Err(ReadError::Empty);
    }
    let mark = DecimalMark::of(fields.iter().map(|(_, field)| field.as_str()), delimiter);
    let cells = fields.into_iter().map(|(at, field)| filled(at, field, mark)).collect();
    let (text, layout) = compose(cells, false);
    let part = Part { number: 1, name: None, text, layout: Layout::Sheet(layout), tables: Vec::new() };
    sink.progress(1, 1);
    let what = "the rest of the file: it holds more than a file may".to_owned();
    let unread = cut.then_some(Unread { part: None, what }).into_iter().collect();
    let reading = Reading { parts: 1, read: 1, unread, ..Reading::default() };
    Ok(Document { kind: DocumentKind::Csv, parts: vec![part], reading })
}

fn bytes_of(source: &Source<'_>, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let failed = |_| ReadError::Internal("the file does not let itself be read".to_owned());
    let mut file = source.file;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(limits.unpacked_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.unpacked_bytes {
        return Err(ReadError::TooBig(format!("it has more than {} MiB", limits.unpacked_bytes / (1024 * 1024))));
    }
    Ok(bytes)
}

/// The fields that hold something, by row, then column; true if the limits ended the reading.
fn fields_of(text: &str, delimiter: u8, limits: &Limits) -> (Vec<(CellRef, String)>, bool) {
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut record = ::csv::StringRecord::new();
    let (mut fields, mut characters) = (Vec::new(), 0usize);
    let mut row = 0u32;
    while reader.read_record(&mut record).unwrap_or(false) {
        row = row.saturating_add(blank_lines(&record, reader.position(), text));
        for (column, field) in (0u32..).zip(&record) {
            let field = shown(field);
            if field.is_empty() {
                continue;
            }
            characters = characters.saturating_add(field.chars().count() + 1);
            if fields.len() >= limits.cells as usize || characters > limits.characters as usize {
                return (fields, true);
            }
            fields.push((CellRef { row, column }, field));
        }
        row = row.saturating_add(1);
    }
    (fields, false)
}

/// Empty lines before a record: those that it took beyond its own. The reader passes over them, people count them.
fn blank_lines(record: &::csv::StringRecord, end: &::csv::Position, text: &str) -> u32 {
    let start = record.position().map_or(end.line(), ::csv::Position::line);
    let within: usize = record.iter().map(|field| field.bytes().filter(|byte| *byte == b'\n').count()).sum();
    let unended = usize::try_from(end.byte()).is_ok_and(|byte| byte >= text.len()) && !text.ends_with('\n');
    let own = u64::try_from(within).unwrap_or(u64::MAX).saturating_add(u64::from(!unended));
    u32::try_from(end.line().saturating_sub(start).saturating_sub(own)).unwrap_or(0)
}

/// A field as written, but as one line: a tab or line break in it would look like a further cell or row.
fn shown(field: &str) -> String {
    let line: String = field.chars().map(|found| if found.is_control() { ' ' } else { found }).collect();
    line.trim().to_owned()
}

fn filled(at: CellRef, shown: String, mark: DecimalMark) -> FilledCell {
    FilledCell { at, value: value_of(&shown, mark), shown, formula: None, format: None }
}
