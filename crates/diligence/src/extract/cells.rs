//! Sheets and tables as one kind of grid, so that every extractor reads both.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::NaiveDate;
use model::{CellValue, Layout, Part, Period, PeriodKind, Span};
use regex::Regex;
use rust_decimal::Decimal;

use crate::lines::Piece;
use crate::number::{Inexact, Measure, Money, currencies, numbers};
use crate::period::{FoundPeriod, last_day, period_of, periods};
use crate::setting::Setting;
use crate::words::fold;

/// Cells of a grid beyond this many are not read.
const MOST_CELLS: usize = 200_000;

/// A header below this row is none of the whole grid.
const DEEPEST_HEADER: usize = 10;

/// A grid of cells.
#[derive(Debug, Clone)]
pub struct Grid<'a> {
    /// Cells by row and column.
    pub cells: BTreeMap<(u32, u32), Cell<'a>>,
    /// Name of the sheet and, for a table on a page, the text above it.
    pub caption: String,
    /// It is a sheet: plain numbers in it are whole units.
    pub is_sheet: bool,
}

/// A cell.
#[derive(Debug, Clone)]
pub struct Cell<'a> {
    /// Its shown text.
    pub piece: Piece<'a>,
    /// The number that it stores.
    pub number: Option<Decimal>,
    /// The date that it stores.
    pub date: Option<NaiveDate>,
    /// Its number format.
    pub format: Option<&'a str>,
}

/// A number in a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct CellNumber {
    /// Its characters in the part's text.
    pub span: Span,
    /// The value, with its own suffix applied; percent as a fraction.
    pub value: Decimal,
    /// Half of the last digit shown; zero for a stored number.
    pub half_step: Decimal,
    /// The currency that the cell itself names.
    pub money: Option<Money>,
    /// What the cell says of its unit.
    pub measure: Measure,
    /// Its own suffix gave a scale.
    pub scaled: bool,
    /// One end of a range, or a bound.
    pub inexact: Option<Inexact>,
}

/// The grids of a part: the sheet itself, or the tables on a page.
pub fn grids(part: &Part) -> Vec<Grid<'_>> {
    let index = ByteIndex::of(&part.text);
    match &part.layout {
        Layout::Sheet(sheet) => {
            let cells = sheet.cells.iter().take(MOST_CELLS).map(|cell| {
                let piece = Piece { text: index.slice(&part.text, cell.span), start: cell.span.start };
                let (number, date) = match &cell.value {
                    CellValue::Number(number) => (Some(*number), None),
                    CellValue::Date(date) => (None, Some(*date)),
                    _ => (None, None),
                };
                let read = Cell { piece, number, date, format: cell.format.as_deref() };
                ((cell.at.row, cell.at.column), read)
            });
            vec![Grid { cells: cells.collect(), caption: part.name.clone().unwrap_or_default(), is_sheet: true }]
        }
        _ => part
            .tables
            .iter()
            .map(|table| {
                let cells = table.cells.iter().take(MOST_CELLS).map(|cell| {
                    let piece = Piece { text: index.slice(&part.text, cell.span), start: cell.span.start };
                    ((cell.at.row, cell.at.column), Cell { piece, number: None, date: None, format: None })
                });
                let first = table.cells.iter().map(|cell| cell.span.start).min().unwrap_or(0);
                Grid { cells: cells.collect(), caption: above(&index, &part.text, first), is_sheet: false }
            })
            .collect(),
    }
}

/// Up to three lines of text above a table.
fn above(index: &ByteIndex, text: &str, first: u32) -> String {
    let head = index.slice(text, Span::new(0, first));
    let lines: Vec<&str> = head.lines().rev().filter(|line| !line.trim().is_empty()).take(3).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

/// Bytes of characters, so that many spans of one text are found without counting from its start each time.
struct ByteIndex(Vec<usize>);

impl ByteIndex {
    fn of(text: &str) -> Self {
        Self(text.char_indices().map(|(at, _)| at).chain([text.len()]).collect())
    }

    fn slice<'a>(&self, text: &'a str, span: Span) -> &'a str {
        let byte = |character: u32| self.0.get(character as usize).copied().unwrap_or(text.len());
        text.get(byte(span.start)..byte(span.end)).unwrap_or_default()
    }
}

