//! Separated values.

use extract::{Limits, ReadError};
use model::{CellValue, Document, DocumentKind, Layout, SheetCell};

use crate::build::{only_part, read_bytes, unread};

fn read(bytes: &[u8]) -> Document {
    read_bytes(DocumentKind::Csv, bytes, &Limits::default()).unwrap()
}

fn text(bytes: &[u8]) -> String {
    only_part(read(bytes)).text
}

fn cells(bytes: &[u8]) -> Vec<SheetCell> {
    let Layout::Sheet(sheet) = only_part(read(bytes)).layout else { panic!("not a sheet") };
    sheet.cells
}

fn number(text: &str) -> CellValue {
    CellValue::Number(text.parse().unwrap())
}

#[test]
fn each_delimiter_is_found() {
    assert_eq!(text(b"Month,ARR\nJan,100\nFeb,200\n"), "Month\tARR\nJan\t100\nFeb\t200\n");
    assert_eq!(text(b"Monat;ARR\nJan;100,5\nFeb;200,5\n"), "Monat\tARR\nJan\t100,5\nFeb\t200,5\n");
    assert_eq!(text(b"1,5;2,5\n3,5;4,5\n"), "1,5\t2,5\n3,5\t4,5\n");
    assert_eq!(text(b"a\tb, c\nd\te, f\n"), "a\tb, c\nd\te, f\n");
    assert_eq!(text(b"a|b\nc|d\n"), "a\tb\nc\td\n");
    assert_eq!(text(b"sep=|\r\na,x|b\r\n"), "a,x\tb\n");
    assert_eq!(text(b"one column\nof words\n"), "one column\nof words\n");
}

#[test]
fn decimals_are_decided_for_the_file() {
    let german = cells("Kunde;Umsatz\nA;1.234,50\nB;2.000\n".as_bytes());
    assert_eq!((&german[3].value, &german[5].value), (&number("1234.5"), &number("2000")));
    let english = cells(b"Customer,Revenue\nA,1234.5\nB,\"2,000\"\nC,2.000\n");
    assert_eq!((&english[3].value, &english[5].value), (&number("1234.5"), &number("2000")));
    assert_eq!(english[7].value, number("2.000"));
    assert_eq!(only_part(read(b"A,\"2,000\"\n")).text, "A\t2,000\n");
}

#[test]
fn quotes_rags_and_blank_lines_are_taken_as_they_are() {
    let bytes = b"a,b,c\n\"x, \"\"y\"\"\nz\",2\n\n,,,4\n";
    let found: Vec<String> = cells(bytes).iter().map(|cell| cell.at.to_string()).collect();
    assert_eq!(found, ["A1", "B1", "C1", "A2", "B2", "D4"]);
    assert_eq!(text(bytes), "a\tb\tc\nx, \"y\" z\t2\n4\n");
}

#[test]
fn encodings_are_found() {
    assert_eq!(text("\u{feff}Größe,€\n".as_bytes()), "Größe\t€\n");
    let utf16: Vec<u8> = "\u{feff}Größe\t€\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(text(&utf16), "Größe\t€\n");
    let unmarked: Vec<u8> = "Month;ARR\nJan;12\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(text(&unmarked), "Month\tARR\nJan\t12\n");
    let latin = b"Gesch\xe4ftsf\xfchrer;Gr\xf6\xdfe\nM\xfcller;3\n";
    assert_eq!(text(latin), "Geschäftsführer\tGröße\nMüller\t3\n");
    let (japanese, _, _) = encoding_rs::SHIFT_JIS.encode("名前,年齢,住所\n佐藤太郎,30,東京\n三木英子,25,大阪\n");
    assert_eq!(text(&japanese), "名前\t年齢\t住所\n佐藤太郎\t30\t東京\n三木英子\t25\t大阪\n");
}

#[test]
fn a_file_without_fields_is_empty() {
    for bytes in [&b""[..], b"\n\n", b",,,\n", b"\xef\xbb\xbf"] {
        assert_eq!(read_bytes(DocumentKind::Csv, bytes, &Limits::default()), Err(ReadError::Empty));
    }
}

#[test]
fn limits_cut_and_say_so() {
    let bytes = "a,b\n".repeat(100);
    let limits = Limits { cells: 7, ..Limits::default() };
    let document = read_bytes(DocumentKind::Csv, bytes.as_bytes(), &limits).unwrap();
    assert_eq!(document.parts[0].text, "a\tb\na\tb\na\tb\na\n");
    assert_eq!(unread(&document), ["the rest of the file: it holds more than a file may"]);
    let limits = Limits { unpacked_bytes: 100, ..Limits::default() };
    assert!(matches!(read_bytes(DocumentKind::Csv, bytes.as_bytes(), &limits), Err(ReadError::TooBig(_))));
    let long = "x".repeat(1_000_000) + ",1\n";
    assert_eq!(cells(long.as_bytes()).len(), 2);
}
