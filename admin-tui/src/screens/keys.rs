//! The ways to open the keystore.

use protocol::admin::{Key, KeyKind};
use ratatui::layout::Rect;

use super::{Cell, Detail, column, list, plain, said};
use crate::figures;
use crate::held::Row;
use crate::look::Tone;
use crate::paint::{Column, Painter};
use crate::state::State;
use crate::words::{self, head, label, say};

const COLUMNS: &[Column] = &[
    column(head::SLOT, 5),
    column(head::KIND, 13),
    column(head::NAME, 0),
    column(head::SINCE, 16),
    column(head::PROVEN, 16),
];

impl Row for Key {
    fn name(&self) -> String {
        self.slot.to_string()
    }

    fn words(&self) -> String {
        format!("{} {} {}", self.slot, words::kind(self.kind), self.label)
    }
}

/// Draws it, with what the chosen key protects below.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State) {
    let below = if area.height >= 12 && state.keys.chosen().is_some() { 5 } else { 0 };
    let top = Rect { height: area.height - below, ..area };
    list(painter, top, state, &state.keys, COLUMNS, |key| cells(key, state));
    let Some(key) = state.keys.chosen().filter(|_| below > 0) else { return };
    let rest = Rect { y: top.bottom(), height: below, ..area };
    painter.rule(rest, 0);
    let text = Rect { x: rest.x + 1, width: rest.width.saturating_sub(2), ..rest };
    let lines = [(label::AGAINST, &key.protection.against), (label::NOT_AGAINST, &key.protection.not_against)];
    let mut row = 1;
    for (name, says) in lines {
        row += painter.paragraph(text, row, Tone::Plain, &format!("{name}: {says}"));
    }
}

fn cells<'a>(key: &'a Key, state: &State) -> Vec<Cell<'a>> {
    vec![
        said(Tone::Plain, key.slot.to_string()),
        plain(words::kind(key.kind)),
        plain(key.label.as_str()),
        said(Tone::Plain, figures::moment(key.since, state.zone)),
        proven(key, state),
    ]
}

fn proven<'a>(key: &Key, state: &State) -> Cell<'a> {
    match (key.kind, key.proven) {
        (_, Some(at)) => said(Tone::Good, figures::moment(at, state.zone)),
        (KeyKind::Recovery, None) => said(Tone::Note, say::NEVER),
        _ => said(Tone::Dim, say::NOT_NEEDED),
    }
}

/// Everything that is known of a key.
pub fn details(key: &Key, state: &State) -> Vec<Detail> {
    vec![
        (head::SLOT, key.slot.to_string()),
        (head::KIND, words::kind(key.kind).to_owned()),
        (head::NAME, key.label.to_string()),
        (head::SINCE, figures::moment(key.since, state.zone)),
        (head::PROVEN, proven(key, state).1.into_owned()),
        (label::AGAINST, key.protection.against.to_string()),
        (label::NOT_AGAINST, key.protection.not_against.to_string()),
    ]
}
