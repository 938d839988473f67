//! One of several things.

use protocol::admin::Role;
use ratatui::layout::Rect;
use uuid::Uuid;

use super::footer;
use crate::effect::{Unit, UnitVerb};
use crate::keys::Place;
use crate::look::Tone;
use crate::paint::{Painter, page};
use crate::words;

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// Invite somebody as this.
    Invite(Role),
    /// Make somebody this.
    Become(Uuid, Role),
    /// Tell systemd.
    Service(UnitVerb, Unit),
}

impl Chosen {
    /// What it is called.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Invite(role) | Self::Become(_, role) => role.word(),
            Self::Service(verb, unit) => words::service(verb, unit),
        }
    }
}

/// The choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What is chosen.
    pub title: String,
    /// Of whom or what, where it is somebody.
    pub subject: String,
    /// What there is.
    pub all: Vec<Chosen>,
    /// The one under the cursor.
    pub at: usize,
}

/// Draws it.
pub fn draw(painter: &mut Painter<'_>, area: Rect, choice: &Choice) {
    let rows = u16::try_from(choice.all.len()).unwrap_or_default();
    let extra = if choice.subject.is_empty() { 0 } else { 2 };
    let inside = painter.boxed(area, (56, rows + extra + 4), &choice.title, &footer(Place::Choosing));
    painter.line(inside, 0, &[(Tone::Dim, &choice.subject)]);
    let part = Rect { y: inside.y + 1 + extra / 2, height: inside.height.saturating_sub(1 + extra / 2), ..inside };
    for (row, number) in (0..).zip(page(choice.at, choice.all.len(), part.height)) {
        let Some(one) = choice.all.get(number) else { break };
        let (tone, mark) = if number == choice.at { (Tone::Chosen, words::MARK) } else { (Tone::Plain, " ") };
        painter.line(part, row, &[(tone, &format!("{mark} {} ", one.says()))]);
    }
}
