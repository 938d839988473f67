//! PDF (ISO 32000), through poppler's programs.
//!
//! The text of all pages comes first; then pages without text of their own are recognised. A page that cannot be read
//! costs that page; only if no page can be read does the file fail.

mod drawing;
mod images;
mod picture;
mod scan;
mod structure;
mod text;
mod thumbnails;

use model::{Document, DocumentKind, Layout, Part, Reading, TextSource, Unread};

use crate::tools::Times;
use crate::{Limits, ReadError, Sink, Source};

/// Reads a PDF.
pub(crate) fn read(source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<Document, ReadError> {
    read_in(&Times::default(), source, limits, sink)
}

/// Draws its pages small. A page that cannot be drawn goes without.
pub(crate) fn thumbnails(source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let times = Times::default();
    let structure = structure::ask(&times, source, limits)?;
    thumbnails::draw(&Pdf { times: &times, file: source.file, structure: &structure, limits }, sink)
}

/// Draws one of its pages so that it can be read.
pub(crate) fn picture(source: &Source<'_>, limits: &Limits, number: u32) -> Result<Vec<u8>, ReadError> {
    picture::draw(&Times::default(), source, limits, number)
}

fn read_in(times: &Times, source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<Document, ReadError> {
    let structure = structure::ask(times, source, limits)?;
    let pdf = Pdf { times, file: source.file, structure: &structure, limits };
    let text::Pass { mut parts, mut unread } = text::read(&pdf, sink)?;
    let recognised = scan::read(&pdf, &mut parts, &mut unread, sink)?;
    let reading = reading(&structure, &parts, unread, recognised);
    Ok(Document { kind: DocumentKind::Pdf, parts, reading })
}

/// A PDF that is being read.
struct Pdf<'a> {
    times: &'a Times,
    file: &'a std::fs::File,
    structure: &'a structure::Structure,
    limits: &'a Limits,
}

fn reading(structure: &structure::Structure, parts: &[Part], mut unread: Vec<Unread>, by_ocr: scan::Tally) -> Reading {
    let silent: Vec<u32> = parts.iter().filter(|part| !has_words(part)).map(|part| part.number).collect();
    let read = parts.len() - silent.len();
    if read > 0 {
        for number in silent {
            if !unread.iter().any(|said| said.part == Some(number)) {
                unread.push(Unread { part: Some(number), what: "no text found".to_owned() });
            }
        }
    }
    unread.sort_by_key(|said| said.part.unwrap_or(u32::MAX));
    Reading {
        parts: structure.pages,
        read: u32::try_from(read).unwrap_or(u32::MAX),
        by_ocr: by_ocr.pages,
        ocr_confidence: by_ocr.confidence(),
        unread,
    }
}

fn has_words(part: &Part) -> bool {
    matches!(&part.layout, Layout::Page(page) if page.source != TextSource::Nothing)
}

#[cfg(test)]
mod tests;
