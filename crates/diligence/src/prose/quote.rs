//! Whether a quote stands in a passage. Both are normalised alike: Unicode compatibility (NFKC), white space, dashes and
//! quotation marks in one form, hidden characters removed, case kept. What is found is a stretch of the document's own
//! text, so what is cited is never the model's wording.

use model::Span;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::signs::is_hidden;

/// Words of a quote at least, unless it is longer than [`FEW_CHARACTERS`].
const FEW_WORDS: usize = 3;

/// Characters of a quote that is not too short although it has few words.
const FEW_CHARACTERS: usize = 12;

/// Words of a quote at most.
const MOST_WORDS: usize = 60;

/// A text in the form in which quotes are looked for; each of its characters knows the characters it stands for.
#[derive(Debug, Clone, Default)]
pub struct Plain {
    signs: Vec<char>,
    from: Vec<Span>,
}

impl Plain {
    /// The form of a text whose first character is number `first` of its part.
    pub fn of(text: &str, first: u32) -> Self {
        let mut plain = Self::default();
        let signs: Vec<char> = text.chars().collect();
        let mut at = 0;
        while let Some(head) = signs.get(at) {
            let marks = signs.iter().skip(at + 1).take_while(|sign| is_combining_mark(**sign)).count();
            let cluster = signs.get(at..=at + marks).unwrap_or_default();
            let place = |at: usize| first.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
            let span = Span::new(place(at), place(at + marks + 1));
            if !is_hidden(*head) {
                cluster.iter().copied().filter(|sign| !is_hidden(*sign)).nfkc().for_each(|sign| plain.push(sign, span));
            }
            at += marks + 1;
        }
        if plain.signs.last() == Some(&' ') {
            plain.signs.pop();
            plain.from.pop();
        }
        plain
    }

    fn push(&mut self, sign: char, span: Span) {
        let sign = match sign {
            _ if sign.is_whitespace() => ' ',
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
            '‘' | '’' | '‚' | '‛' | '′' | '`' | '´' | '‹' | '›' => '\'',
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' => '"',
            _ => sign,
        };
        let doubled = sign == ' ' && self.signs.last().is_none_or(|last| *last == ' ');
        if !doubled && !is_hidden(sign) {
            self.signs.push(sign);
            self.from.push(span);
        }
    }

    /// True if a quote of this form is neither too short to say anything nor too long to be one.
    pub fn is_quotable(&self) -> bool {
        let words =
            self.signs.split(|sign| *sign == ' ').filter(|word| word.iter().any(|c| c.is_alphanumeric())).count();
        (words >= FEW_WORDS || (words > 0 && self.signs.len() >= FEW_CHARACTERS)) && words <= MOST_WORDS
    }

    /// Where a quote stands in this text: the first place that cuts neither a word nor a number.
    pub fn find(&self, quote: &Plain) -> Option<Span> {
        let length = quote.signs.len();
        if length == 0 {
            return None;
        }
        let fits =
            |at: &usize| self.signs.get(*at..*at + length) == Some(&quote.signs) && self.is_whole(*at, *at + length);
        let at = (0..self.signs.len().saturating_sub(length - 1)).find(fits)?;
        let (first, last) = (self.from.get(at)?, self.from.get(at + length - 1)?);
        Some(Span::new(first.start, last.end))
    }

    /// True if no word, number or sign of a number is cut at either end.
    fn is_whole(&self, start: usize, end: usize) -> bool {
        let sign = |at: Option<usize>| at.and_then(|at| self.signs.get(at)).copied();
        let digit = |sign: Option<char>| sign.is_some_and(char::is_numeric);
        let letter = |sign: Option<char>| sign.is_some_and(char::is_alphanumeric);
        let (before, first) = (sign(start.checked_sub(1)), sign(Some(start)));
        let (last, after) = (sign(end.checked_sub(1)), sign(Some(end)));
        let number_before = |sign: Option<char>| sign.is_some_and(|c| ".,-+~<>=($€£¥'".contains(c));
        let opens = digit(first) || first.is_some_and(|c| "€£$¥".contains(c));
        let cut_before = (letter(before) && letter(first)) || (opens && number_before(before));
        let goes_on = after.is_some_and(|c| ".,'".contains(c)) && digit(sign(Some(end + 1)));
        let cut_after =
            (letter(last) && letter(after)) || (digit(last) && (goes_on || after.is_some_and(|c| "%€)".contains(c))));
        !cut_before && !cut_after
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str, quote: &str) -> Option<String> {
        let span = Plain::of(text, 0).find(&Plain::of(quote, 0))?;
        Some(span.of(text).to_owned())
    }

    #[test]
    fn what_only_looks_different_is_found_as_it_stands() {
        assert_eq!(
            found("an e\u{301}tat of “A” – B\n  C", "état of \"A\" - B C").as_deref(),
            Some("e\u{301}tat of “A” – B\n  C")
        );
        assert_eq!(found("the ﬁrst of\u{ad} all", "first of all").as_deref(), Some("ﬁrst of\u{ad} all"));
        assert_eq!(found("Net\u{200b} revenue", "Net revenue").as_deref(), Some("Net\u{200b} revenue"));
        assert_eq!(found("The Bank", "the bank"), None, "case is kept");
    }

    #[test]
    fn no_word_and_no_number_is_cut() {
        assert_eq!(found("300 customers", "00 customers"), None);
        assert_eq!(found("a 12.5 % share", "5 % share"), None);
        assert_eq!(found("lost -5 customers", "5 customers"), None);
        assert_eq!(found("grew to 12.5", "grew to 12"), None);
        assert_eq!(found("grew to 12%", "grew to 12"), None);
        assert_eq!(found("customers leave", "customer leave"), None);
        assert_eq!(found("carr is x. arr is x", "arr is x").as_deref(), Some("arr is x"));
    }

    #[test]
    fn a_quote_has_a_length() {
        assert!(Plain::of("three short ones", 0).is_quotable());
        assert!(Plain::of("Kundenzufriedenheit", 0).is_quotable());
        assert!(!Plain::of("two words", 0).is_quotable());
        assert!(!Plain::of("… … … … … … … … … …", 0).is_quotable());
        assert!(!Plain::of(&"word ".repeat(61), 0).is_quotable());
    }

    proptest! {
        #[test]
        fn every_text_is_found_in_itself(text in "\\PC{1,60}") {
            let plain = Plain::of(&text, 0);
            if let Some(span) = plain.find(&plain) {
                prop_assert!(Plain::of(span.of(&text), 0).signs == plain.signs);
            } else {
                prop_assert!(plain.signs.is_empty());
            }
        }
    }
}
