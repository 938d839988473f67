//! The whole terminal from the state. Pure: the same state and size give the same cells.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::keys::{self, Place};
use crate::look::{Look, Tone};
use crate::msg::Via;
use crate::paint::Painter;
use crate::popups;
use crate::screens;
use crate::state::{SMALLEST, Screen, Server, State};
use crate::words::{self, failure, say};
use crate::{figures, text};

/// Rows that are not the screen's own: header, tabs, rule; rule, note, keys.
const ABOVE: u16 = 3;
const BELOW: u16 = 3;

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let area = frame.area();
    let mut painter = Painter { cells: frame.buffer_mut(), look: Look { colour: state.colour }, cursor: None };
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        painter.paragraph(area, 0, Tone::Plain, words::TOO_SMALL);
        return;
    }
    header(&mut painter, area, state);
    let body = body(area);
    let taken = banner(&mut painter, body, state);
    let rest = Rect { y: body.y + taken, height: body.height - taken, ..body };
    screens::draw(&mut painter, rest, state);
    bottom(&mut painter, area, state);
    for popup in &state.popups {
        popups::draw(&mut painter, area, state, popup);
    }
    if let Some(cursor) = painter.cursor {
        frame.set_cursor_position(cursor);
    }
}

/// Where the screen's own rows are.
fn body(area: Rect) -> Rect {
    Rect { y: area.y + ABOVE, height: area.height.saturating_sub(ABOVE + BELOW), ..area }
}

/// Rows of the list, as far as they are known without drawing: how far a page steps.
pub fn rows_of_a_page(state: &State) -> usize {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let banner: usize = banner_lines(state, area.width).len();
    usize::from(body(area).height).saturating_sub(banner + screens::above_the_list(state)).max(1)
}

fn header(painter: &mut Painter<'_>, area: Rect, state: &State) {
    let inner = Rect { x: area.x + 1, width: area.width - 2, ..area };
    let status = state.status.value.as_ref();
    let version = status.map_or("", |status| status.version.as_str());
    let url = status.map_or("", |status| status.url.as_str());
    let (tone, seal) = match (state.server, state.sealed()) {
        (Server::Away(_) | Server::NotSetUp, _) => (Tone::Bad, words::NOT_RUNNING),
        (_, Some(_)) => (Tone::Bad, words::SEALED),
        (Server::Up, None) if state.not_ready().is_some() => (Tone::Note, words::NOT_READY),
        (Server::Up, None) if status.is_some() => (Tone::Good, words::OPEN),
        _ => (Tone::Dim, words::UNKNOWN),
    };
    let clock = figures::clock(state.now, state.zone);
    let aside = Rect { width: inner.width.saturating_sub(26), ..inner };
    painter.line(
        aside,
        0,
        &[
            (Tone::Strong, words::NAME),
            (Tone::Plain, " "),
            (Tone::Plain, version),
            (Tone::Plain, "  "),
            (Tone::Dim, url),
        ],
    );
    painter.right(inner, 0, &[(tone, seal), (Tone::Plain, "   "), (Tone::Plain, &clock)]);
    tabs(painter, inner, state.screen);
    painter.rule(area, 2);
}

fn tabs(painter: &mut Painter<'_>, area: Rect, shown: Screen) {
    let gap = if area.width < 64 { "" } else { " " };
    let names: Vec<(Tone, String)> = (1..)
        .zip(Screen::ALL)
        .map(|(number, screen)| {
            let (tone, mark) = if screen == shown { (Tone::Strong, words::MARK) } else { (Tone::Dim, " ") };
            (tone, format!("{mark}{number} {}{gap}", words::screen(screen)))
        })
        .collect();
    let pieces: Vec<(Tone, &str)> = names.iter().map(|(tone, name)| (*tone, name.as_str())).collect();
    painter.line(area, 1, &pieces);
}

fn banner(painter: &mut Painter<'_>, body: Rect, state: &State) -> u16 {
    let lines = banner_lines(state, body.width);
    for (row, (tone, line)) in (0..).zip(&lines) {
        painter.line(body, row, &[(*tone, line)]);
    }
    u16::try_from(lines.len()).unwrap_or_default()
}

