//! Keys in the popup on top.

use protocol::admin::{Ask, Session};

use super::{acts, polls, press, setup};
use crate::effect::Effect;
use crate::keys::Does;
use crate::popups::prompt::Purpose;
use crate::popups::sessions::Sessions;
use crate::popups::{Popup, details, help, logs, sessions};
use crate::state::{Action, Screen, State};
use crate::words::say;

/// A key in it.
pub fn press(state: &mut State, does: Does) -> Vec<Effect> {
    if matches!(state.popups.last(), Some(Popup::Setup(_))) {
        return setup::press(state, does);
    }
    if does == Does::Back {
        state.popups.pop();
        return Vec::new();
    }
    let Some(top) = state.popups.pop() else { return Vec::new() };
    match top {
        Popup::Prompt(_) => prompt(state, top, does),
        Popup::Confirm(_) => confirm(state, top, does),
        Popup::Choice(_) => choice(state, top, does),
        Popup::Sessions(_) => in_sessions(state, top, does),
        Popup::Link(_) => link(state, top, does),
        Popup::Leave if does == Does::Submit => vec![Effect::Leave],
        other => {
            let scrolled = scroll(state, other, does);
            state.popups.push(scrolled);
            Vec::new()
        }
    }
}

fn scroll(state: &State, popup: Popup, does: Does) -> Popup {
    match popup {
        Popup::Help(top) => Popup::Help(moved(top, does, help::last(state), state)),
        Popup::Details(mut open) => {
            open.top = moved(open.top, does, details::last(&open, state), state);
            Popup::Details(open)
        }
        Popup::Logs(held, back) => {
            let last = logs::last(&held, state);
            let top = last.saturating_sub(back);
            Popup::Logs(held, last - moved(top, does, last, state).min(last))
        }
        other => other,
    }
}

fn moved(top: usize, does: Does, last: usize, state: &State) -> usize {
    let page = usize::from(state.size.1).saturating_sub(6).max(1);
    let to = match does {
        Does::Up => top.saturating_sub(1),
        Does::Down => top + 1,
        Does::PageUp => top.saturating_sub(page),
        Does::PageDown => top + page,
        Does::First => 0,
        Does::Last => last,
        _ => top,
    };
    to.min(last)
}

fn link(state: &mut State, popup: Popup, does: Does) -> Vec<Effect> {
    let to = match does {
        Does::Next => state.screen.step(1),
        Does::Previous => state.screen.step(Screen::ALL.len() - 1),
        Does::Go(screen) => screen,
        _ => {
            state.popups.push(popup);
            return Vec::new();
        }
    };
    press::go(state, to)
}

fn prompt(state: &mut State, mut popup: Popup, does: Does) -> Vec<Effect> {
    let Popup::Prompt(form) = &mut popup else { return Vec::new() };
    match does {
        Does::Submit => {
            if state.act.is_none()
                && let Some(action) = form.submit()
            {
                let title = titled(form.purpose, &action);
                return acts::begin(state, action, title, None);
            }
            if let Some(act) = &state.act {
                let busy = say::busy(&act.title);
                acts::note(state, &busy);
            }
        }
        Does::NextField => form.step(false),
        Does::PreviousField => form.step(true),
        Does::Erase => form.erase(false),
        Does::EraseAll => form.erase(true),
        _ => {}
    }
    state.popups.push(popup);
    Vec::new()
}

/// What a form does, and for whom where that is no secret.
fn titled(purpose: Purpose, action: &Action) -> String {
    let subject = match action {
        Action::Ask(Ask::Invite { email: Some(email), .. }) => email,
        Action::Ask(Ask::AddPassphrase { label, .. } | Ask::AddRecovery { label, .. }) => label,
        Action::Ask(Ask::PlanBackups { destination, .. }) => destination,
        Action::Ask(Ask::InstallUpdate { bundle }) => bundle,
        Action::Look(order) => &order.set,
        _ => return purpose.title().to_owned(),
    };
    say::subject(purpose.title(), subject)
}

fn confirm(state: &mut State, mut popup: Popup, does: Does) -> Vec<Effect> {
    let Popup::Confirm(asked) = &mut popup else { return Vec::new() };
    match does {
        Does::Submit if asked.is_confirmed() && state.act.is_none() => {
            return acts::begin(state, asked.action.clone(), asked.title.clone(), asked.token.take());
        }
        Does::Submit => asked.wrong = !asked.is_confirmed(),
        Does::Erase => {
            asked.typed.pop();
        }
        Does::EraseAll => asked.typed.clear(),
        _ => {}
    }
    state.popups.push(popup);
    Vec::new()
}

fn choice(state: &mut State, mut popup: Popup, does: Does) -> Vec<Effect> {
    let Popup::Choice(open) = &mut popup else { return Vec::new() };
    match does {
        Does::Submit => {
            if let Some(one) = open.all.get(open.at).copied() {
                return acts::chosen(state, one, &open.subject);
            }
        }
        Does::Up => open.at = open.at.saturating_sub(1),
        Does::Down => open.at = (open.at + 1).min(open.all.len().saturating_sub(1)),
        _ => {}
    }
    state.popups.push(popup);
    Vec::new()
}

fn in_sessions(state: &mut State, mut popup: Popup, does: Does) -> Vec<Effect> {
    let Popup::Sessions(open) = &mut popup else { return Vec::new() };
    let rows = open.list.count();
    let mut ending = None;
    match does {
        Does::Up => open.list.cursor.step(-1, rows),
        Does::Down => open.list.cursor.step(1, rows),
        Does::EndSession => ending = open.list.chosen().map(|session| end(open, Some(session))),
        Does::EndSessions => ending = Some(end(open, None)),
        _ => {}
    }
    state.popups.push(popup);
    match ending {
        Some((ask, title)) => acts::begin(state, Action::Ask(ask), title, None),
        None if does == Does::Refresh => polls::sessions(state).into_iter().collect(),
        None => Vec::new(),
    }
}

fn end(open: &Sessions, session: Option<&Session>) -> (Ask, String) {
    let ask = Ask::EndSessions { user: open.user, session: session.map(|session| session.id) };
    (ask, sessions::ending(&open.name))
}
