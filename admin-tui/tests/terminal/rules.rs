//! The rules of `update`, with keys and answers alone.

use admin_tui::effect::{Effect, Unit, UnitVerb};
use admin_tui::keys::{KEYS, Place};
use admin_tui::msg::{Failure, Msg, Ticket, Via};
use admin_tui::popups::Popup;
use admin_tui::state::{Screen, Server, State};
use chrono::TimeDelta;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use protocol::admin::{Ask, Reply, Role, Secret};
use uuid::Uuid;

use crate::made_up;
use crate::person::{Person, away, calm, sealed};

fn on(number: char) -> Person {
    let mut person = Person::served();
    person.press(&number.to_string());
    person.answer(calm);
    person
}

fn secret(text: &str) -> Secret {
    Secret(text.to_owned())
}

#[test]
fn pages_of_work_are_turned_and_begin_again_after_the_last() {
    let first = |ask: &Ask, token: Option<&Secret>| match ask {
        Ask::Jobs { after, .. } => {
            let next = after.is_none().then(|| "b".to_owned());
            Ok(Reply::Jobs { queues: Vec::new(), jobs: made_up::jobs(), next })
        }
        other => calm(other, token),
    };
    let mut person = Person::served();
    person.press("6");
    person.answer(first);
    for after in [Some("b".to_owned()), None] {
        person.press("n");
        assert!(person.questions().contains(&&Ask::Jobs { limit: None, after }), "{:?}", person.asked);
        person.answer(first);
    }
}

#[test]
fn each_key_asks_for_what_it_says() {
    let (anna, ben) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let set = || "2026-11-21-0002".to_owned();
    let job = Uuid::from_u128(901);
    for (screen, keys, ask) in [
        ('2', "i\nx@y.example\n", Ask::Invite { role: Role::Viewer, email: Some("x@y.example".to_owned()) }),
        ('2', "ijj\n\n", Ask::Invite { role: Role::Guest, email: None }),
        ('2', "ok\n", Ask::SetRole { user: anna, role: Role::Admin }),
        ('2', "joj\n", Ask::SetRole { user: ben, role: Role::Analyst }),
        ('2', "p", Ask::ResetPassword { user: anna }),
        ('2', "jf", Ask::ResetSecondFactor { user: ben }),
        ('2', "jd", Ask::Disable { user: ben }),
        ('2', "e", Ask::Enable { user: anna }),
        ('2', "/ben\nd", Ask::Disable { user: ben }),
        ('2', "s", Ask::Sessions { user: anna }),
        ('3', "adesk\thorse\thorse\n", Ask::AddPassphrase { label: "desk".to_owned(), passphrase: secret("horse") }),
        ('3', "cpaper\tage1x\n", Ask::AddRecovery { label: "paper".to_owned(), recipient: "age1x".to_owned() }),
        ('3', "Gx", Ask::RemoveKey { slot: 3 }),
        ('3', "f", Ask::AddKeyFile),
        ('3', "m", Ask::RotateMasterKey),
        ('3', "pAGE-SECRET-KEY-1X\n", Ask::ProveRecovery { key: secret("AGE-SECRET-KEY-1X") }),
        ('4', "b", Ask::CreateBackup),
        ('4', "v", Ask::VerifyBackup { set: set() }),
        ('4', "t\n\n", Ask::PlanBackups { destination: "/mnt/nas/vcconnect".to_owned(), at: "02:00".to_owned() }),
        ('5', "n/tmp/a.vccu\n", Ask::InstallUpdate { bundle: "/tmp/a.vccu".to_owned() }),
        ('5', "b", Ask::RollBack),
        ('6', "t", Ask::RetryJob { job }),
        ('6', "c", Ask::CancelJob { job }),
    ] {
        let mut person = on(screen);
        person.press(keys);
        assert_eq!(person.questions(), [&ask], "{screen}, {keys:?}");
    }
}

