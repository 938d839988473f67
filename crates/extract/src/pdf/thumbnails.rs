//! Small pictures of the pages, handed on one by one as they are drawn.

use super::Pdf;
use super::drawing::{Drawing, Manner};
use crate::image::thumbnail;
use crate::tools::Failure;
use crate::{ReadError, Sink};

/// Pages that may fail before the rest goes without.
const FAILURES: u32 = 3;

/// Draws the pages from the first on. A page that cannot be drawn goes without a thumbnail.
pub(super) fn draw(pdf: &Pdf<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let last = pdf.structure.pages_to_read().min(pdf.limits.thumbnails);
    let mut next = 1;
    let mut failures = 0;
    while next <= last {
        match stretch(pdf, &mut next, last, sink) {
            Ok(()) => break,
            Err(failure @ Failure::Missing(_)) => return Err(failure.reason("thumbnails")),
            Err(_) => failures += 1,
        }
        if failures == FAILURES {
            break;
        }
        next += 1;
    }
    Ok(())
}

/// Draws pages from the next one on until one fails, which is the next one then.
fn stretch(pdf: &Pdf<'_>, next: &mut u32, last: u32, sink: &mut dyn Sink) -> Result<(), Failure> {
    let manner = Manner { longer_side: thumbnail::SIDE, gray: false };
    let mut drawing = Drawing::start(pdf, *next, last, manner)?;
    loop {
        let picture = match drawing.next() {
            Ok(Some(picture)) => picture,
            Ok(None) => return Ok(()),
            Err(failure) => return Err(drawing.end(failure)),
        };
        if let Some(jpeg) = thumbnail::jpeg(&picture) {
            sink.thumbnail(*next, jpeg);
        }
        *next += 1;
    }
}
