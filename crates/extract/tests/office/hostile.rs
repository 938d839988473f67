//! Files made to harm: each ends with a sentence, soon and in little memory.

use std::io::{Seek, SeekFrom, Write};

use extract::{Limits, ReadError};
use model::DocumentKind;
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::build::{package, read_bytes, read_file, relationships, zip_of};
use crate::docx::document;
use crate::pptx::{presentation, text_box};
use crate::xlsx::workbook;

const OFFICE: [DocumentKind; 3] = [DocumentKind::Xlsx, DocumentKind::Docx, DocumentKind::Pptx];

fn small() -> Limits {
    Limits { unpacked_bytes: 16 * 1024 * 1024, entries: 100, ..Limits::default() }
}

fn sound(kind: DocumentKind) -> Vec<u8> {
    match kind {
        DocumentKind::Xlsx => {
            workbook(&[("A", r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>A1</f><v>1</v></c></row>"#)])
        }
        DocumentKind::Docx => document("<w:p><w:r><w:t>Words</w:t></w:r></w:p>"),
        _ => presentation(&[&text_box(3, 0, "Words")]),
    }
}

/// A workbook whose sheet begins soundly and goes on with a billion zeros.
fn bomb() -> std::fs::File {
    let mut zip = ZipWriter::new(tempfile::tempfile().unwrap());
    let relations = relationships(&[("rId1", "officeDocument", "xl/workbook.xml")]);
    zip.start_file("_rels/.rels", SimpleFileOptions::default()).unwrap();
    zip.write_all(relations.as_bytes()).unwrap();
    zip.start_file("xl/workbook.xml", SimpleFileOptions::default().large_file(true)).unwrap();
    let zeros = vec![0u8; 1024 * 1024];
    for _ in 0..1024 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap()
}

#[test]
fn a_bomb_is_refused_by_its_directory_and_by_its_content() {
    let mut file = bomb();
    assert!(matches!(read_file(DocumentKind::Xlsx, &file, &small()), Err(ReadError::TooBig(_))));
    let size = file.seek(SeekFrom::End(0)).unwrap();
    assert!(size < 4 * 1024 * 1024, "{size}");
    let plenty = Limits { unpacked_bytes: u64::MAX, ..Limits::default() };
    assert!(matches!(read_file(DocumentKind::Xlsx, &file, &plenty), Err(ReadError::TooBig(_))));
}

#[test]
fn sizes_that_lie_are_not_believed() {
    let text = "<workbook>".to_owned() + &" ".repeat(3_000_000) + "</workbook>";
    let mut bytes = package(&[("xl/workbook.xml", &text)]);
    let true_size = u32::try_from(text.len()).unwrap().to_le_bytes();
    let places: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, found)| *found == true_size).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&100u32.to_le_bytes());
    }
    assert!(matches!(read_bytes(DocumentKind::Xlsx, &bytes, &small()), Err(ReadError::Damaged(_))));
}

#[test]
fn too_many_entries_are_refused() {
    let names: Vec<String> = (0..101).map(|index| format!("{index}")).collect();
    let entries: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert!(matches!(read_bytes(DocumentKind::Docx, &zip_of(&entries), &small()), Err(ReadError::TooBig(_))));
}

#[test]
fn names_are_never_paths() {
    let mark = format!("../../tmp/vcconnect-{}", std::process::id());
    let relations = relationships(&[("rId1", "officeDocument", "../../../word/document.xml")]);
    let body = "<document><body><p><r><t>Words</t></r></p></body></document>";
    let bytes =
        zip_of(&[("_rels/.rels", &relations), (&mark, "x"), ("/etc/passwd", "x"), ("word\\document.xml", body)]);
    assert_eq!(read_bytes(DocumentKind::Docx, &bytes, &small()).unwrap().parts[0].text, "Words\n");
    assert!(!std::path::Path::new("/").join(mark.trim_start_matches("../")).exists());
}

#[test]
fn document_types_are_refused_and_entities_do_not_expand() {
    let bomb = r#"<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><document><body><p><r><t>&b;</t></r></p></body></document>"#;
    let read = read_bytes(DocumentKind::Docx, &package(&[("word/document.xml", bomb)]), &small());
    assert!(matches!(read, Err(ReadError::Unsupported(_))), "{read:?}");
    let undefined = "<document><body><p><r><t>&b;</t></r></p></body></document>";
    let read = read_bytes(DocumentKind::Docx, &package(&[("word/document.xml", undefined)]), &small());
    assert!(matches!(read, Err(ReadError::Damaged(_))), "{read:?}");
    let known = "<document><body><p><r><t>&lt;&#65;&#x42;&amp;&gt;<![CDATA[<c>]]></t></r></p></body></document>";
    let read = read_bytes(DocumentKind::Docx, &package(&[("word/document.xml", known)]), &small());
    assert_eq!(read.unwrap().parts[0].text, "<AB&><c>\n");
}

#[test]
fn depth_is_bounded() {
    let deep = "<p>".repeat(100_000);
    let read = read_bytes(DocumentKind::Docx, &package(&[("word/document.xml", &deep)]), &small());
    assert!(matches!(read, Err(ReadError::TooBig(_))), "{read:?}");
}

