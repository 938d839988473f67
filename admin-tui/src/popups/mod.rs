//! What lies over a screen. The one on top gets the keys.

use protocol::Shown;
use ratatui::layout::Rect;

use crate::held::Held;
use crate::keys::{self, Place};
use crate::look::Tone;
use crate::msg::Failure;
use crate::paint::Painter;
use crate::setup::Wizard;
use crate::state::State;
use crate::words;

pub mod choice;
pub mod confirm;
pub mod details;
pub mod error;
pub mod help;
pub mod link;
pub mod logs;
pub mod progress;
pub mod prompt;
pub mod sessions;

/// Something over the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Popup {
    /// What the screen is for and its keys; scrolled by so many lines.
    Help(usize),
    /// Why something was not done.
    Error(Failure),
    /// A link, shown once.
    Link(link::Link),
    /// Something destructive, and the word for it.
    Confirm(confirm::Confirming),
    /// A form.
    Prompt(prompt::Prompt),
    /// One of several.
    Choice(choice::Choice),
    /// What is being done.
    Progress,
    /// Everything that is known of a row.
    Details(details::Details),
    /// Where somebody is signed in.
    Sessions(sessions::Sessions),
    /// The log; scrolled by so many lines from its end.
    Logs(Held<Vec<Shown>>, usize),
    /// The first setup of the machine.
    Setup(Box<Wizard>),
    /// Leaving with something typed.
    Leave,
}

impl Popup {
    /// Which keys work in it.
    pub const fn place(&self) -> Place {
        match self {
            Self::Help(_) | Self::Error(_) | Self::Details(_) | Self::Logs(..) => Place::Reading,
            Self::Link(_) => Place::Linked,
            Self::Confirm(_) => Place::Confirming,
            Self::Prompt(_) => Place::Prompting,
            Self::Choice(_) => Place::Choosing,
            Self::Progress => Place::Waiting,
            Self::Sessions(_) => Place::Sessions,
            Self::Setup(_) => Place::Setup,
            Self::Leave => Place::Leaving,
        }
    }

    /// Whether it holds something that somebody typed and would lose.
    pub fn holds_typed(&self) -> bool {
        match self {
            Self::Prompt(prompt) => prompt.holds_typed(),
            Self::Confirm(confirm) => !confirm.typed.is_empty(),
            Self::Setup(wizard) => wizard.holds_typed(),
            _ => false,
        }
    }
}

/// Draws one.
pub fn draw(painter: &mut Painter<'_>, area: Rect, state: &State, popup: &Popup) {
    painter.cursor = None;
    match popup {
        Popup::Help(top) => help::draw(painter, area, state, *top),
        Popup::Error(why) => error::draw(painter, area, why),
        Popup::Link(link) => link::draw(painter, area, state, link),
        Popup::Confirm(confirm) => confirm::draw(painter, area, confirm),
        Popup::Prompt(prompt) => prompt::draw(painter, area, prompt),
        Popup::Choice(choice) => choice::draw(painter, area, choice),
        Popup::Progress => progress::draw(painter, area, state),
        Popup::Details(details) => details::draw(painter, area, details),
        Popup::Sessions(sessions) => sessions::draw(painter, area, state, sessions),
        Popup::Logs(lines, back) => logs::draw(painter, area, lines, *back),
        Popup::Setup(wizard) => crate::setup::draw::draw(painter, area, wizard),
        Popup::Leave => leave(painter, area),
    }
}

fn leave(painter: &mut Painter<'_>, area: Rect) {
    let inside = painter.boxed(area, (60, 5), words::title::LEAVE, &footer(Place::Leaving));
    painter.paragraph(inside, 1, Tone::Plain, words::say::LEAVE);
}

/// The keys of a popup, for its lower edge.
pub fn footer(place: Place) -> String {
    let own = |key: &&keys::Key| key.place == place && !key.says.0.is_empty();
    let pairs: Vec<String> =
        keys::shown(place).filter(own).map(|key| format!("{} {}", key.shown, key.says.0)).collect();
    pairs.join(words::DOT)
}

/// A popup that is as large as the terminal allows.
pub const fn large(area: Rect) -> (u16, u16) {
    let width = if area.width > 100 { 100 } else { area.width.saturating_sub(2) };
    (width, area.height.saturating_sub(2))
}
