//! The Word export, read back.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::sample;
use crate::{Format, render};

fn parts(report: &model::Report) -> Vec<(String, String)> {
    let bytes = render(report, Format::Docx).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(str::to_owned).collect();
    names
        .into_iter()
        .map(|name| {
            let mut text = String::new();
            zip.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
            (name, text)
        })
        .collect()
}

fn part(parts: &[(String, String)], name: &str) -> String {
    parts.iter().find(|(part, _)| part == name).unwrap().1.clone()
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name.as_bytes())?;
    Some(String::from_utf8(found.value.into_owned()).unwrap())
}

/// All values of an attribute of an element.
fn values(xml: &str, element: &str, name: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == element.as_bytes() => {
                found.extend(attribute(&tag, name));
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// One line a paragraph: its style and its text; rows of tables begin with `|`.
fn outline(xml: &str) -> String {
    let mut reader = Reader::from_str(xml);
    let mut told = String::new();
    let mut inside = false;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                b"w:tr" => told.push_str("\n|"),
                b"w:pStyle" => told.push_str(&format!("\n{}: ", attribute(&tag, "w:val").unwrap())),
                b"w:br" => told.push('⏎'),
                b"w:t" => inside = true,
                b"w:tblHeader" => told.push_str(" header"),
                _ => {}
            },
            Event::End(tag) if tag.name().as_ref() == b"w:t" => inside = false,
            Event::Text(text) if inside => told.push_str(&text.decode().unwrap()),
            Event::GeneralRef(name) if inside => told.push_str(&format!("&{};", name.decode().unwrap())),
            Event::Eof => return told,
            _ => {}
        }
    }
}

#[test]
fn the_whole_document() {
    insta::assert_snapshot!(outline(&part(&parts(&sample::brief()), "word/document.xml")));
}

#[test]
fn sentences_of_a_model_stand_under_their_label() {
    let document = outline(&part(&parts(&sample::assisted()), "word/document.xml"));
    for expected in [
        "Extractive, with sentences of *llama*-3.1 # 70b at Office | &lt;i&gt;model&lt;/i&gt; (local)",
        "2 kept, 4 dropped by checks",
        "Small: Written by a language model (*llama*-3.1 # 70b, local); quotes and figures checked by code, not reviewed",
        "ARR is €3,200,000, and *customers* stay #long.\u{a0}",
        "\nSmall: 1 sentence failed a check and was left out.",
        "\nSmall: 3 sentences of a language model failed a check and were left out.",
    ] {
        assert!(document.contains(expected), "{expected}\n\n{document}");
    }
}

#[test]
fn every_part_is_xml_without_forbidden_characters() {
    for (name, text) in parts(&sample::report()) {
        let mut reader = Reader::from_str(&text);
        while !matches!(reader.read_event().unwrap_or_else(|fault| panic!("{name}: {fault}")), Event::Eof) {}
        let forbidden = text.chars().find(|c| c.is_control() && *c != '\n' || matches!(c, '\u{fffe}' | '\u{ffff}'));
        assert_eq!(forbidden, None, "{name}");
        assert!(!text.contains("&#x0") && !text.contains("&#0"), "{name}");
    }
}

#[test]
fn marks_lead_to_bookmarks_and_styles_exist() {
    let parts = parts(&sample::report());
    let document = part(&parts, "word/document.xml");
    let bookmarks: BTreeSet<String> = values(&document, "w:bookmarkStart", "w:name").into_iter().collect();
    let anchors: BTreeSet<String> = values(&document, "w:hyperlink", "w:anchor").into_iter().collect();
    assert_eq!(bookmarks.len(), 200);
    assert!(anchors.len() > 100 && anchors.is_subset(&bookmarks), "{anchors:?}");
    let external = document.matches("r:id=").count() - document.matches("Reference w:type").count();
    assert_eq!(external, 0, "a link leads out of the document");

    let styles = part(&parts, "word/styles.xml");
    let known: BTreeSet<String> = values(&styles, "w:style", "w:styleId").into_iter().collect();
    for element in ["w:pStyle", "w:rStyle", "w:tblStyle"] {
        let used: BTreeSet<String> = values(&document, element, "w:val").into_iter().collect();
        assert!(!used.is_empty() && used.is_subset(&known), "{element}: {used:?} of {known:?}");
    }
    assert!(styles.contains(r#"<w:lang w:val="en-GB""#), "no language");
}

#[test]
fn tables_repeat_their_header_rows() {
    let document = part(&parts(&sample::report()), "word/document.xml");
    let tables = document.matches("<w:tbl>").count();
    assert_eq!(tables, 8);
    assert_eq!(document.matches("<w:tblHeader />").count(), tables);
    assert!(!document.contains("w:trHeight"));
}

#[test]
fn properties_and_footer_say_what_it_is() {
    let parts = parts(&sample::report());
    let core = part(&parts, "docProps/core.xml");
    assert!(core.contains("<dc:title>Northwind Analytics GmbH – Due diligence report</dc:title>"), "{core}");
    assert!(core.contains(r#"<dcterms:created xsi:type="dcterms:W3CDTF">2026-11-14T09:30:15Z<"#), "{core}");
    let footer = part(&parts, "word/footer1.xml");
    assert!(footer.contains("Confidential") && footer.contains("PAGE") && footer.contains("NUMPAGES"), "{footer}");
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let report = sample::brief();
    assert!(render(&report, Format::Docx) == render(&report, Format::Docx));
    let elsewhere = std::thread::spawn({
        let report = report.clone();
        move || render(&report, Format::Docx)
    });
    assert!(elsewhere.join().unwrap() == render(&report, Format::Docx));
    assert!(render(&sample::empty(), Format::Docx).is_ok());
}
