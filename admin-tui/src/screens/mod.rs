//! The screens. Each is drawn in one of the states of what fills it: loading, empty, filled, failed; that it is old or
//! that the keystore is closed stands above it.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use protocol::admin::Long;
use ratatui::layout::Rect;

use crate::figures;
use crate::held::{Listed, Row};
use crate::look::Tone;
use crate::msg::{Failure, Via};
use crate::paint::{Column, List, Painter};
use crate::state::{Screen, Server, State};
use crate::words::{self, failure, say};

pub mod backups;
pub mod dashboard;
pub mod jobs;
pub mod keys;
pub mod updates;
pub mod users;

/// A cell of a list.
pub type Cell<'a> = (Tone, Cow<'a, str>);
/// A line of what is known of a row: its label, and what it says.
pub type Detail = (&'static str, String);

/// Draws the screen that is shown.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State) {
    match state.screen {
        Screen::Dashboard => dashboard::draw(painter, area, state),
        Screen::Users => users::draw(painter, area, state),
        Screen::Keys => keys::draw(painter, area, state),
        Screen::Backups => backups::draw(painter, area, state),
        Screen::Updates => updates::draw(painter, area, state),
        Screen::Jobs => jobs::draw(painter, area, state),
    }
}

/// Rows that a screen draws above the rows of its list, its heads included.
pub fn above_the_list(state: &State) -> usize {
    match state.screen {
        Screen::Backups => usize::from(backups::ABOVE) + 1,
        Screen::Updates => usize::from(updates::ABOVE) + 1,
        Screen::Jobs => 2,
        _ => 1,
    }
}

/// When what is shown was told, and which way.
pub fn told(state: &State) -> (Option<DateTime<Utc>>, Via) {
    let of = |at: Option<DateTime<Utc>>, via: Via| (at, via);
    match state.screen {
        Screen::Dashboard => of(state.status.at, state.status.via),
        Screen::Users => of(state.users.held.at, state.users.held.via),
        Screen::Keys => of(state.keys.held.at, state.keys.held.via),
        Screen::Backups => of(state.backups.held.at, state.backups.held.via),
        Screen::Updates => of(state.updates.held.at, state.updates.held.via),
        Screen::Jobs => of(state.jobs.held.at, state.jobs.held.via),
    }
}

/// Why what is shown was not told anew.
pub fn trouble(state: &State) -> Option<&Failure> {
    match state.screen {
        Screen::Dashboard => state.status.trouble.as_ref(),
        Screen::Users => state.users.held.trouble.as_ref(),
        Screen::Keys => state.keys.held.trouble.as_ref(),
        Screen::Backups => state.backups.held.trouble.as_ref(),
        Screen::Updates => state.updates.held.trouble.as_ref(),
        Screen::Jobs => state.jobs.held.trouble.as_ref(),
    }
}

/// A list, or what there is instead of one.
fn list<'s, T: Row>(
    painter: &mut Painter<'_>,
    area: Rect,
    state: &'s State,
    listed: &'s Listed<T>,
    columns: &[Column],
    cells: impl Fn(&'s T) -> Vec<Cell<'s>>,
) {
    let rows: Vec<&T> = listed.fitting().collect();
    if !rows.is_empty() {
        let drawn = List { columns, rows: rows.len(), at: listed.cursor.at.min(rows.len() - 1) };
        painter.list(area, &drawn, |number| rows.get(number).map(|row| cells(row)).unwrap_or_default());
        return;
    }
    if listed.held.value.is_some() && !listed.cursor.find.is_empty() {
        let text = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        painter.paragraph(text, 1, Tone::Plain, &say::nothing_fits(&listed.cursor.find));
    } else {
        instead(painter, area, state, listed.held.value.is_some(), listed.held.trouble.as_ref());
    }
}

/// What is said where there is nothing to list.
fn instead(painter: &mut Painter<'_>, area: Rect, state: &State, told: bool, trouble: Option<&Failure>) {
    let text = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    match (told, trouble) {
        (true, _) => {
            painter.paragraph(text, 1, Tone::Plain, words::empty(state.screen));
        }
        (false, Some(why)) => {
            painter.paragraph(text, 1, Tone::Plain, &failure::sentence(why));
        }
        (false, None) if state.server == Server::NotSetUp => {
            painter.paragraph(text, 1, Tone::Plain, &failure::sentence(&Failure::NotSetUp));
        }
        (false, None) => {
            painter.paragraph(text, 1, Tone::Dim, words::ASKING);
        }
    }
}

/// Work that goes on, or was last, in a line; nothing where there was none.
fn work(state: &State, work: Option<&Long>) -> Option<(Tone, String)> {
    let work = work?;
    if let Some(progress) = &work.progress {
        let far = how_far(progress.done, progress.total);
        return Some((Tone::Note, say::goes_on(work.what.as_str(), &far, progress.step.as_str())));
    }
    let Some(ended) = work.ended else {
        return Some((Tone::Note, say::goes_on(work.what.as_str(), "", say::GOING_ON)));
    };
    let when = figures::moment(ended, state.zone);
    Some(match &work.failed {
        Some(why) => (Tone::Bad, say::failed(&work.what, &when, why)),
        None => (Tone::Good, say::ended(&work.what, &when)),
    })
}

/// `34 %`, or how much was done where the whole is not known.
pub fn how_far(done: u64, total: Option<u64>) -> String {
    match total {
        Some(total) => format!("{} %", figures::percent(done, total)),
        None => figures::count(done),
    }
}

fn plain(text: &str) -> Cell<'_> {
    (Tone::Plain, Cow::Borrowed(text))
}

fn said<'a>(tone: Tone, text: impl Into<Cow<'a, str>>) -> Cell<'a> {
    (tone, text.into())
}

const fn column(head: &'static str, width: u16) -> Column {
    Column { head, width, from: 0 }
}

const fn wide_column(head: &'static str, width: u16) -> Column {
    Column { head, width, from: 100 }
}
