//! The first setup: keys, answers and the time, while it lies over everything.

use protocol::Shown;
use protocol::admin::{PartState, Progress, Reply};

use super::polls;
use crate::effect::Effect;
use crate::keys::Does;
use crate::msg::{Failure, Outcome, Ticket};
use crate::popups::Popup;
use crate::setup::{Step, Waits, Wizard, draw, verbs};
use crate::state::{Screen, Server, State};
use crate::verbs::Twin;
use crate::words::{failure, setup as words};

/// Begins it.
pub fn open(state: &mut State, starts: bool) -> Vec<Effect> {
    state.server = Server::NotSetUp;
    state.popups.push(Popup::Setup(Box::new(Wizard::new(starts))));
    Vec::new()
}

/// Whether it is open.
pub fn is_open(state: &State) -> bool {
    matches!(state.popups.first(), Some(Popup::Setup(_)))
}

fn wizard(state: &mut State) -> Option<&mut Wizard> {
    match state.popups.first_mut() {
        Some(Popup::Setup(wizard)) => Some(wizard),
        _ => None,
    }
}

/// Whether it waits for this.
pub fn waits(state: &State, ticket: Ticket) -> bool {
    matches!(state.popups.first(), Some(Popup::Setup(wizard)) if wizard.waits.is_some_and(|(other, _)| other == ticket))
}

/// Something is so far.
pub fn told(state: &mut State, ticket: Ticket, progress: &Progress) {
    if waits(state, ticket)
        && let Some(wizard) = wizard(state)
    {
        wizard.progress = Some(progress.clone());
    }
}

/// Letters.
pub fn type_in(wizard: &mut Wizard, text: &str) {
    if wizard.waits.is_some_and(|(_, what)| what != (Waits::Looking { leaving: false })) {
        return;
    }
    wizard.trouble.clear();
    if let Some(field) = wizard.field_mut() {
        field.push(text);
    }
}

/// A key.
pub fn press(state: &mut State, does: Does) -> Vec<Effect> {
    if does == Does::Help {
        state.popups.push(Popup::Help(0));
        return Vec::new();
    }
    let last = match state.popups.first() {
        Some(Popup::Setup(wizard)) => draw::last(wizard, state),
        _ => 0,
    };
    let page = usize::from(state.size.1).saturating_sub(14).max(1);
    let Some(wizard) = wizard(state) else { return Vec::new() };
    let fields = wizard.fields().len();
    match does {
        Does::Submit => return submit(state),
        Does::Back => return back(state),
        Does::Restore if wizard.step == Step::Address && wizard.holds_typed() => {
            wizard.trouble = vec![Shown::from(words::EMPTY_FIRST)];
        }
        Does::Restore if wizard.step == Step::Address => return restore_instead(state),
        Does::NextField if fields > 0 => wizard.at = (wizard.at + 1) % fields,
        Does::PreviousField if fields > 0 => wizard.at = (wizard.at + fields - 1) % fields,
        Does::NextField => wizard.top = (wizard.top + 1).min(last),
        Does::PreviousField => wizard.top = wizard.top.saturating_sub(1),
        Does::PageDown => wizard.top = (wizard.top + page).min(last),
        Does::PageUp => wizard.top = wizard.top.saturating_sub(page),
        Does::Erase | Does::EraseAll => {
            wizard.trouble.clear();
            if let Some(field) = wizard.field_mut() {
                field.erase(does == Does::EraseAll);
            }
        }
        _ => {}
    }
    Vec::new()
}

/// A step back. While our program works, its end is waited for; from the first step somebody leaves.
fn back(state: &mut State) -> Vec<Effect> {
    let Some(wizard) = wizard(state) else { return Vec::new() };
    match wizard.previous() {
        Some(step) => {
            // What is still being looked at comes too late.
            wizard.waits = None;
            wizard.failed = None;
            wizard.go(step);
            Vec::new()
        }
        None if wizard.step == Step::Done => close(state),
        // Its end is worth waiting for; Ctrl-C leaves.
        None if wizard.step == Step::Working => Vec::new(),
        None if !wizard.holds_typed() => vec![Effect::Leave],
        None => {
            state.popups.push(Popup::Leave);
            Vec::new()
        }
    }
}

fn close(state: &mut State) -> Vec<Effect> {
    state.popups.clear();
    state.server = Server::Unknown;
    polls::refresh(state)
}

/// To the backups, where a place is named and a backup is brought back from it.
fn restore_instead(state: &mut State) -> Vec<Effect> {
    state.screen = Screen::Backups;
    close(state)
}

