//! Any keys, sizes, times and answers in any order: it always draws, and destroys nothing without its word.

use admin_tui::effect::Effect;
use admin_tui::keys::KEYS;
use admin_tui::msg::{Failure, Msg};
use admin_tui::popups::Popup;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use protocol::admin::Secret;

use crate::person::{Person, away, calm, sealed};

#[derive(Debug, Clone)]
enum Step {
    Key(KeyCode, bool),
    Paste(String),
    Size(u16, u16),
    Seconds(i64),
    Calm,
    Sealed,
    Away,
    Silent,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let listed = (0..KEYS.len()).prop_map(|at| Step::Key(KEYS[at].codes[0], KEYS[at].ctrl));
    // The letters of the word and Enter, so that some confirmations are typed right.
    let letters = prop::sample::select("remove\nremove\nstop\nx".chars().collect::<Vec<_>>());
    let letters = letters.prop_map(|c| Step::Key(if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) }, false));
    let word = prop::sample::select(vec!["remove", "stop", "restart", "2026-11-21-0002", "remov"]);
    let one = prop_oneof![
        8 => listed,
        4 => letters,
        2 => word.prop_map(|word| Step::Paste(word.to_owned())),
        1 => any::<char>().prop_map(|c| Step::Key(KeyCode::Char(c), false)),
        1 => "\\PC{0,40}".prop_map(Step::Paste),
        2 => (0u16..140, 0u16..50).prop_map(|(columns, rows)| Step::Size(columns, rows)),
        1 => (60u16..140, 15u16..50).prop_map(|(columns, rows)| Step::Size(columns, rows)),
        2 => (1i64..130).prop_map(Step::Seconds),
        6 => Just(Step::Calm),
        1 => Just(Step::Sealed),
        1 => Just(Step::Away),
        1 => Just(Step::Silent),
    ];
    prop::collection::vec(one, 1..80)
}

/// Whether the popup on top was confirmed by its word.
fn is_confirmed(person: &Person) -> bool {
    match person.state.popups.last() {
        Some(Popup::Confirm(confirm)) => !confirm.typed.is_empty() && confirm.typed == confirm.word.as_str(),
        _ => false,
    }
}

fn take(person: &mut Person, step: Step) {
    match step {
        Step::Key(code, ctrl) => {
            let modifiers = if ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
            person.tell(Msg::Key(KeyEvent::new(code, modifiers)));
        }
        Step::Paste(text) => person.tell(Msg::Paste(Secret(text))),
        Step::Size(columns, rows) => person.tell(Msg::Resize(columns, rows)),
        Step::Seconds(count) => person.seconds(count.min(3)),
        Step::Calm => person.answer(calm),
        Step::Sealed => person.answer(sealed),
        Step::Away => person.answer(away),
        Step::Silent => person.answer(|_, _| Err(Failure::Silent)),
    }
}

fn destroys(effect: &Effect) -> bool {
    use admin_tui::effect::UnitVerb::{Restart, Stop};
    matches!(
        effect,
        Effect::Ask { token: Some(_), .. } | Effect::Restore { .. } | Effect::Unit { verb: Stop | Restart, .. }
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn it_draws_and_destroys_nothing_without_its_word(steps in steps()) {
        let mut person = Person::served();
        for step in steps {
            let (confirmed, known) = (is_confirmed(&person), person.asked.len());
            let pressed_enter = matches!(step, Step::Key(KeyCode::Enter, false));
            let answered = matches!(step, Step::Calm | Step::Sealed | Step::Away | Step::Silent);
            take(&mut person, step);
            let new = person.asked.get(if answered { 0 } else { known }..).unwrap_or_default();
            if new.iter().any(destroys) {
                prop_assert!(confirmed && pressed_enter, "{new:?}");
            }
            person.asked.retain(|effect| !destroys(effect) || matches!(effect, Effect::Ask { .. }));
            let (columns, rows) = person.state.size;
            if columns > 0 && rows > 0 {
                prop_assert!(person.cells().area.width == columns);
            }
            prop_assert!(person.state.popups.len() < 40);
        }
    }
}

#[test]
fn the_storm_does_confirm_sometimes() {
    let mut person = Person::served();
    person.press("3");
    person.answer(calm);
    person.press("x");
    person.answer(calm);
    take(&mut person, Step::Paste("remove".to_owned()));
    assert!(is_confirmed(&person));
    take(&mut person, Step::Key(KeyCode::Enter, false));
    assert!(person.asked.iter().any(destroys));
}

#[test]
fn every_size_draws() {
    for screen in '1'..='6' {
        for opening in ["", "?", "\n", "s", "p", "x", "a", "l"] {
            let mut person = Person::served();
            person.press(&screen.to_string());
            person.answer(calm);
            person.press(opening);
            person.answer(calm);
            for (columns, rows) in
                (1..130).step_by(13).flat_map(|columns| (1..44).step_by(6).map(move |rows| (columns, rows)))
            {
                person.tell(Msg::Resize(columns, rows));
                assert_eq!(person.cells().area.width, columns);
            }
        }
    }
}
