//! Words of a text as they are compared: lower case, without accents, numbers in one form.
//!
//! The same function reads passages, queries and, for highlighting, passages again, so these never differ. A word knows
//! the bytes of the text that it stands on. German umlauts may be written either way: `Umsatzerlöse` is `umsatzerlose`
//! and also `umsatzerloese`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::number::{self, Reading};

/// Bytes of a word that are compared; what is longer is cut.
const LONGEST: usize = 64;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Its first byte in the text.
    pub(crate) from: usize,
    /// The byte after it.
    pub(crate) to: usize,
    /// Its form for comparison; never empty.
    pub(crate) form: String,
    /// Another form under which it is found too.
    pub(crate) other: Option<Other>,
}

/// A second form of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Other {
    /// The same word in another spelling: it stands for it in texts and in queries.
    Spelling(String),
    /// The amount without what follows it (`4.2` of `4.2m`, `3800` of `3,800.00`): a text is found by it, but a query
    /// that says more means more.
    Amount(String),
}

impl Word {
    /// All forms under which it is found in a text.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &str> {
        let other = self.other.as_ref().map(|(Other::Spelling(form) | Other::Amount(form))| form.as_str());
        std::iter::once(self.form.as_str()).chain(other)
    }

    /// Its other spelling.
    pub(crate) fn spelling(&self) -> Option<&str> {
        match &self.other {
            Some(Other::Spelling(form)) => Some(form),
            _ => None,
        }
    }
}

/// The words of a text in order.
pub(crate) fn words(text: &str) -> Words<'_> {
    Words { text, at: 0, waiting: Vec::new() }
}

/// See [`words`].
pub(crate) struct Words<'a> {
    text: &'a str,
    at: usize,
    /// Words of a date that are still to be given, the last first.
    waiting: Vec<Word>,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        loop {
            if let Some(word) = self.waiting.pop() {
                return Some(word);
            }
            let (start, first) = self.rest().char_indices().find(|(_, letter)| letter.is_alphanumeric())?;
            self.at += start;
            if first.is_ascii_digit() {
                self.read_number();
            } else {
                let from = self.at;
                self.at += if is_ideograph(first) { first.len_utf8() } else { run(self.rest()) };
                let found = plain(from, self.text.get(from..self.at).unwrap_or_default());
                self.waiting.extend(found);
            }
        }
    }
}

impl Words<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn digits(&mut self) -> (usize, usize) {
        let from = self.at;
        self.at += self.rest().bytes().take_while(u8::is_ascii_digit).count();
        (from, self.at)
    }

    /// A number with its signs, and letters that follow at once.
    fn read_number(&mut self) {
        let mut groups = vec![self.digits()];
        let mut signs = Vec::new();
        while let Some(sign) = self.sign() {
            signs.push(sign);
            groups.push(self.digits());
        }
        let suffix = self.at;
        self.at += run(self.rest());
        let text = self.text;
        let after = fold(text.get(suffix..self.at).unwrap_or_default());
        let digits: Vec<&str> = groups.iter().filter_map(|&(from, to)| text.get(from..to)).collect();
        match number::read(&digits, &signs) {
            Reading::Number(number) => {
                let from = groups.first().map_or(suffix, |group| group.0);
                self.waiting.push(amount(from, self.at, &number, &after));
            }
            Reading::Groups => {
                let last = groups.len().saturating_sub(1);
                for (index, (&(from, to), digits)) in groups.iter().zip(&digits).enumerate().rev() {
                    let (to, after) = if index == last { (self.at, after.as_str()) } else { (to, "") };
                    self.waiting.push(amount(from, to, digits, after));
                }
            }
        }
    }

    /// Steps over a sign that a digit follows.
    fn sign(&mut self) -> Option<char> {
        let mut ahead = self.rest().chars();
        let sign = ahead.next().filter(|letter| number::is_sign(*letter))?;
        ahead.next().filter(char::is_ascii_digit)?;
        self.at += sign.len_utf8();
        Some(sign)
    }
}

fn amount(from: usize, to: usize, number: &str, after: &str) -> Word {
    let short = number::shorter(number);
    let form = cut(format!("{number}{after}"));
    let other = if after.is_empty() { short } else { Some(short.unwrap_or(number)) };
    Word { from, to, form, other: other.map(|form| Other::Amount(cut(form.to_owned()))) }
}

fn plain(from: usize, raw: &str) -> Option<Word> {
    let form = fold(raw);
    // Only marks and signs were in it.
    if form.is_empty() {
        return None;
    }
    let other = (!raw.is_ascii()).then(|| spelled_out(raw)).filter(|other| *other != form);
    Some(Word { from, to: from + raw.len(), form, other: other.map(Other::Spelling) })
}