fn submit(state: &mut State) -> Vec<Effect> {
    let Some(wizard) = wizard(state) else { return Vec::new() };
    if wizard.waits.is_some_and(|(_, what)| what != (Waits::Looking { leaving: false })) {
        return Vec::new();
    }
    if wizard.at + 1 < wizard.fields().len() {
        wizard.at += 1;
        return Vec::new();
    }
    wizard.trouble.clear();
    if let Some((field, says)) = wizard.judge() {
        wizard.at = field;
        wizard.trouble = vec![Shown::from(says)];
        return Vec::new();
    }
    match wizard.step {
        Step::Done => close(state),
        Step::Recovery if wizard.key.is_empty() && !wizard.has_keys() => make_key(state),
        Step::Recovery => enter(state),
        Step::Summary if !wizard.is_blocked() => {
            wizard.failed = None;
            wizard.progress = None;
            wizard.go(Step::Working);
            let twin = wizard.set_up();
            run(state, Waits::Working, twin)
        }
        Step::Summary => look(state, false),
        _ => look(state, true),
    }
}

fn run(state: &mut State, what: Waits, twin: Twin) -> Vec<Effect> {
    let ticket = state.ticket();
    if let Some(wizard) = wizard(state) {
        wizard.waits = Some((ticket, what));
    }
    vec![Effect::Run { ticket, twin }]
}

fn look(state: &mut State, leaving: bool) -> Vec<Effect> {
    let Some(wizard) = wizard(state) else { return Vec::new() };
    wizard.seen_backups = backups(wizard);
    let twin = wizard.check();
    run(state, Waits::Looking { leaving }, twin)
}

fn make_key(state: &mut State) -> Vec<Effect> {
    run(state, Waits::Key, verbs::new_key())
}

/// Into the next step, with what it needs.
fn enter(state: &mut State) -> Vec<Effect> {
    let Some(wizard) = wizard(state) else { return Vec::new() };
    let step = wizard.next();
    wizard.go(step);
    match step {
        Step::Recovery if wizard.key.is_empty() && !wizard.has_keys() => make_key(state),
        Step::Summary => look(state, false),
        _ => Vec::new(),
    }
}

fn backups(wizard: &Wizard) -> String {
    wizard.text(Step::Backups, 0).to_owned()
}

/// While a place for backups is typed, it is looked at each second.
pub fn tick(state: &mut State) -> Vec<Effect> {
    let Some(wizard) = wizard(state) else { return Vec::new() };
    let changed = wizard.step == Step::Backups && wizard.waits.is_none() && backups(wizard) != wizard.seen_backups;
    if changed { look(state, false) } else { Vec::new() }
}

/// What our program said.
pub fn answered(state: &mut State, result: Outcome) -> Vec<Effect> {
    let Some(wizard) = wizard(state) else { return Vec::new() };
    let Some((_, what)) = wizard.waits.take() else { return Vec::new() };
    match (what, result) {
        (Waits::Looking { leaving }, Ok(Reply::Looked(looked))) => {
            let step = wizard.step;
            wizard.looked = Some(looked);
            if !leaving {
                return Vec::new();
            }
            let problems = wizard.seen(step).filter(|part| part.state == PartState::Problem);
            let told: Vec<(usize, Shown)> =
                problems.map(|part| (verbs::field_of(part.name.as_str()), part.detail.clone())).collect();
            let Some((field, _)) = told.first() else { return enter(state) };
            wizard.at = *field;
            wizard.trouble = told.into_iter().map(|(_, says)| says).collect();
        }
        (Waits::Key, Ok(Reply::RecoveryKey(groups))) => wizard.key = groups,
        (Waits::Working, Ok(Reply::SetUp(brought))) => {
            wizard.brought = Some(brought);
            // Nobody needs them any more.
            wizard.key.clear();
            wizard.go(Step::Done);
        }
        (Waits::Working, Err(why)) => failed(wizard, why),
        (Waits::Working, Ok(_)) => failed(wizard, Failure::Unreadable),
        (_, Err(why)) => wizard.trouble = vec![Shown::new(&failure::sentence(&why))],
        (_, Ok(_)) => wizard.trouble = vec![Shown::new(&failure::sentence(&Failure::Unreadable))],
    }
    Vec::new()
}

/// Back to where it can be begun again.
fn failed(wizard: &mut Wizard, why: Failure) {
    wizard.failed = Some(why);
    wizard.go(Step::Summary);
}
