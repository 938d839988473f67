//! Pages that are pictures: drawn, recognised and put in the place of what little text they hold themselves.
//!
//! Two pages are recognised at a time while the next one is drawn; the drawing waits for them, so three pictures are
//! held at most.

use std::collections::{BTreeSet, VecDeque};
use std::thread::{self, Scope, ScopedJoinHandle};

use model::{Bounds, Layout, Part, TextSource, Unread};

use super::Pdf;
use super::drawing::{Drawing, Manner};
use super::images;
use crate::ocr::{Ocr, Recognised};
use crate::page::compose;
use crate::tools::Failure;
use crate::{ReadError, Sink};

/// Pages that are recognised at once.
const AT_ONCE: usize = 2;

/// Dots an inch at which pages are recognised.
const DPI: f32 = 200.0;

/// Pixels of the longer side, at most: larger pages are drawn with fewer dots.
const LONGER_SIDE: f32 = 3400.0;

/// Letters and digits below which a page with a picture over half of it is recognised.
const FEW: usize = 60;

/// How recognition went.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Pages of which it gave the text.
    pub(super) pages: u32,
    words: u32,
    sum: f32,
}

impl Tally {
    /// Mean confidence over all words.
    pub(super) fn confidence(&self) -> Option<f32> {
        (self.words > 0).then(|| self.sum / self.words as f32)
    }
}

/// Recognises the pages that need it.
pub(super) fn read(
    pdf: &Pdf<'_>,
    parts: &mut [Part],
    unread: &mut Vec<Unread>,
    sink: &mut dyn Sink,
) -> Result<Tally, ReadError> {
    let mut needed = needed(pdf, parts);
    let allowed = usize::try_from(pdf.limits.ocr_pages).unwrap_or(usize::MAX);
    for page in needed.split_off(allowed.min(needed.len())) {
        let what = format!("a picture, beyond the number that is recognised ({})", pdf.limits.ocr_pages);
        unread.push(Unread { part: Some(page), what });
    }
    if needed.is_empty() {
        return Ok(Tally::default());
    }
    let ocr = match Ocr::find(pdf.times) {
        Ok(ocr) => ocr,
        Err(error) if needed.len() == parts.len() => return Err(error),
        Err(_) => {
            let what = "a picture, and the server lacks the program that recognises text";
            unread.extend(needed.into_iter().map(|page| Unread { part: Some(page), what: what.to_owned() }));
            return Ok(Tally::default());
        }
    };
    let mut scan = Scan { pdf, ocr: &ocr, parts, unread, sink, tally: Tally::default(), left: needed.len() };
    for stretch in stretches(pdf, &needed) {
        scan.stretch(&stretch);
    }
    Ok(scan.tally)
}

/// The pages without text, and those with little text and a large picture.
fn needed(pdf: &Pdf<'_>, parts: &[Part]) -> Vec<u32> {
    let poor: Vec<(u32, usize)> =
        parts.iter().map(|part| (part.number, letters(&part.text))).filter(|(_, letters)| *letters < FEW).collect();
    let some = poor.iter().filter(|(_, letters)| *letters > 0).map(|(page, _)| *page);
    let filled = match (some.clone().min(), some.max()) {
        (Some(first), Some(last)) => images::filled(pdf, first, last),
        _ => BTreeSet::new(),
    };
    poor.into_iter().filter(|(page, letters)| *letters == 0 || filled.contains(page)).map(|(page, _)| page).collect()
}

/// Letters and digits; the signs of fonts that do not say what they mean do not count.
fn letters(text: &str) -> usize {
    text.chars().filter(|found| found.is_alphanumeric()).count()
}

/// Neighbouring pages that are drawn alike, as first, last and manner.
fn stretches(pdf: &Pdf<'_>, pages: &[u32]) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for page in pages {
        let Some(sheet) = pdf.structure.sheet(*page) else { continue };
        let longer = sheet.size.width.max(sheet.size.height);
        let side = (longer / 72.0 * DPI).clamp(1.0, LONGER_SIDE).round();
        let scale = longer / side;
        match found.last_mut() {
            Some(last) if last.last + 1 == *page && last.side == side as u32 => last.last = *page,
            _ => found.push(Stretch { first: *page, last: *page, side: side as u32, scale }),
        }
    }
    found
}

