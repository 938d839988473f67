//! The one entrance: a file of a known kind becomes a document.

use std::fs::File;

use model::{Document, DocumentKind};

use crate::{Limits, ReadError, csv, docx, image, pdf, plain, pptx, xlsx};

/// A file to read. It must be seekable and is read from its start; readers may leave the position anywhere.
#[derive(Debug)]
pub struct Source<'a> {
    /// What it is, as [`crate::sniff`] found.
    pub kind: DocumentKind,
    /// Its bytes: in the product a sealed file in memory.
    pub file: &'a File,
    /// The password that the user gave for it.
    pub password: Option<&'a str>,
}

/// What a reader tells while it works.
pub trait Sink {
    /// `done` of `of` parts have been read.
    fn progress(&mut self, done: u32, of: u32);

    /// A small picture of a part (JPEG, 320 pixels at its longer side), from 1.
    fn thumbnail(&mut self, part: u32, jpeg: Vec<u8>);
}

/// Reads a file. The document is whole, or there is a reason why not; what was left out is in its `reading`.
pub fn read(source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<Document, ReadError> {
    match source.kind {
        DocumentKind::Pdf => pdf::read(source, limits, sink),
        DocumentKind::Image => image::read(source, limits, sink),
        DocumentKind::Xlsx => xlsx::read(source, limits, sink),
        DocumentKind::Csv => csv::read(source, limits, sink),
        DocumentKind::Docx => docx::read(source, limits, sink),
        DocumentKind::Pptx => pptx::read(source, limits, sink),
        DocumentKind::Text => plain::read(source, limits, sink),
    }
}

/// Makes small pictures of the parts of a file that was read, as far as its kind has any.
pub fn thumbnails(source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    match source.kind {
        DocumentKind::Pdf => pdf::thumbnails(source, limits, sink),
        DocumentKind::Image => image::thumbnails(source, limits, sink),
        _ => Ok(()),
    }
}

/// A picture of a part, from 1, on which it can be read: JPEG, at most 1600 pixels at its longer side and 4 MiB. It shows
/// the part as it was read, so the boxes of its words lie on it where the words are, in the measure of its size.
pub fn picture(source: &Source<'_>, limits: &Limits, part: u32) -> Result<Vec<u8>, ReadError> {
    if part == 0 || part > limits.parts {
        return Err(ReadError::Unsupported("it has no such page".to_owned()));
    }
    match source.kind {
        DocumentKind::Pdf => pdf::picture(source, limits, part),
        DocumentKind::Image => image::picture(source, limits, part),
        _ => Err(ReadError::Unsupported("its parts have no pictures".to_owned())),
    }
}
