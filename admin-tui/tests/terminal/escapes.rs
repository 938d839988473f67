//! Attacks on terminals, in every text that a server can send, down to the bytes that the terminal gets.

use admin_tui::msg::{Failure, Msg, Via};
use admin_tui::state::State;
use admin_tui::view;
use crossterm::event::KeyCode;
use protocol::admin::{Answer, Ask, Confirm, Invited, Progress, Reply, Said, Secret};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use serde_json::Value;

use crate::made_up;
use crate::person::Person;

fn attacks() -> Vec<String> {
    serde_json::from_str(include_str!("../../../crates/protocol/attacks.json")).unwrap()
}

/// What a hostile server says: each of its texts is the attack, as it comes over the wire.
fn poisoned(said: &Said, attack: &str) -> Said {
    let answer = Answer { id: 1, said: said.clone() };
    let mut value = serde_json::to_value(&answer).unwrap();
    poison(&mut value, attack);
    serde_json::from_value::<Answer>(value).unwrap().said
}

fn poison(value: &mut Value, attack: &str) {
    const KEPT: [&str; 14] = [
        "id",
        "user",
        "subject",
        "role",
        "state",
        "factor",
        "kind",
        "proof",
        "since",
        "at",
        "until",
        "last_seen",
        "proven",
        "ended",
    ];
    match value {
        Value::String(text) => *text = format!("a{attack}b"),
        Value::Array(all) => all.iter_mut().for_each(|one| poison(one, attack)),
        Value::Object(fields) => {
            for (name, field) in fields {
                // Words of the protocol and times stay what they are, texts inside of them do not.
                let is_word = KEPT.contains(&name.as_str()) && field.is_string();
                if !is_word && !is_tag(name) {
                    poison(field, attack);
                }
            }
        }
        _ => {}
    }
}

/// Times that are the value of a variant, and the plan's next run.
fn is_tag(name: &str) -> bool {
    matches!(name, "verified" | "restored" | "again" | "next")
}

/// A terminal's bytes: every sequence in them must be one of ratatui's own, every letter one that is shown.
fn check(bytes: &[u8], about: &str) {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            assert_eq!(rest.next(), Some('['), "{about}");
            let mut parameters = String::new();
            let end = loop {
                match rest.next() {
                    Some(c) if c.is_ascii_digit() || c == ';' || c == '?' => parameters.push(c),
                    other => break other,
                }
            };
            let own = match end {
                Some('m' | 'H') => !parameters.contains('?'),
                Some('h' | 'l') => parameters == "?25",
                _ => false,
            };
            assert!(own, "{about}: ESC [ {parameters} {end:?}");
        } else {
            assert!(!c.is_control(), "{about}: {c:?}");
            assert_eq!(protocol::Shown::new(&c.to_string()).as_str(), c.to_string(), "{about}: {c:?}");
        }
    }
}

fn drawn(state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = state.size;
    let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, width, height)) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut bytes), options).unwrap();
    terminal.draw(|frame| view::draw(frame, state)).unwrap();
    drop(terminal);
    bytes
}

fn see(person: &Person, attack: &str, about: &str) {
    let bytes = drawn(&person.state);
    assert!(!bytes.is_empty());
    check(&bytes, about);
    let dangerous =
        attack.chars().any(|c| c.is_control() || protocol::Shown::new(&c.to_string()).as_str() != c.to_string());
    assert!(dangerous, "{attack:?} is no attack");
    assert!(!String::from_utf8_lossy(&bytes).contains(&format!("a{attack}b")), "{about}");
}

fn hostile(attack: &str) -> impl Fn(&Ask, Option<&Secret>) -> Result<Reply, Failure> + Copy {
    move |ask, _| match ask {
        Ask::Invite { .. } | Ask::ResetPassword { .. } => {
            Ok(Reply::Invited(Invited { link: Secret(format!("a{attack}b")), until: made_up::now() }))
        }
        Ask::Disable { .. } => match poisoned(&Said::Confirm(made_up::confirm("x")), attack) {
            Said::Confirm(confirm) => Err(Failure::Confirm(Confirm { word: format!("w{attack}").into(), ..confirm })),
            _ => unreachable!("it was one"),
        },
        Ask::Backups => {
            let (sets, work) = (made_up::backups(), Some(made_up::going_on("backup", 3)));
            let reply = Reply::Backups { sets, plan: made_up::plan(), work };
            unwrapped(poisoned(&Said::Done(Box::new(reply)), attack))
        }
        Ask::Status => unwrapped(poisoned(&Said::Done(Box::new(Reply::Status(made_up::sealed()))), attack)),
        other => unwrapped(poisoned(&Said::Done(Box::new(made_up::reply(other))), attack)),
    }
}

fn unwrapped(said: Said) -> Result<Reply, Failure> {
    match said {
        Said::Done(reply) => Ok(*reply),
        _ => unreachable!("it was a reply"),
    }
}

#[test]
fn no_screen_and_no_popup_lets_an_attack_through() {
    for attack in attacks() {
        for number in '1'..='6' {
            let mut person = Person::at(120, 40);
            person.state.colour = true;
            person.answer(hostile(&attack));
            person.press(&number.to_string());
            person.answer(hostile(&attack));
            see(&person, &attack, &format!("screen {number}, {attack:?}"));
            person.press("\n");
            see(&person, &attack, &format!("details {number}, {attack:?}"));
        }
        for keys in ["p", "s", "d", "o", "e", "?"] {
            let mut person = Person::at(80, 24);
            person.answer(hostile(&attack));
            person.press("2");
            person.answer(hostile(&attack));
            person.press(keys);
            person.answer(hostile(&attack));
            see(&person, &attack, &format!("{keys}, {attack:?}"));
        }
    }
}

#[test]
fn neither_progress_nor_lines_nor_what_is_typed_lets_one_through() {
    for attack in attacks() {
        let mut person = Person::served();
        person.press("4b");
        let ticket = admin_tui::msg::Ticket(person.state.last);
        person.tell(Msg::Progress(ticket, Progress { step: format!("a{attack}b").into(), done: 1, total: Some(2) }));
        see(&person, &attack, &format!("progress {attack:?}"));
        let mut person = Person::served();
        person.press("l");
        let ticket = admin_tui::msg::Ticket(person.state.last);
        person.tell(Msg::Lines(ticket, Ok(vec![format!("a{attack}b").into(); 50])));
        see(&person, &attack, &format!("log {attack:?}"));
        for keys in ["2i\n", "3a", "3c\t", "3u", "2/", "5n", "4t"] {
            let mut person = Person::served();
            person.press(keys);
            person.tell(Msg::Paste(Secret(format!("a{attack}b"))));
            see(&person, &attack, &format!("typed after {keys}, {attack:?}"));
            person.key(KeyCode::Enter);
            see(&person, &attack, &format!("entered after {keys}, {attack:?}"));
        }
        let failures = [Failure::Program(attack.as_str().into()), Failure::Broken(attack.as_str().into())];
        for failure in failures {
            let mut person = Person::served();
            person.press("5b");
            let ticket = admin_tui::msg::Ticket(person.state.last);
            person.tell(Msg::Answer(ticket, Via::System, Box::new(Err(failure))));
            see(&person, &attack, &format!("failure {attack:?}"));
        }
    }
}

#[test]
fn the_check_sees_an_attack_that_gets_through() {
    for attack in attacks() {
        let found = std::panic::catch_unwind(|| check(attack.as_bytes(), "control")).is_err();
        assert!(found, "{attack:?}");
    }
}
