//! The end of the log. It opens at its last line.

use protocol::Shown;
use ratatui::layout::Rect;

use super::footer;
use crate::held::Held;
use crate::keys::Place;
use crate::look::Tone;
use crate::paint::Painter;
use crate::state::State;
use crate::text;
use crate::words::{failure, say, title};

/// Draws it, scrolled so many lines back from its end.
pub fn draw(painter: &mut Painter<'_>, area: Rect, lines: &Held<Vec<Shown>>, back: usize) {
    let size = (area.width, area.height.saturating_sub(2));
    let inside = painter.boxed(area, size, title::LOGS, &footer(Place::Reading));
    match (&lines.value, &lines.trouble) {
        (Some(lines), _) if lines.is_empty() => {
            painter.paragraph(inside, 0, Tone::Plain, say::NO_LINES);
        }
        (Some(lines), _) => {
            let lines = wrapped(lines, usize::from(inside.width));
            let end = lines.len().saturating_sub(back).max(usize::from(inside.height)).min(lines.len());
            let first = end.saturating_sub(usize::from(inside.height));
            for (row, line) in (0..inside.height).zip(lines.iter().skip(first)) {
                painter.line(inside, row, &[(Tone::Plain, line)]);
            }
        }
        (None, Some(why)) => {
            painter.paragraph(inside, 0, Tone::Plain, &failure::sentence(why));
        }
        (None, None) => painter.line(inside, 0, &[(Tone::Dim, say::READING)]),
    }
}

/// How far back it can be scrolled.
pub fn last(lines: &Held<Vec<Shown>>, state: &State) -> usize {
    let (width, height) = (state.size.0.saturating_sub(4), state.size.1.saturating_sub(4));
    let all = lines.value.as_deref().unwrap_or_default();
    wrapped(all, usize::from(width)).len().saturating_sub(usize::from(height))
}

fn wrapped(lines: &[Shown], columns: usize) -> Vec<String> {
    lines.iter().flat_map(|line| text::wrap(line.as_str(), columns)).collect()
}
