//! Judging in real children: the stages give the report that they give in one process, and a child that dies or lies
//! gives a sentence and nothing else.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use chrono::DateTime;
use diligence::{Input, Room, Survey, Template};
use model::{Document, DocumentKind, DocumentVersion, Part, Reading};
use vcconnect::infra::config;
use vcconnect::infra::files;
use vcconnect::infra::judging::{Head, Judge};
use vcconnect::infra::reading::{Job, Reader, Told};

fn template() -> Template {
    Template::named("saas").unwrap()
}

fn config() -> config::Reading {
    let program = Some(env!("CARGO_BIN_EXE_vcconnect").into());
    config::Reading { program, allow_degraded: true, ..Default::default() }
}

/// The demo room as it is read; one document of it could not be.
async fn demo() -> Vec<Input> {
    let reader = Reader::of(&config()).unwrap();
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/room");
    let mut inputs = Vec::new();
    for given in files::find(&[room], None).unwrap() {
        let kind = given.kind.clone().unwrap();
        let mut document = Document { kind, parts: Vec::new(), reading: Reading::default() };
        let mut session = reader.start(Job { kind, password: None }, given.open().unwrap()).await.unwrap();
        loop {
            match session.next().await.unwrap() {
                Told::Part(part) => document.parts.push(*part),
                Told::Read(reading) => break document.reading = reading,
                Told::Progress { .. } => {}
                other => unreachable!("{other:?}"),
            }
        }
        inputs.push(Input { version: given.version, name: given.name, document: Ok(document) });
    }
    let document = Err("It is locked by a password.".to_owned());
    inputs.push(Input { version: DocumentVersion::of(&[b"locked"]), name: "locked.pdf".to_owned(), document });
    inputs
}

fn head(input: &Input) -> Head {
    let read = input.document.as_ref().map(|document| (document.kind, document.reading.clone())).map_err(Clone::clone);
    Head { version: input.version, name: input.name.clone(), read }
}

fn parts(input: &Input) -> Vec<Vec<u8>> {
    let parts = input.document.iter().flat_map(|document| &document.parts);
    parts.map(|part| serde_json::to_vec(part).unwrap()).collect()
}

#[actix_web::test]
async fn the_stages_in_children_give_the_same_report() {
    let (judge, inputs, template) = (Judge::of(&config()).unwrap(), demo().await, template());
    assert!(inputs.len() > 5);
    let mut surveys: Vec<Survey> = Vec::new();
    for input in &inputs {
        let mut unit = judge.survey(&head(input)).await.unwrap();
        for part in parts(input) {
            unit.part(&part).await;
        }
        surveys.push(unit.finish().await.unwrap().unwrap());
    }
    let room = Room::of(&surveys);
    let mut report = judge.report(&template, Some(" Northwind "), DateTime::default()).await.unwrap();
    for (input, survey) in inputs.iter().zip(&surveys) {
        let mut unit = judge.facts(&head(input), survey, &room, &template).await.unwrap();
        for part in parts(input) {
            unit.part(&part).await;
        }
        let facts = unit.finish().await.unwrap().unwrap();
        let own = diligence::facts(input, survey, &room);
        assert_eq!((facts.count, &facts.json), (own.len(), &serde_json::to_vec(&own).unwrap()), "{}", input.name);
        assert_eq!(facts.key_figures, diligence::key_figures(&own, &template), "{}", input.name);
        report.source(&head(input), survey, &facts.json).await.unwrap();
        for part in parts(input) {
            report.part(&part).await;
        }
    }
    let staged = report.finish().await.unwrap().unwrap();
    let whole = diligence::analyse(&inputs, &template, Some("Northwind"), DateTime::default());
    assert!(whole.facts.len() > 20 && whole.status.contradictions > 0);
    assert_eq!(serde_json::to_string(&staged).unwrap(), serde_json::to_string(&whole).unwrap());
}

