//! The texts that cells share (ECMA-376 part 1, 18.4).

use std::ops::Range;

use crate::package::{Events, Tag, Token, text_of};
use crate::{Limits, ReadError};

/// The shared texts, one after the other in one string: a million short ones cost little more than their characters.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    text: String,
    ranges: Vec<Range<usize>>,
}

impl SharedStrings {
    /// Reads as many as a file may have cells; a cell that asks for a later one is counted as unread. Blank texts are
    /// kept empty, since any number of cells may show the same one.
    pub(super) fn parse(xml: &str, limits: &Limits) -> Result<Self, ReadError> {
        let mut events = Events::new(xml);
        let mut strings = Self::default();
        while let Some(token) = events.next()? {
            let Token::Open(tag) = token else { continue };
            if tag.name() == "si" {
                if strings.ranges.len() >= limits.cells as usize {
                    break;
                }
                let start = strings.text.len();
                let text = rich_text(&mut events)?;
                if !text.trim().is_empty() {
                    strings.text.push_str(&text);
                }
                strings.ranges.push(start..strings.text.len());
            }
        }
        Ok(strings)
    }

    /// A text by its index.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        self.text.get(self.ranges.get(index)?.clone())
    }
}

/// The characters of the text element that was just opened: all its runs, without reading aids (`rPh`).
pub(super) fn rich_text(events: &mut Events<'_>) -> Result<String, ReadError> {
    let mut text = String::new();
    let mut depth = 1usize;
    while depth > 0 {
        match events.next()? {
            Some(Token::Open(tag)) if is(&tag, "rPh") => events.skip()?,
            Some(Token::Open(tag)) if is(&tag, "t") => text.push_str(&text_of(&events.text()?)),
            Some(Token::Open(_)) => depth += 1,
            Some(Token::Close) => depth -= 1,
            Some(Token::Text(_)) => {}
            None => break,
        }
    }
    Ok(text)
}

fn is(tag: &Tag<'_>, name: &str) -> bool {
    tag.name() == name
}
