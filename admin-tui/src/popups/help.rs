//! The help: what the screen is for, its keys, and its commands for scripts.

use ratatui::layout::Rect;

use super::{Popup, footer};
use crate::keys::{self, Place};
use crate::look::Tone;
use crate::paint::Painter;
use crate::state::State;
use crate::words::{help, screen, setup, title};
use crate::{text, verbs};

/// Columns of a key.
const KEY: usize = 8;

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State, top: usize) {
    let of = if in_setup(state) { setup::HELP } else { screen(state.screen) };
    let heading = format!("{}: {of}", title::HELP);
    let inside = painter.boxed(area, super::large(area), &heading, &footer(Place::Reading));
    let lines = lines(state, usize::from(inside.width));
    let top = top.min(lines.len().saturating_sub(usize::from(inside.height)));
    for (row, (tone, line)) in (0..inside.height).zip(lines.iter().skip(top)) {
        painter.line(inside, row, &[(*tone, line)]);
    }
}

fn in_setup(state: &State) -> bool {
    matches!(state.popups.first(), Some(Popup::Setup(_)))
}

/// How far it can be scrolled.
pub fn last(state: &State) -> usize {
    let (width, height) = super::large(Rect::new(0, 0, state.size.0, state.size.1));
    lines(state, usize::from(width.saturating_sub(4))).len().saturating_sub(usize::from(height.saturating_sub(2)))
}

fn lines(state: &State, columns: usize) -> Vec<(Tone, String)> {
    let setting_up = in_setup(state);
    let (about, place, twins) = if setting_up {
        (setup::ABOUT, Place::Setup, &[setup::TWIN] as &[&str])
    } else {
        (help::about(state.screen), Place::of(state.screen), verbs::of(state.screen))
    };
    let mut lines: Vec<(Tone, String)> =
        text::wrap(about, columns).into_iter().map(|line| (Tone::Plain, line)).collect();
    lines.push((Tone::Plain, String::new()));
    lines.push((Tone::Strong, help::KEYS.to_owned()));
    for key in keys::shown(place) {
        lines.push((Tone::Plain, format!("  {:<KEY$}{}", key.shown, key.says.1)));
    }
    lines.push((Tone::Plain, String::new()));
    lines.push((Tone::Strong, help::TWINS.to_owned()));
    lines.extend(twins.iter().map(|verb| (Tone::Plain, format!("  {}", help::command(verb)))));
    lines
}
