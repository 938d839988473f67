//! What is planted is in the files and in the contradictions; a room without defects has nothing to be found.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;
use simulator::defect::Defect;
use simulator::room::Room;
use simulator::room::truth::{Basis, Figure, Unit};
use simulator::startup::{Industry, Locale};

use super::{room, rooms};

fn found(room: &Room) -> Vec<Value> {
    room.contradictions().into_iter().filter(|line| line["must"] == "be_found").collect()
}

fn amount(value: &Value) -> Decimal {
    value["value"].as_str().expect("a value").parse().expect("a number")
}

#[test]
fn a_clean_room_has_nothing_to_be_found() {
    for room in rooms().step_by(2) {
        assert_eq!(found(room), Vec::<Value>::new());
        assert!(room.files.iter().all(|file| file.placed.iter().all(|placed| placed.figure.planted.is_none())));
    }
}

/// Two figures of the same thing are the same but for rounding: a deck shows a tenth of a million at the least.
fn agree(one: &Figure, other: &Figure) -> bool {
    let (a, b) = (one.value.abs(), other.value.abs());
    let rounding = match one.unit {
        Unit::Money => Decimal::from(50_000).min(a.max(b) / Decimal::TEN).max(a.max(b) * Decimal::new(51, 3)),
        Unit::Ratio => Decimal::new(51, 4),
        Unit::Multiple => Decimal::new(51, 3),
        Unit::Count | Unit::Months | Unit::Days => Decimal::new(51, 2),
    };
    (a - b).abs() <= rounding
}

#[test]
fn the_files_of_a_clean_room_agree() {
    let mut pairs = 0;
    for room in rooms().step_by(2) {
        let mut stated: BTreeMap<String, Vec<(&str, &Figure)>> = BTreeMap::new();
        for file in &room.files {
            let figures = file.placed.iter().map(|placed| &placed.figure).filter(|figure| !figure.optional);
            for figure in figures.filter(|figure| figure.period.is_some() && figure.basis != Basis::Target) {
                let which = format!("{} {} {:?}", figure.metric, figure.subject, figure.period);
                stated.entry(which).or_default().push((file.path.as_str(), figure));
            }
        }
        for (which, figures) in stated {
            let (file, first) = figures[0];
            for (other_file, other) in &figures[1..] {
                let said = format!("{which}: {} in {file}, {} in {other_file}", first.value, other.value);
                assert!(agree(first, other), "{said}");
                pairs += usize::from(file != *other_file);
            }
        }
    }
    assert!(pairs > 500, "{pairs}");
}

#[test]
fn each_defect_is_found_alone() {
    for (at, defect) in Defect::ALL.into_iter().enumerate() {
        let industry = Industry::ALL[at % 10];
        let locale = Locale::ALL[(at + 1) % 4];
        let room = room(40 + u64::try_from(at).expect("few"), industry, locale, vec![defect]);
        let found = found(&room);
        let which = format!("{} {} {}", defect.name(), industry.name(), locale.name());
        assert!(!found.is_empty(), "{which}");
        for line in &found {
            let checks = match defect {
                Defect::Footing => line["check"] == "V-012",
                Defect::HiddenInstructions => line["check"] == "RF-049",
                Defect::OmittedSafe => line["check"] == "V-041" || line["metric"] == "raised_to_date",
                _ => line["check"].is_null(),
            };
            assert!(checks, "{which}: {line}");
        }
        if let Defect::Inflated(per_cent) = defect {
            for line in &found {
                let off = amount(&line["claim"]) / amount(&line["against"]) - Decimal::ONE;
                let wanted = Decimal::new(i64::from(per_cent), 2);
                assert!((off - wanted).abs() < Decimal::new(3, 2), "{which}: {off} in {line}");
            }
        }
    }
}

#[test]
fn what_looks_alike_is_near_or_of_another_time() {
    let mut controls = 0;
    for room in rooms() {
        for line in room.contradictions().iter().filter(|line| line["must"] == "not_be_found") {
            assert!(line["claim"]["file"] != line["against"]["file"], "{line}");
            controls += 1;
        }
    }
    assert!(controls > 60, "{controls}");
}

#[test]
fn the_same_wish_gives_the_same_bytes() {
    let make = |seed| room(seed, Industry::Medtech, Locale::Fr, Defect::ALL.to_vec());
    let (first, second) = (make(5), make(5));
    assert!(first.files == second.files);
    assert_eq!(first.truth(), second.truth());
    assert!(first.files != make(6).files);
}

#[test]
fn lines_have_the_form_that_the_measure_reads() {
    let room = room(9, Industry::Saas, Locale::EnGb, Defect::ALL.to_vec());
    let known =
        ["file", "page", "cell", "metric", "subject", "value", "unit", "currency", "period", "basis", "optional"];
    for line in room.truth() {
        let line = line.as_object().expect("an object");
        assert!(line.keys().all(|key| known.contains(&key.as_str())), "{line:?}");
        assert!(line["value"].as_str().is_some_and(|value| value.parse::<Decimal>().is_ok()), "{line:?}");
        assert!(!line["metric"].as_str().expect("an id").starts_with('_'), "{line:?}");
    }
}
