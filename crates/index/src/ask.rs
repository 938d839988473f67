//! What somebody typed, as clauses. No input is an error; what means nothing gives no clause.
//!
//! All words are wanted, `"a phrase"` in its order, `-word` and `-"a phrase"` must not be there. The last word may be
//! unfinished, unless a space follows it. Length and number of clauses are bounded; what is beyond is not looked at.

use crate::words::{Word, words};

/// Characters of a query that are read.
const LONGEST: usize = 500;
/// Words of a query that are read.
const MOST_WORDS: usize = 24;
/// Letters that an unfinished word must have to stand for more than itself.
const SHORTEST_BEGINNING: usize = 2;

/// Something that a passage must have, or must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    /// One word, or several that follow each other; never empty.
    pub(crate) words: Vec<Word>,
    /// Whether the word is the beginning of what is wanted. Then there is one.
    pub(crate) unfinished: bool,
    /// Whether a passage must not have it.
    pub(crate) excluded: bool,
}

/// The clauses of a query, each once. Empty if nothing is wanted: exclusions alone find nothing.
pub(crate) fn ask(text: &str) -> Vec<Clause> {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    let text = text.get(..end).unwrap_or(text);
    let mut clauses: Vec<Clause> = Vec::new();
    let mut left = MOST_WORDS;
    let mut pieces = Pieces { text, at: 0 }.peekable();
    while let Some(piece) = pieces.next() {
        let typing =
            pieces.peek().is_none() && !piece.quoted && !piece.excluded && !text.ends_with(char::is_whitespace);
        let found: Vec<Word> = words(piece.text).take(left).collect();
        left -= found.len();
        for clause in clauses_of(found, typing, piece.excluded) {
            if !clauses.iter().any(|known| known.same(&clause)) {
                clauses.push(clause);
            }
        }
    }
    if clauses.iter().all(|clause| clause.excluded) {
        return Vec::new();
    }
    clauses
}

impl Clause {
    /// Whether two clauses want the same; places in the query do not count.
    fn same(&self, other: &Self) -> bool {
        let forms = |clause: &Self| clause.words.iter().map(|word| word.form.clone()).collect::<Vec<_>>();
        (self.unfinished, self.excluded) == (other.unfinished, other.excluded) && forms(self) == forms(other)
    }
}

/// A piece such as `profit-loss` is a phrase. While its end is being typed, that is a clause of its own.
fn clauses_of(mut words: Vec<Word>, typing: bool, excluded: bool) -> Vec<Clause> {
    let long_enough = |word: &Word| word.form.chars().count() >= SHORTEST_BEGINNING;
    let last = if typing && words.last().is_some_and(long_enough) { words.pop() } else { None };
    let finished = Some(words).filter(|words| !words.is_empty());
    let finished = finished.map(|words| Clause { words, unfinished: false, excluded });
    let unfinished = last.map(|word| Clause { words: vec![word], unfinished: true, excluded });
    finished.into_iter().chain(unfinished).collect()
}

struct Piece<'a> {
    text: &'a str,
    quoted: bool,
    excluded: bool,
}

/// Parts a query at spaces and quotes.
struct Pieces<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = self.text.get(self.at..)?;
        let start = rest.find(|letter: char| !letter.is_whitespace())?;
        let mut rest = rest.get(start..)?;
        self.at += start;
        let excluded = rest.starts_with('-') && rest.chars().nth(1).is_some_and(|next| !next.is_whitespace());
        if excluded {
            rest = rest.get(1..)?;
            self.at += 1;
        }
        let quote = rest.chars().next().filter(|first| is_quote(*first));
        let (skipped, ends): (usize, fn(char) -> bool) = match quote {
            Some(quote) => (quote.len_utf8(), is_quote),
            None => (0, |letter| letter.is_whitespace() || is_quote(letter)),
        };
        let inside = rest.get(skipped..)?;
        let length = inside.find(ends).unwrap_or(inside.len());
        let closing = inside.get(length..)?.chars().next().filter(|_| quote.is_some()).map_or(0, char::len_utf8);
        self.at += skipped + length + closing;
        Some(Piece { text: inside.get(..length)?, quoted: quote.is_some(), excluded })
    }
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '“' | '”' | '„' | '«' | '»')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(text: &str) -> Vec<String> {
        let clause = |clause: Clause| {
            let forms: Vec<String> = clause.words.into_iter().map(|word| word.form).collect();
            format!(
                "{}{}{}",
                if clause.excluded { "-" } else { "" },
                forms.join(" "),
                if clause.unfinished { "*" } else { "" }
            )
        };
        ask(text).into_iter().map(clause).collect()
    }

    #[test]
    fn words_phrases_exclusions_and_the_last_word() {
        assert_eq!(said("net revenue ret"), ["net", "revenue", "ret*"]);
        assert_eq!(said("net revenue "), ["net", "revenue"]);
        assert_eq!(said("\"net revenue\" churn -gross "), ["net revenue", "churn", "-gross"]);
        assert_eq!(said("a -\"gross margin\""), ["a", "-gross margin"]);
        assert_eq!(said("„Umsatzerlöse 2024“ x "), ["umsatzerlose 2024", "x"]);
        assert_eq!(said("profit-loss state-of-the-ar"), ["profit loss", "state of the", "ar*"]);
        assert_eq!(said("€4.2m"), ["4.2m*"]);
    }

    #[test]
    fn odd_input_gives_what_it_can() {
        for nothing in ["", " ", "-", "--", "\"", "\"\"", "-\"", "…!?", "-churn", "- \" -"] {
            assert_eq!(said(nothing), Vec::<String>::new(), "{nothing}");
        }
        assert_eq!(said("\"never closed"), ["never closed"]);
        assert_eq!(said("x"), ["x"]);
        assert_eq!(said("a - b "), ["a", "b"]);
        assert_eq!(said("foo\"bar baz\""), ["foo", "bar baz"]);
        assert_eq!(said("to be to be "), ["to", "be"]);
    }

    #[test]
    fn length_and_number_are_bounded() {
        let many: String = (0..1000).map(|number| format!("w{number} ")).collect();
        assert_eq!(said(&many).len(), MOST_WORDS);
        assert_eq!(said(&"x".repeat(100_000)).len(), 1);
    }

    proptest! {
        #[test]
        fn no_input_fails(text in "(\\PC|[-\" „“])*") {
            let clauses = ask(&text);
            let words: usize = clauses.iter().map(|clause| clause.words.len()).sum();
            prop_assert!(words <= MOST_WORDS);
            prop_assert!(clauses.iter().all(|clause| !clause.words.is_empty()));
            prop_assert!(clauses.is_empty() || clauses.iter().any(|clause| !clause.excluded));
        }
    }
}