#[test]
fn sessions_are_ended_one_by_one_or_all() {
    for (key, session) in [("x", Some(Uuid::from_u128(72))), ("X", None)] {
        let mut person = on('2');
        person.press("s");
        person.answer(calm);
        person.press("j");
        person.press(key);
        assert_eq!(person.questions(), [&Ask::EndSessions { user: Uuid::from_u128(1), session }]);
        person.answer(calm);
        assert!(matches!(person.state.popups.last(), Some(Popup::Sessions(_))), "the list is there again");
    }
}

#[test]
fn unlock_is_there_wherever_something_is_closed() {
    for number in '1'..='6' {
        let mut person = Person::served();
        person.press(&number.to_string());
        person.answer(sealed);
        person.seconds(16);
        person.answer(sealed);
        assert!(person.sees().contains("u unlocks it"), "{}", person.sees());
        person.press("ucorrect horse\n");
        assert_eq!(person.questions(), [&Ask::Unlock { with: secret("correct horse") }]);
    }
    let mut open = Person::served();
    open.press("u");
    assert!(open.state.popups.is_empty() && open.sees().contains("There is nothing to unlock"));
}

#[test]
fn nothing_is_destroyed_without_its_word() {
    let mut person = on('3');
    person.press("Gx");
    person.answer(calm);
    assert!(matches!(person.state.popups.last(), Some(Popup::Confirm(_))));
    for wrong in ["\n", "rem\n", "remove \u{8}\n", "REMOVE\n"] {
        person.press(wrong);
        assert!(person.asked.is_empty(), "{wrong:?}");
        person.ctrl('u');
    }
    person.press("remove\n");
    let [Effect::Ask { ask, token, .. }] = &person.asked[..] else { panic!("{:?}", person.asked) };
    assert_eq!((ask, token), (&Ask::RemoveKey { slot: 3 }, &Some(secret("token-1"))));
    person.answer(calm);
    assert!(person.state.popups.is_empty() && person.sees().contains("Done: "), "{}", person.sees());
}

#[test]
fn a_word_may_be_several() {
    let mut person = on('3');
    person.press("x");
    let Some(Effect::Ask { ticket, .. }) = person.asked.pop() else { panic!() };
    person.tell(Msg::Answer(ticket, Via::Socket, Box::new(Err(Failure::Confirm(made_up::confirm("slot 3"))))));
    person.press("slot 3\n");
    assert!(matches!(person.asked[..], [Effect::Ask { token: Some(_), .. }]));
}

#[test]
fn a_confirmation_ends_after_two_minutes_and_needs_a_word_that_can_be_typed() {
    let mut person = on('3');
    person.press("x");
    person.answer(calm);
    person.seconds(121);
    assert!(person.state.popups.is_empty());
    assert!(person.sees().contains("not confirmed within two minutes"));
    person.asked.clear();
    person.press("x");
    let Some(Effect::Ask { ticket, .. }) = person.asked.pop() else { panic!() };
    person.tell(Msg::Answer(ticket, Via::Socket, Box::new(Err(Failure::Confirm(made_up::confirm(" "))))));
    person.press("\n\n");
    assert!(person.asked.is_empty() && person.state.popups.is_empty());
}

#[test]
fn stopping_and_restoring_are_confirmed_here() {
    let mut person = Person::at(80, 24);
    person.answer(away);
    person.press("s\n");
    assert!(matches!(person.asked[..], [Effect::Unit { verb: UnitVerb::Start, unit: Unit::Server, .. }]));
    let mut person = Person::served();
    person.press("sjjjj\n");
    assert!(person.asked.is_empty());
    person.press("stop\n");
    assert!(matches!(person.asked[..], [Effect::Unit { verb: UnitVerb::Stop, unit: Unit::Database, .. }]));
    let mut person = on('4');
    person.press("jo/dev/shm/key.txt\n\n");
    let Some(Effect::Look { ticket, order }) = person.asked.pop() else { panic!("{:?}", person.asked) };
    assert_eq!((order.set.as_str(), &order.verify_key), ("2026-11-20-0200", &None));
    person.tell(Msg::Answer(ticket, Via::System, Box::new(Ok(made_up::looked(false)))));
    assert!(person.sees().contains("holds 3 people") && person.asked.is_empty(), "{}", person.sees());
    person.press("rest\n");
    assert!(person.asked.is_empty(), "another word");
    person.press("ore\n");
    let Some(Effect::Restore { order, .. }) = person.asked.pop() else { panic!("{:?}", person.asked) };
    assert_eq!((order.set.as_str(), order.verify_key.as_deref()), ("2026-11-20-0200", Some("KEY")), "what was seen");
}

