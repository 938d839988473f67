//! What a hit shows: about 200 characters of its passage, where most of what was asked for stands together.

use std::ops::Range;

use crate::ask::Clause;
use crate::words::{Word, words};

/// Characters of a snippet, about.
const LENGTH: usize = 200;
/// Characters before its first hit.
const LEAD: usize = 50;

/// A stretch of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its text; line ends and tabs are spaces, `…` stands where the passage goes on.
    pub text: String,
    /// Whether it is what was asked for.
    pub hit: bool,
}

/// A snippet of a passage.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snippet {
    /// Its pieces in order.
    pub(crate) pieces: Vec<Piece>,
    /// The first hit in it, in characters of the passage.
    pub(crate) first: Option<Range<usize>>,
}

/// The snippet of a passage for these clauses.
pub(crate) fn snippet(text: &str, clauses: &[Clause]) -> Snippet {
    let passage = Passage::new(text);
    let hits = merged(&passage, clauses);
    let window = passage.widened(&best(&hits));
    let shown: Vec<&Range<usize>> =
        hits.iter().map(|hit| &hit.at).filter(|at| at.start >= window.start && at.end <= window.end).collect();
    Snippet { pieces: passage.pieces(&window, &shown), first: shown.first().map(|at| (*at).clone()) }
}

/// A place that a clause asked for, in characters.
#[derive(Debug, Clone)]
struct Found {
    at: Range<usize>,
    clauses: Vec<usize>,
}

/// A text that can be asked by characters.
struct Passage<'a> {
    text: &'a str,
    /// The first byte of each character, and the end.
    bytes: Vec<usize>,
}

impl<'a> Passage<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, bytes: text.char_indices().map(|(at, _)| at).chain([text.len()]).collect() }
    }

    fn len(&self) -> usize {
        self.bytes.len() - 1
    }

    fn character(&self, byte: usize) -> usize {
        self.bytes.partition_point(|known| *known < byte)
    }

    fn get(&self, range: Range<usize>) -> &'a str {
        let byte = |at: usize| self.bytes.get(at).copied().unwrap_or(self.text.len());
        self.text.get(byte(range.start)..byte(range.end)).unwrap_or_default()
    }

    fn is_space(&self, at: usize) -> bool {
        self.get(at..at + 1).chars().all(char::is_whitespace)
    }

    /// The window with whole words at its ends; what is left over if the passage is hardly longer comes along.
    fn widened(&self, window: &Range<usize>) -> Range<usize> {
        let mut start = window.start.min(self.len());
        if start < LEAD {
            start = 0;
        }
        while start > 0 && start < window.start + LEAD && !self.is_space(start - 1) {
            start += 1;
        }
        // A word without end: better cut than lost.
        if start == window.start + LEAD {
            start = window.start;
        }
        let mut end = (start + LENGTH).max(window.end).min(self.len());
        if self.len() - end < LEAD {
            end = self.len();
        }
        let floor = window.end.max(end.saturating_sub(LEAD));
        let cut = (floor..=end).rev().find(|at| *at == self.len() || self.is_space(*at));
        start..cut.unwrap_or(end)
    }

    fn pieces(&self, window: &Range<usize>, hits: &[&Range<usize>]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = window.start;
        let mut push = |text: String, hit: bool| {
            if !text.is_empty() {
                pieces.push(Piece { text, hit });
            }
        };
        for hit in hits {
            push(self.plain(at..hit.start, window), false);
            push(spaced(self.get((*hit).clone())), true);
            at = hit.end;
        }
        push(self.plain(at..window.end, window), false);
        pieces
    }

    /// Text between hits, with `…` where the window cuts the passage.
    fn plain(&self, range: Range<usize>, window: &Range<usize>) -> String {
        let mut text = spaced(self.get(range.clone()));
        if range.start == window.start && window.start > 0 {
            text = format!("…{}", text.trim_start());
        }
        if range.end == window.end && window.end < self.len() {
            text = format!("{}…", text.trim_end());
        }
        text
    }
}

/// Every run of white space as one space.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if !letter.is_whitespace() {
            out.push(letter);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

/// The hits in order; those that touch each other are one.
fn merged(passage: &Passage, clauses: &[Clause]) -> Vec<Found> {
    let words: Vec<Word> = words(passage.text).collect();
    let mut found: Vec<Found> = Vec::new();
    for (index, clause) in clauses.iter().enumerate().filter(|(_, clause)| !clause.excluded) {
        for place in words.windows(clause.words.len().max(1)) {
            if let ([first, ..], [.., last], true) = (place, place, meets(place, clause)) {
                let at = passage.character(first.from)..passage.character(last.to);
                found.push(Found { at, clauses: vec![index] });
            }
        }
    }
    found.sort_by_key(|hit| (hit.at.start, hit.at.end));
    let mut merged: Vec<Found> = Vec::with_capacity(found.len());
    for hit in found {
        match merged.last_mut() {
            Some(last) if hit.at.start < last.at.end => {
                last.at.end = last.at.end.max(hit.at.end);
                last.clauses.extend(hit.clauses);
            }
            _ => merged.push(hit),
        }
    }
    merged
}

