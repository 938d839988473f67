//! The text that a PDF holds itself, page by page as `pdftotext` gives it.

use std::ffi::OsString;

use model::{Layout, PageLayout, Part, Surface, TextSource, Unread};

use super::Pdf;
use crate::page::{Found, compose, tsv};
use crate::tools::{Call, Failure, Input, Running};
use crate::{ReadError, Sink};

/// Bytes that the text may take with the boxes of its words; a stop for what the other limits do not see.
const OUTPUT: u64 = 2 * 1024 * 1024 * 1024;

/// What was read.
pub(super) struct Pass {
    /// The pages, complete from the first on.
    pub(super) parts: Vec<Part>,
    /// What was not.
    pub(super) unread: Vec<Unread>,
}

/// Reads the text of all pages that may be read.
pub(super) fn read(pdf: &Pdf<'_>, sink: &mut dyn Sink) -> Result<Pass, ReadError> {
    let pages = pdf.structure.pages_to_read();
    let mut arguments = pdf.structure.password.clone();
    arguments.extend(["-tsv", "-cropbox", "-f", "1", "-l", &pages.to_string(), "-", "-"].map(OsString::from));
    let call = Call {
        program: "pdftotext",
        arguments,
        input: Input::File(pdf.file),
        time: pdf.times.text + pdf.times.text_of_a_page * pages,
        output: OUTPUT,
    };
    let running = call.start().map_err(|failure| failure.reason("its text"))?;
    let mut gathering = Gathering { pdf, sink, parts: Vec::new(), words: None, characters: 0, done: 0 };
    match gathering.all(running) {
        Ok(()) => {}
        Err(failure) if gathering.parts.is_empty() => return Err(failure.reason("its text")),
        Err(failure) => {
            let unread = rest(&gathering.parts, pages, &format!("not read: {}", failure.of_a_page()));
            return Ok(gathering.pass(unread));
        }
    }
    let mut unread = Vec::new();
    let cut = gathering.characters > pdf.limits.characters;
    unread.extend(rest(&gathering.parts, pages, if cut { TOO_LONG } else { "not read: it is damaged" }));
    if pdf.structure.pages > pages {
        let what = format!("the pages after page {pages} are not read, for a file may have no more");
        unread.push(Unread { part: None, what });
    }
    Ok(gathering.pass(unread))
}

const TOO_LONG: &str = "not read from here on: the file holds more text than one may";

/// The first page that is missing stands for those behind it.
fn rest(parts: &[Part], pages: u32, why: &str) -> Vec<Unread> {
    let next = u32::try_from(parts.len()).unwrap_or(u32::MAX).saturating_add(1);
    let missing = next <= pages;
    missing.then(|| Unread { part: Some(next), what: why.to_owned() }).into_iter().collect()
}

struct Gathering<'a, 'p> {
    pdf: &'a Pdf<'p>,
    sink: &'a mut dyn Sink,
    parts: Vec<Part>,
    words: Option<Vec<Found>>,
    characters: u32,
    done: u32,
}

impl Gathering<'_, '_> {
    /// Takes in pages until the program ends or the characters are used up.
    fn all(&mut self, mut running: Running) -> Result<(), Failure> {
        let mut line = Vec::new();
        while running.line(&mut line).map_err(Failure::Broken)?.is_some() {
            match tsv::line(&line) {
                Some(tsv::Line::Page { number, .. }) if number == self.next() => {
                    self.close();
                    self.words = Some(Vec::new());
                }
                Some(tsv::Line::Word { word, .. }) => {
                    let length = u32::try_from(word.text.chars().count()).unwrap_or(u32::MAX);
                    self.characters = self.characters.saturating_add(length).saturating_add(1);
                    if self.characters > self.pdf.limits.characters {
                        self.words = None;
                        return Ok(());
                    }
                    self.words.get_or_insert_default().push(word);
                }
                _ => {}
            }
        }
        let ended = running.finish();
        // A program that was stopped was so in the middle of a page; one that gave up had finished its pages.
        if matches!(ended, Ok(()) | Err(Failure::Exit(_))) {
            self.close();
        }
        ended
    }

    /// Number of the page that would begin next.
    fn next(&self) -> u32 {
        let open = u32::from(self.words.is_some());
        u32::try_from(self.parts.len()).unwrap_or(u32::MAX).saturating_add(open).saturating_add(1)
    }

    fn close(&mut self) {
        let Some(words) = self.words.take() else { return };
        let number = self.next();
        let Some(sheet) = self.pdf.structure.sheet(number) else { return };
        let page = compose(&words);
        if !page.words.is_empty() {
            self.done += 1;
            self.sink.progress(self.done, self.pdf.structure.pages_to_read());
        }
        let source = if page.words.is_empty() { TextSource::Nothing } else { TextSource::TextLayer };
        self.parts.push(Part {
            number,
            name: None,
            text: page.text,
            layout: Layout::Page(PageLayout { surface: Surface::Pdf, size: sheet.size, source, words: page.words }),
            tables: page.tables,
        });
    }

    fn pass(self, unread: Vec<Unread>) -> Pass {
        Pass { parts: self.parts, unread }
    }
}