#[test]
fn what_stands_in_the_way_of_a_restore_is_shown_and_nothing_is_done() {
    let mut person = on('4');
    person.press("o\tAGE-SECRET-KEY-1X\n");
    assert!(!person.sees().contains("AGE-SECRET"), "{}", person.sees());
    let Some(Effect::Look { ticket, .. }) = person.asked.pop() else { panic!("{:?}", person.asked) };
    person.tell(Msg::Answer(ticket, Via::System, Box::new(Ok(made_up::looked(true)))));
    assert!(person.sees().contains("It cannot be restored so") && person.sees().contains("newer version"));
    person.press("restore\n\n");
    assert!(!person.asked.iter().any(|effect| matches!(effect, Effect::Restore { .. })));
}

#[test]
fn a_link_is_gone_with_its_popup() {
    let link = made_up::invited().link;
    for leave in ["\n", "\t", "3"] {
        let mut person = on('2');
        person.press("p");
        person.answer(calm);
        assert!(person.sees().contains(&link.0[..80]), "{}", person.sees());
        assert!(person.sees().contains("shown once"));
        person.press("xq");
        assert!(person.sees().contains(&link.0[..80]), "other keys leave it");
        person.press(leave);
        assert!(!format!("{:?}", person.state).contains(&link.0) && !person.sees().contains("invite#"), "{leave:?}");
        assert!(!person.state.popups.iter().any(|popup| matches!(popup, Popup::Link(_))));
    }
}

#[test]
fn the_state_does_not_print_secrets() {
    let mut person = on('3');
    person.press("adesk\tcorrect horse\tcorrect horse");
    let printed = format!("{:?}", person.state);
    assert!(printed.contains("AddPassphrase") && !printed.contains("horse"));
    assert!(!person.sees().contains("horse"));
    person.press("\n");
    assert!(!format!("{:?} {:?}", person.state, person.asked).contains("horse"));
}

#[test]
fn one_thing_at_a_time() {
    let mut person = on('4');
    person.press("b");
    person.key(KeyCode::Esc);
    person.press("v");
    assert_eq!(person.questions(), [&Ask::CreateBackup]);
    assert!(person.sees().contains("is still being done"));
    person.press("6");
    let jobs = Ask::Jobs { limit: None, after: None };
    assert!(person.questions().contains(&&jobs), "lists are asked meanwhile");
}

#[test]
fn an_act_that_ends_after_it_was_hidden_is_told() {
    let mut person = on('4');
    person.press("v");
    let asked = std::mem::take(&mut person.asked);
    person.key(KeyCode::Esc);
    person.press("2");
    person.answer(calm);
    person.asked.extend(asked);
    person.answer(calm);
    assert!(person.sees().contains("It was done."));
    assert!(person.state.act.is_none());
}

#[test]
fn leaving_asks_only_when_something_was_typed() {
    let mut person = on('3');
    person.press("q");
    assert_eq!(person.asked, [Effect::Leave]);
    let mut person = on('3');
    person.press("a");
    person.ctrl('c');
    assert_eq!(person.asked, [Effect::Leave]);
    let mut person = on('3');
    person.press("adesk");
    person.ctrl('c');
    assert!(person.asked.is_empty() && person.sees().contains("was not sent"));
    person.key(KeyCode::Esc);
    assert!(matches!(person.state.popups.last(), Some(Popup::Prompt(_))), "what was typed is still there");
    person.ctrl('c');
    person.press("\n");
    assert_eq!(person.asked, [Effect::Leave]);
}

