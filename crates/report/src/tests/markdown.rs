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

#[test]
fn sentences_of_a_model_stand_under_their_label() {
    let page = markdown(&sample::assisted());
    for expected in [
        "| Engine | Extractive, with sentences of \\*llama\\*-3.1 \\# 70b at Office \\| &lt;i&gt;model&lt;/i&gt; (local) |\n",
        "| Sentences | 2 kept, 4 dropped by checks |\n| Problem | The model did not answer for &lt;Market&gt;. |\n",
        "sentences that a language model wrote, which are marked.",
        "No person has reviewed these sentences;",
        concat!(
            "## Traction\n\n*Written by a language model (\\*llama\\*-3.1 \\# 70b, local); quotes and figures checked by code, ",
            "not reviewed by a person.*\n\n",
        ),
        concat!(
            "ARR is €3,200,000, and \\*customers\\* stay \\#long.\u{a0}[\\[E1\\]](#e1)\u{a0}[\\[E2\\]](#e2) ",
            "Cash lasts 9.4 months.\u{a0}[\\[E7\\]](#e7)\n\n*1 sentence failed a check and was left out.*\n",
        ),
        "## Market\n\n*3 sentences of a language model failed a check and were left out.*\n",
    ] {
        assert!(page.contains(expected), "{expected}\n\n{page}");
    }
    assert!(!page.contains('\u{202e}'));
}

#[test]
fn a_report_without_sentences_says_what_it_said_before() {
    let mut report = sample::assisted();
    report.sections[1].blocks.remove(0);
    let model::Engine::Assisted(assisted) = &mut report.status.engine else { panic!("no model") };
    (assisted.kept, assisted.external, assisted.model) = (0, true, "x".repeat(300));
    let page = markdown(&report);
    assert!(
        page.contains("It contains no judgement on team") && !page.contains("Written by a language model"),
        "{page}"
    );
    assert!(page.contains(&format!("sentences of {}… at", "x".repeat(80))) && page.contains("(external)"), "{page}");
}
