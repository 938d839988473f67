//! Why something was not done: what happened, what is safe, what to do.

use ratatui::layout::Rect;

use super::footer;
use crate::keys::Place;
use crate::look::Tone;
use crate::msg::Failure;
use crate::paint::Painter;
use crate::text;
use crate::words::{failure, title};

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, why: &Failure) {
    let says = failure::sentence(why);
    let width = 72.min(area.width.saturating_sub(2));
    let rows = text::wrap(&says, usize::from(width.saturating_sub(4))).len();
    let height = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(4);
    let inside = painter.boxed(area, (width, height), title::TROUBLE, &footer(Place::Reading));
    painter.paragraph(inside, 1, Tone::Plain, &says);
}
