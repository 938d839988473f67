//! Builds small Office files, and reads files as the product does.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use extract::{Limits, ReadError, Sink, Source};
use model::{Document, DocumentKind, Part};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::agrees::assert_agrees;

struct Nobody;

impl Sink for Nobody {
    fn progress(&mut self, done: u32, of: u32) {
        assert!(done <= of);
    }

    fn thumbnail(&mut self, _: u32, _: Vec<u8>) {}
}

/// Reads a file; what comes out agrees with itself.
pub(crate) fn read_file(kind: DocumentKind, file: &File, limits: &Limits) -> Result<Document, ReadError> {
    let read = extract::read(&Source { kind, file, password: None }, limits, &mut Nobody);
    if let Ok(document) = &read {
        assert_eq!(document.kind, kind);
        assert_agrees(document);
    }
    read
}

/// Reads bytes.
pub(crate) fn read_bytes(kind: DocumentKind, bytes: &[u8], limits: &Limits) -> Result<Document, ReadError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::End(0)).unwrap();
    read_file(kind, &file, limits)
}

/// A zip file of entries.
pub(crate) fn zip_of(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A package of a kind with its parts; the first is the main one.
pub(crate) fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let main = parts[0].0;
    let relations = relationships(&[("rId1", "officeDocument", main)]);
    let mut entries = vec![("_rels/.rels", relations.as_str())];
    entries.extend_from_slice(parts);
    zip_of(&entries)
}

/// A relationships part.
pub(crate) fn relationships(targets: &[(&str, &str, &str)]) -> String {
    let mut xml = String::from("<Relationships>");
    for (id, kind, target) in targets {
        let namespace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        xml.push_str(&format!(r#"<Relationship Id="{id}" Type="{namespace}/{kind}" Target="{target}"/>"#));
    }
    xml + "</Relationships>"
}

/// What is left of a document with one part.
pub(crate) fn only_part(document: Document) -> Part {
    let [part] = <[Part; 1]>::try_from(document.parts).unwrap();
    part
}

/// What was not read.
pub(crate) fn unread(document: &Document) -> Vec<&str> {
    document.reading.unread.iter().map(|unread| unread.what.as_str()).collect()
}
