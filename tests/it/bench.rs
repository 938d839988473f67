//! `vcconnect bench`: what is measured on files whose truth is known.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::commands::Installation;

const LIST: &str = "demo/room/04 Commercial/Customer list 2026-06-30.csv";
const ACCOUNTS: &str = "demo/room/02 Financials/Northwind annual accounts 2025.pdf";

/// The two files of the demo room, with a truth of which one line is wrong on purpose.
#[test]
fn figures_are_laid_beside_the_truth_of_a_folder() {
    let here = Installation::new();
    let folder = here.dir.path().join("room");
    fs::create_dir(&folder).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(root.join(ACCOUNTS), folder.join("accounts.pdf")).unwrap();
    fs::copy(root.join(LIST), folder.join("customers.csv")).unwrap();
    let refused = here.run(&["bench", "facts", &folder.display().to_string()]);
    assert!(!refused.ok && refused.err.contains("truth.jsonl"), "{}", refused.err);

    let words = ["bench", "facts", &folder.display().to_string(), "--json"];
    let measured = |truth: &[Value]| -> Value {
        let lines: Vec<String> = truth.iter().map(Value::to_string).collect();
        fs::write(folder.join("truth.jsonl"), lines.join("\n")).unwrap();
        serde_json::from_str(&here.must(&words)).unwrap()
    };
    let covers = json!({ "file": "accounts.pdf", "covers": [1, 2, 3, 4, 5, 6, 7, 8] });
    let found = measured(std::slice::from_ref(&covers));
    let invented = found["faults"].as_array().unwrap();
    assert!(invented.len() > 5 && invented.iter().all(|fault| fault["what"] == "invented"), "{found}");
    let seen = |fault: &Value, value: Value| {
        let found = &fault["found"];
        json!({ "file": "accounts.pdf", "page": page(&found["at"]), "metric": found["metric"], "subject": "company",
                "value": value, "unit": found["unit"]["unit"], "currency": found["unit"]["currency"],
                "period": found["period"], "basis": "actual" })
    };
    let known: Vec<&Value> = invented
        .iter()
        .filter(|fault| fault["found"]["subject"]["kind"] == "company" && fault["found"]["period"]["end"].is_string())
        .collect();
    let right = seen(known[0], known[0]["found"]["value"].clone());
    let missed = seen(known[0], json!("123456789"));
    let score = measured(&[covers, right, missed]);
    let counts = &score["documents"]["accounts.pdf"]["counts"];
    assert_eq!((&counts["right"], &counts["missed"]), (&json!(1), &json!(1)), "{counts}");
    assert!(counts["invented"].as_u64().unwrap() < invented.len() as u64);
    assert!(score["documents"].get("customers.csv").is_none(), "nobody said what stands in it");
}

/// `p. 7`
fn page(at: &Value) -> u32 {
    at.as_str().unwrap().trim_start_matches("p. ").parse().unwrap()
}
