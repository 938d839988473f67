//! What the eye takes for a row: words at one height, parted into pieces by wide gaps.

use super::Found;

/// Words of one piece of a row, from left to right, never none.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// Their places among the page's words.
    pub(crate) words: Vec<usize>,
    /// Left edge.
    pub(crate) x0: f32,
    /// Right edge.
    pub(crate) x1: f32,
    /// Number of characters.
    pub(crate) characters: usize,
    /// It is a number, an amount, a share, or what stands for none.
    pub(crate) value: bool,
}

impl Piece {
    /// Words of a row, from left to right, with their places.
    pub(crate) fn of(words: &[(usize, &Found)]) -> Option<Self> {
        let text: String = words.iter().map(|(_, word)| word.text.as_str()).collect();
        Some(Self {
            words: words.iter().map(|(at, _)| *at).collect(),
            x0: words.first()?.1.bounds.x0,
            x1: words.iter().map(|(_, word)| word.bounds.x1).reduce(f32::max)?,
            characters: text.chars().count(),
            value: is_value(&text),
        })
    }
}

/// A row with its pieces from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Top edge.
    pub(crate) y0: f32,
    /// Bottom edge.
    pub(crate) y1: f32,
    /// The pieces, never none.
    pub(crate) pieces: Vec<Piece>,
}

impl Row {
    /// Height of the row.
    pub(crate) fn height(&self) -> f32 {
        (self.y1 - self.y0).max(1.0)
    }

    /// True if values stand beside something: what a row of a table looks like.
    pub(crate) fn tabular(&self) -> bool {
        self.pieces.iter().skip(1).any(|piece| piece.value)
    }
}

/// The rows of a page from top to bottom. Words that run sideways are in none.
pub(crate) fn rows(words: &[Found]) -> Vec<Row> {
    let sideways = sideways(words);
    let mut upright: Vec<(usize, &Found)> =
        words.iter().enumerate().zip(sideways).filter(|(_, sideways)| !sideways).map(|(word, _)| word).collect();
    upright.sort_by(|(_, a), (_, b)| a.middle().total_cmp(&b.middle()));
    let mut rows: Vec<Vec<(usize, &Found)>> = Vec::new();
    for (at, word) in upright {
        match rows.last_mut() {
            Some(row) if level(row, word) => row.push((at, word)),
            Some(row) if mark_of(row, word) => row.push((at, word)),
            _ => rows.push(vec![(at, word)]),
        }
    }
    rows.into_iter().filter_map(row).collect()
}

/// True if all of a row so far is a raised footnote mark of the line that a word is on.
fn mark_of(row: &[(usize, &Found)], word: &Found) -> bool {
    let raised = |(_, mark): &(usize, &Found)| {
        let shared = mark.bounds.y1.min(word.bounds.y1) - mark.bounds.y0.max(word.bounds.y0);
        let sign = mark.text.trim_matches(|found: char| "()*†‡,".contains(found));
        mark.bounds.height() < 0.8 * word.bounds.height()
            && shared > 0.5 * mark.bounds.height()
            && sign.len() <= 2
            && sign.chars().all(|found| found.is_ascii_alphanumeric())
    };
    row.iter().all(raised)
}

/// True if a word stands at the height of a row: the middles are closer than 0.4 of the lower one's height.
fn level(row: &[(usize, &Found)], word: &Found) -> bool {
    let Some((_, last)) = row.last() else { return false };
    let near =
        |other: &Found| (word.middle() - other.middle()).abs() < 0.4 * other.bounds.height().min(word.bounds.height());
    // The first word of the row's own height keeps it from drifting down along a slope of words.
    let first = row.iter().find(|(_, other)| other.bounds.height() >= 0.8 * word.bounds.height());
    near(last) && first.is_none_or(|(_, first)| near(first))
}

fn row(mut words: Vec<(usize, &Found)>) -> Option<Row> {
    words.sort_by(|(_, a), (_, b)| a.bounds.x0.total_cmp(&b.bounds.x0));
    let y0 = words.iter().map(|(_, word)| word.bounds.y0).reduce(f32::min)?;
    let y1 = words.iter().map(|(_, word)| word.bounds.y1).reduce(f32::max)?;
    let mut pieces: Vec<Vec<(usize, &Found)>> = Vec::new();
    for (at, word) in words {
        match pieces.last_mut() {
            Some(piece) if piece.last().is_some_and(|(_, last)| !parted(last, word)) => piece.push((at, word)),
            _ => pieces.push(vec![(at, word)]),
        }
    }
    Some(Row { y0, y1, pieces: pieces.iter().filter_map(|words| Piece::of(words)).collect() })
}

/// True if a gap between two words of a row parts two cells.
fn parted(left: &Found, right: &Found) -> bool {
    let gap = right.bounds.x0 - left.bounds.x1;
    let height = left.bounds.height().min(right.bounds.height()).max(1.0);
    let number_next = right.text.starts_with(|first: char| first.is_ascii_digit() || "(-–—.".contains(first));
    if opens_amount(&left.text) && number_next {
        return false;
    }
    if ends_amount(&left.text) && opens_amount(&right.text) {
        return gap > 0.1 * height;
    }
    let number_before = left.text.ends_with(|last: char| last.is_ascii_digit() || last == ')');
    if closes_amount(&right.text) && number_before {
        return gap > 2.0 * height;
    }
    if ends_amount(&left.text) && is_value(&right.text) {
        return gap > 0.45 * height;
    }
    gap > 0.9 * height
}