#[test]
fn pasted_text_is_never_keys() {
    let mut person = on('2');
    person.tell(Msg::Paste(secret("dq\nremove\n")));
    assert!(person.asked.is_empty() && person.state.popups.is_empty());
    person.press("3p");
    person.asked.clear();
    person.tell(Msg::Paste(secret("AGE-SECRET-KEY-1X\n")));
    assert!(person.asked.is_empty(), "Enter is pressed by a person");
    person.press("\n");
    assert_eq!(person.questions(), [&Ask::ProveRecovery { key: secret("AGE-SECRET-KEY-1X") }]);
}

#[test]
fn an_answer_that_nobody_waits_for_changes_nothing() {
    let mut person = on('2');
    let before = person.state.clone();
    for ticket in [0, 1, 9999] {
        for outcome in [Ok(Reply::Users(Vec::new())), Ok(Reply::Invited(made_up::invited())), Err(Failure::Away)] {
            person.tell(Msg::Answer(Ticket(ticket), Via::Socket, Box::new(outcome)));
        }
    }
    assert_eq!(person.state, before);
    assert!(person.asked.is_empty());
}

#[test]
fn an_answer_to_something_else_is_no_answer() {
    let mut person = Person::at(80, 24);
    person.answer(|_, _| Ok(Reply::Keys(made_up::keys())));
    assert_eq!(person.state.status.trouble, Some(Failure::Unreadable));
    assert!(person.state.keys.all().is_empty());
}

#[test]
fn the_dashboard_is_asked_every_two_seconds_and_never_twice_at_once() {
    let mut person = Person::served();
    person.seconds(1);
    assert!(person.asked.is_empty());
    person.seconds(1);
    assert_eq!(person.questions(), [&Ask::Status]);
    person.seconds(40);
    assert_eq!(person.questions(), [&Ask::Status], "it is still on its way");
}

#[test]
fn long_work_is_followed_often() {
    let going_on = |ask: &Ask, _: Option<&Secret>| match ask {
        Ask::Backups => {
            let work = Some(made_up::going_on("backup", 3));
            Ok(Reply::Backups { sets: Vec::new(), plan: made_up::plan(), work })
        }
        other => Ok(made_up::reply(other)),
    };
    let mut person = Person::served();
    person.press("4");
    person.answer(going_on);
    person.seconds(2);
    assert_eq!(person.questions(), [&Ask::Backups]);
    person.answer(calm);
    person.seconds(2);
    assert!(person.questions().is_empty(), "it has ended");
}

#[test]
fn our_program_is_asked_seldom_and_the_socket_often() {
    let mut person = Person::at(80, 24);
    person.answer_by(Via::Program, calm);
    assert!(matches!(person.state.server, Server::Away(_)));
    let alone = |person: &Person| {
        let is = |effect: &Effect| matches!(effect, Effect::Ask { ask: Ask::Status, alone: true, .. });
        person.asked.iter().filter(|effect| is(effect)).count()
    };
    let mut asked = 0;
    for _ in 0..7 {
        person.seconds(2);
        asked += person.questions().len();
        assert_eq!(alone(&person), 0);
        person.answer(away);
    }
    assert_eq!(asked, 7);
    person.seconds(2);
    assert_eq!(alone(&person), 1);
    assert!(person.state.status.value.is_some(), "what was found stays");
    person.answer(calm);
    assert_eq!(person.state.server, Server::Up);
}

#[test]
fn the_cursor_moves_and_stays_inside() {
    let mut person = Person::served();
    person.press("2");
    person.answer(|_, _| Ok(Reply::Users(made_up::many_users(100))));
    let at = |person: &Person| person.state.users.cursor.at;
    person.press("k");
    assert_eq!(at(&person), 0);
    person.key(KeyCode::PageDown);
    assert_eq!(at(&person), 17, "a page is what is in sight");
    person.press("jjk");
    assert_eq!(at(&person), 18);
    person.key(KeyCode::End);
    person.key(KeyCode::PageDown);
    assert_eq!(at(&person), 99);
    person.key(KeyCode::Up);
    person.key(KeyCode::PageUp);
    assert_eq!(at(&person), 81);
    person.press("g");
    assert_eq!(at(&person), 0);
    person.press("/person 00099\n");
    assert_eq!(person.state.users.chosen().map(|user| user.name.as_str()), Some("Person 00099"));
    person.key(KeyCode::Esc);
    assert_eq!(person.state.users.count(), 100);
}

