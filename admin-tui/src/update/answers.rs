//! Where answers go. One that nobody waits for any more goes nowhere.

use protocol::Shown;
use protocol::admin::{Confirm, Long, Reply};

use super::{acts, polls, setup};
use crate::effect::Effect;
use crate::held::Held;
use crate::msg::{Failure, Outcome, Ticket, Via};
use crate::popups::Popup;
use crate::popups::confirm::Confirming;
use crate::popups::link::Link;
use crate::state::{Act, Action, Releases, Server, State};
use crate::words::say;

/// Takes an answer.
pub fn take(state: &mut State, ticket: Ticket, via: Via, result: Outcome) -> Vec<Effect> {
    if state.act.as_ref().is_some_and(|act| act.ticket == ticket) {
        if !matches!(result, Err(Failure::Silent | Failure::Broken(_))) {
            heard(state, via, &result);
        }
        return match state.act.take() {
            Some(act) => end(state, act, via, result),
            None => Vec::new(),
        };
    }
    if setup::waits(state, ticket) {
        return setup::answered(state, result);
    }
    if state.restore.waits_for(ticket) {
        follow(state, via, result);
        return Vec::new();
    }
    if !waits(state, ticket) {
        return Vec::new();
    }
    let was_away = state.server != Server::Up;
    heard(state, via, &result);
    if via == Via::Program && state.status.waits_for(ticket) {
        state.asked_alone = Some(state.now);
    }
    match result {
        Ok(reply) => told(state, ticket, via, reply),
        Err(why) => failed(state, ticket, &why),
    }
    if was_away && state.server == Server::Up { polls::due(state) } else { Vec::new() }
}

/// Lines of the log.
pub fn lines(state: &mut State, ticket: Ticket, result: Result<Vec<Shown>, Failure>) {
    let now = state.now;
    for popup in &mut state.popups {
        if let Popup::Logs(held, _) = popup
            && held.waits_for(ticket)
        {
            match result {
                Ok(lines) => held.put(lines, Via::System, now),
                Err(why) => held.fail(why),
            }
            return;
        }
    }
}

/// What an answer says of the server itself.
fn heard(state: &mut State, via: Via, result: &Outcome) {
    let away = match state.server {
        Server::Away(since) => Server::Away(since),
        _ => Server::Away(state.now),
    };
    state.server = match (via, result) {
        (Via::System, _) => return,
        (Via::Program, _) | (Via::Socket, Err(Failure::Away | Failure::Silent | Failure::Broken(_))) => away,
        (Via::Socket, Err(Failure::NotSetUp)) => Server::NotSetUp,
        (Via::Socket, Err(Failure::Denied)) => Server::Denied,
        (Via::Socket, _) => Server::Up,
    };
    if state.server == Server::Up {
        state.asked_alone = None;
    }
}

fn waits(state: &State, ticket: Ticket) -> bool {
    let sessions = state.popups.iter().any(|popup| match popup {
        Popup::Sessions(sessions) => sessions.list.held.waits_for(ticket),
        _ => false,
    });
    sessions
        || state.status.waits_for(ticket)
        || state.users.held.waits_for(ticket)
        || state.keys.held.waits_for(ticket)
        || state.backups.held.waits_for(ticket)
        || state.updates.held.waits_for(ticket)
        || state.jobs.held.waits_for(ticket)
}

/// A list or the status was told. Something else than was asked for cannot be read.
fn told(state: &mut State, ticket: Ticket, via: Via, reply: Reply) {
    let fits = match &reply {
        Reply::Status(_) => state.status.waits_for(ticket),
        Reply::Users(_) => state.users.held.waits_for(ticket),
        Reply::Keys(_) => state.keys.held.waits_for(ticket),
        Reply::Backups { .. } => state.backups.held.waits_for(ticket),
        Reply::Updates { .. } => state.updates.held.waits_for(ticket),
        Reply::Jobs { .. } => state.jobs.held.waits_for(ticket),
        Reply::Sessions(_) => state.popups.iter().any(|popup| match popup {
            Popup::Sessions(sessions) => sessions.list.held.waits_for(ticket),
            _ => false,
        }),
        Reply::Foreseen { .. }
        | Reply::Health(_)
        | Reply::Invited(_)
        | Reply::Looked(_)
        | Reply::RecoveryKey(_)
        | Reply::Restore { .. }
        | Reply::SetUp(_)
        | Reply::Well { .. } => false,
    };
    if fits {
        keep(state, via, reply);
    } else {
        failed(state, ticket, &Failure::Unreadable);
    }
}