/// A currency or bracket that stands in a column of its own before the amount it belongs to.
fn opens_amount(text: &str) -> bool {
    matches!(text, "$" | "€" | "£" | "¥" | "US$" | "A$" | "C$" | "S$" | "(" | "$(" | "€(" | "£(" | "($")
        || matches!(text, "EUR" | "USD" | "GBP" | "CHF" | "-$" | "-€" | "-£")
}

/// An amount, or what closes one.
fn ends_amount(text: &str) -> bool {
    is_value(text) || closes_amount(text)
}

/// A bracket or sign that stands apart behind the amount it belongs to.
fn closes_amount(text: &str) -> bool {
    matches!(text, ")" | "%" | ")%" | "%)" | "x" | "pp" | "bps" | "€" | "m" | "k")
}

/// True for a number, an amount, a share, a multiple, or a sign that there is none.
pub(crate) fn is_value(text: &str) -> bool {
    if matches!(
        text,
        "-" | "–"
            | "—"
            | "$-"
            | "$–"
            | "$—"
            | "€-"
            | "£-"
            | "€—"
            | "£—"
            | "n/a"
            | "N/A"
            | "n.a."
            | "nil"
            | "NM"
            | "nm"
            | "n.m."
    ) {
        return true;
    }
    let bare =
        ["US$", "A$", "C$", "EUR", "USD", "GBP", "CHF"].iter().fold(text, |rest, code| rest.trim_start_matches(code));
    let bare = bare.trim_start_matches(|found: char| "$€£¥(+-–—−~<>≈.".contains(found));
    let digits =
        bare.trim_start_matches(|found: char| found.is_ascii_digit() || ".,'’/\u{a0}\u{202f} ".contains(found));
    let number = bare.starts_with(|first: char| first.is_ascii_digit());
    let unit = digits.trim_matches(|found: char| "()%*+$€£¥†‡¹²³".contains(found) || found.is_ascii_digit());
    number && unit.chars().count() <= 3 && unit.chars().all(char::is_alphabetic)
}

/// Which words run sideways: those of lines that are higher than wide although they hold several characters.
fn sideways(words: &[Found]) -> Vec<bool> {
    let lines = words.chunk_by(|a, b| (a.block, a.line) == (b.block, b.line));
    let mut found = Vec::with_capacity(words.len());
    for line in lines {
        let bounds = line.iter().map(|word| word.bounds).reduce(|all, word| all.union(word));
        let characters: usize = line.iter().map(|word| word.text.chars().count()).sum();
        let upended = bounds.is_some_and(|bounds| bounds.height() > 1.5 * (bounds.x1 - bounds.x0));
        found.extend(line.iter().map(|_| upended && characters > 2));
    }
    found
}

#[cfg(test)]
mod tests {
    use model::Bounds;

    use super::*;

    fn word(text: &str, x0: f32, x1: f32, y0: f32) -> Found {
        Found { text: text.to_owned(), bounds: Bounds::new(x0, y0, x1, y0 + 10.0), block: (0, 0), line: 0 }
    }

    fn texts(words: &[Found]) -> Vec<Vec<String>> {
        let of = |piece: &Piece| piece.words.iter().map(|at| words[*at].text.as_str()).collect::<Vec<_>>().join(" ");
        rows(words).iter().map(|row| row.pieces.iter().map(of).collect()).collect()
    }

    #[test]
    fn values_are_told_from_words() {
        for value in [
            "1,234", "(1,234)", "$4.2m", "€4,2", "12%", "(3.5)%", "—", "n/a", "1.7x", "2023", "US$5bn", "+3pp", "34*",
            "−5", ".5", "1’000", "$(12)", "0", "12.5%", "£3k", "300€",
        ] {
            assert!(is_value(value), "{value}");
        }
        for other in ["ARR", "Q1", "May-22", "FY2024", "A", "Series", "1st-quarter", "", "$", "(a)", "3months"] {
            assert!(!is_value(other), "{other}");
        }
    }

    #[test]
    fn gaps_part_cells_and_signs_stay_with_their_amounts() {
        let words = [
            word("Net", 0.0, 15.0, 0.0),
            word("income", 18.0, 50.0, 0.0),
            word("$", 100.0, 105.0, 0.0),
            word("1,234", 150.0, 180.0, 0.0),
            word("(56", 190.0, 205.0, 0.0),
            word(")", 212.0, 215.0, 0.0),
            word("12", 221.0, 230.0, 0.0),
            word("%", 233.0, 240.0, 0.0),
        ];
        assert_eq!(texts(&words), [["Net income", "$ 1,234", "(56 )", "12 %"]]);
    }

    #[test]
    fn rows_follow_the_height_and_not_the_order() {
        let words = [
            word("left", 0.0, 20.0, 0.0),
            word("below", 0.0, 20.0, 14.0),
            word("right", 100.0, 120.0, 1.0),
            word("5", 100.0, 105.0, 15.0),
        ];
        assert_eq!(texts(&words), [["left", "right"], ["below", "5"]]);
    }

    #[test]
    fn words_that_run_sideways_are_in_no_row() {
        let mut word = word("Appendix", 0.0, 10.0, 0.0);
        word.bounds.y1 = 60.0;
        assert!(rows(&[word]).is_empty());
    }
}
