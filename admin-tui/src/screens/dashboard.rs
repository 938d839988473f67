//! How everything is: the parts, what to do about what is wrong, and figures. Here a person finds the services and the log
//! when the server does not run.

use protocol::admin::{Backup, Certificate, Disk, PartState, Status};
use ratatui::layout::Rect;

use super::{Cell, Detail, column, instead, jobs, plain, said};
use crate::look::Tone;
use crate::paint::{Column, List, Painter};
use crate::state::{Server, State};
use crate::words::{self, head, label, say};
use crate::{figures, text};

const COLUMNS: &[Column] = &[column(head::PART, 12), column(head::STATE, 8), column(head::DETAIL, 0)];
/// From here on figures stand beside the parts.
const BESIDE: u16 = 110;
/// Columns of the figures there.
const ASIDE: u16 = 50;
/// Of a hundred; from here on a disk is too full.
const FULL: u64 = 90;
/// Columns of a figure's label.
const LABEL: u16 = 14;

/// A figure: its label and what it says.
type Figure = (Tone, &'static str, String);

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State) {
    let Some(status) = &state.status.value else {
        if is_away(state) {
            let text = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
            painter.paragraph(text, 1, Tone::Plain, say::AWAY_KEYS);
        } else {
            instead(painter, area, state, false, state.status.trouble.as_ref());
        }
        return;
    };
    let figures = lines(status, state);
    let (parts, aside) = split(area, &figures);
    list(painter, parts, state);
    if parts.width == area.width {
        painter.rule(Rect { y: parts.bottom(), height: 1, ..area }, 0);
    }
    let text = Rect { x: aside.x + LABEL, width: aside.width.saturating_sub(LABEL), ..aside };
    let mut row = 0;
    for (tone, name, says) in &figures {
        painter.line(aside, row, &[(Tone::Plain, " "), (Tone::Dim, name)]);
        row += painter.paragraph(text, row, *tone, says);
    }
}

fn is_away(state: &State) -> bool {
    matches!(state.server, Server::Away(_))
}

/// Where the parts go and where the figures: beside each other where there is room, otherwise one below the other.
fn split(area: Rect, figures: &[Figure]) -> (Rect, Rect) {
    if area.width >= BESIDE {
        let left = Rect { width: area.width - ASIDE, ..area };
        return (left, Rect { x: left.right(), width: ASIDE, ..area });
    }
    let columns = usize::from(area.width.saturating_sub(LABEL));
    let rows: usize = figures.iter().map(|(_, _, says)| text::wrap(says, columns).len()).sum();
    let below = u16::try_from(rows + 1).unwrap_or(u16::MAX).min(area.height / 2);
    let top = Rect { height: area.height - below, ..area };
    (top, Rect { y: top.bottom() + 1.min(below), height: below.saturating_sub(1), ..area })
}

fn list(painter: &mut Painter<'_>, area: Rect, state: &State) {
    let parts = state.parts();
    let drawn = List { columns: COLUMNS, rows: parts.len(), at: state.part.at.min(parts.len().saturating_sub(1)) };
    if parts.is_empty() {
        return instead(painter, area, state, true, None);
    }
    painter.list(area, &drawn, |number| {
        let Some(part) = parts.get(number) else { return Vec::new() };
        let tone = tone(part.state);
        let cells: Vec<Cell<'_>> =
            vec![plain(part.name.as_str()), said(tone, words::part(part.state)), plain(part.detail.as_str())];
        cells
    });
    // What is wrong and what to do about it stands in full below the list, as far as there is room.
    let used = u16::try_from(parts.len()).unwrap_or(u16::MAX).saturating_add(1);
    let room = Rect { y: area.y.saturating_add(used), height: area.height.saturating_sub(used), ..area };
    let text = Rect { x: room.x + 1, width: room.width.saturating_sub(3), ..room };
    let mut row = u16::from(room.height > 3);
    if is_away(state) {
        row += painter.paragraph(text, row, Tone::Plain, say::AWAY_KEYS);
    }
    for part in parts.iter().filter(|part| part.state == PartState::Problem) {
        let says = format!("{} {}: {}", words::ATTENTION, part.name, part.detail);
        row += painter.paragraph(text, row, Tone::Bad, &says);
    }
}

fn tone(state: PartState) -> Tone {
    match state {
        PartState::Ok => Tone::Good,
        PartState::Note => Tone::Note,
        PartState::Problem => Tone::Bad,
    }
}

fn lines(status: &Status, state: &State) -> Vec<Figure> {
    let mut lines = Vec::new();
    if !is_away(state) {
        let running = say::running(figures::span(status.since, state.now), status.sessions);
        lines.push((Tone::Plain, label::RUNNING, running));
    }
    lines.push(disks(status));
    lines.push((Tone::Plain, label::QUEUE, jobs::queues(&status.queues)));
    lines.push(backup(status.backup.as_ref(), state));
    lines.push(certificate(status.certificate.as_ref(), state));
    if let Some((tone, says)) = super::backups::restore(state) {
        lines.push((tone, "", says));
    }
    lines
}

fn disks(status: &Status) -> Figure {
    let used = |disk: &Disk| figures::percent(disk.total.saturating_sub(disk.free), disk.total);
    let fullest = status.disks.iter().map(used).max().unwrap_or_default();
    let each: Vec<String> =
        status.disks.iter().map(|disk| say::disk(&disk.holds, &figures::bytes(disk.free), used(disk))).collect();
    let tone = if fullest >= FULL { Tone::Bad } else { Tone::Plain };
    (tone, label::DISK, each.join(words::DOT))
}

fn backup(backup: Option<&Backup>, state: &State) -> Figure {
    let Some(backup) = backup else {
        return (Tone::Note, label::BACKUP, say::NO_BACKUP.to_owned());
    };
    let (tone, proof) = super::backups::proof(backup.proof, state.now);
    let age = say::ago(figures::span(backup.at, state.now));
    let tone = if tone == Tone::Good { Tone::Plain } else { tone };
    (tone, label::BACKUP, say::backup(&age, &figures::bytes(backup.bytes), &proof))
}

fn certificate(certificate: Option<&Certificate>, state: &State) -> Figure {
    let Some(certificate) = certificate else {
        return (Tone::Note, label::CERTIFICATE, say::NO_CERTIFICATE.to_owned());
    };
    let left = figures::span(state.now, certificate.until);
    let tone = match (certificate.until - state.now).num_days() {
        ..7 => Tone::Bad,
        7..21 => Tone::Note,
        _ => Tone::Plain,
    };
    (tone, label::CERTIFICATE, say::certificate(left, &figures::moment(certificate.until, state.zone)))
}

/// Everything that is known of the part under the cursor, and the certificate, whose authority people compare.
pub fn details(state: &State) -> Option<Vec<Detail>> {
    let part = state.parts().get(state.part.at)?;
    let mut lines = vec![
        (head::PART, part.name.to_string()),
        (head::STATE, words::part(part.state).to_owned()),
        (head::DETAIL, part.detail.to_string()),
    ];
    let certificate = state.status.value.as_ref().and_then(|status| status.certificate.as_ref());
    if let Some(certificate) = certificate {
        let names: Vec<&str> = certificate.names.iter().map(protocol::Shown::as_str).collect();
        lines.push((label::NAMES, names.join(", ")));
        lines.push((label::ISSUER, certificate.issuer.to_string()));
        if let Some(authority) = &certificate.authority {
            lines.push((label::AUTHORITY, authority.to_string()));
        }
    }
    Some(lines)
}
