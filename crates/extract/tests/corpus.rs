//! Other people's PDFs and pictures: every one ends in a document or in a reason, and the known ones say what they say.
//!
//! Runs only where `VCCONNECT_CORPUS` names the folder of the corpus.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed, which is what it is for")]

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use extract::{Limits, ReadError, Sink, Source, picture, read, sniff, thumbnails};
use model::{Bounds, Document, DocumentKind, Layout, Part};

#[derive(Default)]
struct Pictures(Vec<u32>);

impl Sink for Pictures {
    fn progress(&mut self, done: u32, of: u32) {
        assert!(done <= of);
    }

    fn thumbnail(&mut self, part: u32, jpeg: Vec<u8>) {
        assert!(jpeg.starts_with(b"\xff\xd8\xff"));
        self.0.push(part);
    }
}

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("VCCONNECT_CORPUS");
    if folder.is_none() {
        println!("corpus tests not run: VCCONNECT_CORPUS is not set");
    }
    folder.map(PathBuf::from)
}

/// Tells `cargo xtask test` that the corpus was read.
fn sign() {
    let Some(receipt) = std::env::var_os("VCCONNECT_CORPUS_RECEIPT") else { return };
    let mut receipt = File::options().append(true).open(receipt).unwrap();
    writeln!(receipt, "corpus").unwrap();
}

fn read_at(path: &Path, password: Option<&str>) -> Result<Document, ReadError> {
    let mut file = File::open(path).unwrap();
    let mut head = Vec::new();
    (&mut file).take(8192).read_to_end(&mut head).unwrap();
    let kind = sniff(&path.to_string_lossy(), &head).unwrap();
    let document = read(&Source { kind, file: &file, password }, &Limits::default(), &mut Pictures::default())?;
    document.parts.iter().for_each(agree);
    Ok(document)
}

/// The invariants that hold of every part.
fn agree(part: &Part) {
    let Layout::Page(page) = &part.layout else { panic!("{part:?}") };
    let mut end = 0;
    for word in &page.words {
        assert!(word.span.start >= end && !word.span.is_empty(), "page {}: {word:?}", part.number);
        assert!(!part.quote(word.span).contains(['\n', '\t']), "page {}: {word:?}", part.number);
        end = word.span.end;
    }
    let shown: usize =
        page.words.iter().map(|word| part.quote(word.span).chars().filter(|c| !c.is_whitespace()).count()).sum();
    assert_eq!(shown, part.text.chars().filter(|c| !c.is_whitespace()).count(), "page {}", part.number);
    for table in &part.tables {
        assert!(table.rows >= 2 && table.columns >= 2, "page {}", part.number);
        for cell in &table.cells {
            assert!(cell.at.row < table.rows && cell.at.column < table.columns, "page {}: {cell:?}", part.number);
            assert!(!part.quote(cell.span).contains(['\n', '\t']), "page {}: {cell:?}", part.number);
        }
    }
}

/// The rows of all tables, cells parted by bars.
fn rows(document: &Document) -> Vec<String> {
    let mut rows = Vec::new();
    for (part, table) in document.parts.iter().flat_map(|part| part.tables.iter().map(move |table| (part, table))) {
        for row in 0..table.rows {
            let cells = table.cells.iter().filter(|cell| cell.at.row == row).map(|cell| part.quote(cell.span));
            rows.push(cells.collect::<Vec<_>>().join(" | "));
        }
    }
    rows
}

#[test]
fn every_file_ends_in_a_document_or_a_reason() {
    let Some(corpus) = corpus() else { return };
    // The deck of pictures and the file that keeps its program busy have tests of their own.
    let apart = ["Airbnb_Pitch_Deck.pdf", "bomb_giant.pdf"];
    for folder in ["dataroom", "memo", "financebench/pdfs", "hard-pdf", "deck-pdf"] {
        for entry in std::fs::read_dir(corpus.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            if name.ends_with(".pdf") && !apart.iter().any(|apart| name.ends_with(apart)) {
                match read_at(&path, None) {
                    Ok(document) => assert!(document.reading.read > 0, "{name}"),
                    Err(reason) => assert!(name.contains("hard-pdf"), "{name}: {reason}"),
                }
            }
        }
    }
    sign();
}

