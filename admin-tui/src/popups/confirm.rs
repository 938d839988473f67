//! Something destructive: what will be lost, and the word that has to be typed. The token of the server leaves this popup
//! only with that word.

use chrono::{DateTime, TimeDelta, Utc};
use protocol::Shown;
use protocol::admin::Secret;
use ratatui::layout::{Position, Rect};

use super::footer;
use crate::keys::Place;
use crate::look::Tone;
use crate::paint::{Painter, columns};
use crate::state::Action;
use crate::text;
use crate::words::{ATTENTION, say, title};

/// A token is good for this long.
pub const GOOD_FOR: TimeDelta = TimeDelta::minutes(2);

/// What is to be confirmed.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirming {
    /// What is done then.
    pub action: Action,
    /// What it is called.
    pub title: String,
    /// What will be lost.
    pub loses: Vec<Shown>,
    /// What has to be typed.
    pub word: Shown,
    /// The server's token; none for what is done without it.
    pub token: Option<Secret>,
    /// What was typed.
    pub typed: String,
    /// Whether another word was sent.
    pub wrong: bool,
    /// Since when it is asked.
    pub since: DateTime<Utc>,
}

impl Confirming {
    /// Whether the word was typed. A word of nothing confirms nothing.
    pub fn is_confirmed(&self) -> bool {
        !self.word.as_str().trim().is_empty() && self.typed == self.word.as_str()
    }
}

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, confirm: &Confirming) {
    let width = 72.min(area.width.saturating_sub(2));
    let columns_inside = usize::from(width.saturating_sub(6));
    let rows: usize = confirm.loses.iter().map(|one| text::wrap(one.as_str(), columns_inside).len()).sum();
    let height = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(9);
    let inside = painter.boxed(area, (width, height), title::CONFIRM, &footer(Place::Confirming));
    painter.line(inside, 0, &[(Tone::Strong, &confirm.title)]);
    // The word and its field are always in sight, however much is lost.
    let room = inside.height.saturating_sub(6);
    let part = Rect { x: inside.x + 2, y: inside.y + 2, width: inside.width.saturating_sub(2), height: room };
    let mut row = 0;
    for loss in &confirm.loses {
        if row < room {
            painter.line(Rect { x: inside.x, ..part }, row, &[(Tone::Bad, ATTENTION)]);
        }
        row = row.saturating_add(painter.paragraph(part, row, Tone::Plain, loss.as_str()));
    }
    let below = row.min(room).saturating_add(3);
    painter.line(inside, below, &[(Tone::Plain, &say::type_word(&confirm.word))]);
    let typed = text::tail(&confirm.typed, usize::from(inside.width.saturating_sub(3)));
    painter.line(inside, below + 1, &[(Tone::Key, "> "), (Tone::Plain, &typed)]);
    painter.cursor = Some(Position::new(inside.x + 2 + columns(&typed), inside.y + below + 1));
    if confirm.wrong {
        painter.line(inside, below + 2, &[(Tone::Bad, say::WRONG_WORD)]);
    }
}