/// The states in which a person may be.
fn states() -> Vec<Person> {
    let mut people = vec![Person::at(80, 24), Person::served(), Person::at(59, 14)];
    let denied = |_: &Ask, _: Option<&Secret>| Err(Failure::Denied);
    let new = |_: &Ask, _: Option<&Secret>| Err(Failure::NotSetUp);
    for says in [away, sealed, denied, new] {
        let mut person = Person::at(80, 24);
        person.answer(says);
        people.push(person);
    }
    let empty = |ask: &Ask, _: Option<&Secret>| match ask {
        Ask::Users => Ok(Reply::Users(Vec::new())),
        Ask::Keys => Ok(Reply::Keys(Vec::new())),
        Ask::Jobs { .. } => Ok(Reply::Jobs { queues: Vec::new(), jobs: Vec::new(), next: None }),
        Ask::Updates => Ok(crate::made_up::updates(Vec::new(), None)),
        other => Ok(made_up::reply(other)),
    };
    let mut person = Person::served();
    for number in '1'..='6' {
        person.press(&number.to_string());
        person.answer(empty);
    }
    people.push(person);
    people
}

/// Everything that can lie over a screen, opened by keys.
fn openings() -> [&'static str; 9] {
    ["", "?", "\n", "2i", "2p", "3a", "3x", "2s", "2/"]
}

#[test]
fn every_key_does_something_calm_in_every_state() {
    for screen in Screen::ALL {
        for opening in openings() {
            for key in KEYS {
                for mut person in states() {
                    person.state.screen = screen;
                    person.press(opening);
                    person.answer(calm);
                    for code in key.codes {
                        let modifiers = if key.ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
                        person.tell(Msg::Key(KeyEvent::new(*code, modifiers)));
                        check(&person.state, &person.asked);
                    }
                }
            }
        }
    }
}

fn check(state: &State, asked: &[Effect]) {
    assert!(state.cursor().at <= state.rows().max(1));
    assert!(!asked.iter().any(|effect| matches!(effect, Effect::Ask { token: Some(_), .. })));
    assert!(state.popups.len() < 8);
}

#[test]
fn every_key_is_in_the_help_of_its_screen() {
    for (number, screen) in ('1'..).zip(Screen::ALL) {
        let mut person = Person::at(120, 60);
        person.answer(calm);
        person.press(&number.to_string());
        person.answer(calm);
        person.press("?");
        let seen = person.sees();
        let here = [Place::On(screen), Place::Screens, Place::Always];
        for key in KEYS.iter().filter(|key| here.contains(&key.place) && !key.shown.is_empty()) {
            assert!(seen.contains(key.says.1), "{:?}: {}", key.does, key.says.1);
        }
        assert!(seen.contains("--json"), "and its commands are");
    }
}

#[test]
fn a_terminal_that_is_too_small_does_nothing_unseen() {
    let mut person = on('2');
    person.tell(Msg::Resize(40, 10));
    person.press("dpi\n");
    assert!(person.asked.is_empty() && person.state.popups.is_empty());
    person.press("q");
    assert_eq!(person.asked, [Effect::Leave]);
}

#[test]
fn a_clock_that_goes_back_stops_nothing() {
    let mut person = Person::served();
    let before = person.state.now - TimeDelta::days(400);
    person.tell(Msg::Tick(before));
    person.answer(calm);
    person.tell(Msg::Tick(before + TimeDelta::seconds(2)));
    assert_eq!(person.questions(), [&Ask::Status]);
}
