//! Rules of runs without IO.

use super::{RunEvent, Stage, StageState, Told};

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
