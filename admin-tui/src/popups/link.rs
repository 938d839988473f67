//! A link that is shown once. It stands at the left edge without a frame beside it, so that a terminal can copy it in one
//! go; its text is cleaned here, because a secret is not cleaned on the wire.

use chrono::{DateTime, Utc};
use protocol::Shown;
use protocol::admin::Secret;
use ratatui::layout::Rect;

use super::footer;
use crate::keys::Place;
use crate::look::Tone;
use crate::paint::Painter;
use crate::state::State;
use crate::words::{say, title};
use crate::{figures, text};

/// The link and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// What was asked for.
    pub title: String,
    /// The link.
    pub link: Secret,
    /// Good until then.
    pub until: DateTime<Utc>,
}

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State, link: &Link) {
    let shown = Shown::new(&link.link.0);
    let lines = text::chop(shown.as_str(), usize::from(area.width));
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let height = rows.saturating_add(9).min(area.height);
    let part = Rect { y: area.y + (area.height - height) / 2, height, ..area };
    painter.blank(part);
    painter.rule(part, 0);
    let inner = Rect { x: part.x + 1, width: part.width.saturating_sub(2), ..part };
    painter.line(inner, 0, &[(Tone::Strong, &format!(" {} ", title::LINK))]);
    painter.line(inner, 1, &[(Tone::Strong, &link.title)]);
    for (row, line) in (3..).zip(&lines) {
        painter.line(part, row, &[(Tone::Key, line)]);
    }
    let below = rows.saturating_add(4);
    painter.paragraph(inner, below, Tone::Plain, &say::link(&figures::moment(link.until, state.zone)));
    painter.rule(part, height.saturating_sub(1));
    painter.line(inner, height.saturating_sub(1), &[(Tone::Dim, &format!(" {} ", footer(Place::Linked)))]);
}
