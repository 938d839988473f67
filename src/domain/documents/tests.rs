//! Words of the state machine. What needs a database is in tests/it/documents.rs.

use super::DocumentState;

#[test]
fn words_and_states_fit() {
    for state in DocumentState::ALL {
        assert_eq!(DocumentState::parse(state.as_str()), Some(state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
    assert_eq!(DocumentState::parse("lost"), None);
}

#[test]
fn only_what_is_at_rest_and_not_locked_is_read_again() {
    let again: Vec<_> = DocumentState::ALL.into_iter().filter(|state| state.may_retry()).collect();
    assert_eq!(again, [DocumentState::Read, DocumentState::Failed]);
}
