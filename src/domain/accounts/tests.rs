//! People and what is accepted of them.

use super::{Email, PersonName, UserState};

#[test]
fn addresses_are_told_from_nonsense() {
    for good in ["ada@fund.example", " Ada@Fund.Example ", "a.b+c@sub.fund.example"] {
        assert!(Email::parse(good).is_ok(), "{good}");
    }
    assert_eq!(Email::parse(" Ada@Fund.Example ").unwrap().as_str(), "ada@fund.example");
    for bad in ["", "ada", "@fund.example", "ada@", "ada@fund", "a b@fund.example", "a@b@c.d", "a\u{0}@b.c"] {
        assert!(Email::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn names_are_trimmed_and_bounded() {
    assert_eq!(PersonName::parse("  Ada King ").unwrap().as_str(), "Ada King");
    assert!(PersonName::parse("").is_err());
    assert!(PersonName::parse("a\nb").is_err());
    assert!(PersonName::parse(&"x".repeat(121)).is_err());
}

#[test]
fn words_lead_back_to_their_state() {
    for state in [UserState::Active, UserState::Disabled] {
        assert_eq!(UserState::parse(state.as_str()), Some(state));
    }
}
