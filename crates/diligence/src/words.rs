//! Words of a text: folding for comparison, whole-word tests.

/// Lower case, without changing the number of bytes, so that places in the folded text are places in the text. A
/// character whose lower case has another length stays as it is.
pub fn fold(text: &str) -> String {
    text.chars()
        .map(|found| match found {
            '\u{a0}' | '\u{202f}' => found,
            _ => {
                let mut lower = found.to_lowercase();
                match (lower.next(), lower.next()) {
                    (Some(one), None) if one.len_utf8() == found.len_utf8() => one,
                    _ => found,
                }
            }
        })
        .collect()
}

/// True if the bytes `start..end` begin and end at the borders of words.
pub fn is_word_at(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|head| head.chars().next_back());
    let after = text.get(end..).and_then(|tail| tail.chars().next());
    let first = text.get(start..).and_then(|tail| tail.chars().next());
    let last = text.get(..end).and_then(|head| head.chars().next_back());
    let glued = |one: Option<char>, two: Option<char>| {
        one.is_some_and(char::is_alphanumeric) && two.is_some_and(char::is_alphanumeric)
    };
    !glued(before, first) && !glued(last, after)
}

/// True if the folded text holds the folded phrase as whole words.
pub fn has(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(start, found)| is_word_at(text, start, start + found.len()))
}

/// True if the folded text holds one of the phrases.
pub fn has_any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| has(text, phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_places() {
        for text in ["ARR of €4.2M", "İstanbul ÄÖ ẞ", "Umsatz\u{a0}2024"] {
            assert_eq!(fold(text).len(), text.len());
        }
        assert_eq!(fold("Größe ARR"), "größe arr");
    }

    #[test]
    fn words_are_whole() {
        assert!(has("our arr is", "arr"));
        assert!(!has("carr is", "arr"));
        assert!(has("ltv/cac: 3x", "ltv/cac"));
        assert!(has_any("a forecast", &["plan", "forecast"]));
    }
}
