//! What is taken from a child and what is not, and what is told where nothing comes.

use confine::{Ended, Limit};
use diligence::{Input, Room, Template};
use model::{Document, DocumentKind, DocumentVersion, Layout, Part, Reading, Report, TemplateName};

use super::accept::{self, Asked, Breach, Title};
use super::ledger::Sent;
use super::parent::{Work, sentence};
use super::{Head, kind};

fn head(name: &str) -> Head {
    let reading = Reading { parts: 1, read: 1, ..Reading::default() };
    Head {
        version: DocumentVersion::of(&[name.as_bytes()]),
        name: name.to_owned(),
        read: Ok((DocumentKind::Text, reading)),
    }
}

fn input(head: &Head) -> Input {
    let text = "Pitch deck\nARR of €4.2m as of June 2025\n".to_owned();
    let part = Part { number: 1, name: None, text, layout: Layout::Plain, tables: Vec::new() };
    let document = head.read.clone().map(|(kind, reading)| Document { kind, parts: vec![part], reading });
    Input { version: head.version, name: head.name.clone(), document }
}

fn template() -> Template {
    Template::named("saas").unwrap()
}

fn asked(head: &Head) -> Asked {
    let Template { id, title, version, .. } = template();
    let template = TemplateName { id, title, version };
    let title = Some(Title { company: None, template, prepared_at: chrono::DateTime::default() });
    let mut sent = Sent::default();
    let survey = diligence::survey(&input(head));
    sent.add(head.version, &json(&diligence::facts(&input(head), &survey, &Room::default()))).unwrap();
    Asked { documents: vec![head.into()], sent, title }
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

#[test]
fn a_survey_is_of_the_document_that_was_sent() {
    let (deck, memo) = (head("deck.txt"), head("memo.txt"));
    let survey = diligence::survey(&input(&deck));
    let answer = |json: Vec<u8>| accept::survey(&asked(&deck), &[(kind::ANSWER, json)]);
    assert_eq!(answer(json(&survey)).unwrap(), survey);
    let other = diligence::survey(&Input { document: Err("It is locked.".to_owned()), ..input(&memo) });
    assert!(matches!(answer(json(&other)), Err(Breach::Survey)));
    assert!(matches!(answer(b"secret".to_vec()), Err(Breach::Json { .. })));
    assert!(matches!(accept::survey(&asked(&deck), &[]), Err(Breach::Messages)));
    let mut more = serde_json::to_value(&survey).unwrap();
    more["more"] = "words".into();
    assert!(matches!(answer(json(&more)), Err(Breach::Json { .. })), "fields that nobody knows are refused");
}

#[test]
fn facts_are_of_the_document_that_was_sent() {
    let (deck, memo) = (head("deck.txt"), head("memo.txt"));
    let survey = diligence::survey(&input(&deck));
    let facts = diligence::facts(&input(&deck), &survey, &Room::default());
    let mut shown = diligence::key_figures(&facts, &template());
    let answer = |asked: &Asked, facts: &[model::Fact], shown: &[diligence::KeyFigure]| {
        accept::facts(asked, &[(kind::ANSWER, json(&facts)), (kind::KEY_FIGURES, json(&shown))])
    };
    let taken = answer(&asked(&deck), &facts, &shown).unwrap();
    assert_eq!((taken.count, taken.json, &taken.key_figures), (1, json(&facts), &shown));

    assert!(matches!(answer(&asked(&memo), &facts, &shown), Err(Breach::Facts)), "facts of another document");
    let mut huge = facts.clone();
    huge[0].figure.value = "79228162514264337593543950335".parse().unwrap();
    assert!(matches!(answer(&asked(&deck), &huge, &shown), Err(Breach::Facts)), "a value that breaks who shows it");
    let many = vec![facts[0].clone(); 5_001];
    assert!(matches!(answer(&asked(&deck), &many, &shown), Err(Breach::Facts)), "more than a document may have");
    assert!(matches!(answer(&asked(&deck), &[], &shown), Err(Breach::Facts)), "figures without facts");
    shown[0].shown = format!("\u{1b}]52;c;{}", "9".repeat(5_000));
    let told = answer(&asked(&deck), &facts, &shown).unwrap().key_figures;
    assert!(!told[0].shown.contains('\u{1b}') && told[0].shown.len() == 100, "{told:?}");
}

#[test]
fn a_report_is_on_what_was_sent() {
    let deck = head("deck.txt");
    let made = diligence::analyse(&[input(&deck)], &template(), None, chrono::DateTime::default());
    let answer = |report: &Report| accept::report(&asked(&deck), &[(kind::ANSWER, json(report))]);
    assert_eq!(answer(&made).unwrap(), made);
    assert!(!made.facts.is_empty());
    type Lie = fn(&mut Report);
    let breaks: [(&str, Lie); 14] = [
        ("another form", |report| report.schema = "vcconnect.report.v9".to_owned()),
        ("another template", |report| report.template.version = "9".to_owned()),
        ("another time", |report| report.prepared_at = chrono::DateTime::from_timestamp(1, 0).unwrap()),
        ("no documents", |report| report.documents.clear()),
        ("another name of a document", |report| report.documents[0].name = "memo.txt".to_owned()),
        ("another sentence", |report| report.documents[0].reading = "Read all of it.".to_owned()),
        ("a fact that nobody sent", |report| report.facts[0].fact.figure.value = "9".parse().unwrap()),
        ("another figure beside a fact", |report| report.facts[0].shown = "€9m".to_owned()),
        ("a fact at another citation", |report| report.facts[0].cite = "E99".to_owned()),
        ("one label twice", |report| report.facts.push(report.facts[0].clone())),
        ("a section twice", |report| report.sections.push(report.sections[0].clone())),
        ("a section's id that is no word", |report| report.sections[0].id = "a\" onload=".to_owned()),
        ("sections without end", |report| {
            let section = report.sections[0].clone();
            report.sections = (0..201).map(|n| model::Section { id: format!("s{n}"), ..section.clone() }).collect();
        }),
        ("another document's place", |report| report.citations[0].place.document = head("memo.txt").version),
    ];
    for (why, lie) in breaks {
        let mut report = made.clone();
        lie(&mut report);
        assert!(matches!(answer(&report), Err(Breach::Report)), "{why}");
    }
}

#[test]
fn a_breach_does_not_repeat_what_was_said() {
    let deck = head("deck.txt");
    let breach = accept::report(&asked(&deck), &[(kind::ANSWER, br#"{"schema": "the secret plan"}"#.to_vec())]).err();
    assert!(!breach.unwrap().to_string().contains("secret"));
}

#[test]
fn every_end_has_a_sentence() {
    let mut told = std::collections::BTreeSet::new();
    for work in [Work::Document, Work::Report] {
        for by in [Limit::Wall, Limit::Cpu, Limit::Memory, Limit::Output] {
            told.insert(sentence(work, Ended::Killed { by }));
        }
        told.insert(sentence(work, Ended::Crashed { code: Some(1), signal: None }));
    }
    assert_eq!(told.len(), 10);
    assert!(told.iter().all(|sentence| sentence.contains(" safe") && sentence.ends_with('.')), "{told:?}");
}
