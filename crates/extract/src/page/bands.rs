//! The columns of a table, found from where the pieces of its rows stand.

use super::Found;
use super::rows::{Piece, Row};

/// More columns than a table on a page can show.
const COLUMNS: usize = 40;

/// Characters that the cells of a column of text hold on average, at most; more is running text beside a table.
const CELL: usize = 40;

/// The stretch of the page's width that a column covers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Band {
    x0: f32,
    x1: f32,
    rows: usize,
    characters: usize,
    value: bool,
}

impl Band {
    fn of(piece: &Piece) -> Self {
        Self { x0: piece.x0, x1: piece.x1, rows: 1, characters: piece.characters, value: piece.value }
    }

    /// Width that a piece and the band share.
    fn shared(&self, piece: &Piece) -> f32 {
        self.x1.min(piece.x1) - self.x0.max(piece.x0)
    }

    fn take(&mut self, piece: &Piece) {
        self.x0 = self.x0.min(piece.x0);
        self.x1 = self.x1.max(piece.x1);
        self.rows += 1;
        self.characters += piece.characters;
    }
}

/// The columns of a table, from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Bands(Vec<Band>);

impl Bands {
    /// The columns that tabular rows have in common; `None` if that is no table.
    pub(crate) fn find<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Option<Self> {
        let count = rows.clone().count();
        let pieces = rows.flat_map(|row| &row.pieces);
        let mut values = cluster(Vec::new(), pieces.clone().filter(|piece| piece.value));
        let shared = values.iter().map(|band| band.rows).max()?;
        if count < 2 || shared < 2 {
            return None;
        }
        let first = values.iter().map(|band| band.x0).reduce(f32::min)?;
        let free = |piece: &&Piece| !piece.value && values.iter().all(|band| band.shared(piece) <= 0.0);
        let mut texts = cluster(Vec::new(), pieces.filter(free));
        let label = texts.iter().filter(|band| band.x0 < first).map(|band| band.x1).reduce(f32::max);
        texts.retain(|band| {
            let is_label = Some(band.x1) == label && band.x0 < first;
            is_label || (band.rows >= count.div_ceil(2).max(2) && band.characters <= CELL * band.rows)
        });
        values.extend(texts);
        values.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        (2..=COLUMNS).contains(&values.len()).then_some(Self(values))
    }

    /// Number of columns.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The column of a piece: the one it shares the most with, else the last that begins left of it.
    pub(crate) fn column(&self, piece: &Piece) -> Option<usize> {
        let shared = self.0.iter().enumerate().map(|(at, band)| (at, band.shared(piece)));
        let best = shared.filter(|(_, shared)| *shared > 0.0).max_by(|(_, a), (_, b)| a.total_cmp(b));
        best.map(|(at, _)| at).or_else(|| self.between(piece))
    }

    /// A piece in parts, where words of it stand in different columns with more than a space between them: headings
    /// stand closer than the figures below them.
    pub(crate) fn split(&self, whole: &Piece, words: &[Found]) -> Vec<Piece> {
        let single: Vec<Piece> = whole.words.iter().filter_map(|at| Piece::of(&[(*at, words.get(*at)?)])).collect();
        let mut parts: Vec<Vec<(usize, &Found)>> = Vec::new();
        let mut last: Option<&Piece> = None;
        for piece in &single {
            let Some((at, word)) = piece.words.first().and_then(|at| Some((*at, words.get(*at)?))) else { continue };
            let apart = last.is_some_and(|last| {
                piece.x0 - last.x1 > 0.4 * word.bounds.height() && self.column(piece) != self.column(last)
            });
            match parts.last_mut() {
                Some(part) if !apart => part.push((at, word)),
                _ => parts.push(vec![(at, word)]),
            }
            last = Some(piece);
        }
        parts.iter().filter_map(|part| Piece::of(part)).collect()
    }

    fn between(&self, piece: &Piece) -> Option<usize> {
        let (first, last) = (self.0.first()?, self.0.last()?);
        if piece.x1 < first.x0 || piece.x0 > last.x1 {
            return None;
        }
        self.0.iter().rposition(|band| band.x0 <= piece.x0)
    }

    /// True if one of the pieces is a value in a column of values of these.
    pub(crate) fn continue_in(&self, row: &Row) -> bool {
        row.pieces.iter().any(|piece| piece.value && self.0.iter().any(|band| band.value && band.shared(piece) > 0.0))
    }

    /// True if a row without values of its own stands over columns of values: their heading.
    pub(crate) fn heads(&self, row: &Row) -> bool {
        let over = |piece: &Piece| self.0.iter().any(|band| band.value && band.shared(piece) > 0.0);
        row.pieces.iter().any(over) && !row.pieces.iter().any(|piece| self.crosses(piece))
    }

    /// True if all that a row says stands left of the values: a label or a heading within the table.
    pub(crate) fn labels(&self, row: &Row) -> bool {
        let Some(first) = self.0.iter().find(|band| band.value) else { return false };
        row.pieces.iter().all(|piece| piece.x1 <= first.x1)
            && row.pieces.iter().any(|piece| self.0.first().is_some_and(|label| label.shared(piece) > 0.0))
    }

    /// True if a piece begins among the labels and ends among the values: running text.
    fn crosses(&self, piece: &Piece) -> bool {
        let Some(first) = self.0.iter().find(|band| band.value) else { return false };
        piece.x0 < first.x0 - (first.x1 - first.x0)
            && piece.x1 > first.x0
            && self.0.iter().filter(|band| band.shared(piece) > 0.0).count() > 1
    }
}

/// Puts pieces that stand over each other into one band, the narrow ones first so that a wide one joins and does not
/// bridge.
fn cluster<'a>(mut bands: Vec<Band>, pieces: impl Iterator<Item = &'a Piece>) -> Vec<Band> {
    let mut pieces: Vec<&Piece> = pieces.collect();
    pieces.sort_by(|a, b| (a.x1 - a.x0).total_cmp(&(b.x1 - b.x0)));
    for piece in pieces {
        let full = bands.len() > COLUMNS;
        let best = bands.iter_mut().filter(|band| band.shared(piece) > 0.0);
        match best.max_by(|a, b| a.shared(piece).total_cmp(&b.shared(piece))) {
            Some(band) => band.take(piece),
            None if full => {}
            None => bands.push(Band::of(piece)),
        }
    }
    bands
}
