//! What is being done, how far it is, and that it goes on without this program.

use ratatui::layout::Rect;

use super::footer;
use crate::figures;
use crate::keys::Place;
use crate::look::Tone;
use crate::paint::Painter;
use crate::screens::how_far;
use crate::state::State;
use crate::words::{say, title};

/// Draws it, once it has taken a moment: what is done at once does not flash.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State) {
    let Some(act) = &state.act else { return };
    if act.progress.is_none() && state.now <= act.since {
        return;
    }
    let inside = painter.boxed(area, (72, 9), title::WORKING, &footer(Place::Waiting));
    painter.line(inside, 0, &[(Tone::Strong, &act.title)]);
    if let Some(progress) = &act.progress {
        let far = how_far(progress.done, progress.total);
        painter.line(inside, 2, &[(Tone::Plain, &far), (Tone::Plain, " "), (Tone::Plain, progress.step.as_str())]);
        if let Some(total) = progress.total {
            painter.line(inside, 3, &[(Tone::Note, &bar(progress.done, total, usize::from(inside.width)))]);
        }
    }
    painter.paragraph(inside, 5, Tone::Dim, &say::waiting(figures::span(act.since, state.now)));
}

fn bar(done: u64, total: u64, columns: usize) -> String {
    let full = usize::try_from(figures::percent(done, total)).unwrap_or(100) * columns / 100;
    format!("{}{}", "█".repeat(full), "░".repeat(columns.saturating_sub(full)))
}