#[test]
fn a_locked_file_asks_for_its_password() {
    let Some(corpus) = corpus() else { return };
    let path = corpus.join("hard-pdf/Unstructured-IO_unstructured__password.pdf");
    assert_eq!(read_at(&path, None), Err(ReadError::NeedsPassword));
    assert_eq!(read_at(&path, Some("wrong")), Err(ReadError::WrongPassword));
    let document = read_at(&path, Some("password")).unwrap();
    assert!(document.parts[0].text.contains("password"), "{}", document.parts[0].text);
}

#[test]
fn statements_become_tables() {
    let Some(corpus) = corpus() else { return };
    let accounts = read_at(&corpus.join("dataroom/rogermsc_diligence-kit__04_audited_accounts.pdf"), None).unwrap();
    let rows_of = rows(&accounts);
    for row in ["Turnover | £3.2M", "Cost of sales | (£1.29M)", "Cash at bank | £1.02M"] {
        assert!(rows_of.iter().any(|found| found == row), "{row}: {rows_of:?}");
    }
    let quarter = read_at(&corpus.join("financebench/pdfs/BESTBUY_2024Q2_10Q.pdf"), None).unwrap();
    assert_eq!(quarter.reading.sentence(DocumentKind::Pdf), "Read 30 pages.");
    let rows_of = rows(&quarter);
    for row in [
        "Revenue | $ 9,583 | $ 10,329 | $ 19,050 | $ 20,976",
        "Total assets | $ 15,318 | $ 15,803 | $ 15,419",
        "Basic | 218.6 | 225.4 | 218.7 | 226.1",
    ] {
        assert!(rows_of.iter().any(|found| found == row), "{row}");
    }
    let name = "memo/asimi003_Safety-Phone-Application-Investor-Pitch-and-Data-Analysis__Cap_Table.pdf";
    let rows_of = rows(&read_at(&corpus.join(name), None).unwrap());
    let row = "Total | ( 26,500) | ( 2,500) | ( 5,500) | ( 11,500) | ( 8,000) | ( 54,000) | 100%";
    assert!(rows_of.iter().any(|found| found == row), "{rows_of:?}");
}

#[test]
fn scans_are_recognised() {
    let Some(corpus) = corpus() else { return };
    let scan = read_at(&corpus.join("scan-pdf/microsoft_markitdown__pdf_scanned_sales_report.pdf"), None).unwrap();
    assert_eq!((scan.reading.read, scan.reading.by_ocr), (1, 1));
    let rows_of = rows(&scan);
    assert!(rows_of.iter().any(|row| row == "Europe | $1.8M | +22%"), "{rows_of:?}");
    let french = read_at(&corpus.join("scan-pdf/ocrmypdf_OCRmyPDF__francais.pdf"), None).unwrap();
    assert_eq!(french.reading.by_ocr, 1);
}

#[test]
fn pictures_are_recognised() {
    let Some(corpus) = corpus() else { return };
    for (name, word) in [
        ("apache_tika__testOCR.jpg", "OCR"),
        ("ocrmypdf_OCRmyPDF__typewriter.png", "linzen"),
        ("tesseract-ocr_test__eurotext.tif", "quick"),
    ] {
        let document = read_at(&corpus.join("image-ocr").join(name), None).unwrap();
        assert!(document.parts[0].text.contains(word), "{name}: {}", document.parts[0].text);
        assert!(document.reading.ocr_confidence.is_some_and(|mean| mean > 0.8), "{name}");
    }
}

