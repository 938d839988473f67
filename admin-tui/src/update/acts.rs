//! What a person has done: from a key on a row to a question, a form, a choice or a confirmation.

use protocol::Shown;
use protocol::admin::{Ask, PartState, Role, Secret, Seen, User};

use crate::effect::{Effect, Order, Unit, UnitVerb};
use crate::held::{Cursor, Held, Listed};
use crate::keys::Does;
use crate::popups::Popup;
use crate::popups::choice::{Choice, Chosen};
use crate::popups::confirm::Confirming;
use crate::popups::details::Details;
use crate::popups::prompt::{Prompt, Purpose};
use crate::popups::sessions::Sessions;
use crate::state::{Act, Action, Note, Server, State};
use crate::update::polls;
use crate::words::{self, say, title};

/// Says a sentence at the bottom.
pub fn note(state: &mut State, says: &str) {
    state.note = Some(Note { says: Shown::new(says), since: state.now });
}

/// Begins something, unless something else is still being done.
pub fn begin(state: &mut State, action: Action, title: String, token: Option<Secret>) -> Vec<Effect> {
    if let Some(act) = &state.act {
        let busy = say::busy(&act.title);
        note(state, &busy);
        return Vec::new();
    }
    let ticket = state.ticket();
    let effect = match action.clone() {
        Action::Ask(ask) => Effect::Ask { ticket, ask, token, alone: true },
        Action::Unit(verb, unit) => Effect::Unit { ticket, verb, unit },
        Action::Look(order) => Effect::Look { ticket, order },
        Action::Restore(order) => Effect::Restore { ticket, order },
    };
    let now = state.now;
    state.act = Some(Act { ticket, action, title, progress: None, since: now, heard: now });
    state.note = None;
    state.popups.push(Popup::Progress);
    vec![effect]
}

/// What a key of a screen begins.
pub fn act(state: &mut State, does: Does) -> Vec<Effect> {
    match does {
        Does::Unlock => unlock(state),
        Does::Services => services(state),
        Does::Logs => logs(state),
        Does::Invite => invite(state),
        Does::ChangeRole | Does::ResetPassword | Does::ResetFactor | Does::Disable | Does::Enable | Does::Sessions => {
            with_user(state, does)
        }
        Does::AddPassphrase => prompt(state, Prompt::new(Purpose::AddPassphrase)),
        Does::AddRecovery => prompt(state, Prompt::new(Purpose::AddRecovery)),
        Does::Prove => prompt(state, Prompt::new(Purpose::Prove)),
        Does::Install => prompt(state, Prompt::new(Purpose::Install)),
        Does::Plan => plan(state),
        Does::RemoveKey => remove_key(state),
        Does::AddKeyFile => ask(state, Ask::AddKeyFile, title::ADD_KEY_FILE.to_owned()),
        Does::Rotate => ask(state, Ask::RotateMasterKey, title::ROTATE.to_owned()),
        Does::BackUp => ask(state, Ask::CreateBackup, title::BACK_UP.to_owned()),
        Does::RollBack => ask(state, Ask::RollBack, title::ROLL_BACK.to_owned()),
        Does::Verify | Does::Restore => with_backup(state, does),
        Does::Retry | Does::Cancel => with_job(state, does),
        Does::More => more_jobs(state),
        _ => Vec::new(),
    }
}

fn ask(state: &mut State, ask: Ask, title: String) -> Vec<Effect> {
    begin(state, Action::Ask(ask), title, None)
}

fn prompt(state: &mut State, prompt: Prompt) -> Vec<Effect> {
    state.popups.push(Popup::Prompt(prompt));
    Vec::new()
}

fn choice(state: &mut State, title: &str, subject: String, all: Vec<Chosen>) -> Vec<Effect> {
    state.popups.push(Popup::Choice(Choice { title: title.to_owned(), subject, all, at: 0 }));
    Vec::new()
}

/// Roles, with the cursor on one that is no mistake if Enter is pressed too early.
fn role(state: &mut State, subject: String, begins: Role, chosen: impl Fn(Role) -> Chosen) -> Vec<Effect> {
    let at = Role::ALL.iter().position(|role| *role == begins).unwrap_or_default();
    let all = Role::ALL.into_iter().map(chosen).collect();
    state.popups.push(Popup::Choice(Choice { title: title::ROLE.to_owned(), subject, all, at }));
    Vec::new()
}

fn no_row(state: &mut State) -> Vec<Effect> {
    note(state, say::NO_ROW);
    Vec::new()
}

fn unlock(state: &mut State) -> Vec<Effect> {
    if state.sealed().is_some() || state.server != Server::Up {
        return prompt(state, Prompt::new(Purpose::Unlock));
    }
    note(state, say::NOT_SEALED);
    Vec::new()
}

fn services(state: &mut State) -> Vec<Effect> {
    let verbs = [UnitVerb::Start, UnitVerb::Stop, UnitVerb::Restart];
    let all = [Unit::Server, Unit::Database].into_iter().flat_map(|unit| verbs.map(|verb| Chosen::Service(verb, unit)));
    choice(state, title::SERVICES, String::new(), all.collect())
}

fn logs(state: &mut State) -> Vec<Effect> {
    let ticket = state.ticket();
    let mut held = Held::default();
    held.ask(ticket, state.now);
    state.popups.push(Popup::Logs(held, 0));
    vec![Effect::Journal { ticket }]
}

