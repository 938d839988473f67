//! Versions that were installed, and the update that goes on.

use protocol::Shown;
use protocol::admin::{Update, UpdateState};
use ratatui::layout::Rect;

use super::{Cell, Detail, column, list, plain, said, work};
use crate::figures;
use crate::held::Row;
use crate::look::Tone;
use crate::paint::{Column, Painter};
use crate::state::State;
use crate::words::{self, head, say};

const COLUMNS: &[Column] =
    &[column(head::VERSION, 12), column(head::FROM, 12), column(head::WHEN, 16), column(head::OUTCOME, 0)];

impl Row for Update {
    fn name(&self) -> String {
        format!("{} {}", self.version, self.at)
    }

    fn words(&self) -> String {
        format!("{} {}", self.version, outcome(self).1)
    }
}

/// Rows above the list: what goes on, and a rule.
pub fn above(state: &State) -> u16 {
    if state.update_work.is_some() { 2 } else { 0 }
}

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State) {
    let above = above(state);
    if let Some((tone, line)) = work(state, state.update_work.as_ref()) {
        let text = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        painter.line(text, 0, &[(tone, &line)]);
        painter.rule(area, 1);
    }
    let below = Rect { y: area.y + above.min(area.height), height: area.height.saturating_sub(above), ..area };
    list(painter, below, state, &state.updates, COLUMNS, |update| cells(update, state));
}

fn cells<'a>(update: &'a Update, state: &State) -> Vec<Cell<'a>> {
    let (tone, outcome) = outcome(update);
    vec![
        plain(update.version.as_str()),
        plain(update.from.as_ref().map_or(words::UNKNOWN, Shown::as_str)),
        said(Tone::Plain, figures::moment(update.at, state.zone)),
        said(tone, outcome),
    ]
}

fn outcome(update: &Update) -> (Tone, String) {
    match &update.state {
        UpdateState::Running => (Tone::Good, say::RUNS.to_owned()),
        UpdateState::Replaced => (Tone::Dim, say::REPLACED.to_owned()),
        UpdateState::RolledBack(why) => (Tone::Note, say::rolled_back(why)),
        UpdateState::Refused(why) => (Tone::Bad, say::refused(why)),
    }
}

/// Everything that is known of an update.
pub fn details(update: &Update, state: &State) -> Vec<Detail> {
    vec![
        (head::VERSION, update.version.to_string()),
        (head::FROM, update.from.as_ref().map_or_else(|| words::UNKNOWN.to_owned(), Shown::to_string)),
        (head::WHEN, figures::moment(update.at, state.zone)),
        (head::OUTCOME, outcome(update).1),
    ]
}