/// Bytes of the word that a text begins with.
fn run(text: &str) -> usize {
    text.char_indices()
        .find(|(_, letter)| !(letter.is_alphanumeric() && !is_ideograph(*letter) || is_joined(*letter)))
        .map_or(text.len(), |(at, _)| at)
}

/// Stands in a word without being a letter: accents that follow their letter, soft hyphens, joiners.
fn is_joined(letter: char) -> bool {
    matches!(letter, '\u{00AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}') || is_combining_mark(letter)
}

/// Scripts without spaces: each sign is a word, and a query's signs must follow each other.
fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Decomposed (NFKD), lower case, without accents.
fn fold(raw: &str) -> String {
    if raw.is_ascii() {
        return cut(raw.to_ascii_lowercase());
    }
    let mut form = String::with_capacity(raw.len());
    for letter in raw.nfkd().flat_map(char::to_lowercase) {
        match simple(letter) {
            Some(letters) => form.push_str(letters),
            None if letter.is_alphanumeric() && !is_combining_mark(letter) => form.push(letter),
            None => {}
        }
    }
    cut(form)
}

/// As [`fold`], with umlauts and `ø` written in two letters, as where the keyboard lacks them.
fn spelled_out(raw: &str) -> String {
    let mut form = String::with_capacity(raw.len() + 4);
    for letter in raw.nfkd().flat_map(char::to_lowercase) {
        match letter {
            '\u{0308}' if form.ends_with(['a', 'o', 'u']) => form.push('e'),
            'ø' => form.push_str("oe"),
            _ => match simple(letter) {
                Some(letters) => form.push_str(letters),
                None if letter.is_alphanumeric() && !is_combining_mark(letter) => form.push(letter),
                None => {}
            },
        }
    }
    cut(form)
}

/// Latin letters that do not decompose.
fn simple(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ı' => "i",
        'þ' => "th",
        'ħ' => "h",
        _ => return None,
    })
}

fn cut(mut form: String) -> String {
    form.truncate(form.floor_char_boundary(LONGEST));
    form
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn forms(text: &str) -> Vec<Vec<String>> {
        words(text).map(|word| word.forms().map(str::to_owned).collect()).collect()
    }

    fn first_forms(text: &str) -> Vec<String> {
        words(text).map(|word| word.form).collect()
    }

    #[test]
    fn case_and_accents_do_not_count() {
        assert_eq!(
            first_forms("Café ÉTÉ naïve Straße Łódź ﬁnance"),
            ["cafe", "ete", "naive", "strasse", "lodz", "finance"]
        );
    }

    #[test]
    fn umlauts_are_found_either_way_composed_or_not() {
        let both = vec![vec!["umsatzerlose".to_owned(), "umsatzerloese".to_owned()]];
        assert_eq!(forms("Umsatzerlöse"), both);
        assert_eq!(forms("Umsatzerlo\u{308}se"), both);
        assert_eq!(forms("Umsatz\u{ad}erlöse"), both);
        assert_eq!(forms("Umsatzerlose"), vec![vec!["umsatzerlose".to_owned()]]);
    }

    #[test]
    fn numbers_have_one_form() {
        assert_eq!(first_forms("€3,800 vs. 3.800 and 3'800"), ["3800", "vs", "3800", "and", "3800"]);
        assert_eq!(forms("4.2m"), [["4.2m", "4.2"]]);
        assert_eq!(forms("4,2M"), [["4.2m", "4.2"]]);
        assert_eq!(forms("3,800.00"), [["3800.00", "3800"]]);
        assert_eq!(first_forms("30.06.2025"), ["30", "06", "2025"]);
        assert_eq!(first_forms("FY2024e, Q3/25 (12%)."), ["fy2024e", "q3", "25", "12"]);
        assert_eq!(first_forms("in 2024."), ["in", "2024"]);
    }

    #[test]
    fn signs_without_spaces_are_words() {
        assert_eq!(first_forms("東京 Tower"), ["東", "京", "tower"]);
    }

    #[test]
    fn long_words_are_cut_at_a_letter() {
        assert_eq!(first_forms(&"x".repeat(1000)), ["x".repeat(64)]);
        assert_eq!(first_forms(&"д".repeat(99)), ["д".repeat(32)]);
    }

    proptest! {
        #[test]
        fn words_stand_in_order_on_letters_of_the_text(text in "\\PC*") {
            let mut end = 0;
            for word in words(&text) {
                prop_assert!(end <= word.from && word.from < word.to);
                prop_assert!(text.get(word.from..word.to).is_some());
                prop_assert!(word.forms().all(|form| !form.is_empty() && form.len() <= LONGEST));
                end = word.to;
            }
        }

        #[test]
        fn a_form_is_its_own_form(text in "[a-zäöüßéA-Z]{1,20}") {
            for word in words(&text) {
                prop_assert_eq!(first_forms(&word.form), [word.form.clone()]);
            }
        }
    }
}
