//! The setup on the terminal: one box, with the step's sentences, its fields, and what was seen.

use protocol::Shown;
use protocol::admin::{Part, PartState};
use ratatui::layout::{Position, Rect};

use super::{Step, Waits, Wizard};
use crate::figures;
use crate::keys::Place;
use crate::look::Tone;
use crate::paint::{Painter, columns};
use crate::popups::prompt::dots;
use crate::popups::{footer, large};
use crate::state::State;
use crate::text;
use crate::words::setup as words;
use crate::words::{MARK, failure};

/// Groups of the recovery key in a line.
const GROUPS: usize = 5;

type Line = (Tone, String);

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, wizard: &Wizard) {
    let inside = painter.boxed(area, large(area), &words::title(wizard.step), &footer(Place::Setup));
    let about = about(wizard);
    let row = if about.is_empty() { 0 } else { painter.paragraph(inside, 0, Tone::Plain, about) + 1 };
    let row = fields(painter, inside, row, wizard);
    let row = link(painter, area, inside, row, wizard);
    let rest = Rect { y: inside.y + row.min(inside.height), height: inside.height.saturating_sub(row), ..inside };
    let lines = lines(wizard, usize::from(inside.width));
    let top = wizard.top.min(lines.len().saturating_sub(usize::from(rest.height)));
    for (at, (tone, line)) in (0..rest.height).zip(lines.iter().skip(top)) {
        painter.line(rest, at, &[(*tone, line)]);
    }
}

fn about(wizard: &Wizard) -> &'static str {
    words::about(wizard.step, wizard.has_keys(), wizard.failed.is_some())
}

/// How far the step can be scrolled.
pub fn last(wizard: &Wizard, state: &State) -> usize {
    let (width, height) = large(Rect::new(0, 0, state.size.0, state.size.1));
    let inside = usize::from(width.saturating_sub(4));
    let about = about(wizard);
    let above = if about.is_empty() { 0 } else { text::wrap(about, inside).len() + 1 };
    let fields = wizard.fields().len();
    let above = above + if fields == 0 { 0 } else { fields + 1 };
    let link = link_lines(wizard, usize::from(state.size.0)).len();
    let above = above + if link == 0 { 0 } else { link + 2 };
    lines(wizard, inside).len().saturating_sub(usize::from(height.saturating_sub(2)).saturating_sub(above))
}

fn link_lines(wizard: &Wizard, columns: usize) -> Vec<String> {
    let link = wizard.brought.as_ref().and_then(|brought| brought.link.as_ref());
    link.map(|link| text::chop(Shown::new(&link.0).as_str(), columns)).unwrap_or_default()
}

/// At the left edge of the terminal and without a frame beside it, so that it can be copied in one go.
fn link(painter: &mut Painter<'_>, area: Rect, inside: Rect, row: u16, wizard: &Wizard) -> u16 {
    let lines = link_lines(wizard, usize::from(area.width));
    if lines.is_empty() {
        return row;
    }
    painter.line(inside, row, &[(Tone::Plain, words::LINK)]);
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let across = Rect { x: area.x, y: inside.y + row + 1, width: area.width, height: rows }.intersection(area);
    painter.blank(across);
    for (at, line) in (0..).zip(&lines) {
        painter.line(across, at, &[(Tone::Key, line)]);
    }
    row.saturating_add(rows).saturating_add(2)
}

fn fields(painter: &mut Painter<'_>, inside: Rect, mut row: u16, wizard: &Wizard) -> u16 {
    let fields = wizard.fields();
    let wide = fields.iter().map(|field| text::width(field.label)).max().unwrap_or_default() + 2;
    for (number, field) in fields.iter().enumerate() {
        let here = number == wizard.at;
        let name = format!("{} {:<wide$}", if here { MARK } else { " " }, field.label);
        let room = usize::from(inside.width).saturating_sub(text::width(&name) + 1);
        let typed = if field.masked { dots(&field.typed, room) } else { text::tail(&field.typed.0, room) };
        let tone = if here { Tone::Strong } else { Tone::Dim };
        painter.line(inside, row, &[(tone, &name), (Tone::Plain, &typed)]);
        if here {
            painter.cursor = Some(Position::new(inside.x + columns(&name) + columns(&typed), inside.y + row));
        }
        row += 1;
    }
    if fields.is_empty() { row } else { row + 1 }
}

/// What stands below the fields.
fn lines(wizard: &Wizard, columns: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    match wizard.step {
        Step::Recovery => recovery(wizard, &mut lines),
        Step::Summary => summary(wizard, columns, &mut lines),
        Step::Working => working(wizard, columns, &mut lines),
        Step::Done => done(wizard, columns, &mut lines),
        step => {
            for trouble in &wizard.trouble {
                wrapped(Tone::Bad, trouble.as_str(), columns, &mut lines);
            }
            // What stands in the way is told when somebody would go on; of a place for backups at once.
            let told = |part: &&Part| match part.state {
                PartState::Ok => false,
                PartState::Note => step != Step::Address,
                PartState::Problem => step == Step::Backups && wizard.trouble.is_empty(),
            };
            for part in wizard.seen(step).filter(told) {
                seen(part, columns, &mut lines);
            }
            if step == Step::Keys {
                keys(wizard, columns, &mut lines);
            }
        }
    }
    let waiting = match wizard.waits {
        Some((_, Waits::Looking { leaving: true })) => Some(words::LOOKING),
        Some((_, Waits::Key)) => Some(words::MAKING_KEY),
        _ => None,
    };
    lines.extend(waiting.map(|says| (Tone::Dim, says.to_owned())));
    lines
}

