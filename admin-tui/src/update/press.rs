//! Keys and pasted text: where they go, and what they do on a screen.

use crossterm::event::{KeyEvent, KeyEventKind};
use protocol::Shown;
use protocol::admin::Secret;

use super::{acts, polls, popup, setup};
use crate::effect::Effect;
use crate::keys::{self, Does, Place};
use crate::popups::Popup;
use crate::popups::details::Details;
use crate::screens;
use crate::state::{SMALLEST, Screen, State};
use crate::view;

/// Letters of a search.
const LONGEST_FIND: usize = 200;

/// A key.
pub fn key(state: &mut State, event: KeyEvent) -> Vec<Effect> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let place = state.place();
    let does = keys::does(place, event).or_else(|| to_screen(place, event));
    if too_small(state) {
        // Nobody sees what they would do.
        return match does {
            Some(Does::Quit) => quit(state),
            Some(Does::Leave) => vec![Effect::Leave],
            _ => Vec::new(),
        };
    }
    match (does, place) {
        (Some(Does::Quit), _) => quit(state),
        (Some(Does::Redraw), _) => vec![Effect::Redraw],
        (Some(does), Place::Finding) => {
            find(state, does);
            Vec::new()
        }
        (Some(does), _) if !state.popups.is_empty() => popup::press(state, does),
        (Some(does), _) => press(state, does),
        (None, _) => {
            if let Some(letter) = keys::letter(event) {
                type_in(state, letter.encode_utf8(&mut [0; 4]));
            }
            Vec::new()
        }
    }
}

/// Pasted text goes where letters go, and nowhere else: on a screen it would be read as keys.
pub fn paste(state: &mut State, text: &Secret) {
    if !too_small(state) {
        type_in(state, &text.0);
    }
}

/// To another screen. A link that is shown is gone then.
pub fn go(state: &mut State, screen: Screen) -> Vec<Effect> {
    state.popups.retain(|popup| !matches!(popup, Popup::Link(_)));
    state.finding = false;
    state.screen = screen;
    polls::due(state)
}

fn too_small(state: &State) -> bool {
    state.size.0 < SMALLEST.0 || state.size.1 < SMALLEST.1
}

/// Over a link the numbers still lead to the screens.
fn to_screen(place: Place, event: KeyEvent) -> Option<Does> {
    let does = (place == Place::Linked).then(|| keys::does(Place::Screens, event))??;
    matches!(does, Does::Go(_)).then_some(does)
}

fn quit(state: &mut State) -> Vec<Effect> {
    let asked = state.popups.last() == Some(&Popup::Leave);
    if asked || !state.popups.iter().any(Popup::holds_typed) {
        return vec![Effect::Leave];
    }
    state.popups.push(Popup::Leave);
    Vec::new()
}

fn type_in(state: &mut State, text: &str) {
    match state.popups.last_mut() {
        Some(Popup::Prompt(prompt)) => prompt.push(text),
        Some(Popup::Setup(wizard)) => setup::type_in(wizard, text),
        Some(Popup::Confirm(confirm)) => {
            confirm.wrong = false;
            let room = LONGEST_FIND.saturating_sub(confirm.typed.chars().count());
            confirm.typed.extend(Shown::new(text.trim_matches(['\r', '\n'])).as_str().chars().take(room));
        }
        None if state.finding => {
            let cursor = state.cursor_mut();
            let room = LONGEST_FIND.saturating_sub(cursor.find.chars().count());
            cursor.find.extend(Shown::new(text).as_str().chars().take(room));
            cursor.at = 0;
        }
        _ => {}
    }
}

fn find(state: &mut State, does: Does) {
    let rows = state.rows();
    let cursor = state.cursor_mut();
    match does {
        Does::Submit => state.finding = false,
        Does::Back => {
            cursor.find.clear();
            cursor.at = 0;
            state.finding = false;
        }
        Does::Erase => {
            cursor.find.pop();
            cursor.at = 0;
        }
        Does::EraseAll => {
            cursor.find.clear();
            cursor.at = 0;
        }
        Does::Up => cursor.step(-1, rows),
        Does::Down => cursor.step(1, rows),
        _ => {}
    }
}

fn press(state: &mut State, does: Does) -> Vec<Effect> {
    let rows = state.rows();
    let page = isize::try_from(view::rows_of_a_page(state)).unwrap_or(isize::MAX);
    match does {
        Does::Leave => return vec![Effect::Leave],
        Does::Help => state.popups.push(Popup::Help(0)),
        Does::Refresh => return polls::refresh(state),
        Does::Next => return go(state, state.screen.step(1)),
        Does::Previous => return go(state, state.screen.step(Screen::ALL.len() - 1)),
        Does::Go(screen) => return go(state, screen),
        Does::Up => state.cursor_mut().step(-1, rows),
        Does::Down => state.cursor_mut().step(1, rows),
        Does::PageUp => state.cursor_mut().step(-page, rows),
        Does::PageDown => state.cursor_mut().step(page, rows),
        Does::First => state.cursor_mut().at = 0,
        Does::Last => state.cursor_mut().step(isize::MAX, rows),
        Does::Find => state.finding = true,
        Does::Back => back(state),
        Does::Open => open(state),
        other => return acts::act(state, other),
    }
    Vec::new()
}

fn back(state: &mut State) {
    if state.cursor().find.is_empty() {
        state.note = None;
    } else {
        let cursor = state.cursor_mut();
        cursor.find.clear();
        cursor.at = 0;
    }
}

fn open(state: &mut State) {
    let lines = match state.screen {
        Screen::Dashboard => screens::dashboard::details(state),
        Screen::Users => state.users.chosen().map(|row| screens::users::details(row, state)),
        Screen::Keys => state.keys.chosen().map(|row| screens::keys::details(row, state)),
        Screen::Backups => state.backups.chosen().map(|row| screens::backups::details(row, state)),
        Screen::Updates => state.updates.chosen().map(|row| screens::updates::details(row, state)),
        Screen::Jobs => state.jobs.chosen().map(|row| screens::jobs::details(row, state)),
    };
    if let Some(lines) = lines {
        let title = lines.first().map(|(_, says)| says.clone()).unwrap_or_default();
        state.popups.push(Popup::Details(Details { title, lines, top: 0 }));
    }
}
