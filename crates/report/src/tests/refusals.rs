//! What stops an export.

use model::{Report, ReportBlock, Section};

use super::sample;
use crate::{Format, RenderError, render};

const DRAWN: [Format; 3] = [Format::Pdf, Format::Docx, Format::Markdown];

fn with_text(text: &str) -> Report {
    let block = ReportBlock::Paragraph { text: text.to_owned() };
    let section = Section { id: "s".to_owned(), title: "S".to_owned(), blocks: vec![block] };
    Report { sections: vec![section], ..sample::brief() }
}

#[test]
fn a_label_that_is_not_in_the_ledger_is_named() {
    for format in DRAWN {
        for (text, label) in [("{{fact:F99}}", "F99"), ("{{calc:C9}}", "C9"), ("a {{cite:E999}} b", "E999")] {
            assert_eq!(render(&with_text(text), format), Err(RenderError::UnknownLabel(label.to_owned())), "{text}");
        }
    }
    let said = RenderError::UnknownLabel("E999".to_owned()).to_string();
    assert!(said.contains("E999") && said.contains("unchanged"), "{said}");
}

#[test]
fn a_label_in_a_block_is_looked_up_too() {
    let mut report = sample::brief();
    let ReportBlock::TieOut { rows } = &mut report.sections[0].blocks[0] else { panic!("no tie-out") };
    rows[0].figures.push("F0".to_owned());
    assert_eq!(render(&report, Format::Markdown), Err(RenderError::UnknownLabel("F0".to_owned())));
}

#[test]
fn an_error_holds_no_more_than_a_label_of_foreign_text() {
    let text = format!("{{{{fact:{}}}}}", "secret".repeat(40));
    let Err(RenderError::UnknownLabel(named)) = render(&with_text(&text), Format::Markdown) else { panic!("rendered") };
    assert_eq!(named, "secretsecretsecr");
}

#[test]
fn a_damaged_ledger_is_refused_in_every_format() {
    for format in Format::ALL {
        let mut twice = sample::brief();
        twice.citations.push(twice.citations[0].clone());
        assert_eq!(render(&twice, format), Err(RenderError::RepeatedLabel("E1".to_owned())));

        let mut malformed = sample::brief();
        malformed.facts[0].label = "F 1\"".to_owned();
        assert_eq!(render(&malformed, format), Err(RenderError::MalformedLabel));

        let mut dangling = sample::brief();
        dangling.calcs[0].inputs.push("F77".to_owned());
        assert_eq!(render(&dangling, format), Err(RenderError::UnknownLabel("F77".to_owned())));
    }
}

#[test]
fn a_citation_of_an_unlisted_document_is_named() {
    for format in DRAWN {
        let mut report = sample::brief();
        report.documents.remove(0);
        assert_eq!(render(&report, format), Err(RenderError::UnlistedDocument("E1".to_owned())));
    }
}