#[test]
fn locked_and_old_files_are_told_apart() {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    bytes.resize(256 * 1024 - 7, 0);
    let said = |bytes: &[u8]| read_bytes(DocumentKind::Xlsx, bytes, &small()).unwrap_err().to_string();
    assert!(said(&bytes).contains("old Office file"));
    bytes.extend(name);
    assert!(said(&bytes).contains("locked by an Office password"));
}

#[test]
fn files_that_are_not_what_they_claim_are_refused_with_a_sentence() {
    for kind in OFFICE {
        for other in OFFICE.into_iter().filter(|other| *other != kind) {
            let read = read_bytes(kind, &sound(other), &small());
            assert!(matches!(read, Err(ReadError::Damaged(_))), "{kind:?} {other:?} {read:?}");
        }
        assert_eq!(read_bytes(kind, b"", &small()), Err(ReadError::Empty));
        assert!(matches!(read_bytes(kind, b"%PDF-1.7", &small()), Err(ReadError::Damaged(_))));
        assert!(matches!(read_bytes(kind, &zip_of(&[("a.txt", "x")]), &small()), Err(ReadError::Damaged(_))));
    }
    let main = |content: &str| {
        let types = format!(r#"<Types><Override PartName="/xl/workbook.xml" ContentType="{content}"/></Types>"#);
        let bytes = package(&[("xl/workbook.xml", "<workbook><sheets/></workbook>"), ("[Content_Types].xml", &types)]);
        read_bytes(DocumentKind::Xlsx, &bytes, &small())
    };
    let binary = main("application/vnd.ms-excel.sheet.binary.macroEnabled.main");
    assert!(matches!(binary, Err(ReadError::Unsupported(_))), "{binary:?}");
    let macros = main("application/vnd.ms-excel.sheet.macroEnabled.main+xml");
    assert!(!matches!(macros, Err(ReadError::Unsupported(_))), "macros are not run, so they do no harm: {macros:?}");
}

#[test]
fn every_cut_file_ends_with_damage() {
    for kind in OFFICE {
        let bytes = sound(kind);
        for length in (1..bytes.len()).step_by(97) {
            let read = read_bytes(kind, &bytes[..length], &small());
            assert!(matches!(read, Err(ReadError::Damaged(_))), "{kind:?} cut at {length}");
        }
    }
    for part in ["word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"] {
        let read = read_bytes(DocumentKind::Docx, &package(&[(part, "<document><body><p>")]), &small());
        assert!(matches!(read, Err(ReadError::Damaged(_))));
    }
}

fn part_names(kind: DocumentKind) -> &'static [&'static str] {
    match kind {
        DocumentKind::Xlsx => &["xl/workbook.xml", "xl/worksheets/sheet0.xml", "xl/styles.xml", "xl/sharedStrings.xml"],
        DocumentKind::Docx => &["word/document.xml", "word/styles.xml", "word/footnotes.xml"],
        _ => &[
            "ppt/presentation.xml",
            "ppt/slides/slide1.xml",
            "ppt/charts/chart1.xml",
            "ppt/slideLayouts/slideLayout1.xml",
        ],
    }
}

/// The package with one of its parts changed by a function.
fn with_part(bytes: &[u8], name: &str, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut out = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
        if entry.name() == name {
            change(&mut content);
        }
        out.start_file(entry.name(), SimpleFileOptions::default()).unwrap();
        out.write_all(&content).unwrap();
    }
    out.finish().unwrap().into_inner()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..2_000), kind in prop::sample::select(&OFFICE[..])) {
        let _ = read_bytes(kind, &bytes, &small());
        let _ = read_bytes(DocumentKind::Csv, &bytes, &small());
    }

    #[test]
    fn any_separated_values_agree(text in "[a-z0-9,;|\t\"\r\n. €-]{0,200}") {
        let _ = read_bytes(DocumentKind::Csv, text.as_bytes(), &small());
    }

    #[test]
    fn any_changed_byte_ends(at in any::<prop::sample::Index>(), byte in any::<u8>(), kind in prop::sample::select(&OFFICE[..])) {
        let mut bytes = sound(kind);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = read_bytes(kind, &bytes, &small());
    }

    #[test]
    fn any_changed_part_ends(
        part in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        noise in "[<>/a-z\"=&;0-9 :]{0,12}",
        kind in prop::sample::select(&OFFICE[..]),
    ) {
        let names = part_names(kind);
        let bytes = with_part(&sound(kind), names[part.index(names.len())], |content| {
            let at = at.index(content.len());
            content.splice(at..(at + noise.len()).min(content.len()), noise.bytes());
        });
        let _ = read_bytes(kind, &bytes, &small());
    }

    #[test]
    fn any_cell_agrees(value in "[ -~\u{a0}-\u{ff}]{0,20}", kind in prop::sample::select(vec!["s", "str", "b", "e", "n", "d", "inlineStr"]), style in 0u8..6) {
        let value = value.replace(['<', '&', '>'], "");
        let row = format!(r#"<row r="1"><c r="A1" t="{kind}" s="{style}"><v>{value}</v></c></row>"#);
        let _ = read_bytes(DocumentKind::Xlsx, &workbook(&[("A", &row)]), &small());
    }
}
