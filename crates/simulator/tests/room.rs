//! What is planted really stands in the made files, and the committed demo is what the code makes.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test fails loudly, its readers too.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use calamine::{Data, Range, Reader, Xlsx};
use simulator::{RoomFile, Truth, demo_room};

fn file(end: &str) -> RoomFile {
    let room = demo_room().expect("the room is made");
    room.into_iter().find(|file| file.path.ends_with(end)).expect("the file is in the room")
}

fn pdf_text(end: &str) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext (poppler-utils) is installed");
    let bytes = file(end).bytes;
    let mut input = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().expect("pdftotext ends");
    writer.join().expect("written").expect("written");
    String::from_utf8(output.stdout).expect("UTF-8").replace('\u{a0}', " ")
}

fn sheet(end: &str, name: &str) -> (Range<Data>, Range<String>) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file(end).bytes)).expect("a workbook");
    (book.worksheet_range(name).expect("values"), book.worksheet_formula(name).expect("formulas"))
}

/// The row, from 0, whose label starts so; the last one of them.
fn row(range: &Range<Data>, label: &str) -> u32 {
    let rows = (0..=range.end().expect("cells").0).rev();
    let mut found =
        rows.filter(|row| range.get_value((*row, 0)).is_some_and(|cell| cell.to_string().starts_with(label)));
    found.next().unwrap_or_else(|| panic!("no row {label}"))
}

fn number(range: &Range<Data>, row: u32, column: u32) -> f64 {
    match range.get_value((row, column)) {
        Some(Data::Float(number)) => *number,
        Some(Data::Int(number)) => *number as f64,
        other => panic!("no number in row {row}, column {column}: {other:?}"),
    }
}

const MAR_2026: u32 = 2 + 26;
const JUN_2026: u32 = 2 + 29;

#[test]
fn each_claim_stands_in_the_deck() {
    let text = pdf_text("deck.pdf");
    for planted in Truth::demo().contradictions {
        assert!(text.contains(&planted.words), "{} ({})", planted.metric, planted.words);
    }
    for control in ["€9m", "€85m", "€2.4bn", "€2.0m", "€8m", "60.6 %"] {
        assert!(text.contains(control), "{control}");
    }
    assert_eq!(text.matches('\u{c}').count(), 20, "slides");
}

#[test]
fn the_accounts_state_thousands() {
    let text = pdf_text("accounts 2025.pdf");
    let line = |name: &str| text.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default();
    assert!(text.contains("EUR k"));
    assert!(line("1. Revenue").contains("2,549") && line("1. Revenue").contains("1,345"), "{}", line("1. Revenue"));
    assert!(line("3. Gross profit").contains("1,818"), "{}", line("3. Gross profit"));
}

#[test]
fn the_model_states_the_truth_but_for_one_total() {
    let (mrr, formulas) = sheet("model.xlsx", "MRR");
    assert_eq!(number(&mrr, row(&mrr, "ARR"), JUN_2026), 3_793_800.0);
    let total = row(&mrr, "Total MRR by plan");
    let plans: f64 =
        ["Starter", "Growth", "Enterprise"].iter().map(|plan| number(&mrr, row(&mrr, plan), MAR_2026)).sum();
    assert_eq!((total, number(&mrr, total, MAR_2026) - plans), (18, 12_000.0));
    assert_eq!(formulas.get_value((total, MAR_2026)).map(String::as_str).unwrap_or_default(), "", "typed in");
    assert!(formulas.get_value((total, JUN_2026)).is_some_and(|formula| formula.contains("SUM(")));
    let (summary, _) = sheet("model.xlsx", "Summary");
    let at = |label: &str| number(&summary, row(&summary, label), 2);
    assert_eq!((at("ARR"), at("Paying customers"), at("Headcount (FTE)")), (3_793_800.0, 51.0, 31.0));
    assert!((at("Net burn per month") / 1_000.0).round() == 212.0, "{}", at("Net burn per month"));
    assert!(at("Runway") > 9.0 && at("Runway") < 10.0, "{}", at("Runway"));
}

#[test]
fn results_of_sums_are_the_sums() {
    for name in ["MRR", "P&L", "Cash", "Balance sheet", "Headcount"] {
        let (values, formulas) = sheet("model.xlsx", name);
        let mut sums = 0;
        for (row, column, formula) in formulas.used_cells() {
            let (start_row, start_column) = formulas.start().expect("formulas");
            let (row, column) = (start_row + row as u32, start_column + column as u32);
            let Some(range) = formula.strip_prefix("SUM(").and_then(|rest| rest.strip_suffix(')')) else { continue };
            let rows: Vec<u32> = range
                .split(':')
                .map(|cell| cell.trim_start_matches(|letter: char| letter.is_ascii_uppercase()).parse().expect("a row"))
                .collect();
            let sum: f64 = (rows[0] - 1..rows[1]).map(|row| number(&values, row, column)).sum();
            assert_eq!(number(&values, row, column), sum, "{name}, row {}, column {column}", row + 1);
            sums += 1;
        }
        assert!(sums >= 48 || name == "P&L" && sums > 0, "{name}: {sums}");
    }
}

#[test]
fn the_cap_table_adds_up_to_less_than_the_deck_says() {
    let (rounds, _) = sheet("cap table.xlsx", "Rounds");
    assert_eq!(number(&rounds, row(&rounds, "Total raised to date"), 5), 5_575_000.0);
    let (holders, _) = sheet("cap table.xlsx", "Cap table");
    assert_eq!(number(&holders, row(&holders, "Total fully diluted"), 3), 41_250.0);
    assert_eq!(number(&holders, row(&holders, "Total issued"), 3), 37_750.0);
}

#[test]
fn the_customer_list_sums_to_mrr() {
    let text = String::from_utf8(file(".csv").bytes).expect("UTF-8");
    let amount = |cell: &str| cell.replace('.', "").replace(',', ".").parse::<f64>().expect("an amount");
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(';').collect()).collect();
    let total: f64 = rows.iter().map(|row| amount(row[8])).sum();
    let (then, now) = rows
        .iter()
        .filter(|row| amount(row[7]) > 0.0)
        .fold((0.0, 0.0), |(then, now), row| (then + amount(row[7]), now + amount(row[8])));
    assert_eq!(rows.iter().filter(|row| row[6] == "Active").count(), 51);
    assert_eq!((rows.len(), total), (62, 316_150.0));
    assert!((now / then - 1.04_f64).abs() < 0.005, "{}", now / then);
}

#[test]
fn the_contract_states_its_risky_clauses() {
    let text = String::from_utf8_lossy(&file(".docx").bytes).into_owned();
    for words in ["€816,000", "Change of Control", "Termination for convenience", "renews automatically", "Halvorsen"]
    {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn the_same_bytes_come_out_each_time() {
    let (first, second) = (demo_room().expect("made"), demo_room().expect("made"));
    assert!(first == second);
    let size: usize = first.iter().map(|file| file.bytes.len()).sum();
    assert!(size < 1_500_000, "{size}");
}

#[test]
fn the_committed_demo_is_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    let mut expected: Vec<PathBuf> = vec![folder.join("README.md")];
    for file in demo_room().expect("made") {
        let path = folder.join("room").join(&file.path);
        let committed = std::fs::read(&path).unwrap_or_default();
        assert!(committed == file.bytes, "demo/room/{} is not what the code makes: run `cargo xtask demo`", file.path);
        expected.push(path);
    }
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert!(expected.contains(&path), "{} is not part of the demo: remove it", path.display());
            }
        }
    }
}
