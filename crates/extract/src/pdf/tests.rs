//! The reader of PDFs on documents made here: text, boxes, tables, locks, what is left out.

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use model::Word;

use super::*;

#[derive(Default)]
struct Heard {
    progress: Vec<(u32, u32)>,
    thumbnails: Vec<(u32, Vec<u8>)>,
}

impl Sink for Heard {
    fn progress(&mut self, done: u32, of: u32) {
        self.progress.push((done, of));
    }

    fn thumbnail(&mut self, part: u32, jpeg: Vec<u8>) {
        self.thumbnails.push((part, jpeg));
    }
}

/// A text at points from the lower left of a sheet of 600 by 800.
type Piece<'a> = (f32, f32, &'a str);

/// A PDF in Helvetica; a page is its rotation and its pieces of text.
fn pdf(pages: &[(u32, &[Piece<'_>])]) -> File {
    let pages: Vec<_> =
        pages.iter().map(|(rotation, texts)| (format!("/MediaBox[0 0 600 800]/Rotate {rotation}"), *texts)).collect();
    pdf_of(&pages)
}

/// A PDF in Helvetica; a page is what its dictionary says beside its sheet, and its pieces of text.
fn pdf_of(pages: &[(String, &[Piece<'_>])]) -> File {
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        String::new(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let mut kids = String::new();
    for (more, texts) in pages {
        let shown: String =
            texts.iter().map(|(x, y, text)| format!("BT /F 20 Tf {x} {y} Td ({text}) Tj ET\n")).collect();
        let page = objects.len() + 1;
        kids.push_str(&format!("{page} 0 R "));
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R{more}/Contents {} 0 R/Resources<</Font<</F 3 0 R>>>>>>",
            page + 1
        ));
        objects.push(format!("<</Length {}>>stream\n{shown}\nendstream", shown.len() + 1));
    }
    objects[1] = format!("<</Type/Pages/Kids[{kids}]/Count {}>>", pages.len());
    let mut bytes = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", bytes.len()));
        bytes.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let trailer = format!("trailer<</Size {}/Root 1 0 R>>\nstartxref\n{}\n%%EOF", objects.len() + 1, bytes.len());
    file((bytes + &table + &trailer).as_bytes())
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn read_file(file: &File, limits: &Limits, heard: &mut Heard) -> Result<Document, ReadError> {
    read(&Source { kind: DocumentKind::Pdf, file, password: None }, limits, heard)
}

fn words(part: &Part) -> &[Word] {
    let Layout::Page(page) = &part.layout else { panic!("{part:?}") };
    &page.words
}

fn size(part: &Part) -> (f32, f32) {
    let Layout::Page(page) = &part.layout else { panic!("{part:?}") };
    (page.size.width, page.size.height)
}

const LONG: &str = "Annual recurring revenue grew to 4.2 million euros in the year";

#[test]
fn words_stand_where_the_page_shows_them() {
    let file = pdf(&[(0, &[(100.0, 700.0, "Revenue 4,2")]), (90, &[(100.0, 700.0, "Revenue 4,2")])]);
    let document = read_file(&file, &Limits::default(), &mut Heard::default()).unwrap();
    let [upright, turned] = &document.parts[..] else { panic!("{document:?}") };
    assert_eq!(upright.text, "Revenue 4,2\n");
    assert_eq!((size(upright), size(turned)), ((600.0, 800.0), (800.0, 600.0)));
    let first = words(upright)[0];
    assert_eq!(upright.quote(first.span), "Revenue");
    assert!((first.bounds.x0 - 100.0).abs() < 1.0 && (80.0..100.0).contains(&first.bounds.y0), "{first:?}");
    // A quarter to the right: what was 700 above the lower edge is now 700 from the left.
    let first = words(turned)[0];
    assert_eq!(turned.quote(first.span), "Revenue");
    assert!((first.bounds.y0 - 100.0).abs() < 1.0 && (690.0..720.0).contains(&first.bounds.x0), "{first:?}");
}

#[test]
fn a_statement_becomes_a_table_whose_cells_are_stretches_of_the_text() {
    let rows = [("", "2024", "2023"), ("Turnover", "3,200", "2,950"), ("Cost of sales", "\\(1,290\\)", "\\(1,100\\)")];
    let mut texts = vec![(50.0, 750.0, "Northwind Robotics Ltd")];
    for (at, (label, this, last)) in (0u8..).zip(rows) {
        let y = 700.0 - 26.0 * f32::from(at);
        texts.extend([(50.0, y, label), (300.0, y, this), (450.0, y, last)]);
    }
    let document = read_file(&pdf(&[(0, &texts)]), &Limits::default(), &mut Heard::default()).unwrap();
    let part = &document.parts[0];
    assert_eq!(
        part.text,
        "Northwind Robotics Ltd\n\n\t2024\t2023\nTurnover\t3,200\t2,950\nCost of sales\t(1,290)\t(1,100)\n"
    );
    let [table] = &part.tables[..] else { panic!("{part:?}") };
    assert_eq!((table.rows, table.columns), (3, 3));
    let cells: Vec<_> = table.cells.iter().map(|cell| (cell.at.to_string(), part.quote(cell.span))).collect();
    assert_eq!(cells[..3], [("B1".to_owned(), "2024"), ("C1".to_owned(), "2023"), ("A2".to_owned(), "Turnover")]);
    assert_eq!(cells[7], ("C3".to_owned(), "(1,100)"));
}

#[test]
fn pages_beyond_the_limits_are_named() {
    let file = pdf(&[(0, &[(50.0, 700.0, LONG)]), (0, &[(50.0, 700.0, LONG)]), (0, &[(50.0, 700.0, LONG)])]);
    let parts = Limits { parts: 2, ..Limits::default() };
    let document = read_file(&file, &parts, &mut Heard::default()).unwrap();
    assert_eq!(
        document.reading.sentence(DocumentKind::Pdf),
        "Read 2 of 3 pages; the pages after page 2 are not read, for a file may have no more."
    );
    let characters = Limits { characters: 100, ..Limits::default() };
    let document = read_file(&file, &characters, &mut Heard::default()).unwrap();
    assert_eq!(
        document.reading.sentence(DocumentKind::Pdf),
        "Read 1 of 3 pages; page 2: not read from here on: the file holds more text than one may."
    );
}

#[test]
fn pages_without_text_are_named_and_no_more_are_recognised_than_may_be() {
    let file = pdf(&[(0, &[(50.0, 700.0, LONG)]), (0, &[]), (0, &[])]);
    let limits = Limits { ocr_pages: 1, ..Limits::default() };
    let mut heard = Heard::default();
    let document = read_file(&file, &limits, &mut heard).unwrap();
    assert_eq!(
        document.reading.sentence(DocumentKind::Pdf),
        "Read 1 of 3 pages; page 2: no text found, page 3: a picture, beyond the number that is recognised (1)."
    );
    assert_eq!(heard.progress, [(1, 3), (3, 3)]);
}

#[test]
fn a_thumbnail_is_made_of_as_many_pages_as_may_be() {
    let file = pdf(&[(0, &[(50.0, 700.0, LONG)]), (90, &[(50.0, 700.0, LONG)]), (0, &[])]);
    let limits = Limits { thumbnails: 2, ..Limits::default() };
    let mut heard = Heard::default();
    thumbnails(&Source { kind: DocumentKind::Pdf, file: &file, password: None }, &limits, &mut heard).unwrap();
    let sizes: Vec<_> = heard
        .thumbnails
        .iter()
        .map(|(page, jpeg)| image::load_from_memory(jpeg).map(|image| (*page, image.width(), image.height())).unwrap())
        .collect();
    assert_eq!(sizes, [(1, 240, 320), (2, 320, 240)]);
}

/// Pixels that are dark, and those of them that lie in no box of a word; and the words whose box has none.
fn ink(part: &Part, jpeg: &[u8]) -> (usize, usize, usize) {
    let picture = image::load_from_memory(jpeg).unwrap().into_luma8();
    let scale = picture.width() as f32 / size(part).0;
    let mut found = vec![0; words(part).len()];
    let (mut dark, mut outside) = (0, 0);
    for (x, y, _) in picture.enumerate_pixels().filter(|(.., pixel)| pixel.0[0] < 100) {
        let (x, y) = ((x as f32 + 0.5) / scale, (y as f32 + 0.5) / scale);
        let within = |word: &&Word| {
            (word.bounds.x0..word.bounds.x1).contains(&x) && (word.bounds.y0..word.bounds.y1).contains(&y)
        };
        dark += 1;
        match words(part).iter().position(|word| within(&word)) {
            Some(word) => found[word] += 1,
            None => outside += 1,
        }
    }
    (dark, outside, found.iter().filter(|dark| **dark < 50).count())
}

#[test]
fn the_boxes_of_words_lie_on_their_ink_however_the_page_is_turned_and_cropped() {
    let texts: &[Piece<'_>] = &[(100.0, 700.0, "Revenue 4,2"), (250.0, 300.0, "Churn HHH"), (60.0, 210.0, "Staff")];
    let boxes = [
        "/MediaBox[0 0 600 800]",
        "/MediaBox[30 180 580 790]",
        "/MediaBox[0 0 600 800]/CropBox[40 200 520 760]",
        "/MediaBox[0 0 600 800]/CropBox[-50 150 900 720]",
    ];
    let ways = boxes.iter().flat_map(|cut| [0, 90, 180, 270].map(|turn| format!("{cut}/Rotate {turn}")));
    for way in ways {
        let file = pdf_of(&[(way.clone(), &[]), (way.clone(), texts)]);
        let document = read_file(&file, &Limits { ocr_pages: 0, ..Limits::default() }, &mut Heard::default()).unwrap();
        let source = Source { kind: DocumentKind::Pdf, file: &file, password: None };
        let jpeg = picture(&source, &Limits::default(), 2).unwrap();
        let (width, height) = image::load_from_memory(&jpeg).map(|image| (image.width(), image.height())).unwrap();
        assert_eq!(width.max(height), 1600, "{way}");
        let (dark, outside, bare) = ink(&document.parts[1], &jpeg);
        assert_eq!((words(&document.parts[1]).len(), bare), (5, 0), "{way}");
        // Whichever font of the machine stands in for Helvetica, its ink reaches a little over its own boxes.
        assert!(outside * 30 < dark, "{way}: {outside} of {dark} dark pixels are in no box");
    }
}

#[test]
fn a_page_that_is_not_there_has_no_picture() {
    let file = pdf(&[(0, &[(50.0, 700.0, LONG)])]);
    let source = Source { kind: DocumentKind::Pdf, file: &file, password: None };
    assert!(picture(&source, &Limits::default(), 1).unwrap().starts_with(b"\xff\xd8\xff"));
    assert!(matches!(picture(&source, &Limits::default(), 2), Err(ReadError::Damaged(_))));
}

#[test]
fn what_is_no_pdf_is_damaged_and_what_is_nothing_is_empty() {
    let limits = Limits::default();
    let nothing = read_file(&file(b""), &limits, &mut Heard::default());
    assert_eq!(nothing, Err(ReadError::Empty));
    let cut = read_file(&file(b"%PDF-1.7\n1 0 obj\n<</Type/Cat"), &limits, &mut Heard::default());
    assert!(matches!(cut, Err(ReadError::Damaged(_))), "{cut:?}");
}

#[test]
fn a_file_that_keeps_its_program_busy_ends_with_a_reason() {
    let Some(corpus) = std::env::var_os("VCCONNECT_CORPUS") else {
        println!("corpus tests not run: VCCONNECT_CORPUS is not set");
        return;
    };
    let bomb = File::open(std::path::Path::new(&corpus).join("hard-pdf/mozilla_pdf.js__bomb_giant.pdf")).unwrap();
    let times = Times { text: Duration::from_secs(1), ..Times::default() };
    let source = Source { kind: DocumentKind::Pdf, file: &bomb, password: None };
    let ended = read_in(&times, &source, &Limits::default(), &mut Heard::default());
    assert_eq!(ended, Err(ReadError::TooBig("its text took longer than a file may take".to_owned())));
}
