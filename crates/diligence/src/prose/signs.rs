//! Characters that a reader of the paper does not see, and what is left of a text without them.

/// False for what is seen or parts words. True for controls, marks of reading direction, characters without width,
/// variation selectors, the block of tags, and code points that are no characters.
pub fn is_hidden(c: char) -> bool {
    let code = u32::from(c);
    match c {
        '\n' | '\t' => false,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}'
        | '\u{feff}' => true,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' => true,
        '\u{e0000}'..='\u{e0fff}' | '\u{fdd0}'..='\u{fdef}' => true,
        _ => c.is_control() || code & 0xfffe == 0xfffe,
    }
}

/// What of a passage a model is given: nothing hidden, lines without white space at their ends, no more than one empty
/// line at once.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        let line: String = line.chars().filter(|c| !is_hidden(*c)).collect();
        let line = line.trim();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

/// One line of at most `most` characters, nothing hidden.
pub fn one_line(text: &str, most: usize) -> String {
    let seen: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    let words: Vec<&str> = seen.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_is_shown() {
        assert_eq!(shown("A\u{200b}RR \u{202e}of\u{e0041}\u{ad}\n\n\n\nx\u{0}\ty \r\n"), "ARR of\n\nx\ty");
        assert_eq!(one_line(" a\n\u{2066}b\u{a0}c ", 4), "a b ");
    }
}
