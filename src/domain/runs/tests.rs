//! Rules of runs without IO.

use super::{RunEvent, RunState, Stage, StageState, Told};

#[test]
fn states_are_parsed_back() {
    for state in RunState::ALL {
        assert_eq!(RunState::parse(state.as_str()), Some(state));
    }
    assert_eq!(RunState::parse("Done"), None);
    assert!(RunState::Waiting.is_under_way() && !RunState::Failed.is_under_way());
}

#[test]
fn an_event_is_stored_as_it_is_sent() {
    let event = RunEvent::Stage { stage: Stage::Figures, state: StageState::Running, done: 3, of: 14 };
    let told = Told { at: "2026-11-22T09:00:00Z".parse().unwrap(), event };
    let json = serde_json::to_string(&told).unwrap();
    assert_eq!(
        json,
        r#"{"at":"2026-11-22T09:00:00Z","event":"stage","stage":"figures","state":"running","done":3,"of":14}"#
    );
    assert_eq!(serde_json::from_str::<Told>(&json).unwrap(), told);
}
