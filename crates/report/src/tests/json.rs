//! The JSON export and its schema.

use model::Report;
use serde_json::Value;

use super::sample;
use crate::{Format, render, schema};

const COMMITTED: &str = include_str!("../../../../docs/report.schema.json");
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/report.schema.json");

fn written() -> String {
    format!("{:#}\n", schema())
}

#[test]
fn the_committed_schema_is_this_one() {
    assert!(
        COMMITTED == written(),
        "docs/report.schema.json is not the schema of crates/model: run `cargo test -p report -- --ignored writes_the_schema` and commit it"
    );
}

#[test]
#[ignore = "writes docs/report.schema.json"]
fn writes_the_schema() {
    std::fs::write(PATH, written()).unwrap();
}

#[test]
fn a_report_conforms_to_the_schema() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for report in [sample::report(), sample::empty(), sample::assisted()] {
        let value: Value = serde_json::from_slice(&render(&report, Format::Json).unwrap()).unwrap();
        let faults: Vec<String> = validator.iter_errors(&value).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
    let mut other = serde_json::to_value(sample::brief()).unwrap();
    other["schema"] = "vcconnect.report.v0".into();
    assert!(!validator.is_valid(&other));
    other["schema"] = Report::SCHEMA.into();
    other["facts"][0]["fact"]["figure"]["value"] = 4.2.into();
    assert!(!validator.is_valid(&other), "a value is text, never a float");
}

#[test]
fn json_is_the_report_itself() {
    let report = sample::brief();
    let written = render(&report, Format::Json).unwrap();
    assert_eq!(serde_json::from_slice::<Report>(&written).unwrap(), report);
    assert_eq!(written, render(&report, Format::Json).unwrap());
    assert!(written.ends_with(b"}\n"));
}
