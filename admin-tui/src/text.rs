//! Text in columns: how wide it is, cut to a width, broken into lines. Widths are those of the terminal, where a letter of
//! Chinese or an emoji takes two columns. A text is measured whole: a mark behind a sign can make the sign wider.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Stands where text was cut.
const CUT: char = '…';
/// Marks above and below one letter that are drawn; more would run into other lines.
const MOST_MARKS: usize = 4;

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// A text in at most so many columns, with an ellipsis where something was cut.
pub fn fit(text: &str, columns: usize) -> String {
    let whole = bounded(text);
    if width(&whole) <= columns {
        return whole;
    }
    let mut cut = String::new();
    for c in whole.chars() {
        cut.push(c);
        if width(&cut) + 1 > columns {
            cut.pop();
            break;
        }
    }
    if columns > 0 {
        cut.push(CUT);
    }
    cut
}

/// The end of a text in at most so many columns: what is being typed stays in sight.
pub fn tail(text: &str, columns: usize) -> String {
    let mut from = text.len();
    for (at, _) in text.char_indices().rev() {
        if text.get(at..).is_none_or(|rest| width(rest) > columns) {
            break;
        }
        from = at;
    }
    text.get(from..).unwrap_or_default().to_owned()
}

/// Broken into lines of at most so many columns, between words where there are any.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in bounded(paragraph).split(' ').filter(|word| !word.is_empty()) {
            let gap = usize::from(!line.is_empty());
            if width(&line) + gap + width(word) <= columns {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            let mut pieces = chop(word, columns);
            line = pieces.pop().unwrap_or_default();
            lines.append(&mut pieces);
        }
        lines.push(line);
    }
    lines
}

/// Broken after so many columns wherever that is, so that a link can be put together again.
pub fn chop(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for c in text.chars() {
        line.push(c);
        if width(&line) > columns {
            line.pop();
            lines.push(std::mem::take(&mut line));
            line.push(c);
        }
    }
    lines.push(line);
    lines
}

fn bounded(text: &str) -> String {
    let mut marks = 0;
    text.chars()
        .filter(|c| {
            marks = if c.width() == Some(0) { marks + 1 } else { 0 };
            marks <= MOST_MARKS
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wide_letters_count_twice() {
        assert_eq!(fit("東京都投資基金", 8), "東京都…");
        assert_eq!(fit("東京都", 6), "東京都");
        assert_eq!(fit("Anna", 0), "");
        assert_eq!(fit("👩👩👩", 4), "👩…");
        assert_eq!(tail("0123456789", 4), "6789");
        assert_eq!(fit("#\u{fe0f} by mark", 2), "#…", "with its mark it takes two columns");
    }

    #[test]
    fn lines_break_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a 12345678 b", 4), ["a", "1234", "5678", "b"]);
        assert_eq!(wrap("a\n\nb", 4), ["a", "", "b"]);
        assert_eq!(chop("https://x/abc", 5), ["https", "://x/", "abc"]);
    }

    #[test]
    fn a_tower_of_marks_is_cut_down() {
        let tower = format!("a{}b", "\u{301}".repeat(500));
        assert_eq!(fit(&tower, 10).chars().count(), 2 + MOST_MARKS);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_it_may_be(text in "\\PC{0,60}", columns in 2usize..40) {
            prop_assert!(width(&fit(&text, columns)) <= columns);
            prop_assert!(width(&tail(&text, columns)) <= columns);
            for line in wrap(&text, columns) {
                prop_assert!(width(&line) <= columns, "{line:?}");
            }
        }
    }
}
