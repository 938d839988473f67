//! Stretches of text and boxes on a surface.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A stretch of a part's text, counted in Unicode scalar values (not bytes, not UTF-16), end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// The first character.
    pub start: u32,
    /// The character after the last.
    pub end: u32,
}

impl Span {
    /// From `start` up to but not including `end`.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Number of characters.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// True if it holds no character.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// True if both share a character.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// True if every character of `other` is in it.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The text at this span; cut at the text's end.
    pub fn of(self, text: &str) -> &str {
        let start = byte_at(text, self.start);
        let end = byte_at(text, self.end);
        text.get(start..end).unwrap_or_default()
    }

    /// The span of bytes `start..end` of `text`, as found by a search. Bytes inside a character count to its start.
    pub fn of_bytes(text: &str, start: usize, end: usize) -> Self {
        let before = |byte: usize| {
            let count = text.get(..byte).map_or_else(
                || text.char_indices().take_while(|(at, _)| *at < byte).count(),
                |head| head.chars().count(),
            );
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        Self::new(before(start), before(end))
    }
}

/// Bytes that are stepped over at once: counting the characters of a block is far faster than walking through it.
const BLOCK: usize = 512;

fn byte_at(text: &str, character: u32) -> usize {
    let mut left = character as usize;
    let mut from = 0;
    loop {
        let rest = text.get(from..).unwrap_or_default();
        let end = (BLOCK..BLOCK + 4).find(|end| rest.is_char_boundary(*end));
        let block = end.and_then(|end| rest.get(..end)).filter(|block| !block.is_empty());
        let Some((block, count)) =
            block.map(|block| (block, block.chars().count())).filter(|(_, count)| *count <= left)
        else {
            return rest.char_indices().nth(left).map_or(text.len(), |(at, _)| from + at);
        };
        left -= count;
        from += block.len();
    }
}

/// A box on a surface, origin at the top left, in the surface's unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bounds {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
}

impl Bounds {
    /// A box from its edges, kept to tenths: more would be noise in every stored page.
    pub fn new(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        let tenth = |value: f32| (value * 10.0).round() / 10.0;
        Self { x0: tenth(x0), y0: tenth(y0), x1: tenth(x1), y1: tenth(y1) }
    }

    /// The smallest box around both.
    pub fn union(self, other: Bounds) -> Bounds {
        Bounds {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// Height in the surface's unit.
    pub fn height(self) -> f32 {
        self.y1 - self.y0
    }

    /// True if both stand on one line: their heights share more than half of the lower one.
    pub fn same_line(self, other: Bounds) -> bool {
        let shared = self.y1.min(other.y1) - self.y0.max(other.y0);
        shared > 0.5 * self.height().min(other.height())
    }
}

/// Width and height of a surface, in its unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Size {
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_count_characters_not_bytes() {
        let text = "Umsatz 1,2 Mio. € für März";
        let start = text.find("€").unwrap_or_default();
        let span = Span::of_bytes(text, start, start + "€ für".len());
        assert_eq!(span, Span::new(16, 21));
        assert_eq!(span.of(text), "€ für");
        assert_eq!(Span::new(24, 90).of(text), "rz");
        assert_eq!(Span::new(90, 95).of(text), "");
    }

    #[test]
    fn spans_hold_far_into_a_text() {
        let text = "€ä x".repeat(1_000);
        for start in [0, 511, 512, 513, 2_049, 3_998, 4_000, 5_000] {
            let expected: String = text.chars().skip(start as usize).take(2).collect();
            assert_eq!(Span::new(start, start + 2).of(&text), expected, "{start}");
        }
    }

    #[test]
    fn words_of_one_line_share_it() {
        let word = Bounds::new(0.0, 10.0, 20.0, 20.0);
        assert!(word.same_line(Bounds::new(30.0, 12.0, 50.0, 21.0)));
        assert!(!word.same_line(Bounds::new(30.0, 16.0, 50.0, 26.0)));
    }
}
