//! Backups, where they go, and what is being made or restored.

use chrono::{DateTime, Utc};
use protocol::Shown;
use protocol::admin::{Backup, BackupState, Proof};
use ratatui::layout::Rect;

use super::{Cell, Detail, column, list, said, wide_column, work};
use crate::figures;
use crate::held::Row;
use crate::look::Tone;
use crate::paint::{Column, Painter};
use crate::state::State;
use crate::words::{self, failure, head, label, say};

/// Rows above the list: where they go, a warning or what goes on, what was restored, and a rule.
pub const ABOVE: u16 = 4;

const COLUMNS: &[Column] = &[
    column(head::MADE, 16),
    column(head::AGE, 11),
    column(head::SIZE, 8),
    column(head::STATE, 10),
    column(head::PROOF, 0),
    wide_column(head::VERSION, 10),
];

impl Row for Backup {
    fn name(&self) -> String {
        self.set.to_string()
    }

    fn words(&self) -> String {
        format!("{} {} {}", self.set, self.version, whole(self).1)
    }
}

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State) {
    let text = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    plan(painter, text, state);
    let lines = [work(state, state.backup_work.as_ref()), restore(state)];
    for (row, line) in (1..).zip(lines.into_iter().flatten()) {
        painter.line(text, row, &[(line.0, &line.1)]);
    }
    painter.rule(area, ABOVE - 1);
    let below = Rect { y: area.y + ABOVE.min(area.height), height: area.height.saturating_sub(ABOVE), ..area };
    list(painter, below, state, &state.backups, COLUMNS, |backup| cells(backup, state));
}

fn plan(painter: &mut Painter<'_>, text: Rect, state: &State) {
    let Some(plan) = &state.plan else { return };
    let says = match &plan.destination {
        Some(destination) => say::plan(destination, plan.at.as_ref()),
        None => say::NO_PLAN.to_owned(),
    };
    let tone = if plan.destination.is_some() { Tone::Plain } else { Tone::Note };
    let next = plan.next.map(|next| figures::moment(next, state.zone)).unwrap_or_default();
    let aside = if plan.next.is_some() { label::NEXT } else { "" };
    let left = Rect { width: text.width.saturating_sub(24), ..text };
    painter.line(left, 0, &[(Tone::Dim, label::DESTINATION), (Tone::Plain, " "), (tone, &says)]);
    painter.right(text, 0, &[(Tone::Dim, aside), (Tone::Plain, " "), (Tone::Plain, &next)]);
    if let (Some(warning), None) = (&plan.warning, restore(state)) {
        painter.line(text, 2, &[(Tone::Note, words::ATTENTION), (Tone::Plain, " "), (Tone::Note, warning.as_str())]);
    }
}

/// The restore that this program follows, in a line; or why it cannot be followed.
pub fn restore(state: &State) -> Option<(Tone, String)> {
    match (&state.restore.value, &state.restore.trouble) {
        (_, Some(why)) if state.following => Some((Tone::Note, failure::sentence(why))),
        (told, _) => {
            let (tone, says) = work(state, told.as_ref()?.as_ref())?;
            let result = state.restored.as_ref().filter(|_| tone == Tone::Good);
            Some((tone, result.map_or(says.clone(), |result| format!("{says}. {result}"))))
        }
    }
}

fn cells<'a>(backup: &'a Backup, state: &State) -> Vec<Cell<'a>> {
    let (tone, whole) = whole(backup);
    vec![
        said(Tone::Plain, figures::moment(backup.at, state.zone)),
        said(Tone::Plain, say::ago(figures::span(backup.at, state.now))),
        said(Tone::Plain, figures::bytes(backup.bytes)),
        said(tone, whole),
        proof(backup.proof, state.now),
        said(Tone::Dim, backup.version.as_str()),
    ]
}

fn whole(backup: &Backup) -> (Tone, &'static str) {
    match backup.state {
        BackupState::Whole => (Tone::Plain, say::WHOLE),
        BackupState::Incomplete(_) => (Tone::Bad, say::INCOMPLETE),
        BackupState::Damaged(_) => (Tone::Bad, say::DAMAGED),
    }
}

/// How far a backup is known to be good.
pub fn proof<'a>(proof: Proof, now: DateTime<Utc>) -> Cell<'a> {
    let ago = |at| say::ago(figures::span(at, now));
    match proof {
        Proof::None => said(Tone::Note, say::NOT_PROVEN),
        Proof::Verified(at) => said(Tone::Good, say::verified(&ago(at))),
        Proof::Restored(at) => said(Tone::Good, say::restored(&ago(at))),
    }
}

/// Everything that is known of a backup.
pub fn details(backup: &Backup, state: &State) -> Vec<Detail> {
    let why: Option<&Shown> = match &backup.state {
        BackupState::Whole => None,
        BackupState::Incomplete(why) | BackupState::Damaged(why) => Some(why),
    };
    let condition = whole(backup).1;
    let told = why.map_or_else(|| condition.to_owned(), |why| format!("{condition}: {why}"));
    vec![
        (head::NAME, backup.set.to_string()),
        (head::MADE, figures::moment(backup.at, state.zone)),
        (head::SIZE, figures::bytes(backup.bytes)),
        (label::FILES, figures::count(backup.files)),
        (head::VERSION, backup.version.to_string()),
        (head::STATE, told),
        (head::PROOF, proof(backup.proof, state.now).1.into_owned()),
    ]
}
