//! Workbooks and exports: each figure stands in its cell, and each formula gives the result that it carries.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use simulator::room::FileKind;
use simulator::room::truth::{Place, Unit};

use super::rooms;

/// The numbers and formulas of a workbook by sheet and cell.
#[derive(Default)]
struct Book {
    numbers: BTreeMap<(String, u32, u32), f64>,
    formulas: Vec<(String, u32, u32, String)>,
}

fn book(bytes: &[u8]) -> Book {
    let mut xlsx: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).expect("a workbook");
    let mut book = Book::default();
    for name in xlsx.sheet_names() {
        let range = xlsx.worksheet_range(&name).expect("values");
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, cell) in range.used_cells() {
            let at = (name.clone(), top + row as u32, left + column as u32);
            match cell {
                Data::Float(number) => drop(book.numbers.insert(at, *number)),
                Data::Int(number) => drop(book.numbers.insert(at, *number as f64)),
                _ => {}
            }
        }
        let range = xlsx.worksheet_formula(&name).expect("formulas");
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, formula) in range.used_cells().filter(|(.., formula)| !formula.is_empty()) {
            book.formulas.push((name.clone(), top + row as u32, left + column as u32, formula.clone()));
        }
    }
    book
}

/// Row and column, from 0, of `AB12`.
fn cell(name: &str) -> (u32, u32) {
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let column = letters.bytes().fold(0, |sum, letter| sum * 26 + u32::from(letter - b'A') + 1);
    (name[letters.len()..].parse::<u32>().expect("a row") - 1, column - 1)
}

impl Book {
    fn at(&self, sheet: &str, name: &str) -> f64 {
        let (row, column) = cell(name);
        self.numbers.get(&(sheet.to_owned(), row, column)).copied().unwrap_or_default()
    }

    /// What a formula gives: sums, references, and the four operations without parentheses.
    fn reckon(&self, sheet: &str, formula: &str) -> f64 {
        if let Some(range) = formula.strip_prefix("SUM(").and_then(|rest| rest.strip_suffix(')')) {
            let (first, last) = range.split_once(':').expect("a range");
            let ((top, left), (bottom, right)) = (cell(first), cell(last));
            let inside = (top..=bottom).flat_map(|row| (left..=right).map(move |column| (row, column)));
            return inside
                .map(|(row, column)| self.numbers.get(&(sheet.to_owned(), row, column)).copied().unwrap_or_default())
                .sum();
        }
        let mut total = 0.0;
        let mut sign = 1.0;
        for term in split(formula, &['+', '-']) {
            let (operator, term) = operator(&term);
            sign = match operator {
                Some('-') => -1.0,
                Some(_) => 1.0,
                None => sign,
            };
            let mut product = 1.0;
            for factor in split(term, &['*', '/']) {
                let (operator, factor) = self::operator(&factor);
                let value = self.factor(sheet, factor);
                product = if operator == Some('/') { product / value } else { product * value };
            }
            total += sign * product;
        }
        total
    }

    fn factor(&self, sheet: &str, factor: &str) -> f64 {
        if let Ok(number) = factor.parse() {
            return number;
        }
        match factor.rsplit_once('!') {
            Some((other, name)) => self.at(&other.trim_matches('\'').replace("''", "'"), name),
            None => self.at(sheet, factor),
        }
    }
}

/// Cuts before each operator that is not in a quoted name.
fn split(formula: &str, operators: &[char]) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for letter in formula.chars() {
        quoted ^= letter == '\'';
        if !quoted && operators.contains(&letter) && parts != [""] {
            parts.push(String::new());
        }
        parts.last_mut().expect("a part").push(letter);
    }
    parts
}

fn operator(part: &str) -> (Option<char>, &str) {
    match part.chars().next() {
        Some(first @ ('+' | '-' | '*' | '/')) => (Some(first), &part[1..]),
        _ => (None, part),
    }
}

#[test]
fn each_figure_stands_in_its_cell() {
    for room in rooms() {
        for file in room.files.iter().filter(|file| file.path.ends_with(".xlsx")) {
            let book = book(&file.bytes);
            assert!(file.placed.len() > 10, "{}", file.path);
            for placed in &file.placed {
                let Place::Cell(at) = &placed.place else { panic!("{}: no cell", file.path) };
                let (sheet, name) = at.rsplit_once('!').expect("a sheet");
                let stands = book.at(sheet, name);
                let value = placed.figure.value.to_f64().expect("a number");
                let near = |value: f64| (stands - value).abs() <= value.abs() * 1e-9 + 1e-9;
                let thousands = placed.figure.unit == Unit::Money && near(value / 1_000.0);
                assert!(
                    near(value) || thousands,
                    "{} {at}: {stands}, not {value} ({})",
                    file.path,
                    placed.figure.metric
                );
            }
        }
    }
}

#[test]
fn each_formula_gives_its_result() {
    let mut reckoned = 0;
    for room in rooms() {
        for file in room.files.iter().filter(|file| file.path.ends_with(".xlsx")) {
            let book = book(&file.bytes);
            for (sheet, row, column, formula) in &book.formulas {
                let result = book.numbers.get(&(sheet.clone(), *row, *column)).copied().unwrap_or_default();
                let gives = book.reckon(sheet, formula);
                let near = (gives - result).abs() <= result.abs() * 1e-8 + 1e-6;
                assert!(near, "{} {sheet} {row},{column}: {formula} gives {gives}, not {result}", file.path);
                reckoned += 1;
            }
        }
    }
    assert!(reckoned > 10_000, "{reckoned}");
}

#[test]
fn each_figure_stands_in_its_export() {
    for room in rooms() {
        for file in room.files.iter().filter(|file| file.kind == FileKind::Export) {
            let text = String::from_utf8(file.bytes.clone()).expect("UTF-8");
            let head = text.lines().next().expect("a heading");
            let separator = [';', '\t', ','].into_iter().find(|one| head.contains(*one)).expect("a separator");
            let locale = room.startup.locale.name();
            for placed in &file.placed {
                let Place::Cell(at) = &placed.place else { panic!("{}: no cell", file.path) };
                let (row, column) = cell(at);
                let line = text.lines().nth(row as usize).expect("a line");
                let field = fields(line, separator)[column as usize].replace(' ', "");
                let plain = match locale {
                    "de" => field.replace('.', "").replace(',', "."),
                    "fr" => field.replace(',', "."),
                    _ => field.replace(',', ""),
                };
                let stands: Decimal = plain.parse().unwrap_or_else(|_| panic!("{} {at}: {field}", file.path));
                assert_eq!(stands, placed.figure.value, "{} {at}", file.path);
            }
        }
    }
}

fn fields(line: &str, separator: char) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            letter if letter == separator && !quoted => fields.push(String::new()),
            letter => fields.last_mut().expect("a field").push(letter),
        }
    }
    fields
}