fn failed(state: &mut State, ticket: Ticket, why: &Failure) {
    fn fail<T>(held: &mut Held<T>, ticket: Ticket, why: &Failure) {
        if held.waits_for(ticket) {
            held.fail(why.clone());
        }
    }
    fail(&mut state.status, ticket, why);
    fail(&mut state.users.held, ticket, why);
    fail(&mut state.keys.held, ticket, why);
    fail(&mut state.backups.held, ticket, why);
    fail(&mut state.updates.held, ticket, why);
    fail(&mut state.jobs.held, ticket, why);
    for popup in &mut state.popups {
        if let Popup::Sessions(sessions) = popup {
            fail(&mut sessions.list.held, ticket, why);
        }
    }
}

/// Keeps what was told in its place.
fn keep(state: &mut State, via: Via, reply: Reply) {
    let now = state.now;
    match reply {
        Reply::Status(status) => {
            state.part.at = state.part.at.min(status.parts.len().saturating_sub(1));
            state.status.put(status, via, now);
        }
        Reply::Users(users) => state.users.put(users, via, now),
        Reply::Keys(keys) => state.keys.put(keys, via, now),
        Reply::Backups { sets, plan, work } => {
            state.backups.put(sets, via, now);
            state.plan = Some(plan);
            state.backup_work = work;
        }
        Reply::Updates { history, work, running, beside, keys, warning } => {
            state.updates.put(history, via, now);
            state.update_work = work;
            state.release = Some(Releases { running, beside, keys, warning });
        }
        Reply::Jobs { queues, jobs, next } => {
            state.jobs.put(jobs, via, now);
            state.queues = queues;
            state.jobs_next = next;
        }
        Reply::Sessions(sessions) => {
            for popup in &mut state.popups {
                if let Popup::Sessions(open) = popup {
                    open.list.put(sessions, via, now);
                    break;
                }
            }
        }
        Reply::Foreseen { .. }
        | Reply::Health(_)
        | Reply::Invited(_)
        | Reply::Looked(_)
        | Reply::RecoveryKey(_)
        | Reply::Restore { .. }
        | Reply::SetUp(_)
        | Reply::Well { .. } => {}
    }
}

fn follow(state: &mut State, via: Via, result: Outcome) {
    match result {
        Ok(Reply::Restore { work, result }) => {
            state.restored = result;
            state.following = work.as_ref().is_some_and(|work| work.ended.is_none());
            state.restore.put(work, via, state.now);
        }
        Ok(_) => state.restore.fail(Failure::Unreadable),
        Err(why) => state.restore.fail(why),
    }
}

/// What a person had done has ended, or wants to be confirmed.
fn end(state: &mut State, act: Act, via: Via, result: Outcome) -> Vec<Effect> {
    state.popups.retain(|popup| *popup != Popup::Progress);
    let title = act.title.clone();
    match result {
        Err(Failure::Confirm(confirm)) => {
            ask_for_word(state, act, confirm);
            return Vec::new();
        }
        Err(why) => state.popups.push(Popup::Error(why)),
        Ok(Reply::Foreseen { verify_key, seen, loses, .. }) => {
            if let Action::Look(order) = act.action {
                acts::looked(state, order, &verify_key, &seen, loses);
            }
            return Vec::new();
        }
        Ok(Reply::Invited(invited)) => {
            let link = Link { title, link: invited.link, until: invited.until };
            state.popups.push(Popup::Link(link));
        }
        Ok(Reply::Well { sentence, .. }) => acts::note(state, sentence.as_str()),
        Ok(reply) => {
            let on = |work: &Option<Long>| work.as_ref().is_some_and(|work| work.ended.is_none());
            let begun = matches!(&reply, Reply::Backups { work, .. } | Reply::Updates { work, .. } if on(work));
            keep(state, via, reply);
            acts::note(state, &if begun { say::begun(&title) } else { say::done(&title) });
        }
    }
    if matches!(act.action, Action::Restore(_)) {
        state.following = true;
        state.restore = Held::default();
    }
    polls::refresh(state)
}

fn ask_for_word(state: &mut State, act: Act, confirm: Confirm) {
    if confirm.word.as_str().trim().is_empty() {
        acts::note(state, say::NO_WORD);
        return;
    }
    state.popups.push(Popup::Confirm(Confirming {
        action: act.action,
        title: act.title,
        loses: confirm.loses,
        word: confirm.word,
        token: Some(confirm.token),
        typed: String::new(),
        wrong: false,
        since: state.now,
    }));
}
