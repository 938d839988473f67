//! Other people's workbooks, decks and plans. They are not in this repository: the environment variable
//! `VCCONNECT_CORPUS` names the folder that holds them, and without it nothing is tried here.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has failed, which is what it is for"
)]

#[path = "office/agrees.rs"]
mod agrees;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use agrees::assert_agrees;
use calamine::{Data, Reader, Xlsx, open_workbook};
use extract::{Limits, ReadError, Sink, Source};
use model::{BlockKind, CellRef, CellValue, Document, DocumentKind, Layout, Part, SheetCell};

struct Nobody;

impl Sink for Nobody {
    fn progress(&mut self, _: u32, _: u32) {}

    fn thumbnail(&mut self, _: u32, _: Vec<u8>) {}
}

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("VCCONNECT_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("corpus tests not run: VCCONNECT_CORPUS is not set");
    }
    folder
}

/// Tells `cargo xtask test` that the corpus was read.
fn sign() {
    let Some(receipt) = std::env::var_os("VCCONNECT_CORPUS_RECEIPT") else { return };
    let mut receipt = File::options().append(true).open(receipt).unwrap();
    writeln!(receipt, "corpus_office").unwrap();
}

fn kind_of(path: &Path) -> Option<DocumentKind> {
    let ending = path.extension()?.to_str()?;
    let kind = DocumentKind::parse(ending)?;
    matches!(kind, DocumentKind::Xlsx | DocumentKind::Csv | DocumentKind::Docx | DocumentKind::Pptx).then_some(kind)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if kind_of(&path).is_some() {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Result<Document, ReadError> {
    let file = File::open(path).unwrap();
    extract::read(
        &Source { kind: kind_of(path).unwrap(), file: &file, password: None },
        &Limits::default(),
        &mut Nobody,
    )
}

fn read_known(corpus: &Path, name: &str) -> Result<Document, ReadError> {
    read(&corpus.join(name))
}

fn cells(part: &Part) -> &[SheetCell] {
    let Layout::Sheet(sheet) = &part.layout else { panic!("not a sheet") };
    &sheet.cells
}

fn cell<'a>(part: &'a Part, name: &str) -> &'a SheetCell {
    let at: CellRef = name.parse().unwrap();
    cells(part).iter().find(|cell| cell.at == at).unwrap_or_else(|| panic!("no cell {name}"))
}

#[test]
fn every_file_ends_in_a_document_or_a_reason() {
    let Some(corpus) = corpus() else { return };
    for path in files(&corpus) {
        let started = Instant::now();
        let read = read(&path);
        let took = started.elapsed();
        let said = match &read {
            Ok(document) => {
                assert_agrees(document);
                document.reading.sentence(document.kind)
            }
            Err(reason) => reason.to_string(),
        };
        println!("{:>7.1} ms  {}: {said}", took.as_secs_f64() * 1e3, path.file_name().unwrap().display());
    }
}

#[test]
fn workbooks_hold_what_another_reader_finds() {
    let Some(corpus) = corpus() else { return };
    let mut compared = 0;
    for path in files(&corpus).iter().filter(|path| kind_of(path) == Some(DocumentKind::Xlsx)) {
        let Ok(document) = read(path) else { continue };
        let mut other: Xlsx<_> = open_workbook(path).unwrap();
        for part in &document.parts {
            let name = part.name.clone().unwrap();
            let (values, formulas) = (other.worksheet_range(&name).unwrap(), other.worksheet_formula(&name).unwrap());
            for cell in cells(part) {
                let at = (cell.at.row, cell.at.column);
                assert!(same(&cell.value, values.get_value(at)), "{name}!{}: {:?}", cell.at, values.get_value(at));
                let formula = formulas.get_value(at).filter(|formula| !formula.is_empty());
                assert_eq!(cell.formula.as_ref(), formula, "{name}!{}", cell.at);
                compared += 1;
            }
            let filled = values.used_cells().filter(|(_, _, value)| !value.to_string().trim().is_empty()).count();
            assert_eq!(cells(part).len(), filled, "{name}");
        }
    }
    println!("{compared} cells compared");
    assert!(compared > 1_000);
    sign();
}

