//! Each screen as it is seen: the golden one (Users) in every state at both sizes, the others at 80x24.

use admin_tui::effect::Effect;
use admin_tui::msg::{Failure, Msg, Outcome, Via};
use admin_tui::state::{Server, State};
use chrono::TimeDelta;
use crossterm::event::KeyCode;
use protocol::admin::{Ask, Long, Progress, Refusal, Reply, Secret};
use protocol::{ErrorCode, Shown};

use crate::made_up;
use crate::person::{Person, away, calm, sealed, starting};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

fn refused(sentence: &str) -> Failure {
    Failure::Refused(Refusal { code: ErrorCode::Unavailable, sentence: Shown::new(sentence) })
}

fn no_database(ask: &Ask, token: Option<&Secret>) -> Outcome {
    match ask {
        Ask::Users => {
            Err(refused("The database does not answer. Nothing was changed. Start it on the dashboard (1, s)."))
        }
        other => calm(other, token),
    }
}

fn nobody(ask: &Ask, token: Option<&Secret>) -> Outcome {
    match ask {
        Ask::Users => Ok(Reply::Users(Vec::new())),
        Ask::Backups => Ok(Reply::Backups {
            sets: Vec::new(),
            plan: protocol::admin::BackupPlan { destination: None, at: None, next: None, warning: None },
            work: None,
        }),
        Ask::Jobs { .. } => Ok(Reply::Jobs { queues: Vec::new(), jobs: Vec::new(), next: None }),
        other => calm(other, token),
    }
}

/// A screen that answered, at a size.
fn on(number: char, size: (u16, u16), says: fn(&Ask, Option<&Secret>) -> Outcome) -> Person {
    let mut person = Person::at(size.0, size.1);
    person.answer(says);
    person.press(&number.to_string());
    person.answer(says);
    person
}

#[test]
fn users_in_every_state() {
    for (columns, rows) in SIZES {
        let size = (columns, rows);
        let see = |state: &str, person: &Person| {
            insta::assert_snapshot!(format!("users_{state}_{columns}x{rows}"), person.sees());
        };
        let mut loading = Person::at(columns, rows);
        loading.answer(calm);
        loading.press("2");
        see("loading", &loading);
        see("empty", &on('2', size, nobody));
        see("filled", &on('2', size, calm));
        see("failed", &on('2', size, no_database));
        see("sealed", &on('2', size, sealed));
        let mut stale = on('2', size, calm);
        stale.seconds(70);
        stale.answer(away);
        see("stale", &stale);
        let mut old = on('2', size, calm);
        old.seconds(20);
        old.answer(no_database);
        see("old", &old);
        let mut found = on('2', size, calm);
        found.press("/rossi");
        see("found", &found);
        found.press("xyz");
        see("not_found", &found);
        let mut wide = on('2', size, calm);
        wide.press("G\n");
        see("details", &wide);
    }
}

#[test]
fn a_list_of_thousands_shows_its_page() {
    let mut person = on('2', (80, 24), |ask, token| match ask {
        Ask::Users => Ok(Reply::Users(made_up::many_users(5000))),
        other => calm(other, token),
    });
    person.key(KeyCode::End);
    insta::assert_snapshot!("users_many_80x24", person.sees());
}

#[test]
fn dashboard() {
    let see = |state: &str, person: &Person| insta::assert_snapshot!(format!("dashboard_{state}"), person.sees());
    see("loading", &Person::at(80, 24));
    see("filled", &on('1', (80, 24), calm));
    see("filled_120x40", &on('1', (120, 40), calm));
    see("filled_60x15", &on('1', (60, 15), calm));
    see("sealed", &on('1', (80, 24), sealed));
    see("starting", &on('1', (80, 24), starting));
    see("away", &on('1', (80, 24), away));
    see("too_small", &on('1', (59, 24), calm));
    let mut stale = Person::served();
    stale.seconds(3);
    stale.answer(away);
    see("stale", &stale);
    let mut alone = Person::at(80, 24);
    alone.answer_by(Via::Program, calm);
    see("alone", &alone);
    let mut new = Person::at(80, 24);
    new.answer(|_, _| Err(Failure::NotSetUp));
    assert_eq!(new.state.server, Server::NotSetUp);
    see("not_set_up", &new);
    let mut denied = Person::at(80, 24);
    denied.answer(|_, _| Err(Failure::Denied));
    see("denied", &denied);
    let mut other = Person::at(80, 24);
    other.answer(|_, _| Err(Failure::Unreadable));
    see("other_version", &other);
}

