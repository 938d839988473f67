//! What the documents say on a topic, verbatim: whole sentences, scored by the template's words.

use model::{DocumentRole, Layout, Place};

use crate::Source;
use crate::book::Book;
use crate::lines::{Piece, sentences};
use crate::template::Topic;
use crate::words::{fold, has};

/// Sentences shown for a topic at most.
const MOST: usize = 4;

/// Of the best sentences so many are looked at.
const LOOKED_AT: usize = 60;

/// Of these from one document at most.
const MOST_OF_ONE: usize = 2;

/// A sentence has so many words.
const WORDS: std::ops::RangeInclusive<usize> = 6..=70;

/// A clause of a contract may be longer.
const CLAUSE_WORDS: std::ops::RangeInclusive<usize> = 6..=120;

/// Documents of which excerpts are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// All but contracts.
    Papers,
    /// Contracts alone.
    Contracts,
}

/// The sentences on a topic, the best first, ties by document and place.
pub fn excerpts(book: &Book<'_>, topic: &Topic, from: From) -> Vec<Place> {
    let mut scored = Vec::new();
    for Source { input, survey, .. } in book.sources.iter().copied() {
        let contract = survey.role == DocumentRole::Contract;
        let Ok(document) = &input.document else { continue };
        if contract != (from == From::Contracts) {
            continue;
        }
        for part in document.parts.iter().filter(|part| !matches!(part.layout, Layout::Sheet(_))) {
            for piece in sentences(part) {
                let in_table =
                    part.tables.iter().flat_map(|table| &table.cells).any(|cell| cell.span.overlaps(piece.whole()));
                if let Some(score) = score(&piece, topic, from).filter(|_| !in_table) {
                    scored.push((
                        std::cmp::Reverse(score),
                        &input.name,
                        part.number,
                        piece.whole(),
                        input.version,
                        part,
                    ));
                }
            }
        }
    }
    scored.sort_by(|one, two| (one.0, one.1, one.2, one.3).cmp(&(two.0, two.1, two.2, two.3)));
    let mut kept: Vec<Place> = Vec::new();
    for (_, _, _, span, version, part) in scored.into_iter().take(LOOKED_AT) {
        let place = part.place(version, span);
        let of_one = kept.iter().filter(|other| other.document == place.document).count();
        let said = kept.iter().any(|other| same_words(&other.quote, &place.quote));
        if kept.len() < MOST && of_one < MOST_OF_ONE.max(if from == From::Contracts { MOST } else { 0 }) && !said {
            kept.push(place);
        }
    }
    kept
}

fn same_words(one: &str, two: &str) -> bool {
    one.split_whitespace().eq(two.split_whitespace())
}

/// Words of the topic in a sentence: each counts once, phrases count double. `None` for what is no sentence.
fn score(piece: &Piece<'_>, topic: &Topic, from: From) -> Option<usize> {
    let words = piece.text.split_whitespace().count();
    let allowed = if from == From::Contracts { CLAUSE_WORDS } else { WORDS };
    let lower = piece.text.chars().filter(|found| found.is_lowercase()).count();
    let digits = piece.text.chars().filter(char::is_ascii_digit).count();
    if !allowed.contains(&words) || lower < words * 2 || digits > lower || piece.text.contains("....") {
        return None;
    }
    let folded = fold(piece.text);
    let hits: usize =
        topic.lexicon.iter().filter(|word| has(&folded, word)).map(|word| if word.contains(' ') { 3 } else { 2 }).sum();
    let ends = piece.text.ends_with(['.', '!', '?']);
    (hits > 0).then_some(hits + usize::from(ends))
}