fn same(value: &CellValue, other: Option<&Data>) -> bool {
    match (value, other) {
        (CellValue::Number(value), Some(Data::Float(other))) => value.to_string().parse() == Ok(*other),
        (CellValue::Number(value), Some(Data::Int(other))) => value.to_string() == other.to_string(),
        (CellValue::Text(value), Some(Data::String(other))) => value.replace('\r', "") == other.replace('\r', ""),
        (CellValue::Bool(value), Some(Data::Bool(other))) => value == other,
        (CellValue::Date(_) | CellValue::Number(_), Some(Data::DateTime(_))) => true,
        (CellValue::Error(value), Some(Data::Error(other))) => *value == other.to_string(),
        _ => false,
    }
}

#[test]
fn known_workbooks_say_what_they_say() {
    let Some(corpus) = corpus() else { return };
    let name = "asimi003_Safety-Phone-Application-Investor-Pitch-and-Data-Analysis__Financial_Model.xlsx";
    let model = read_known(&corpus, &format!("model-xlsx/{name}")).unwrap();
    let names: Vec<_> = model.parts.iter().filter_map(|part| part.name.as_deref()).collect();
    assert_eq!(names, ["Summary", "Income Statement", "Balance Sheet", "Cash Flow", "Assumptions"]);
    let row = model.parts[0].text.lines().find(|line| line.starts_with("Sales\t")).unwrap();
    assert_eq!(row, "Sales\t120000\t980000\t2300000");

    let model = read_known(&corpus, "model-xlsx/lucy3578_Business-Accelerator-Financial-Model__Financial_Model.xlsx");
    let model = model.unwrap();
    let shared = cell(&model.parts[1], "D36");
    assert_eq!(shared.formula.as_deref(), Some("D25-D28+D29+D33-D34+D32"));
    assert_eq!(cell(&model.parts[1], "C36").value, CellValue::Number(83_000.into()));

    let table = read_known(&corpus, "model-xlsx/rogermsc_diligence-kit__03_cap_table.xlsx").unwrap();
    assert!(table.parts[0].text.contains("Seedwell Ventures\tSeed Preferred\t1900000\t19.0%\n"));
    assert_eq!(cell(&table.parts[0], "C4").value, CellValue::Number(1_900_000.into()));
}

#[test]
fn known_plans_decks_and_tables_say_what_they_say() {
    let Some(corpus) = corpus() else { return };
    let report = "plan-docx/rogermsc_diligence-kit__Financial_Due_Diligence_Report_Template.docx";
    let report = read_known(&corpus, report).unwrap();
    let Layout::Flow(flow) = &report.parts[0].layout else { panic!("not a flow") };
    let headings = flow.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Heading { .. })).count();
    assert_eq!(headings, 15);
    let plan = read_known(&corpus, "plan-docx/HimothyRobinson_MockBusinessPlan__Business_Plan.docx").unwrap();
    assert_eq!(plan.parts[0].tables.len(), 7);

    let deck = read_known(&corpus, "deck-pptx/Unstructured-IO_unstructured__fake-power-point-table.pptx").unwrap();
    assert_eq!(deck.parts[0].name.as_deref(), Some("A Slide with a Table"));
    assert!(deck.parts[0].text.contains("Red\tGreen\tBlue\n"));
    assert_eq!((deck.parts[0].tables[0].rows, deck.parts[0].tables[0].columns), (4, 3));

    let names = read_known(&corpus, "model-csv/microsoft_markitdown__test_mskanji.csv").unwrap();
    assert!(names.parts[0].text.starts_with("名前\t年齢\t住所\n佐藤太郎\t30\t東京\n"));
}

#[test]
fn known_hard_files_are_refused_with_their_reason() {
    let Some(corpus) = corpus() else { return };
    let said = |name: &str| read_known(&corpus, &format!("hard-ooxml/{name}")).unwrap_err();
    assert!(matches!(said("apache_poi__poc-xmlbomb.xlsx"), ReadError::Unsupported(_)));
    assert!(said("apache_poi__protected_passtika.xlsx").to_string().contains("Office password"));
    assert!(matches!(said("apache_tika__testWORD_truncated.docx"), ReadError::Damaged(_)));
}
