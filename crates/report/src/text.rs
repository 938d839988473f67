//! What every paper does to text from documents: characters that only steer a terminal or turn the reading direction
//! are dropped, and lengths are bounded. The JSON export alone keeps text as it is.

/// Most characters of a name or title.
pub(crate) const NAME: usize = 200;
/// Most characters of an excerpt.
pub(crate) const EXCERPT: usize = 2_000;
/// Most characters of a quote in the list of sources.
pub(crate) const SOURCE: usize = 600;
/// Most characters of prose and details, which our own templates write.
pub(crate) const PROSE: usize = 8_000;

/// One line: white space of any kind becomes one space, and what is longer than `most` characters ends with `…`.
pub(crate) fn line(text: &str, most: usize) -> String {
    let seen: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| is_shown(*c)).collect();
    let mut one = String::with_capacity(seen.len());
    for word in seen.split(' ').filter(|word| !word.is_empty()) {
        if !one.is_empty() {
            one.push(' ');
        }
        one.push_str(word);
    }
    match cut(&one, most) {
        Some((kept, _)) => format!("{kept}…"),
        None => one,
    }
}

/// Prose: as [`line`], but spaces at its ends and no-break spaces stay, because it is joined with other pieces.
pub(crate) fn prose(text: &str) -> String {
    let shown =
        text.chars().map(|c| if c.is_control() && c.is_whitespace() { ' ' } else { c }).filter(|c| is_shown(*c));
    shown.take(PROSE).collect()
}

/// A quote with its line ends, empty lines removed. A longer one is cut and says how much is missing.
pub(crate) fn quote(text: &str, most: usize) -> String {
    let lines: Vec<String> = text.lines().map(|one| line(one, usize::MAX)).filter(|one| !one.is_empty()).collect();
    let whole = lines.join("\n");
    match cut(&whole, most) {
        Some((kept, left)) => format!("{kept} … ({left} more characters in the document)"),
        None => whole,
    }
}

/// The first `most` characters and how many are left, if there are more.
fn cut(text: &str, most: usize) -> Option<(&str, usize)> {
    let (at, _) = text.char_indices().nth(most)?;
    let (kept, left) = text.split_at_checked(at)?;
    Some((kept.trim_end(), left.chars().count()))
}

/// False for controls, for marks that turn the reading direction (a quote could reverse the text around it) and for
/// code points that are no characters.
fn is_shown(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let marks = matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    let nothing = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    !(c.is_control() || turns || marks || nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line("  a\tb\r\n c\u{85}d\0\u{1b}[31m ", 99), "a b c d[31m");
        assert_eq!(line("pay\u{202e}load\u{feff}\u{ffff}", 99), "payload");
        assert_eq!(line("abcdef", 6), "abcdef");
        assert_eq!(line("abc def", 4), "abc…");
    }

    #[test]
    fn a_quote_keeps_its_lines_and_says_what_is_missing() {
        assert_eq!(quote("one\r\n\r\n two \n", 99), "one\ntwo");
        assert_eq!(quote(&"x".repeat(12), 10), "xxxxxxxxxx … (2 more characters in the document)");
    }

    #[test]
    fn prose_keeps_the_spaces_that_join_it() {
        assert_eq!(prose("ARR was \u{a0}\u{7}x\n"), "ARR was \u{a0}x ");
    }
}
