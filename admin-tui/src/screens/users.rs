//! People. The golden screen: copy its shape.

use protocol::admin::{Factor, User, UserState};
use ratatui::layout::Rect;

use super::{Cell, Detail, column, list, plain, said, wide_column};
use crate::figures;
use crate::held::Row;
use crate::look::Tone;
use crate::paint::{Column, Painter};
use crate::state::State;
use crate::words::{self, head, label};

const COLUMNS: &[Column] = &[
    column(head::NAME, 0),
    column(head::EMAIL, 0),
    column(head::ROLE, 10),
    column(head::STATE, 8),
    column(head::FACTOR, 6),
    column(head::SESSIONS, 8),
    wide_column(head::SINCE, 16),
];

impl Row for User {
    fn name(&self) -> String {
        self.id.to_string()
    }

    fn words(&self) -> String {
        format!("{} {} {} {}", self.name, self.email, self.role.word(), words::user(self.state))
    }
}

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State) {
    list(painter, area, state, &state.users, COLUMNS, |user| cells(user, state));
}

fn cells<'a>(user: &'a User, state: &State) -> Vec<Cell<'a>> {
    let tone = match user.state {
        UserState::Active => Tone::Plain,
        UserState::Disabled => Tone::Dim,
    };
    let factor = if user.factor == Factor::Owed { Tone::Note } else { tone };
    vec![
        said(tone, user.name.as_str()),
        said(tone, user.email.as_str()),
        said(tone, user.role.word()),
        said(if tone == Tone::Dim { Tone::Note } else { tone }, words::user(user.state)),
        said(factor, words::factor(user.factor)),
        if user.sessions == 0 { plain(words::UNKNOWN) } else { said(tone, figures::count(user.sessions)) },
        said(Tone::Dim, figures::moment(user.since, state.zone)),
    ]
}

/// Everything that is known of somebody.
pub fn details(user: &User, state: &State) -> Vec<Detail> {
    vec![
        (head::NAME, user.name.to_string()),
        (head::EMAIL, user.email.to_string()),
        (head::ROLE, user.role.word().to_owned()),
        (head::STATE, words::user(user.state).to_owned()),
        (head::FACTOR, words::factor(user.factor).to_owned()),
        (head::SESSIONS, figures::count(user.sessions)),
        (head::SINCE, figures::moment(user.since, state.zone)),
        (label::ID, user.id.to_string()),
    ]
}
