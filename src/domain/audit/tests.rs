//! Words that are stored lead back to what they mean.

use super::{Action, Outcome};

#[test]
fn words_lead_back_to_their_action() {
    for &action in Action::ALL {
        assert_eq!(Action::parse(action.as_str()), Some(action));
    }
    assert_eq!(Action::parse("deal.sold"), None);
}

#[test]
fn words_lead_back_to_their_outcome() {
    for outcome in [Outcome::Done, Outcome::Denied, Outcome::Failed] {
        assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
    }
}