fn invite(state: &mut State) -> Vec<Effect> {
    role(state, String::new(), Role::Viewer, Chosen::Invite)
}

fn with_user(state: &mut State, does: Does) -> Vec<Effect> {
    let Some(User { id: user, name, role: now, .. }) = state.users.chosen().cloned() else { return no_row(state) };
    let name = name.as_str();
    let titled = |title| say::subject(title, name);
    match does {
        Does::ChangeRole => role(state, name.to_owned(), now, |role| Chosen::Become(user, role)),
        Does::ResetPassword => ask(state, Ask::ResetPassword { user }, titled(title::PASSWORD)),
        Does::ResetFactor => ask(state, Ask::ResetSecondFactor { user }, titled(title::FACTOR)),
        Does::Disable => ask(state, Ask::Disable { user }, titled(title::DISABLE)),
        Does::Enable => ask(state, Ask::Enable { user }, titled(title::ENABLE)),
        _ => {
            let sessions = Sessions { user, name: name.to_owned(), list: Listed::default() };
            state.popups.push(Popup::Sessions(sessions));
            polls::sessions(state).into_iter().collect()
        }
    }
}

fn plan(state: &mut State) -> Vec<Effect> {
    let text = |shown: Option<&Shown>| shown.map(Shown::to_string).unwrap_or_default();
    let plan = state.plan.as_ref();
    let (folder, at) =
        (text(plan.and_then(|plan| plan.destination.as_ref())), text(plan.and_then(|plan| plan.at.as_ref())));
    prompt(state, Prompt::new(Purpose::Plan).with(0, &folder).with(1, &at))
}

fn remove_key(state: &mut State) -> Vec<Effect> {
    let Some(key) = state.keys.chosen() else { return no_row(state) };
    let (slot, what) = (key.slot, say::slot(key.slot, &key.label));
    ask(state, Ask::RemoveKey { slot }, say::subject(title::REMOVE_KEY, &what))
}

fn with_backup(state: &mut State, does: Does) -> Vec<Effect> {
    let Some(set) = state.backups.chosen().map(|backup| backup.set.to_string()) else { return no_row(state) };
    if does == Does::Verify {
        let title = say::subject(title::VERIFY, &set);
        return ask(state, Ask::VerifyBackup { set }, title);
    }
    let place = state.plan.as_ref().and_then(|plan| plan.destination.as_ref()).map(Shown::to_string);
    prompt(state, Prompt::new(Purpose::Restore).about(place.unwrap_or_default(), set))
}

fn with_job(state: &mut State, does: Does) -> Vec<Effect> {
    let Some(job) = state.jobs.chosen().map(|job| job.id) else { return no_row(state) };
    let id = job.to_string();
    match does {
        Does::Retry => ask(state, Ask::RetryJob { job }, say::subject(title::RETRY, &id)),
        _ => ask(state, Ask::CancelJob { job }, say::subject(title::CANCEL, &id)),
    }
}

/// What a restore would do was looked at: it is confirmed now, or something stands in the way.
pub fn looked(state: &mut State, order: Order, verify_key: &Shown, seen: &[Seen], loses: Vec<Shown>) {
    let title = say::subject(title::RESTORE, &order.set);
    if seen.iter().any(|one| one.state == PartState::Problem) {
        let lines = seen.iter().map(|one| (words::part(one.state), one.text.to_string())).collect();
        state.popups.push(Popup::Details(Details { title: title::NOT_SO.to_owned(), lines, top: 0 }));
        return;
    }
    let order = Order { verify_key: Some(verify_key.to_string()), ..order };
    confirm(state, Action::Restore(order), title, loses, Shown::from(words::RESTORE_WORD));
}

/// The next page of work; after the last one the first.
fn more_jobs(state: &mut State) -> Vec<Effect> {
    state.jobs_after = state.jobs_next.take();
    state.jobs.held = Held::default();
    state.jobs.cursor = Cursor::default();
    polls::refresh(state)
}

/// Something that is done without the server, and still destroys or interrupts.
fn confirm(state: &mut State, action: Action, title: String, loses: Vec<Shown>, word: Shown) -> Vec<Effect> {
    let (typed, since) = (String::new(), state.now);
    let confirming = Confirming { action, title, loses, word, token: None, typed, wrong: false, since };
    state.popups.push(Popup::Confirm(confirming));
    Vec::new()
}

/// What was chosen in a popup.
pub fn chosen(state: &mut State, one: Chosen, subject: &str) -> Vec<Effect> {
    match one {
        Chosen::Invite(role) => prompt(state, Prompt::new(Purpose::Invite(role))),
        Chosen::Become(user, role) => {
            let title = say::subject(title::CHANGE_ROLE, subject);
            ask(state, Ask::SetRole { user, role }, title)
        }
        Chosen::Service(verb, unit) => {
            let (action, title) = (Action::Unit(verb, unit), words::service(verb, unit).to_owned());
            if verb == UnitVerb::Start {
                return begin(state, action, title, None);
            }
            let loses = vec![Shown::from(words::service_loses(unit))];
            confirm(state, action, title, loses, Shown::from(verb.word()))
        }
    }
}