/// Whether words of the passage are what a clause asks for.
fn meets(place: &[Word], clause: &Clause) -> bool {
    place.iter().zip(&clause.words).all(|(word, wanted)| {
        let mut asked = std::iter::once(wanted.form.as_str()).chain(wanted.spelling());
        asked.any(|asked| word.forms().any(|form| form == asked || clause.unfinished && form.starts_with(asked)))
    })
}

/// The window with the most different clauses, then with the most hits, then the first; before it is widened to words.
fn best(hits: &[Found]) -> Range<usize> {
    let mut best = (0, 0, 0..0);
    for (index, first) in hits.iter().enumerate() {
        let start = first.at.start.saturating_sub(LEAD);
        let inside: Vec<&Found> =
            hits.iter().skip(index).take_while(|hit| hit.at.end <= start + LENGTH || hit.at == first.at).collect();
        let mut clauses: Vec<usize> = inside.iter().flat_map(|hit| hit.clauses.iter().copied()).collect();
        clauses.sort_unstable();
        clauses.dedup();
        if (clauses.len(), inside.len()) > (best.0, best.1) {
            let end = inside.last().map_or(first.at.end, |hit| hit.at.end);
            best = (clauses.len(), inside.len(), start..end);
        }
    }
    best.2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ask::ask;

    fn shown(text: &str, query: &str) -> String {
        let snippet = snippet(text, &ask(query));
        snippet
            .pieces
            .iter()
            .map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() })
            .collect()
    }

    fn quote(text: &str, query: &str) -> String {
        let at = snippet(text, &ask(query)).first.unwrap();
        text.chars().skip(at.start).take(at.len()).collect()
    }

    #[test]
    fn hits_are_marked_in_every_spelling() {
        assert_eq!(
            shown("Die Umsatzerlöse\tstiegen\nauf 4,2m.", "umsatzerloese 4.2"),
            "Die [Umsatzerlöse] stiegen auf [4,2m]."
        );
        assert_eq!(shown("Revenues grew. Revenue fell.", "reven"), "[Revenues] grew. [Revenue] fell.");
        assert_eq!(shown("net revenue, revenue net", "\"net revenue\""), "[net revenue], revenue net");
        assert_eq!(shown("gross margin -churn", "margin -churn "), "gross [margin] -churn");
    }

    #[test]
    fn the_window_is_where_most_stands_together() {
        let text = format!("alpha {} alpha beta gamma {}", "filler words here ".repeat(30), "and so on ".repeat(30));
        let said = shown(&text, "alpha beta gamma ");
        assert!(said.contains("[alpha] [beta] [gamma]"), "{said}");
        assert!(said.starts_with('…') && said.ends_with('…'), "{said}");
        assert!(said.chars().count() < LENGTH + 2 * LEAD, "{said}");
        assert_eq!(quote(&text, "alpha beta gamma "), "alpha");
    }

    #[test]
    fn letters_beyond_the_basic_plane_count_as_one() {
        let text = format!("{}𝒳 💶 Umsatz 💶", "💶 ".repeat(200));
        assert_eq!(quote(&text, "umsatz"), "Umsatz");
        assert!(shown(&text, "umsatz").contains("💶 [Umsatz] 💶"));
        // Mathematical letters fold to plain ones.
        assert_eq!(quote(&text, "x "), "𝒳");
    }

    #[test]
    fn nothing_found_shows_the_beginning() {
        assert_eq!(shown("some text", "other"), "some text");
        assert_eq!(shown("", "other"), "");
    }

    proptest! {
        #[test]
        fn a_snippet_is_bounded_and_its_span_is_a_hit(text in "([a-e]{1,3}|💶|\\PC|[ \n]){0,600}", query in "[a-e]{1,2}( [a-e]{1,2}){0,3} ") {
            let clauses = ask(&query);
            let snippet = snippet(&text, &clauses);
            let length: usize = snippet.pieces.iter().map(|piece| piece.text.chars().count()).sum();
            prop_assert!(length <= LENGTH + 2 * LEAD + 2 || snippet.pieces.iter().any(|piece| piece.text.chars().count() > LENGTH / 2));
            prop_assert_eq!(snippet.first.is_some(), snippet.pieces.iter().any(|piece| piece.hit));
            if let Some(first) = snippet.first {
                let quote: String = text.chars().skip(first.start).take(first.len()).collect();
                let found: Vec<_> = words(&quote).collect();
                prop_assert!(clauses.iter().any(|clause| found.iter().any(|word| meets(std::slice::from_ref(word), clause))));
            }
        }
    }
}