#[test]
fn a_deck_of_pictures_is_read() {
    let Some(corpus) = corpus() else { return };
    let name = "deck-pdf/DanielMendozaC_agentic-financial-rag__Airbnb_Pitch_Deck.pdf";
    let deck = read_at(&corpus.join(name), None).unwrap();
    assert_eq!((deck.reading.parts, deck.reading.read, deck.reading.by_ocr), (14, 14, 14));
    let text: String = deck.parts.iter().map(|part| part.text.as_str()).collect();
    assert!(text.contains("AirBed"), "{text}");
    let file = File::open(corpus.join(name)).unwrap();
    let mut pictures = Pictures::default();
    let source = Source { kind: DocumentKind::Pdf, file: &file, password: None };
    thumbnails(&source, &Limits::default(), &mut pictures).unwrap();
    assert_eq!(pictures.0, (1..=14).collect::<Vec<_>>());
}

/// Share of a part's words whose box on the part's picture has both light and dark in it.
fn share_on_ink(part: &Part, jpeg: &[u8]) -> f32 {
    let Layout::Page(page) = &part.layout else { panic!("{part:?}") };
    let picture = image::load_from_memory(jpeg).unwrap().into_luma8();
    let (x, y) = (picture.width() as f32 / page.size.width, picture.height() as f32 / page.size.height);
    assert!((x / y - 1.0).abs() < 0.01, "page {} is drawn in another shape: {x} {y}", part.number);
    let inked = page.words.iter().filter(|word| {
        let Bounds { x0, y0, x1, y1 } = word.bounds;
        let (columns, rows) = ((x0 * x) as u32..=(x1 * x) as u32, (y0 * y) as u32..=(y1 * y) as u32);
        let within = rows.flat_map(|row| columns.clone().map(move |column| (column, row)));
        let shades: Vec<u8> =
            within.filter_map(|(column, row)| picture.get_pixel_checked(column, row)).map(|pixel| pixel.0[0]).collect();
        let (light, dark) = (shades.iter().max().unwrap_or(&0), shades.iter().min().unwrap_or(&0));
        light - dark > 60
    });
    inked.count() as f32 / page.words.len().max(1) as f32
}

#[test]
fn the_boxes_of_words_lie_on_their_ink() {
    let Some(corpus) = corpus() else { return };
    for name in [
        "dataroom/rogermsc_diligence-kit__01_pitch_deck.pdf",
        "deck-pdf/asimi003_Safety-Phone-Application-Investor-Pitch-and-Data-Analysis__Investor_Pitch.pdf",
        "financebench/pdfs/BESTBUY_2024Q2_10Q.pdf",
        "hard-pdf/apache_tika__testPDF_rotated.pdf",
        "hard-pdf/Unstructured-IO_unstructured__korean-text-with-tables.pdf",
        "scan-pdf/microsoft_markitdown__pdf_scanned_sales_report.pdf",
        "image-ocr/ocrmypdf_OCRmyPDF__typewriter.png",
        "image-ocr/tesseract-ocr_test__eurotext.tif",
    ] {
        let document = read_at(&corpus.join(name), None).unwrap();
        let file = File::open(corpus.join(name)).unwrap();
        for part in document.parts.iter().take(5) {
            let source = Source { kind: document.kind, file: &file, password: None };
            let jpeg = picture(&source, &Limits::default(), part.number).unwrap();
            let share = share_on_ink(part, &jpeg);
            let Layout::Page(page) = &part.layout else { panic!("{part:?}") };
            assert!(page.words.is_empty() || share > 0.95, "{name}, page {}: {share}", part.number);
        }
    }
}

#[test]
fn korean_is_read() {
    let Some(corpus) = corpus() else { return };
    let name = "hard-pdf/Unstructured-IO_unstructured__korean-text-with-tables.pdf";
    let document = read_at(&corpus.join(name), None).unwrap();
    assert!(document.parts[0].text.chars().any(|found| ('가'..='힣').contains(&found)));
}

#[test]
#[ignore = "keeps pdftotext busy for the 45 seconds that it may take"]
fn a_file_that_never_ends_is_ended() {
    let Some(corpus) = corpus() else { return };
    let ended = read_at(&corpus.join("hard-pdf/mozilla_pdf.js__bomb_giant.pdf"), None);
    assert!(matches!(ended, Err(ReadError::TooBig(_))), "{ended:?}");
}
