//! Versions that were installed, and the update that goes on.

use protocol::Shown;
use protocol::admin::{Update, UpdateState};
use ratatui::layout::Rect;

use super::{Cell, Detail, column, list, plain, said};
use crate::figures;
use crate::held::Row;
use crate::look::Tone;
use crate::paint::{Column, Painter};
use crate::state::State;
use crate::words::{self, head, label, say};

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

/// Rows above the list: what runs, whose bundles are installed, what goes on or is wrong, and a rule.
pub const ABOVE: u16 = 4;

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State) {
    let text = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    if let Some(release) = &state.release {
        painter.line(text, 0, &[(Tone::Plain, &say::release(&release.running, &release.beside))]);
        painter.line(
            text,
            1,
            &[(Tone::Dim, label::TRUSTS), (Tone::Dim, " "), (Tone::Dim, &say::trusts(&release.keys))],
        );
    }
    let warning = state.release.as_ref().and_then(|release| release.warning.as_ref());
    if let Some((tone, line)) = under_way(state) {
        painter.line(text, 2, &[(tone, &line)]);
    } else if let Some(warning) = warning {
        painter.line(text, 2, &[(Tone::Bad, words::ATTENTION), (Tone::Plain, " "), (Tone::Bad, warning.as_str())]);
    }
    painter.rule(area, ABOVE - 1);
    let below = Rect { y: area.y + ABOVE.min(area.height), height: area.height.saturating_sub(ABOVE), ..area };
    list(painter, below, state, &state.updates, COLUMNS, |update| cells(update, state));
}

/// The step of an update, or how the last one ended; one that ended well is in the list.
fn under_way(state: &State) -> Option<(Tone, String)> {
    let update = state.update_work.as_ref()?;
    match (&update.progress, &update.failed) {
        (Some(at), _) => {
            let far = say::step(at.done, at.total);
            Some((Tone::Note, say::goes_on(update.what.as_str(), &far, at.step.as_str())))
        }
        (None, Some(why)) => Some((Tone::Bad, say::attention(why))),
        (None, None) => None,
    }
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
        UpdateState::Stranded(why) => (Tone::Bad, say::stranded(why)),
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
