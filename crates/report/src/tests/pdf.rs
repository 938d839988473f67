//! The PDF export, read by poppler.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::sample;
use crate::{Format, render};

/// The rich report, rendered once for all tests here.
fn pdf() -> &'static [u8] {
    static PDF: OnceLock<Vec<u8>> = OnceLock::new();
    PDF.get_or_init(|| render(&sample::report(), Format::Pdf).unwrap())
}

/// What a tool of poppler-utils says about the PDF on its standard input.
fn tool(name: &str, arguments: &[&str]) -> String {
    tool_on(pdf(), name, arguments)
}

fn tool_on(pdf: &'static [u8], name: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap_or_else(|fault| panic!("{name} of poppler-utils is needed: {fault}"));
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(pdf));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn text() -> String {
    tool("pdftotext", &["-layout", "-enc", "UTF-8", "-", "-"]).replace('\u{a0}', " ")
}

#[test]
fn it_tells_the_report_in_order() {
    let text = tool("pdftotext", &["-enc", "UTF-8", "-", "-"]).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = text.as_str();
    for next in [
        "DUE DILIGENCE REPORT",
        "Northwind Analytics GmbH",
        "14 November 2026",
        "Extractive (no language model)",
        "11 of 18 required figures",
        "6 documents, 212 parts read",
        "It contains no judgement on team, strategy or product.",
        "Documents disagree",
        "€3,200,000",
        "[E1]",
        "trusted most",
        "≠ Contradicted",
        "Traction",
        "Key figures",
        "Runway",
        "What the documents say",
        "Plans start at €490 a month and user.",
        "✗ Fail",
        "Not found",
        "Net revenue retention",
        "1. The deck gives ARR",
        "Market",
        "Nothing to show.",
        "Line 70 of the profit and loss account",
        "3. The deck gives ARR",
        "Sources",
        "[E200]",
        "It is encrypted; ask for a copy without password.",
    ] {
        let at = rest.find(next).unwrap_or_else(|| panic!("{next} is missing or too early"));
        rest = &rest[at..];
    }
}

#[test]
fn documents_cannot_write_markup() {
    let text = text();
    for verbatim in [
        "#read(\"/etc/passwd\")",
        "$x^2$ *bold* _it_",
        "<script>alert(1)</script>",
        "<!-- no -->",
        "{{fact:F1}} {{cite:E999}}",
    ] {
        assert!(text.contains(verbatim), "{verbatim}");
    }
    for sly in ["root:", "\u{202e}", "\u{1b}"] {
        assert!(!text.contains(sly), "{sly}");
    }
    for cell in ["+31.3 %", "9.4 months", "calculated", "Needs review: The column has no year."] {
        assert!(text.contains(cell), "{cell}");
    }
    assert!(text.contains("▯ stands for a character"), "replaced characters are not explained");
    assert!(text.contains("more characters in the document)"));
}

#[test]
fn tables_repeat_their_heads_and_pages_are_numbered() {
    let text = text();
    let pages: Vec<&str> = text.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
    assert!(pages.len() > 10, "{}", pages.len());
    for (at, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} of {}", at + 1, pages.len())), "page {}", at + 1);
        assert!(page.contains("Confidential"));
    }
    let continued = pages.iter().filter(|page| page.contains("Line 3") && !page.contains("Key figures"));
    for page in continued {
        assert!(page.contains("Period"), "a page of the long table has no head:\n{page}");
    }
}

#[test]
fn it_is_tagged_dated_and_archivable() {
    let info = tool("pdfinfo", &["-"]);
    for line in [
        "Title:           Northwind Analytics GmbH – Due diligence report",
        "Tagged:          yes",
        "JavaScript:      no",
        "Encrypted:       no",
        "Page size:       595.276 x 841.89 pts (A4)",
    ] {
        assert!(info.contains(line), "{line} is missing:\n{info}");
    }
    let raw = String::from_utf8_lossy(pdf());
    for stated in
        ["<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>A</pdfaid:conformance>", "<pdfuaid:part>1</pdfuaid:part>"]
    {
        assert!(raw.contains(stated), "{stated}");
    }
    assert!(raw.contains("D:20261114093015"), "not dated by the report");
}

#[test]
fn all_fonts_are_embedded() {
    let listed = tool("pdffonts", &["-"]);
    let fonts: Vec<&str> = listed.lines().skip(2).collect();
    assert!(fonts.iter().any(|font| font.contains("Inter-SemiBold")), "{listed}");
    for font in fonts {
        assert!(font.contains(" yes yes yes "), "not embedded, subset and mapped to Unicode: {font}");
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert!(render(&sample::report(), Format::Pdf).unwrap() == pdf());
}

#[test]
#[ignore = "writes the sample under the folder that VCCONNECT_SAMPLE names"]
fn writes_the_sample() {
    let Some(folder) = std::env::var_os("VCCONNECT_SAMPLE").map(std::path::PathBuf::from) else { return };
    for (name, report) in [("sample", sample::report()), ("assisted", sample::assisted())] {
        for format in Format::ALL {
            let name = format!("{name}.{}", format.extension());
            std::fs::write(folder.join(name), render(&report, format).unwrap()).unwrap();
        }
    }
}

#[test]
fn an_empty_report_is_a_report() {
    assert!(render(&sample::empty(), Format::Pdf).is_ok());
}

#[test]
fn sentences_of_a_model_stand_under_their_label() {
    static PDF: OnceLock<Vec<u8>> = OnceLock::new();
    let pdf = PDF.get_or_init(|| render(&sample::assisted(), Format::Pdf).unwrap());
    let text = tool_on(pdf, "pdftotext", &["-enc", "UTF-8", "-", "-"]).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = text.as_str();
    for next in [
        "Extractive, with sentences of *llama*-3.1 # 70b at Office | <i>model</i> (local)",
        "2 kept, 4 dropped by checks",
        "The model did not answer for <Market>.",
        "No person has reviewed these sentences;",
        "Traction",
        "Written by a language model (*llama*-3.1 # 70b, local); quotes and figures checked by code, not reviewed by a person.",
        "ARR is €3,200,000, and *customers* stay #long. [E1] [E2] Cash lasts 9.4 months. [E7]",
        "1 sentence failed a check and was left out.",
        "3 sentences of a language model failed a check and were left out.",
    ] {
        let at = rest.find(next).unwrap_or_else(|| panic!("{next} is missing or too early: {text}"));
        rest = &rest[at..];
    }
}
