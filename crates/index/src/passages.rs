//! Cuts the text of a part into passages: what a hit shows and ranks by.
//!
//! A passage ends where the text does: at a blank line if it is long enough, else at a line's end (so a sheet's passage
//! is a group of rows), and within a line only if that is very long. Passages do not overlap; a phrase that runs over a
//! border is not found as a phrase.

/// Words after which a passage ends at a blank line.
const ENOUGH: usize = 60;
/// Words after which it ends at a line's end.
const MANY: usize = 120;
/// Words that it never exceeds.
const MOST: usize = 180;
/// Characters that it never exceeds.
const LONGEST: usize = 2_000;

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extract<'a> {
    /// Unicode scalar values of the text before it.
    pub offset: u32,
    /// Its text, without space around it.
    pub text: &'a str,
}

/// The passages of a text in order: about 60 to 180 words each, fewer at the end. Stretches without a letter or digit are
/// in none.
pub fn passages(text: &str) -> Vec<Extract<'_>> {
    let mut ranges: Vec<Range> = Vec::new();
    let mut open: Option<Range> = None;
    for piece in pieces(text) {
        open = Some(match open {
            Some(range) if range.takes(&piece) => range.with(&piece),
            Some(range) => {
                ranges.push(range);
                piece
            }
            None => piece,
        });
    }
    if let Some(rest) = open {
        // A short rest is no passage of its own if the one before has room.
        match ranges.last_mut() {
            Some(last) if rest.words < ENOUGH / 2 && last.fits(&rest) => *last = last.with(&rest),
            _ => ranges.push(rest),
        }
    }
    extracts(text, &ranges)
}

/// Bytes of the text, with what is in them.
#[derive(Debug, Clone, Copy)]
struct Range {
    from: usize,
    to: usize,
    words: usize,
    letters: usize,
    /// Whether a blank line follows.
    paragraph: bool,
}

impl Range {
    fn of(text: &str, from: usize, to: usize) -> Self {
        let inside = text.get(from..to).unwrap_or_default();
        // Within a line there is none. To look for one there would read a long line once for each of its pieces.
        let after = text.get(to..).filter(|after| after.is_empty() || inside.ends_with('\n'));
        let paragraph = after.is_some_and(|after| after.lines().next().is_none_or(|line| line.trim().is_empty()));
        Self { from, to, words: inside.split_whitespace().count(), letters: inside.chars().count(), paragraph }
    }

    fn fits(&self, next: &Self) -> bool {
        self.words + next.words <= MOST && self.letters + next.letters <= LONGEST
    }

    /// Whether the next line still belongs here.
    fn takes(&self, next: &Self) -> bool {
        let full = self.words >= MANY || (self.words >= ENOUGH && self.paragraph);
        !full && self.fits(next)
    }

    fn with(&self, next: &Self) -> Self {
        Self {
            from: self.from,
            to: next.to,
            words: self.words + next.words,
            letters: self.letters + next.letters,
            paragraph: next.paragraph,
        }
    }
}

/// Lines with their ends; a line that is too long for a passage in several.
fn pieces(text: &str) -> Vec<Range> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let whole = Range::of(text, at, at + line.len());
        if whole.words <= MOST && whole.letters <= LONGEST {
            pieces.push(whole);
        } else {
            pieces.extend(cut(text, at, line));
        }
        at += line.len();
    }
    pieces
}

/// A long line in pieces of [`MANY`] words: behind the last sentence that ends after [`ENOUGH`], else between words,
/// else (a word longer than a passage) anywhere.
fn cut<'a>(text: &'a str, start: usize, line: &'a str) -> impl Iterator<Item = Range> + 'a {
    let mut rest = line;
    let mut at = start;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let length = first_piece(rest);
        let (_, after) = rest.split_at_checked(length)?;
        let piece = Range::of(text, at, at + length);
        rest = after;
        at += length;
        Some(piece)
    })
}

/// Bytes of the first piece of a long line; at least one letter. Reads no further than a passage can reach.
fn first_piece(line: &str) -> usize {
    let mut ends = line.char_indices().map(|(at, _)| at).skip(LONGEST);
    let limit = ends.next().unwrap_or(line.len());
    // One letter more tells a word that ends at the limit from one that goes on.
    let within = line.get(..ends.next().unwrap_or(line.len())).unwrap_or(line);
    let (mut end, mut sentence, mut words) = (None, None, 0);
    for word in within.split_inclusive(char::is_whitespace) {
        let to = end.unwrap_or(0) + word.len();
        if to > limit || words >= MANY {
            break;
        }
        words += usize::from(!word.trim().is_empty());
        end = Some(to);
        if words >= ENOUGH && word.trim_end().ends_with(['.', '!', '?', ';']) {
            sentence = Some(to);
        }
    }
    if end == Some(line.len()) { line.len() } else { sentence.or(end).unwrap_or(limit) }
}

