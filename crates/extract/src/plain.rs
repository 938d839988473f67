//! Plain text and Markdown: UTF-8, UTF-16 with its mark, else windows-1252, which maps every byte to something.

use std::io::{Read, Seek};

use encoding_rs::{Encoding, WINDOWS_1252};
use model::{Document, DocumentKind, Layout, Part, Reading, Unread};

use crate::{Limits, ReadError, Sink, Source};

/// Reads a text.
pub(crate) fn read(source: &Source<'_>, limits: &Limits, sink: &mut dyn Sink) -> Result<Document, ReadError> {
    let internal = |error: std::io::Error| ReadError::Internal(error.kind().to_string());
    let mut file = source.file;
    file.rewind().map_err(internal)?;
    let mut bytes = Vec::new();
    // No encoding here takes more than four bytes for a character, apart from the mark at its start.
    let enough = u64::from(limits.characters).saturating_mul(4).saturating_add(8);
    file.take(enough).read_to_end(&mut bytes).map_err(internal)?;
    let decoded = decode(&bytes);
    if decoded.contains('\0') {
        return Err(ReadError::Unsupported("it is not text".to_owned()));
    }
    let (text, cut) = cut(decoded.replace("\r\n", "\n").replace('\r', "\n"), limits.characters);
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    let mut reading = Reading { parts: 1, read: 1, ..Reading::default() };
    if cut || bytes.len() as u64 == enough {
        let what = format!("what comes after {} characters is not read", limits.characters);
        reading.unread.push(Unread { part: None, what });
    }
    sink.progress(1, 1);
    let part = Part { number: 1, name: None, text, layout: Layout::Plain, tables: Vec::new() };
    Ok(Document { kind: DocumentKind::Text, parts: vec![part], reading })
}

/// The text of bytes without their mark. A character that was cut off at the end does not make them another encoding.
fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default()).into_owned()
        }
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn cut(mut text: String, characters: u32) -> (String, bool) {
    let end = text.char_indices().nth(characters as usize).map(|(at, _)| at);
    if let Some(end) = end {
        text.truncate(end);
    }
    (text, end.is_some())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    struct Nobody;

    impl Sink for Nobody {
        fn progress(&mut self, _: u32, _: u32) {}
        fn thumbnail(&mut self, _: u32, _: Vec<u8>) {}
    }

    fn read_bytes(bytes: &[u8], characters: u32) -> Result<Document, ReadError> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let source = Source { kind: DocumentKind::Text, file: &file, password: None };
        read(&source, &Limits { characters, ..Limits::default() }, &mut Nobody)
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let utf16 = |order: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            let units = "Größe: 4 €\n".encode_utf16().flat_map(order);
            mark.into_iter().chain(units).collect::<Vec<u8>>()
        };
        for bytes in [
            "Größe: 4 €\r\n".as_bytes().to_vec(),
            "\u{feff}Größe: 4 €\n".as_bytes().to_vec(),
            utf16(u16::to_le_bytes, [0xff, 0xfe]),
            utf16(u16::to_be_bytes, [0xfe, 0xff]),
            b"Gr\xf6\xdfe: 4 \x80\r".to_vec(),
        ] {
            let document = read_bytes(&bytes, 100).unwrap();
            assert_eq!(document.parts[0].text, "Größe: 4 €\n", "{bytes:?}");
            assert_eq!(document.reading.sentence(DocumentKind::Text), "Read 1 text.");
        }
    }

    #[test]
    fn no_more_characters_than_a_file_may_have() {
        let document = read_bytes("äöü€ß".as_bytes(), 3).unwrap();
        assert_eq!(document.parts[0].text, "äöü");
        assert_eq!(document.reading.unread[0].what, "what comes after 3 characters is not read");
        let whole = read_bytes("äöü€ß".as_bytes(), 5).unwrap();
        assert!(whole.reading.unread.is_empty());
        let long = read_bytes("€".repeat(100).as_bytes(), 3).unwrap();
        assert_eq!(long.parts[0].text, "€€€");
    }

    #[test]
    fn nothing_and_no_text_are_errors() {
        assert_eq!(read_bytes(b"", 10), Err(ReadError::Empty));
        assert_eq!(read_bytes(b" \n\t", 10), Err(ReadError::Empty));
        assert_eq!(read_bytes(b"\xff\xfe", 10), Err(ReadError::Empty));
        assert!(matches!(read_bytes(b"PK\x03\x04\0\0", 10), Err(ReadError::Unsupported(_))));
    }
}