#[test]
fn the_other_screens() {
    for (number, name) in [('3', "keys"), ('4', "backups"), ('5', "updates"), ('6', "jobs")] {
        insta::assert_snapshot!(format!("{name}_filled"), on(number, (80, 24), calm).sees());
    }
    let mut failed = on('6', (80, 24), calm);
    failed.press("\n");
    insta::assert_snapshot!("jobs_details", failed.sees());
    insta::assert_snapshot!("backups_empty", on('4', (80, 24), nobody).sees());
    insta::assert_snapshot!("jobs_empty", on('6', (80, 24), nobody).sees());
    insta::assert_snapshot!("keys_sealed", on('3', (80, 24), sealed).sees());
    let going_on = |ask: &Ask, token: Option<&Secret>| match ask {
        Ask::Backups => Ok(Reply::Backups {
            sets: made_up::backups(),
            plan: made_up::plan(),
            work: Some(made_up::going_on("backup", 1203)),
        }),
        Ask::Updates => Ok(made_up::updates(made_up::history(), Some(made_up::updating()))),
        other => calm(other, token),
    };
    insta::assert_snapshot!("backups_going_on", on('4', (80, 24), going_on).sees());
    insta::assert_snapshot!("updates_going_on", on('5', (80, 24), going_on).sees());
}

#[test]
fn a_restore_is_followed_without_a_server() {
    let mut person = on('4', (80, 24), calm);
    person.press("o");
    insta::assert_snapshot!("popup_restore", person.sees());
    person.press("/dev/shm/key.txt\n\n");
    let Some(Effect::Look { ticket, .. }) = person.asked.pop() else { panic!("{:?}", person.asked) };
    person.tell(Msg::Answer(ticket, Via::System, Box::new(Ok(made_up::looked(false)))));
    insta::assert_snapshot!("popup_restore_confirm", person.sees());
    person.press("restore\n");
    let Some(Effect::Restore { ticket, .. }) = person.asked.pop() else { panic!("{:?}", person.asked) };
    let well = Reply::Well { sentence: "The restore has begun.".into(), at: made_up::now() };
    person.tell(Msg::Answer(ticket, Via::System, Box::new(Ok(well))));
    person.answer(away);
    person.seconds(2);
    follow(&mut person, Some(made_up::going_on("restore", 900)));
    insta::assert_snapshot!("backups_restoring", person.sees());
    person.seconds(2);
    let failed = Some("The backup is damaged: base.age differs from its sum.".into());
    let ended = Some(person.state.now + TimeDelta::minutes(3));
    follow(&mut person, Some(Long { progress: None, ended, failed, ..made_up::going_on("restore", 0) }));
    assert!(!person.state.following);
    insta::assert_snapshot!("backups_restore_failed", person.sees());
}

#[test]
fn an_update_is_confirmed_followed_and_told_why_it_went_back() {
    let see = |name: &str, person: &Person| insta::assert_snapshot!(format!("updates_{name}"), person.sees());
    let mut person = on('5', (80, 24), calm);
    person.press("n/srv/vcconnect-1.3.1.vccu");
    see("install_prompt", &person);
    person.press("\n");
    person.answer(calm);
    see("install_confirm", &person);
    person.press("install\n");
    let Some(Effect::Ask { ticket, .. }) = person.asked.pop() else { panic!("{:?}", person.asked) };
    let step = Progress { step: "waiting until it is healthy".into(), done: 11, total: Some(12) };
    person.tell(Msg::Progress(ticket, step));
    person.seconds(5);
    see("install_progress", &person);
    let why = "Version 1.2.0 runs again, because 1.3.1 did not work: version 1.3.1 was not healthy within 120 seconds: \
               search does not work: the index is not open yet";
    person.tell(Msg::Answer(ticket, Via::System, Box::new(Err(refused(why)))));
    see("rolled_back", &person);
    assert_eq!(person.state.server, Server::Up, "that root's program answered says nothing of the server");
    person.key(KeyCode::Esc);
    person.press("j\n");
    see("details", &person);
    person.press("qb");
    person.answer(calm);
    see("roll_back_confirm", &person);
}