fn wrapped(tone: Tone, says: &str, columns: usize, lines: &mut Vec<Line>) {
    lines.extend(text::wrap(says, columns).into_iter().map(|line| (tone, line)));
}

fn seen(part: &Part, columns: usize, lines: &mut Vec<Line>) {
    let tone = match part.state {
        PartState::Ok => Tone::Dim,
        PartState::Note => Tone::Note,
        PartState::Problem => Tone::Bad,
    };
    wrapped(tone, &words::part(part.state, part.name.as_str(), part.detail.as_str()), columns, lines);
}

/// What each way protects from, and what is said of the key file on this disk.
fn keys(wizard: &Wizard, columns: usize, lines: &mut Vec<Line>) {
    for way in words::WAYS {
        wrapped(Tone::Plain, way, columns, lines);
    }
    let said = wizard.looked.iter().flat_map(|looked| &looked.found);
    for part in said.filter(|part| part.name.as_str() == super::verbs::KEYS) {
        seen(part, columns, lines);
    }
}

fn recovery(wizard: &Wizard, lines: &mut Vec<Line>) {
    if wizard.has_keys() {
        lines.push((Tone::Key, words::GO_ON.to_owned()));
        return;
    }
    let Some((first, rest)) = wizard.key.split_first() else {
        lines.extend(wizard.trouble.iter().map(|says| (Tone::Bad, says.to_string())));
        return;
    };
    lines.push((Tone::Strong, format!("  {}", Shown::new(&first.0))));
    lines.push((Tone::Plain, String::new()));
    for (row, groups) in rest.chunks(GROUPS).enumerate() {
        let numbered =
            (1..).zip(groups).map(|(at, group)| words::numbered(row * GROUPS + at, Shown::new(&group.0).as_str()));
        lines.push((Tone::Strong, numbered.collect::<Vec<_>>().concat()));
        lines.push((Tone::Plain, String::new()));
    }
    lines.push((Tone::Key, words::WRITTEN_DOWN.to_owned()));
}

fn summary(wizard: &Wizard, columns: usize, lines: &mut Vec<Line>) {
    if let Some(why) = &wizard.failed {
        wrapped(Tone::Bad, &failure::sentence(why), columns, lines);
        wrapped(Tone::Note, words::AGAIN, columns, lines);
        lines.push((Tone::Plain, String::new()));
    }
    let passphrase = !wizard.text(Step::Keys, 0).is_empty();
    for line in words::decided(&wizard.url(), wizard.own_authority(), passphrase) {
        lines.push((Tone::Plain, line));
    }
    lines.push((Tone::Plain, words::backups(wizard.text(Step::Backups, 0), wizard.text(Step::Backups, 1))));
    if !wizard.starts {
        wrapped(Tone::Note, words::WITHOUT_START, columns, lines);
    }
    lines.push((Tone::Plain, String::new()));
    if let (None, Some(looked)) = (&wizard.waits, &wizard.looked) {
        let says = if wizard.is_blocked() { words::IN_THE_WAY } else { words::MAY_GO };
        wrapped(Tone::Key, says, columns, lines);
        lines.push((Tone::Plain, String::new()));
        for part in &looked.found {
            seen(part, columns, lines);
        }
    }
}

fn working(wizard: &Wizard, columns: usize, lines: &mut Vec<Line>) {
    let Some(progress) = &wizard.progress else { return };
    let total = progress.total.unwrap_or_default();
    lines.push((Tone::Strong, words::far(progress.done, total, progress.step.as_str())));
    let full = usize::try_from(figures::percent(progress.done, total)).unwrap_or(100) * columns / 100;
    lines.push((Tone::Note, format!("{}{}", "█".repeat(full), "░".repeat(columns.saturating_sub(full)))));
}

fn done(wizard: &Wizard, columns: usize, lines: &mut Vec<Line>) {
    let Some(brought) = &wizard.brought else { return };
    let empty = |lines: &mut Vec<Line>| lines.push((Tone::Plain, String::new()));
    wrapped(Tone::Strong, &words::ended(brought.url.as_str(), brought.runs), columns, lines);
    if let Some(authority) = &brought.authority {
        empty(lines);
        wrapped(Tone::Plain, &words::fingerprint(authority.as_str()), columns, lines);
    }
    empty(lines);
    for part in brought.said.iter().filter(|part| part.state != PartState::Ok) {
        seen(part, columns, lines);
    }
    for next in &brought.next {
        wrapped(Tone::Plain, next.as_str(), columns, lines);
    }
    empty(lines);
    wrapped(Tone::Dim, words::TO_DASHBOARD, columns, lines);
}
