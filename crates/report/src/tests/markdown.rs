//! The Markdown export.

use super::sample;
use crate::{Format, render};

fn markdown(report: &model::Report) -> String {
    String::from_utf8(render(report, Format::Markdown).unwrap()).unwrap()
}

#[test]
fn the_whole_page() {
    insta::assert_snapshot!(markdown(&sample::brief()));
}

#[test]
fn documents_cannot_write_markdown() {
    let page = markdown(&sample::report());
    assert!(!page.replace("<br>", "").contains('<'), "a tag from a document");
    let spans = page.replace("\\]", "");
    for sly in ["](javascript", "https://", " a@example", "](http", "\u{202e}", "\u{1b}", "\n- nor", "\n# nor", "```"] {
        assert!(!spans.contains(sly), "{sly}");
    }
    let columns = |row: &str| row.replace("\\|", "").matches('|').count();
    let mut expected = 0;
    for row in page.lines() {
        if !row.starts_with('|') {
            expected = 0;
        } else if expected == 0 {
            expected = columns(row);
        }
        assert!(expected == 0 || columns(row) == expected, "{row}");
    }
}

#[test]
fn every_mark_leads_to_a_heading() {
    let page = markdown(&sample::report());
    let mut marks = 0;
    for target in page.split("](#").skip(1) {
        let label = target.split(')').next().unwrap().to_ascii_uppercase();
        assert!(page.contains(&format!("\n### {label}\n")), "{label}");
        marks += 1;
    }
    assert!(marks > 100, "{marks}");
}

#[test]
fn an_empty_report_says_so() {
    let page = markdown(&sample::empty());
    assert!(page.contains("## Sources\n\nNothing to show."), "{page}");
}
