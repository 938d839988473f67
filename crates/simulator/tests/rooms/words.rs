//! Decks and papers: the words of each figure stand on the page or slide that the truth names.

use std::io::{Cursor, Read, Write};
use std::process::{Command, Stdio};

use rust_decimal::Decimal;
use simulator::room::truth::Place;
use simulator::room::{File, FileKind};

use super::rooms;

/// The text of each page of a PDF.
fn pages(pdf: &[u8]) -> Vec<String> {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext (poppler-utils) is installed");
    let mut input = child.stdin.take().expect("a pipe");
    let pdf = pdf.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&pdf));
    let output = child.wait_with_output().expect("pdftotext ends");
    writer.join().expect("written").expect("written");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.strip_suffix('\u{c}').unwrap_or(&text).split('\u{c}').map(spaced).collect()
}

/// Words with one space between them.
fn spaced(text: &str) -> String {
    text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A part of a package.
fn part(package: &[u8], name: &str) -> Option<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).expect("a package");
    let mut text = String::new();
    archive.by_name(name).ok()?.read_to_string(&mut text).expect("UTF-8");
    Some(text)
}

/// What stands between the tags of a name, with a space after each.
fn between(xml: &str, tag: &str) -> String {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let parts = xml.split(&open).skip(1).filter_map(|rest| rest.split_once(&close).map(|(words, _)| words));
    spaced(&parts.collect::<Vec<_>>().join(" ").replace("&amp;", "&").replace("&quot;", "\"").replace("&apos;", "'"))
}

/// The values of the charts of a slide.
fn charted(package: &[u8], slide: usize) -> Vec<Decimal> {
    let links = part(package, &format!("ppt/slides/_rels/slide{slide}.xml.rels")).expect("relations");
    let names = links.split("../charts/").skip(1).filter_map(|rest| rest.split_once('"').map(|(name, _)| name));
    let mut values = Vec::new();
    for name in names {
        let xml = part(package, &format!("ppt/charts/{name}")).expect("a chart");
        let cache = xml.split("<c:numCache>").nth(1).expect("values");
        values.extend(between(cache, "c:v").split(' ').map(|value| value.parse::<Decimal>().expect("a number")));
    }
    values
}

fn is_scan(file: &File) -> bool {
    file.kind == FileKind::Accounts && pages(&file.bytes).iter().all(String::is_empty)
}

#[test]
fn each_figure_stands_on_its_page() {
    for room in rooms() {
        for file in room.files.iter().filter(|file| file.path.ends_with(".pdf") && !is_scan(file)) {
            let pages = pages(&file.bytes);
            assert!(file.placed.len() > 8, "{}", file.path);
            for placed in &file.placed {
                let Place::Page(page) = placed.place else { panic!("{}: no page", file.path) };
                let words = spaced(&placed.figure.words);
                let stands = !words.is_empty() && pages.get(page - 1).is_some_and(|text| text.contains(&words));
                assert!(stands, "{} {page}: {words} ({})", file.path, placed.figure.metric);
            }
        }
    }
}

#[test]
fn each_figure_stands_on_its_slide() {
    let mut charts = 0;
    for room in rooms() {
        for file in room.files.iter().filter(|file| file.path.ends_with(".pptx")) {
            for placed in &file.placed {
                let Place::Page(page) = placed.place else { panic!("{}: no slide", file.path) };
                let slide = part(&file.bytes, &format!("ppt/slides/slide{page}.xml")).expect("a slide");
                if between(&slide, "a:t").contains(&spaced(&placed.figure.words)) {
                    continue;
                }
                let values = charted(&file.bytes, page);
                let value = placed.figure.value;
                let scales = [Decimal::ONE_THOUSAND, Decimal::from(1_000_000)];
                let stands = scales.iter().any(|scale| values.contains(&(value / scale)));
                assert!(stands, "{} {page}: {} ({})", file.path, placed.figure.words, placed.figure.metric);
                charts += 1;
            }
        }
    }
    assert!(charts > 40, "{charts} points of charts");
}

#[test]
fn each_figure_stands_in_its_letter() {
    for room in rooms() {
        for file in room.files.iter().filter(|file| file.path.ends_with(".docx")) {
            let text = between(
                &part(&file.bytes, "word/document.xml").expect("a document").replace(" xml:space=\"preserve\"", ""),
                "w:t",
            );
            for placed in &file.placed {
                assert_eq!(placed.place, Place::Text, "{}", file.path);
                let words = spaced(&placed.figure.words);
                assert!(text.contains(&words), "{}: {words} ({})", file.path, placed.figure.metric);
            }
        }
    }
}

#[test]
fn decks_have_a_page_for_each_slide_and_scans_one_for_each_sheet() {
    for room in rooms() {
        for file in room.files.iter().filter(|file| file.path.ends_with(".pdf")) {
            let last = file.placed.iter().filter_map(|placed| match placed.place {
                Place::Page(page) => Some(page),
                _ => None,
            });
            let (pages, last) = (pages(&file.bytes).len(), last.max().expect("a figure"));
            let beyond = if file.kind == FileKind::Deck { 4 } else { 1 };
            assert!((last..=last + beyond).contains(&pages), "{}: {pages} pages, figures to {last}", file.path);
        }
        assert_eq!(room.files.iter().filter(|file| file.path.ends_with(".pdf") && is_scan(file)).count(), 1);
    }
}
