//! Makes every text drawable. PDF/A allows no missing glyph, so a character that no font has becomes `▯`, and a word
//! that is too long for a line may break.

use serde_json::Value;
use typst::text::FontInfo;

/// What stands for a character that no font has.
const MISSING: char = '▯';

/// Characters after which a word without a break may be broken.
const LONGEST_WORD: usize = 24;
const BREAK: char = '\u{200b}';

/// Which fonts may be drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// All.
    All,
    /// Those of the main family.
    Main,
}

/// The characters that can be drawn.
pub(crate) struct Glyphs<'a> {
    pub(crate) main: Vec<&'a FontInfo>,
    pub(crate) others: Vec<&'a FontInfo>,
    pub(crate) reach: Reach,
}

impl Glyphs<'_> {
    /// Makes all strings of a tree drawable (keys are ours); true if a character was replaced.
    pub(crate) fn settle(&self, tree: &mut Value) -> bool {
        match tree {
            Value::String(text) => {
                let (drawable, replaced) = self.drawable(text);
                *text = drawable;
                replaced
            }
            Value::Array(items) => items.iter_mut().fold(false, |before, item| self.settle(item) | before),
            Value::Object(fields) => fields.values_mut().fold(false, |before, item| self.settle(item) | before),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn drawable(&self, text: &str) -> (String, bool) {
        let mut drawn = String::with_capacity(text.len());
        let mut replaced = false;
        let mut run = 0;
        for c in text.chars() {
            run = if c.is_whitespace() || c == '-' || c == '/' { 0 } else { run + 1 };
            if run > LONGEST_WORD {
                drawn.push(BREAK);
                run = 1;
            }
            let known = self.has(c);
            replaced |= !known;
            drawn.push(if known { c } else { MISSING });
        }
        (drawn, replaced)
    }

    fn has(&self, c: char) -> bool {
        let private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
        // The main family must have a character in all its faces, since a text may be set in any of them.
        let in_main = || self.main.iter().all(|font| font.coverage.contains(u32::from(c)));
        let in_others = || self.others.iter().any(|font| font.coverage.contains(u32::from(c)));
        c == '\n' || !private && (in_main() || self.reach == Reach::All && in_others())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pdf::world::Fonts;

    #[test]
    fn what_no_font_has_is_replaced_and_said() {
        let fonts = Fonts::embedded();
        let mut known = json!({ "a": ["€4.2m − ✓ ✗ ≠ ≈ ↔ ▯", "Ελλάς Łódź\nעברית"] });
        let before = known.clone();
        assert!(!fonts.glyphs(Reach::All).settle(&mut known));
        assert_eq!(known, before);

        let mut unknown = json!({ "a": [{ "b": "収益 5" }, "\u{e000}"] });
        assert!(fonts.glyphs(Reach::All).settle(&mut unknown));
        assert_eq!(unknown, json!({ "a": [{ "b": "▯▯ 5" }, "▯"] }));

        let mut hebrew = json!("עם a");
        assert!(fonts.glyphs(Reach::Main).settle(&mut hebrew));
        assert_eq!(hebrew, json!("▯▯ a"));
    }

    #[test]
    fn a_word_longer_than_a_line_may_break() {
        let fonts = Fonts::embedded();
        let mut text = json!("x".repeat(60));
        assert!(!fonts.glyphs(Reach::All).settle(&mut text));
        let pieces: Vec<usize> = text.as_str().unwrap_or_default().split(BREAK).map(str::len).collect();
        assert_eq!(pieces, [24, 24, 12]);
    }
}
