//! Deals from a CSV file as spreadsheets save it: comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252.

use std::collections::HashSet;

use csv::StringRecord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{DealName, Industry, NewDeal, Stage};
use crate::base::{Error, FieldError, Result};

const MOST_ROWS: usize = 2_000;
const DELIMITERS: [(u8, &str); 3] = [(b',', "comma"), (b';', "semicolon"), (b'\t', "tab")];

/// Whether an import writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImportMode {
    /// Say what would happen.
    Check,
    /// Write the rows that have no problem.
    Apply,
}

/// One row of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportRow {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// Name as it will be stored.
    pub name: String,
    /// Industry as written.
    pub industry: String,
    /// Stage as written.
    pub stage: String,
    /// Why the row is refused; empty if it is not.
    pub problems: Vec<String>,
}

/// What a file holds, and what was done with it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportReport {
    /// How the file was decoded.
    pub encoding: String,
    /// What separates the columns.
    pub delimiter: String,
    /// Every row.
    pub rows: Vec<ImportRow>,
    /// Rows without problems.
    pub ready: usize,
    /// Rows with problems.
    pub refused: usize,
    /// Deals that were made.
    pub created: usize,
}

/// A file that could be read: the report and the deals of its good rows.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) report: ImportReport,
    pub(super) deals: Vec<NewDeal>,
}

/// Reads a file. `taken` are the names, in lower case, of deals that the importer has already.
pub(super) fn parse(file: &[u8], taken: &HashSet<String>) -> Result<Parsed> {
    let (text, encoding) = decode(file);
    let (delimiter, delimiter_name) = delimiter(&text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let columns = Columns::find(reader.headers().map_err(unreadable)?)?;
    let (mut rows, mut deals, mut seen) = (Vec::new(), Vec::new(), taken.clone());
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        if rows.len() == MOST_ROWS {
            return Err(refuse(&format!("The file has more than {MOST_ROWS} rows. Nothing was imported; split it.")));
        }
        let (row, deal) = read_row(&columns, &record, &mut seen);
        rows.push(row);
        deals.extend(deal);
    }
    let refused = rows.len() - deals.len();
    let report = ImportReport { encoding, delimiter: delimiter_name, ready: deals.len(), refused, created: 0, rows };
    Ok(Parsed { report, deals })
}

struct Columns {
    name: usize,
    industry: Option<usize>,
    stage: Option<usize>,
}

impl Columns {
    fn find(headers: &StringRecord) -> Result<Self> {
        let place = |words: &[&str]| headers.iter().position(|header| words.contains(&header.to_lowercase().as_str()));
        let name = place(&["name", "company", "deal"])
            .ok_or_else(|| refuse("The first line has no column called name (or company). Nothing was imported."))?;
        Ok(Self { name, industry: place(&["industry", "sector"]), stage: place(&["stage", "status"]) })
    }
}

fn read_row(columns: &Columns, record: &StringRecord, seen: &mut HashSet<String>) -> (ImportRow, Option<NewDeal>) {
    let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).unwrap_or_default();
    let mut row = ImportRow {
        line: record.position().map_or(0, csv::Position::line),
        name: cell(Some(columns.name)).to_owned(),
        industry: cell(columns.industry).to_owned(),
        stage: cell(columns.stage).to_owned(),
        problems: Vec::new(),
    };
    match DealName::parse(&row.name) {
        Ok(name) => row.name = name.into_string(),
        Err(error) => row.problems.push(error.message),
    }
    let industry = word(&row.industry, Industry::Other, Industry::parse);
    if industry.is_none() {
        row.problems.push(one_of("industry", &row.industry, Industry::ALL.iter().map(|one| one.as_str())));
    }
    let stage = word(&row.stage, Stage::Inbox, Stage::parse);
    if stage.is_none() {
        row.problems.push(one_of("stage", &row.stage, Stage::ALL.iter().map(|one| one.as_str())));
    }
    if row.problems.is_empty() && !seen.insert(row.name.to_lowercase()) {
        row.problems.push("There is a deal with this name already.".to_owned());
    }
    let deal = match (industry, stage) {
        (Some(industry), stage @ Some(_)) if row.problems.is_empty() => {
            Some(NewDeal { name: row.name.clone(), industry, stage })
        }
        _ => None,
    };
    (row, deal)
}

fn word<T>(text: &str, unless_said: T, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
    if text.is_empty() { Some(unless_said) } else { parse(text) }
}

fn one_of(column: &str, text: &str, words: impl Iterator<Item = &'static str>) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    format!("The {column} \u{201c}{text}\u{201d} is none of {}.", words.collect::<Vec<_>>().join(", "))
}

/// A byte order mark decides; without one, what is not UTF-8 is what Excel on Windows writes.
fn decode(file: &[u8]) -> (String, String) {
    let encoding = encoding_rs::Encoding::for_bom(file).map(|(encoding, _)| encoding).unwrap_or_else(|| {
        if std::str::from_utf8(file).is_ok() { encoding_rs::UTF_8 } else { encoding_rs::WINDOWS_1252 }
    });
    let (text, used, _) = encoding.decode(file);
    (text.into_owned(), used.name().to_lowercase())
}

/// The separator that the first line has most of.
fn delimiter(text: &str) -> (u8, String) {
    let first = text.lines().next().unwrap_or_default();
    let count = |byte: u8| first.bytes().filter(|b| *b == byte).count();
    let (byte, name) = DELIMITERS.into_iter().rev().max_by_key(|(byte, _)| count(*byte)).unwrap_or((b',', "comma"));
    (byte, name.to_owned())
}

fn unreadable(error: csv::Error) -> Error {
    let line = error.position().map(|at| format!(" near line {}", at.line())).unwrap_or_default();
    refuse(&format!("This is not a CSV file that can be read{line}. Nothing was imported."))
}

fn refuse(message: &str) -> Error {
    Error::invalid(vec![FieldError { field: "file".to_owned(), message: message.to_owned() }])
}