/// What every screen says first: no server, a closed keystore, data that is old.
fn banner_lines(state: &State, width: u16) -> Vec<(Tone, String)> {
    let columns = usize::from(width.saturating_sub(4));
    let mut lines = Vec::new();
    let mut add = |tone: Tone, most: usize, text: &str| {
        let wrapped = text::wrap(text, columns);
        for (at, line) in wrapped.iter().take(most).enumerate() {
            let last = at + 1 == most && wrapped.len() > most;
            let line = if last { text::fit(&format!("{line} …"), columns) } else { line.clone() };
            let mark = if at == 0 { words::ATTENTION } else { " " };
            lines.push((tone, format!(" {mark} {line}")));
        }
    };
    if let Server::Away(since) = state.server {
        let since = figures::clock(since, state.zone);
        let (at, via) = screens::told(state);
        let of = at.map(|at| figures::clock(at, state.zone));
        if via == Via::Program && of.is_some() {
            add(Tone::Bad, 2, &say::alone(&since));
        } else {
            add(Tone::Bad, 2, &say::away(&since, of.as_deref()));
        }
    } else if let (Some(at), Some(trouble)) = (screens::told(state).0, screens::trouble(state)) {
        add(Tone::Note, 3, &say::old(&figures::clock(at, state.zone), &failure::sentence(trouble)));
    }
    if let Some(why) = state.sealed() {
        add(Tone::Bad, 2, &say::sealed(why));
    }
    if let Some(why) = state.not_ready() {
        add(Tone::Note, 2, &say::not_ready(why));
    }
    lines
}

fn bottom(painter: &mut Painter<'_>, area: Rect, state: &State) {
    let area = Rect { y: area.bottom() - BELOW, height: BELOW, ..area };
    let inner = Rect { x: area.x + 1, width: area.width - 2, ..area };
    painter.rule(area, 0);
    let find = &state.cursor().find;
    if state.finding || !find.is_empty() {
        let room = usize::from(inner.width.saturating_sub(24));
        let typed = text::tail(find, room);
        painter.line(inner, 1, &[(Tone::Key, words::FIND), (Tone::Plain, &typed)]);
        if state.finding && state.popups.is_empty() {
            let x = inner.x + crate::paint::columns(words::FIND) + crate::paint::columns(&typed);
            painter.cursor = Some((x, inner.y + 1).into());
        }
    } else if let Some(note) = &state.note {
        let room = Rect { width: inner.width.saturating_sub(16), ..inner };
        painter.line(room, 1, &[(Tone::Note, note.says.as_str())]);
    } else if let Some(act) = &state.act {
        painter.line(inner, 1, &[(Tone::Note, &say::doing(&act.title))]);
    }
    let rows = state.rows();
    if rows > 0 {
        let at = say::position(state.cursor().at.min(rows - 1) + 1, rows);
        painter.right(inner, 1, &[(Tone::Dim, &at)]);
    }
    if !state.popups.is_empty() {
        // A popup has its own keys at its edge.
        return;
    }
    let place = if state.finding { Place::Finding } else { Place::of(state.screen) };
    let line = keys_line(place, usize::from(inner.width));
    let pieces: Vec<(Tone, &str)> = line.iter().map(|(tone, piece)| (*tone, piece.as_str())).collect();
    painter.line(inner, 2, &pieces);
}

/// The keys of a place in so many columns. Help and leaving are always there.
pub fn keys_line(place: Place, columns: usize) -> Vec<(Tone, String)> {
    let told = |key: &&'static keys::Key| !key.says.0.is_empty();
    let pair = |key: &'static keys::Key| (key.shown, key.says.0);
    let wide = |(key, says): &(&str, &str)| text::width(key) + text::width(says) + 3;
    let (last, first): (Vec<_>, Vec<_>) =
        keys::shown(place).filter(told).partition(|key| matches!(key.does, keys::Does::Help | keys::Does::Leave));
    let last: Vec<(&str, &str)> = last.into_iter().map(pair).collect();
    let mut left = columns.saturating_sub(last.iter().map(wide).sum());
    let mut line = Vec::new();
    let first = first.into_iter().map(pair).take_while(|one| {
        let fits = wide(one) <= left;
        left = left.saturating_sub(wide(one));
        fits
    });
    let fitting: Vec<(&str, &str)> = first.collect();
    for (key, says) in fitting.into_iter().chain(last) {
        line.push((Tone::Key, key.to_owned()));
        line.push((Tone::Plain, format!(" {says}  ")));
    }
    line
}