impl<'a> Grid<'a> {
    /// A cell.
    pub fn cell(&self, row: u32, column: u32) -> Option<&Cell<'a>> {
        self.cells.get(&(row, column))
    }

    /// The cells of a row, left to right.
    pub fn row(&self, row: u32) -> impl Iterator<Item = (u32, &Cell<'a>)> {
        self.cells.range((row, 0)..=(row, u32::MAX)).map(|((_, column), cell)| (*column, cell))
    }

    /// The rows that hold something, in order.
    pub fn rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.cells.keys().map(|(row, _)| *row).collect();
        rows.dedup();
        rows
    }

    /// Caption and the text of the first four rows: where scale, currency and date of a grid are said.
    pub fn head(&self) -> String {
        self.head_to(0)
    }

    /// The same, down to the header of a block that is near the top.
    pub fn head_to(&self, header: u32) -> String {
        let mut head = self.caption.clone();
        let rows = self.rows().into_iter().enumerate().take(DEEPEST_HEADER);
        let first: Vec<u32> = rows.filter(|(at, row)| *at < 4 || *row <= header).map(|(_, row)| row).collect();
        for cell in self.cells.iter().filter(|((row, _), _)| first.contains(row)).map(|(_, cell)| cell) {
            if cell.number.is_none() {
                head.push('\n');
                head.push_str(cell.piece.text);
            }
        }
        head
    }

    /// The grid with rows and columns swapped.
    pub fn turned(&self) -> Self {
        Self {
            cells: self.cells.iter().map(|((row, column), cell)| ((*column, *row), cell.clone())).collect(),
            caption: self.caption.clone(),
            is_sheet: self.is_sheet,
        }
    }
}

impl Cell<'_> {
    /// The text, folded and trimmed.
    pub fn folded(&self) -> String {
        fold(self.piece.text.trim())
    }

    /// True if it holds words: more letters than digits.
    pub fn is_text(&self) -> bool {
        let letters = self.piece.text.chars().filter(|found| found.is_alphabetic()).count();
        let digits = self.piece.text.chars().filter(|found| found.is_ascii_digit()).count();
        self.number.is_none() && self.date.is_none() && letters > digits
    }

    /// The period that it names as a header; a stored date stands for its month.
    pub fn period(&self) -> Option<FoundPeriod> {
        let bytes = self.piece.text.len();
        if let Some(date) = self.date {
            use chrono::Datelike;
            let end = last_day(date.year(), date.month())?;
            return Some(FoundPeriod {
                start: 0,
                end: bytes,
                period: Period::ending(PeriodKind::Month, end),
                basis: None,
            });
        }
        if let Some(number) = self.number {
            let year =
                i32::try_from(number).ok().filter(|year| (1990..=2060).contains(year) && number.fract().is_zero())?;
            let end = last_day(year, 12)?;
            return Some(FoundPeriod {
                start: 0,
                end: bytes,
                period: Period::ending(PeriodKind::Year, end),
                basis: None,
            });
        }
        period_of(self.piece.text)
    }

    /// The number that the cell is.
    pub fn number_in(&self, setting: &Setting) -> Option<CellNumber> {
        if self.date.is_some() {
            return None;
        }
        if let Some(value) = self.number {
            let format = self.format.unwrap_or_default();
            let percent = format.contains('%');
            return Some(CellNumber {
                span: self.piece.whole(),
                value,
                half_step: Decimal::ZERO,
                money: format_currency(format),
                measure: if percent { Measure::Percent } else { Measure::Plain },
                scaled: percent,
                inexact: None,
            });
        }
        self.written_number(setting)
    }

    fn written_number(&self, setting: &Setting) -> Option<CellNumber> {
        let text = &*with_marked_groups(self.piece.text);
        let masked: Vec<_> = periods(text).iter().map(|found| found.start..found.end).collect();
        let found = numbers(text, setting.style, &masked);
        let [number] = found.as_slice() else { return None };
        let around = [text.get(..number.start)?, text.get(number.end..)?].concat();
        let alone = around.chars().all(|other| other.is_whitespace() || "()+*~≈><≥≤¹²³".contains(other));
        if !alone || !masked.is_empty() {
            return None;
        }
        let value = if number.parenthesised { -number.value.abs() } else { number.value };
        Some(CellNumber {
            span: self.piece.span(number.start, number.end),
            value,
            half_step: number.half_step,
            money: match number.measure {
                Measure::Money(money) => Some(money),
                _ => None,
            },
            measure: number.measure,
            scaled: number.scale.is_some() || number.measure == Measure::Percent,
            inexact: number.inexact,
        })
    }
}

/// In a cell of its own `1 415 982` is one number: its spaces are replaced by marks that take as many bytes.
fn with_marked_groups(text: &str) -> Cow<'_, str> {
    static GROUPED: OnceLock<Regex> = OnceLock::new();
    let grouped = GROUPED.get_or_init(|| {
        #[allow(clippy::expect_used)]
        Regex::new(r"^\s*[-−–(]?\s?[€$£]?\s?[-−–]?\d{1,3}(?: \d{3})+(?:[,.]\d{1,2})?\s?[€$£]?\)?\s*$")
            .expect("the pattern is constant and tested")
    });
    if !grouped.is_match(text) {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let marked = text
        .char_indices()
        .map(|(at, sign)| if sign == ' ' && at > 0 && is_digit(at - 1) && is_digit(at + 1) { '\'' } else { sign });
    Cow::Owned(marked.collect())
}

/// The currency of a number format such as `[$€-407] #,##0` or `"£"#,##0`.
fn format_currency(format: &str) -> Option<Money> {
    let plain = format.replace("[$", "[").replace("\\", "").replace('"', " ");
    match currencies(&plain).as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}
