//! The surroundings of places: whole parts where they are short, else windows on the borders of lines and sentences.

use std::collections::BTreeMap;

use model::{DocumentVersion, Layout, Part, Place, Span};

use super::quote::Plain;
use super::signs::shown;
use crate::lines::{Piece, sentences};

/// Passages of a section at most.
const MOST: usize = 16;

/// Characters of a section's passages at most.
const MOST_CHARACTERS: u32 = 12_000;

/// Characters up to which a part, and else a window, is given as a whole.
const WINDOW: u32 = 1_200;

/// A stretch of a document that a model is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// `P1`, `P2`, …
    pub id: String,
    /// Its document.
    pub document: DocumentVersion,
    /// Its part, from 1.
    pub part: u32,
    /// Its stretch of the part's text.
    pub span: Span,
    /// The text that the model is given: that stretch without characters that are not seen.
    pub text: String,
}

impl Passage {
    /// Its text in the form in which quotes are looked for.
    pub fn plain(&self, part: &Part) -> Plain {
        Plain::of(part.quote(self.span), self.span.start)
    }
}

/// The surroundings of these places, the first places first, as far as they fit.
pub fn passages(places: &[&Place], parts: &[(DocumentVersion, Part)]) -> Vec<Passage> {
    let mut windows: Vec<(DocumentVersion, &Part, Span)> = Vec::new();
    let mut cut: BTreeMap<usize, Pieces> = BTreeMap::new();
    for place in places {
        let found = parts.iter().position(|(version, part)| *version == place.document && part.number == place.part);
        let part = found.and_then(|at| Some((at, parts.get(at)?)));
        let Some((at, (version, part))) = part.filter(|(_, (_, part))| !matches!(part.layout, Layout::Sheet(_))) else {
            continue;
        };
        let pieces = cut.entry(at).or_insert_with(|| Pieces::of(part));
        add(&mut windows, *version, part, window(pieces, place.span));
    }
    let texts = windows.into_iter().map(|(version, part, span)| (version, part, span, shown(part.quote(span))));
    let told = texts.filter(|(_, _, _, text)| text.chars().any(char::is_alphabetic));
    told.enumerate()
        .map(|(at, (document, part, span, text))| Passage {
            id: format!("P{}", at + 1),
            document,
            part: part.number,
            span,
            text,
        })
        .collect()
}

/// Adds a window or widens the one that it overlaps, if there is room.
fn add<'p>(windows: &mut Vec<(DocumentVersion, &'p Part, Span)>, version: DocumentVersion, part: &'p Part, span: Span) {
    let used: u32 = windows.iter().map(|(_, _, span)| span.len()).sum();
    let room = MOST_CHARACTERS.saturating_sub(used);
    let full = windows.len() >= MOST;
    let same = windows.iter_mut().find(|(own, other, wide)| {
        *own == version && other.number == part.number && wide.start <= span.end && span.start <= wide.end
    });
    match same {
        Some((_, _, wide)) => {
            let wider = Span::new(wide.start.min(span.start), wide.end.max(span.end));
            if wider.len() - wide.len() <= room {
                *wide = wider;
            }
        }
        None if span.len() <= room && !full && !span.is_empty() => windows.push((version, part, span)),
        None => {}
    }
}

/// A part cut at the ends of its sentences, once for all of its places.
struct Pieces {
    /// Characters of the part.
    length: u32,
    /// Its sentences; none of a part that is short.
    spans: Vec<Span>,
}

impl Pieces {
    fn of(part: &Part) -> Self {
        let length = u32::try_from(part.text.chars().count()).unwrap_or(u32::MAX);
        let spans = if length <= WINDOW { Vec::new() } else { sentences(part).iter().map(Piece::whole).collect() };
        Self { length, spans }
    }
}

