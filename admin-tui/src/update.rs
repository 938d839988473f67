//! The one way in which the state changes. Pure: no clock, no socket, no terminal; the same state and message give the same
//! state and effects.
//!
//! Always so: one act at a time; a token leaves only when the word of its confirmation was typed; a link is gone when its
//! popup is; an answer that nobody waits for changes nothing.

use crate::effect::Effect;
use crate::msg::Msg;
use crate::state::State;

mod acts;
mod answers;
mod polls;
mod popup;
mod press;
mod setup;

/// What happens with a message.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(event) => press::key(state, event),
        Msg::Paste(text) => {
            press::paste(state, &text);
            Vec::new()
        }
        Msg::Resize(columns, rows) => {
            state.size = (columns, rows);
            Vec::new()
        }
        Msg::Tick(now) => polls::tick(state, now),
        Msg::Progress(ticket, progress) => {
            let now = state.now;
            setup::told(state, ticket, &progress);
            if let Some(act) = state.act.as_mut().filter(|act| act.ticket == ticket) {
                act.progress = Some(progress);
                act.heard = now;
            }
            Vec::new()
        }
        Msg::Answer(ticket, via, outcome) => answers::take(state, ticket, via, *outcome),
        Msg::Lines(ticket, result) => {
            answers::lines(state, ticket, result);
            Vec::new()
        }
        Msg::Hangup => vec![Effect::Leave],
    }
}

/// What is asked at the very beginning where nothing is set up. `starts` says whether services can be started here.
pub fn set_up(state: &mut State, starts: bool) -> Vec<Effect> {
    setup::open(state, starts)
}

/// What is asked at the very beginning.
pub fn begin(state: &mut State) -> Vec<Effect> {
    polls::due(state)
}