#[test]
fn an_update_that_was_interrupted_is_told_and_so_is_a_program_for_tests() {
    let interrupted = |ask: &Ask, token: Option<&Secret>| match ask {
        Ask::Updates => {
            let failed = Some("it was interrupted; `vcconnect update resume` goes on with it".into());
            let work = Long { progress: None, ended: Some(made_up::now()), failed, ..made_up::updating() };
            Ok(made_up::updates(made_up::history(), Some(work)))
        }
        other => calm(other, token),
    };
    insta::assert_snapshot!("updates_interrupted", on('5', (80, 24), interrupted).sees());
    let for_tests = |ask: &Ask, token: Option<&Secret>| match (ask, made_up::updates(made_up::history(), None)) {
        (Ask::Updates, Reply::Updates { running, beside, keys, history, work, .. }) => {
            let warning = Some("This program was built for tests.".into());
            Ok(Reply::Updates { running, beside, keys, history, work, warning })
        }
        (other, _) => calm(other, token),
    };
    insta::assert_snapshot!("updates_warning", on('5', (80, 24), for_tests).sees());
}

fn follow(person: &mut Person, work: Option<Long>) {
    let asked = std::mem::take(&mut person.asked);
    let ticket = asked.iter().rev().find_map(|effect| match effect {
        Effect::FollowRestore { ticket } => Some(*ticket),
        _ => None,
    });
    let outcome = Box::new(Ok(Reply::Restore { work, result: None }));
    person.tell(Msg::Answer(ticket.unwrap(), Via::Program, outcome));
}

#[test]
fn popups() {
    let see = |name: &str, person: &Person| insta::assert_snapshot!(format!("popup_{name}"), person.sees());
    let mut person = on('2', (80, 24), calm);
    person.press("?");
    see("help", &person);
    person.press("qo");
    see("choice", &person);
    person.key(KeyCode::Esc);
    person.press("s");
    person.answer(calm);
    see("sessions", &person);
    person.press("qp");
    person.answer(calm);
    see("link", &person);
    let mut person = on('3', (80, 24), calm);
    person.press("adesk\tcorrect horse\tcorrect mule\n");
    see("prompt", &person);
    person.key(KeyCode::Esc);
    person.press("x");
    person.answer(calm);
    person.press("rem\n");
    see("confirm", &person);
    let mut person = on('4', (80, 24), calm);
    person.press("b");
    let Some(Effect::Ask { ticket, .. }) = person.asked.pop() else { panic!() };
    let step = Progress { step: "Copying files of documents.".into(), done: 1203, total: Some(3127) };
    person.tell(Msg::Progress(ticket, step));
    person.seconds(5);
    see("progress", &person);
    person.tell(Msg::Answer(ticket, Via::Socket, Box::new(Err(Failure::Silent))));
    see("error", &person);
    let mut person = on('3', (80, 24), sealed);
    person.press("ugeheim");
    person.ctrl('c');
    see("leave", &person);
}

#[test]
fn the_log_is_read_from_its_end() {
    let mut person = Person::served();
    person.press("l");
    let Some(Effect::Journal { ticket }) = person.asked.pop() else { panic!() };
    let line = |n: usize| Shown::new(&format!("2026-11-22T13:59:{:02}+0000 atlas vcconnect[811]: line {n}", n % 60));
    person.tell(Msg::Lines(ticket, Ok((0..200).map(line).collect())));
    insta::assert_snapshot!("popup_log", person.sees());
    assert!(person.sees().contains("line 199"));
    person.key(KeyCode::Home);
    assert!(person.sees().contains("line 0"));
}

#[test]
fn nothing_is_coloured_without_colour() {
    use ratatui::style::Color;
    let colours = |state: &State| {
        let person = Person { state: state.clone(), asked: Vec::new() };
        person.cells().content().iter().filter(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset).count()
    };
    for number in '1'..='6' {
        let mut person = on(number, (80, 24), sealed);
        assert_eq!(colours(&person.state), 0);
        person.press("?");
        assert_eq!(colours(&person.state), 0);
        person.state.colour = true;
        assert!(colours(&person.state) > 0);
    }
}