fn note() -> Input {
    let text = "ARR of €4.2m as of June 2025\n".to_owned();
    let part = Part { number: 1, name: None, text, layout: model::Layout::Plain, tables: Vec::new() };
    let reading = Reading { parts: 1, read: 1, ..Reading::default() };
    let document = Document { kind: DocumentKind::Text, parts: vec![part], reading };
    Input { version: DocumentVersion::of(&[b"note"]), name: "note.txt".to_owned(), document: Ok(document) }
}

#[actix_web::test]
async fn a_child_that_breaks_down_gives_a_sentence() {
    let judge = Judge::of(&config()).unwrap();
    let mut unit = judge.survey(&head(&note())).await.unwrap();
    unit.part(b"no part at all, but the secret plan").await;
    let sentence = unit.finish().await.unwrap().unwrap_err();
    assert!(sentence.contains("broke down over it") && !sentence.contains("secret"), "{sentence}");

    let empty = judge.report(&template(), None, DateTime::default()).await.unwrap().finish().await.unwrap().unwrap();
    assert_eq!(empty.company, "The company");
}

/// What is made of a child that greets, says this, and then does what the shell is told.
async fn told(frames: &[(u8, &str)], then: &str) -> Result<Survey, String> {
    let dir = tempfile::tempdir().unwrap();
    let (script, words) = (dir.path().join("liar.sh"), dir.path().join("words"));
    let said: Vec<u8> = std::iter::once(&(0, r#"{"confined":"full"}"#))
        .chain(frames)
        .flat_map(|(kind, payload)| {
            let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
            [&length[..], &[*kind], payload.as_bytes()].concat()
        })
        .collect();
    std::fs::write(&words, said).unwrap();
    std::fs::write(&script, format!("#!/bin/sh\ncat {}\n{then}\n", words.display())).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let judge = Judge::of(&config::Reading { program: Some(script), ..Default::default() }).unwrap();
    let mut unit = judge.survey(&head(&note())).await.unwrap();
    unit.part(&serde_json::to_vec(&note().document.unwrap().parts[0]).unwrap()).await;
    unit.finish().await.expect("what a child says is no fault of ours")
}

#[actix_web::test]
async fn a_child_that_is_killed_or_lies_gives_nothing_but_a_sentence() {
    let survey = diligence::survey(&note());
    let honest = serde_json::to_string(&survey).unwrap();
    let of_another = honest.replace(&survey.reading, "Read 99 pages.");
    assert_eq!(told(&[(10, &honest), (10, "")], "exit 0").await, Ok(survey));
    for (why, frames, then, words) in [
        ("killed for want of memory", vec![], "kill -9 $$", "needs more memory"),
        ("killed after its answer", vec![(10, honest.as_str()), (10, "")], "kill -9 $$", "needs more memory"),
        ("out of processor time", vec![], "kill -XCPU $$", "takes more work"),
        ("it ends with an error", vec![(10, honest.as_str()), (10, "")], "exit 1", "broke down"),
        ("it says nothing", vec![], "exit 0", "broke down"),
        ("an answer that is cut off", vec![(10, honest.as_str())], "exit 0", "broke down"),
        ("an answer of another kind", vec![(11, honest.as_str()), (11, "")], "exit 0", "broke down"),
        ("two kinds in one answer", vec![(10, honest.as_str()), (11, ""), (10, "")], "exit 0", "broke down"),
        ("two answers", vec![(10, honest.as_str()), (10, ""), (10, "{}"), (10, "")], "exit 0", "broke down"),
        ("no JSON", vec![(10, "the secret plan"), (10, "")], "exit 0", "broke down"),
        ("another document's survey", vec![(10, of_another.as_str()), (10, "")], "exit 0", "broke down"),
    ] {
        let sentence = told(&frames, then).await.expect_err(why);
        assert!(sentence.contains(words) && !sentence.contains("secret"), "{why}: {sentence}");
    }
}
