//! The text of a part in pieces: lines, and sentences that run over lines. Every piece is a stretch of the text.

use model::{Part, Span};

/// A stretch of a part's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The text.
    pub text: &'a str,
    /// Its first character in the part's text.
    pub start: u32,
}

impl<'a> Piece<'a> {
    /// The span of some bytes of this piece in the part's text.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let own = Span::of_bytes(self.text, start, end);
        Span::new(self.start + own.start, self.start + own.end)
    }

    /// The span of the whole piece.
    pub fn whole(&self) -> Span {
        self.span(0, self.text.len())
    }

    fn cut(&self, start: usize, end: usize) -> Piece<'a> {
        let text = self.text.get(start..end).unwrap_or_default();
        let lead = text.len() - text.trim_start().len();
        let characters = self.text.get(..start + lead).map_or(0, |head| head.chars().count());
        Piece { text: text.trim(), start: self.start + u32::try_from(characters).unwrap_or(u32::MAX) }
    }
}

/// Bytes of a paragraph at most; longer ones are no prose and would cost too much.
const LONGEST: usize = 20_000;

/// Lines shorter than this end where their author ended them, not where the page did.
const WRAPPED: usize = 45;

/// The lines of a part that hold something.
pub fn lines(part: &Part) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut start = 0u32;
    for line in part.text.split('\n') {
        let whole = Piece { text: line, start };
        start = start.saturating_add(u32::try_from(line.chars().count()).unwrap_or(u32::MAX)).saturating_add(1);
        let piece = whole.cut(0, line.len());
        if !piece.text.is_empty() {
            found.push(piece);
        }
    }
    found
}

/// The sentences of a part: lines that run on are read together, then parted at full stops.
pub fn sentences(part: &Part) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut at_character = 0u32;
    for paragraph in paragraphs(&part.text) {
        let whole = Piece { text: paragraph, start: at_character };
        if paragraph.len() <= LONGEST {
            found.extend(
                stops(paragraph).map(|(start, end)| whole.cut(start, end)).filter(|piece| !piece.text.is_empty()),
            );
        }
        at_character += u32::try_from(paragraph.chars().count()).unwrap_or(u32::MAX);
    }
    found
}

/// The text cut at those line ends that end something; the pieces put together are the text.
fn paragraphs(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut found = Vec::new();
    let (mut start, mut end) = (0, 0);
    for (at, line) in lines.iter().enumerate() {
        end += line.len();
        let next = lines.get(at + 1).map(|next| next.trim()).unwrap_or_default();
        let runs_on = line.trim().chars().count() >= WRAPPED
            && !line.trim().ends_with(['.', ':', ';', '!', '?'])
            && next.starts_with(|first: char| first.is_lowercase() || first.is_ascii_digit() || "€£$(".contains(first));
        let capital_runs_on = line.trim().chars().count() >= 2 * WRAPPED
            && !line.trim().ends_with(['.', ':', ';', '!', '?'])
            && next.starts_with(char::is_uppercase);
        if !runs_on && !capital_runs_on {
            found.push(text.get(start..end).unwrap_or_default());
            start = end;
        }
    }
    found.push(text.get(start..).unwrap_or_default());
    found
}

/// Byte ranges of the sentences of a paragraph.
fn stops(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut cuts = vec![0];
    for (at, mark) in text.match_indices(['.', '!', '?', ';']) {
        let end = at + mark.len();
        let mut after = text.get(end..).unwrap_or_default().chars();
        let spaced = after.next().is_some_and(char::is_whitespace);
        let next = after.find(|found| !found.is_whitespace());
        let begins = next.is_some_and(|next| next.is_uppercase() || next.is_ascii_digit() || "€£$\"“„".contains(next));
        if spaced
            && (mark == ";" || begins)
            && !abbreviated(text.get(..at).unwrap_or_default(), text.get(end..).unwrap_or_default())
        {
            cuts.push(end);
        }
    }
    cuts.push(text.len());
    let pairs: Vec<(usize, usize)> = cuts.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect();
    pairs.into_iter()
}

/// `Mio. €`, `e.g. `, `No. 5`, `J. Smith`, `30. Juni`: the stop ends no sentence.
fn abbreviated(head: &str, tail: &str) -> bool {
    const SHORT: [&str; 24] = [
        "mio", "mrd", "tsd", "ca", "e.g", "i.e", "z.b", "bzw", "inkl", "no", "nr", "inc", "ltd", "co", "corp", "st",
        "mr", "ms", "dr", "approx", "vs", "etc", "p.a", "resp",
    ];
    let word = head.rsplit([' ', '\n', '(', '\u{a0}']).next().unwrap_or_default();
    let lower = word.to_lowercase();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let month: String = tail.trim_start().chars().take(3).collect::<String>().to_lowercase();
    let months = ["jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"];
    let ordinal =
        !word.is_empty() && word.chars().all(|found| found.is_ascii_digit()) && months.contains(&month.as_str());
    initial || ordinal || SHORT.contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::page;

    #[test]
    fn sentences_run_over_lines_and_keep_their_places() {
        let part = page(
            1,
            &[
                "Overview",
                "FY2024 audited turnover was £3.2M against an EBITDA loss of",
                "£0.31M. The auditor has flagged going concern, e.g. Note 5. Growth is real.",
            ],
        );
        let found = sentences(&part);
        let texts: Vec<&str> = found.iter().map(|piece| piece.text).collect();
        assert_eq!(texts[0], "Overview");
        assert_eq!(texts[1], "FY2024 audited turnover was £3.2M against an EBITDA loss of\n£0.31M.");
        assert_eq!(texts.last(), Some(&"Growth is real."));
        for piece in found {
            assert_eq!(part.quote(piece.whole()), piece.text);
        }
    }

    #[test]
    fn lines_keep_their_places() {
        let part = page(1, &["Umsatz für März", "", "€4.2m  ARR"]);
        let found = lines(&part);
        assert_eq!(found.len(), 2);
        let arr = found[1];
        assert_eq!(part.quote(arr.span(0, "€4.2m".len())), "€4.2m");
    }
}
