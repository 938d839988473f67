//! What is asked by itself as time goes by, and what ends by itself.

use chrono::{DateTime, TimeDelta, Utc};

use super::{acts, answers, setup};
use crate::effect::Effect;
use crate::held::Held;
use crate::msg::{Failure, Ticket, Via};
use crate::popups::{Popup, confirm};
use crate::state::{Screen, Server, State};
use crate::words::say;

/// What moves is asked this often.
const OFTEN: TimeDelta = TimeDelta::seconds(2);
/// What seldom changes, and what costs a process.
const SELDOM: TimeDelta = TimeDelta::seconds(15);
/// A sentence stays for this long.
const NOTE: TimeDelta = TimeDelta::seconds(10);
/// An act of which nothing was heard for so long is given up.
const GIVEN_UP: TimeDelta = TimeDelta::minutes(15);

/// A second has passed.
pub fn tick(state: &mut State, now: DateTime<Utc>) -> Vec<Effect> {
    state.now = now;
    if setup::is_open(state) {
        return setup::tick(state);
    }
    if state.note.as_ref().is_some_and(|note| now - note.since > NOTE) {
        state.note = None;
    }
    let late = |popup: &Popup| matches!(popup, Popup::Confirm(one) if now - one.since > confirm::GOOD_FOR);
    if state.popups.iter().any(late) {
        state.popups.retain(|popup| !late(popup));
        acts::note(state, say::TOO_LATE);
    }
    let mut effects = match &state.act {
        Some(act) if now - act.heard > GIVEN_UP => answers::take(state, act.ticket, Via::System, Err(Failure::Silent)),
        _ => Vec::new(),
    };
    effects.extend(due(state));
    effects
}

/// What is due now.
pub fn due(state: &mut State) -> Vec<Effect> {
    let (away, on) = (matches!(state.server, Server::Away(_)), state.goes_on());
    let status = if state.screen == Screen::Dashboard || away { OFTEN } else { SELDOM };
    let list = match state.screen {
        _ if away => SELDOM,
        Screen::Jobs => OFTEN,
        Screen::Backups | Screen::Updates if on => OFTEN,
        _ => SELDOM,
    };
    let mut effects = ask(state, Screen::Dashboard, status);
    if state.screen != Screen::Dashboard {
        effects.extend(ask(state, state.screen, list));
    }
    if state.following || away {
        let often = if state.following { OFTEN } else { SELDOM };
        if state.restore.is_due(state.now, often) {
            let ticket = state.ticket();
            state.restore.ask(ticket, state.now);
            effects.push(Effect::FollowRestore { ticket });
        }
    }
    effects
}

/// Asks for everything that is shown, unless it is on its way.
pub fn refresh(state: &mut State) -> Vec<Effect> {
    let now = TimeDelta::zero();
    state.asked_alone = None;
    let mut effects = ask(state, Screen::Dashboard, now);
    if state.screen != Screen::Dashboard {
        effects.extend(ask(state, state.screen, now));
    }
    effects.extend(sessions(state));
    effects
}

/// Asks for the sessions of the popup that shows some.
pub fn sessions(state: &mut State) -> Option<Effect> {
    let now = state.now;
    let next = Ticket(state.last + 1);
    let open = state.popups.iter_mut().find_map(|popup| match popup {
        Popup::Sessions(sessions) if sessions.list.held.is_free(now) => Some(sessions),
        _ => None,
    })?;
    open.list.held.ask(next, now);
    let ask = protocol::admin::Ask::Sessions { user: open.user };
    state.last = next.0;
    Some(Effect::Ask { ticket: next, ask, token: None, alone: false })
}

fn ask(state: &mut State, screen: Screen, after: TimeDelta) -> Vec<Effect> {
    let now = state.now;
    let next = Ticket(state.last + 1);
    let asked = match screen {
        Screen::Dashboard => mark(&mut state.status, now, after, next),
        Screen::Users => mark(&mut state.users.held, now, after, next),
        Screen::Keys => mark(&mut state.keys.held, now, after, next),
        Screen::Backups => mark(&mut state.backups.held, now, after, next),
        Screen::Updates => mark(&mut state.updates.held, now, after, next),
        Screen::Jobs => mark(&mut state.jobs.held, now, after, next),
    };
    if !asked {
        return Vec::new();
    }
    state.last = next.0;
    let alone = screen != Screen::Dashboard || state.asked_alone.is_none_or(|then| now - then >= SELDOM);
    let ask = match screen {
        Screen::Jobs => protocol::admin::Ask::Jobs { limit: None, after: state.jobs_after.clone() },
        _ => screen.ask(),
    };
    vec![Effect::Ask { ticket: next, ask, token: None, alone }]
}

fn mark<T>(held: &mut Held<T>, now: DateTime<Utc>, after: TimeDelta, ticket: Ticket) -> bool {
    let due = held.is_due(now, after);
    if due {
        held.ask(ticket, now);
    }
    due
}
