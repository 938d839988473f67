//! People and what is accepted of them.

use super::{Email, PersonName, Standing, UserState};
use crate::base::SystemRole;

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

#[test]
fn whoever_has_a_factor_gives_it_and_an_admin_has_one() {
    for role in SystemRole::ALL {
        assert_eq!(Standing::of(role, true, false), Standing::CodeNeeded);
        assert_eq!(Standing::of(role, true, true), Standing::SignedIn);
        let without = if role == SystemRole::Admin { Standing::SetUpNeeded } else { Standing::SignedIn };
        // Whether a factor was given that is not there any more changes nothing.
        assert_eq!((Standing::of(role, false, false), Standing::of(role, false, true)), (without, without));
    }
}

#[test]
fn who_is_half_way_in_is_told_what_is_missing() {
    assert!(Standing::SignedIn.allow(&[Standing::SignedIn]).is_ok());
    let code = |standing: Standing| standing.allow(&[Standing::SignedIn]).unwrap_err().code.name();
    assert_eq!(code(Standing::CodeNeeded), "second_factor_required");
    assert_eq!(code(Standing::SetUpNeeded), "second_factor_setup_required");
}
