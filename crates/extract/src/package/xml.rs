//! XML as Office writes it, read event by event.
//!
//! Invariants: a document type ends the reading, so no entity is ever defined; depth is bounded; an element that is not
//! closed at the end is damage.

use std::borrow::Cow;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::ReadError;

/// Elements within elements; Office itself stays far below.
const MOST_DEPTH: usize = 200;

/// The text of a part: UTF-8, or UTF-16 with its mark.
pub(crate) fn decode(bytes: Vec<u8>) -> String {
    let encoding = match bytes.get(..2) {
        Some([0xff, 0xfe]) => UTF_16LE,
        Some([0xfe, 0xff]) => UTF_16BE,
        _ => UTF_8,
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
    match String::from_utf8(bytes) {
        Ok(text) if encoding == UTF_8 => text,
        Ok(text) => encoding.decode(text.as_bytes()).0.into_owned(),
        Err(wrong) => encoding.decode(wrong.as_bytes()).0.into_owned(),
    }
}

/// The start of an element.
#[derive(Debug, Clone)]
pub(crate) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// Its name without prefix.
    pub(crate) fn name(&self) -> &str {
        std::str::from_utf8(self.0.local_name().into_inner()).unwrap_or_default()
    }

    /// The value of an attribute by its name without prefix; one that has no prefix comes first.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        self.find(name, |prefixed| !prefixed).or_else(|| self.find(name, |prefixed| prefixed))
    }

    /// The value of an attribute that refers to a relationship, such as `r:id`.
    pub(crate) fn relation(&self, name: &str) -> Option<String> {
        self.find(name, |prefixed| prefixed)
    }

    fn find(&self, name: &str, wanted: impl Fn(bool) -> bool) -> Option<String> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        attributes
            .flatten()
            .find(|found| {
                found.key.local_name().into_inner() == name.as_bytes() && wanted(found.key.prefix().is_some())
            })
            .and_then(|found| found.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned))
    }
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Token<'a> {
    /// An element begins.
    Open(Tag<'a>),
    /// The last opened element ends.
    Close,
    /// Characters.
    Text(Cow<'a, str>),
}

/// The events of a document.
pub(crate) struct Events<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Events<'a> {
    /// The events of a text.
    pub(crate) fn new(xml: &'a str) -> Self {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0 }
    }

    /// The next event; `None` at the end of the document.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'a>>, ReadError> {
        loop {
            let token = match self.reader.read_event().map_err(|_| not_well_formed())? {
                Event::Start(tag) => {
                    self.depth += 1;
                    if self.depth > MOST_DEPTH {
                        return Err(ReadError::TooBig(format!("it nests more than {MOST_DEPTH} levels deep")));
                    }
                    Token::Open(Tag(tag))
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Token::Close
                }
                Event::Text(text) => Token::Text(text.xml10_content().map_err(|_| not_well_formed())?),
                Event::CData(text) => Token::Text(text.decode().map_err(|_| not_well_formed())?),
                Event::GeneralRef(reference) => {
                    let name = reference.decode().map_err(|_| not_well_formed())?;
                    let character = match reference.resolve_char_ref() {
                        Ok(Some(character)) => character,
                        _ => predefined(&name).ok_or_else(not_well_formed)?,
                    };
                    Token::Text(Cow::Owned(character.to_string()))
                }
                Event::DocType(_) => {
                    return Err(ReadError::Unsupported(
                        "it declares a document type, which Office files never do".to_owned(),
                    ));
                }
                Event::Eof if self.depth > 0 => return Err(not_well_formed()),
                Event::Eof => return Ok(None),
                Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
            };
            return Ok(Some(token));
        }
    }

    /// Passes over the rest of the element that was just opened.
    pub(crate) fn skip(&mut self) -> Result<(), ReadError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside && self.next()?.is_some() {}
        Ok(())
    }

    /// The characters of the element that was just opened, up to its end.
    pub(crate) fn text(&mut self) -> Result<String, ReadError> {
        let outside = self.depth.saturating_sub(1);
        let mut text = String::new();
        while self.depth > outside {
            match self.next()? {
                Some(Token::Text(piece)) => text.push_str(&piece),
                Some(_) => {}
                None => break,
            }
        }
        Ok(text)
    }
}

/// Undoes the escape `_x000D_` by which Office stores characters that XML cannot hold.
pub(crate) fn text_of(stored: &str) -> String {
    let mut text = String::with_capacity(stored.len());
    let mut rest = stored;
    while let Some(at) = rest.find("_x") {
        let (before, after) = rest.split_at(at);
        text.push_str(before);
        let escaped = after.get(2..6).filter(|_| after.get(6..7) == Some("_"));
        let character = escaped
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        let passed = match character {
            Some(character) => {
                text.push(character);
                7
            }
            None => {
                text.push_str("_x");
                2
            }
        };
        rest = after.get(passed..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn not_well_formed() -> ReadError {
    ReadError::Damaged("one of its parts is cut off or not well formed".to_owned())
}