/// Trims the ranges and counts their offsets.
fn extracts<'a>(text: &'a str, ranges: &[Range]) -> Vec<Extract<'a>> {
    let mut found = Vec::with_capacity(ranges.len());
    let (mut counted, mut letters) = (0, 0_usize);
    for range in ranges {
        let inside = text.get(range.from..range.to).unwrap_or_default();
        let start = range.from + (inside.len() - inside.trim_start().len());
        letters += text.get(counted..start).unwrap_or_default().chars().count();
        counted = start;
        let inside = inside.trim();
        if let (true, Ok(offset)) = (inside.contains(char::is_alphanumeric), u32::try_from(letters)) {
            found.push(Extract { offset, text: inside });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prose(words: usize) -> String {
        (0..words).map(|number| format!("word{number} ")).collect()
    }

    #[test]
    fn short_texts_are_one_passage() {
        assert_eq!(passages("  Umsatz 2024\n\n4.2m  "), [Extract { offset: 2, text: "Umsatz 2024\n\n4.2m" }]);
        assert_eq!(passages(""), []);
        assert_eq!(passages(" \n--- \n"), []);
    }

    #[test]
    fn offsets_count_letters_not_bytes() {
        let text = format!("💶💶 {}\n\nÜber {}", prose(70), prose(70));
        let found = passages(&text);
        assert_eq!(found.len(), 2);
        let letters: Vec<char> = text.chars().collect();
        assert!(found[1].text.starts_with("Über"));
        assert_eq!(letters[found[1].offset as usize], 'Ü');
    }

    #[test]
    fn paragraphs_first_then_lines_then_sentences() {
        let paragraphs = format!("{}\n\n{}\n\n{}", prose(70), prose(70), prose(70));
        assert_eq!(passages(&paragraphs).len(), 3);
        let rows: String = (0..100).map(|row| format!("{row}\tEUR\t{}\n", row * 1000)).collect();
        let groups = passages(&rows);
        assert!(groups.len() >= 2);
        assert!(groups.iter().all(|group| group.text.lines().all(|line| line.split('\t').count() == 3)));
        let line = format!("{}. {}", prose(80).trim(), prose(300));
        let found = passages(&line);
        assert!(found[0].text.ends_with("word79."), "{}", found[0].text);
    }

    #[test]
    fn a_word_longer_than_a_passage_is_cut() {
        assert_eq!(passages(&"ä".repeat(5_000)).len(), 3);
    }

    /// Done in a moment, or never: when each piece reads the rest of its line, this is billions of letters.
    #[test]
    fn a_line_of_millions_of_letters_is_read_once() {
        let letters = 5_000_000;
        assert_eq!(passages(&"x".repeat(letters)).len(), letters / LONGEST);
        let words = passages(&"word ".repeat(letters / 5)).len();
        assert_eq!(words, (letters / 5).div_ceil(MANY));
    }

    #[test]
    fn a_piece_of_a_long_line_ends_no_paragraph() {
        let line = prose(4 * MANY);
        assert!(pieces(&line).iter().rev().skip(1).all(|piece| !piece.paragraph));
        assert!(pieces(&line).last().is_some_and(|piece| piece.paragraph));
        let text = format!("{line}\n \nmore");
        let ends: Vec<usize> =
            pieces(&text).iter().filter(|piece| piece.paragraph).map(|piece| text.len() - piece.to).collect();
        assert_eq!(ends, [6, 0]);
    }

    proptest! {
        #[test]
        fn passages_stand_where_they_say_and_do_not_overlap(text in "([a-zä💶.]{1,12}[ \t\n]{1,2}){0,900}") {
            let letters: Vec<char> = text.chars().collect();
            let mut end = 0;
            for passage in passages(&text) {
                let start = passage.offset as usize;
                let length = passage.text.chars().count();
                prop_assert!(start >= end);
                prop_assert_eq!(letters[start..start + length].iter().collect::<String>(), passage.text);
                prop_assert!(passage.text.split_whitespace().count() <= MOST && length <= LONGEST);
                end = start + length;
            }
        }

        #[test]
        fn no_word_is_lost(text in "([a-z]{1,12}[ \n]{1,3}){0,600}") {
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let found: Vec<String> = passages(&text).iter().flat_map(|passage| words(passage.text)).collect();
            prop_assert_eq!(found, words(&text));
        }
    }
}