/// The whole part, or whole sentences and lines around a place, alternately before and after it, as far as they fit.
fn window(Pieces { length, spans: pieces }: &Pieces, place: Span) -> Span {
    let length = *length;
    if length <= WINDOW {
        return Span::new(0, length);
    }
    let place = Span::new(place.start.min(length), place.end.min(length).min(place.start.saturating_add(WINDOW)));
    let first = pieces.partition_point(|piece| piece.end <= place.start);
    let last = pieces.partition_point(|piece| piece.start < place.end);
    let touched = pieces.get(first..last).unwrap_or_default();
    let whole = touched.iter().fold(place, |all, piece| Span::new(all.start.min(piece.start), all.end.max(piece.end)));
    let mut span = if whole.len() <= WINDOW { whole } else { place };
    let mut before = pieces.get(..first).unwrap_or_default().iter().rev().peekable();
    let mut after = pieces.get(last..).unwrap_or_default().iter().peekable();
    loop {
        let up = before.next_if(|piece| span.end - piece.start.min(span.end) <= WINDOW);
        span.start = up.map_or(span.start, |piece| piece.start.min(span.start));
        let down = after.next_if(|piece| piece.end.saturating_sub(span.start) <= WINDOW);
        span.end = down.map_or(span.end, |piece| piece.end.max(span.end));
        if up.is_none() && down.is_none() {
            return span;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{page, sheet, version};

    fn long() -> Part {
        let lines: Vec<String> = (0..200).map(|at| format!("Sentence with the name a{at} stands here.")).collect();
        page(3, &lines.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn place(part: &Part, words: &str) -> Place {
        let at = part.text.find(words).unwrap();
        part.place(version("deck.pdf"), Span::of_bytes(&part.text, at, at + words.len()))
    }

    #[test]
    fn a_short_part_is_given_whole_and_once() {
        let part = page(1, &["First line", "", "Second\u{200b} line"]);
        let (one, two) = (place(&part, "First"), place(&part, "line"));
        let found = passages(&[&one, &two], &[(version("deck.pdf"), part)]);
        let texts: Vec<&str> = found.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(texts, ["First line\n\nSecond line"]);
    }

    #[test]
    fn a_window_stands_on_borders_and_windows_that_meet_are_one() {
        let part = long();
        let (one, two) = (place(&part, "name a100 "), place(&part, "name a105 "));
        let far = place(&part, "name a3 ");
        let found = passages(&[&one, &two, &far], &[(version("deck.pdf"), part)]);
        assert_eq!(found.len(), 2, "{found:?}");
        let first = &found[0];
        assert!(first.text.starts_with("Sentence") && first.text.ends_with("here."), "{}", first.text);
        assert!(first.text.contains("a100") && first.text.contains("a105") && first.span.len() < 2 * WINDOW);
        assert!(found[1].text.contains(" a3 ") && found[1].span.len() <= WINDOW);
    }

    #[test]
    fn passages_are_bounded_and_sheets_are_none() {
        let parts: Vec<(DocumentVersion, Part)> =
            (1..40).map(|number| (version("deck.pdf"), Part { number, ..long() })).collect();
        let places: Vec<Place> = parts.iter().map(|(_, part)| place(part, "name a50 ")).collect();
        let found = passages(&places.iter().collect::<Vec<_>>(), &parts);
        let characters: u32 = found.iter().map(|passage| passage.span.len()).sum();
        assert!(characters <= MOST_CHARACTERS && found.len() <= MOST && found.len() > 8, "{characters}");

        let cells = sheet(1, "Costs", &["Rent|1000"]);
        let cell = cells.place(version("model.xlsx"), Span::new(0, 4));
        assert!(passages(&[&cell], &[(version("model.xlsx"), cells)]).is_empty());
    }

    #[test]
    fn a_part_of_one_endless_line_is_cut() {
        let part = page(1, &[&"word ".repeat(9_000)]);
        let one = part.place(version("deck.pdf"), Span::new(20_000, 20_010));
        let found = passages(&[&one], &[(version("deck.pdf"), part)]);
        assert!(found.iter().all(|passage| passage.span.len() <= WINDOW && !passage.span.is_empty()), "{found:?}");
    }
}
