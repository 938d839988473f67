//! Everything that is known of a row, in full.

use ratatui::layout::Rect;

use super::footer;
use crate::keys::Place;
use crate::look::Tone;
use crate::paint::Painter;
use crate::screens::Detail;
use crate::state::State;
use crate::text;

/// Columns of a label.
const LABEL: usize = 14;

/// The lines and how far they are scrolled.
#[derive(Debug, Clone, PartialEq)]
pub struct Details {
    /// Whose they are.
    pub title: String,
    /// The lines.
    pub lines: Vec<Detail>,
    /// Scrolled by so many.
    pub top: usize,
}

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, details: &Details) {
    let width = width(area.width);
    let lines = lines(details, usize::from(width.saturating_sub(4)));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2).min(area.height.saturating_sub(2));
    let inside = painter.boxed(area, (width, height), &details.title, &footer(Place::Reading));
    let top = details.top.min(lines.len().saturating_sub(usize::from(inside.height)));
    for (row, (label, line)) in (0..inside.height).zip(lines.iter().skip(top)) {
        painter.line(inside, row, &[(Tone::Dim, &format!("{label:<LABEL$}")), (Tone::Plain, line)]);
    }
}

/// How far it can be scrolled.
pub fn last(details: &Details, state: &State) -> usize {
    let inside = usize::from(width(state.size.0).saturating_sub(4));
    lines(details, inside).len().saturating_sub(usize::from(state.size.1.saturating_sub(4)))
}

fn width(of: u16) -> u16 {
    76.min(of.saturating_sub(2))
}

fn lines(details: &Details, columns: usize) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for (label, says) in &details.lines {
        for (at, line) in text::wrap(says, columns.saturating_sub(LABEL)).into_iter().enumerate() {
            lines.push((if at == 0 { *label } else { "" }, line));
        }
    }
    lines
}
