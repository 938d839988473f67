//! Where somebody is signed in.

use protocol::admin::Session;
use ratatui::layout::Rect;
use uuid::Uuid;

use super::footer;
use crate::figures;
use crate::held::{Listed, Row};
use crate::keys::Place;
use crate::look::Tone;
use crate::paint::{Column, List, Painter};
use crate::state::State;
use crate::words::{failure, head, say, title};

const COLUMNS: &[Column] = &[
    Column { head: head::CLIENT, width: 0, from: 0 },
    Column { head: head::SINCE, width: 16, from: 0 },
    Column { head: head::SEEN, width: 16, from: 0 },
];

/// Somebody's sessions.
#[derive(Debug, Clone, PartialEq)]
pub struct Sessions {
    /// Whose.
    pub user: Uuid,
    /// How they are called.
    pub name: String,
    /// The sessions.
    pub list: Listed<Session>,
}

impl Row for Session {
    fn name(&self) -> String {
        self.id.to_string()
    }

    fn words(&self) -> String {
        self.client.to_string()
    }
}

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State, sessions: &Sessions) {
    let heading = say::subject(head::SESSIONS, &sessions.name);
    let size = (area.width.saturating_sub(2).min(100), area.height.saturating_sub(6));
    let inside = painter.boxed(area, size, &heading, &footer(Place::Sessions));
    let all = sessions.list.all();
    match (&sessions.list.held.value, &sessions.list.held.trouble) {
        (None, Some(why)) => {
            painter.paragraph(inside, 0, Tone::Plain, &failure::sentence(why));
        }
        (None, None) => painter.line(inside, 0, &[(Tone::Dim, say::READING)]),
        (Some(_), _) if all.is_empty() => painter.line(inside, 0, &[(Tone::Plain, say::NO_SESSIONS)]),
        (Some(_), _) => {
            let list = List { columns: COLUMNS, rows: all.len(), at: sessions.list.cursor.at.min(all.len() - 1) };
            painter.list(inside, &list, |number| {
                let Some(session) = all.get(number) else { return Vec::new() };
                vec![
                    (Tone::Plain, session.client.as_str().into()),
                    (Tone::Plain, figures::moment(session.since, state.zone).into()),
                    (Tone::Plain, figures::moment(session.last_seen, state.zone).into()),
                ]
            });
        }
    }
}

/// What ending sessions is called.
pub fn ending(name: &str) -> String {
    say::subject(title::END_SESSIONS, name)
}