#[derive(Debug, PartialEq)]
struct Stretch {
    first: u32,
    last: u32,
    /// Pixels of the longer side.
    side: u32,
    /// Points a pixel.
    scale: f32,
}

struct Scan<'a> {
    pdf: &'a Pdf<'a>,
    ocr: &'a Ocr,
    parts: &'a mut [Part],
    unread: &'a mut Vec<Unread>,
    sink: &'a mut dyn Sink,
    tally: Tally,
    left: usize,
}

type Worker<'scope> = (u32, ScopedJoinHandle<'scope, Result<Recognised, Failure>>);

impl<'a> Scan<'a> {
    /// Draws and recognises a stretch. A page that cannot be drawn costs itself, and drawing begins anew behind it.
    fn stretch(&mut self, stretch: &Stretch) {
        let mut first = stretch.first;
        while first <= stretch.last {
            let rest = Stretch { first, ..*stretch };
            first = thread::scope(|scope| self.run(&rest, scope));
        }
    }

    /// Gives the page to go on with.
    fn run<'scope>(&mut self, stretch: &Stretch, scope: &'scope Scope<'scope, '_>) -> u32
    where
        'a: 'scope,
    {
        let mut working: VecDeque<Worker<'scope>> = VecDeque::new();
        let mut page = stretch.first;
        let failure = match self.draw(stretch) {
            Ok(mut drawing) => loop {
                match drawing.next() {
                    Ok(Some(picture)) => {
                        while working.len() >= AT_ONCE {
                            self.collect(working.pop_front(), stretch.scale);
                        }
                        let (ocr, dpi) = (self.ocr, (72.0 / stretch.scale).round() as u32);
                        let work = move || ocr.recognise(&picture.into_luma8(), dpi);
                        match thread::Builder::new().spawn_scoped(scope, work) {
                            Ok(worker) => working.push_back((page, worker)),
                            Err(error) => self.settle(page, Err(Failure::Broken(error)), stretch.scale),
                        }
                        page += 1;
                    }
                    Ok(None) => break None,
                    Err(failure) => break Some(drawing.end(failure)),
                }
            },
            Err(failure) => Some(failure),
        };
        while let Some(worker) = working.pop_front() {
            self.collect(Some(worker), stretch.scale);
        }
        if let Some(failure) = failure {
            self.settle(page, Err(failure), stretch.scale);
            page += 1;
        }
        page
    }

    fn draw(&self, stretch: &Stretch) -> Result<Drawing<'a>, Failure> {
        Drawing::start(self.pdf, stretch.first, stretch.last, Manner { longer_side: stretch.side, gray: true })
    }

    fn collect(&mut self, worker: Option<Worker<'_>>, scale: f32) {
        let Some((page, worker)) = worker else { return };
        let broken = || Failure::Broken(std::io::Error::other("the thread broke down"));
        self.settle(page, worker.join().unwrap_or_else(|_| Err(broken())), scale);
    }

    fn settle(&mut self, page: u32, recognised: Result<Recognised, Failure>, scale: f32) {
        self.left = self.left.saturating_sub(1);
        let all = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        self.sink.progress(all.saturating_sub(u32::try_from(self.left).unwrap_or(u32::MAX)), all);
        match recognised {
            Ok(recognised) => self.take(page, recognised, scale),
            Err(failure) => {
                let what = format!("a picture, and its text was not recognised: {}", failure.of_a_page());
                self.unread.push(Unread { part: Some(page), what });
            }
        }
    }

    /// Puts recognised text in the place of less text of the page's own.
    fn take(&mut self, page: u32, recognised: Recognised, scale: f32) {
        let part = self.parts.iter_mut().find(|part| part.number == page);
        let Some(Part { text, layout: Layout::Page(layout), tables, .. }) = part else { return };
        let mut words = recognised.words;
        for word in &mut words {
            let Bounds { x0, y0, x1, y1 } = word.bounds;
            word.bounds = Bounds::new(x0 * scale, y0 * scale, x1 * scale, y1 * scale);
        }
        let composed = compose(&words);
        if letters(&composed.text) <= letters(text) {
            return;
        }
        let count = composed.words.len() as u32;
        self.tally.pages += 1;
        self.tally.words += count;
        self.tally.sum += recognised.confidence * count as f32;
        *text = composed.text;
        *tables = composed.tables;
        layout.words = composed.words;
        layout.source = TextSource::Ocr { confidence: recognised.confidence };
    }
}
