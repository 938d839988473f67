//! The financial model as a workbook. How it is laid out is drawn: months, months with years between, or quarters; one
//! sheet or several; thousands or not; where it says what has happened and what is planned.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::grid::{Content, Look, Sheet, letters};
use super::lines::{self, Entry, Line, Over};
use crate::defect::{Lie, Lies};
use crate::room::metric;
use crate::room::tongue::Tongue;
use crate::room::truth::{Basis, Figure, Unit};
use crate::startup::{Dice, Kind, Period, Startup};

/// Which columns the model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grain {
    Months,
    MonthsAndYears,
    Quarters,
}

/// Where the model says what has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marks {
    Row,
    Suffix,
    Note,
}

/// How the model is laid out.
struct Layout {
    grain: Grain,
    marks: Marks,
    thousands: bool,
    minus: bool,
    units: bool,
    dates: bool,
    years_over: bool,
    one_sheet: bool,
    parts: bool,
    head: u32,
    left: u16,
}

impl Layout {
    fn draw(dice: &mut Dice) -> Self {
        let grain = dice.one_of(Grain::Months, &[Grain::MonthsAndYears, Grain::Quarters]);
        let units = dice.coin();
        let marks = dice.one_of(Marks::Row, &[Marks::Suffix, Marks::Note]);
        Self {
            grain,
            marks,
            thousands: dice.per_mille(400),
            minus: dice.per_mille(350),
            units,
            dates: marks != Marks::Suffix && grain == Grain::Months && dice.coin(),
            years_over: dice.per_mille(300),
            one_sheet: dice.per_mille(250),
            parts: dice.per_mille(650),
            head: u32::try_from(dice.between(2, 5)).unwrap_or(3),
            left: u16::try_from(1 + i64::from(units) + dice.between(0, 1)).unwrap_or(2),
        }
    }
}

/// A column of figures.
struct Column {
    at: u16,
    period: Period,
    /// The first and last month's column, if it is a total of months.
    of: Option<(u16, u16)>,
}

/// The makings of a model.
struct Maker<'a> {
    startup: &'a Startup,
    tongue: &'a Tongue,
    lies: &'a Lies,
    layout: Layout,
    columns: Vec<Column>,
    /// Sheet and row, from 1, of each line.
    rows: BTreeMap<String, (usize, u32)>,
    sheets: Vec<Sheet>,
}

/// The sheets of the model.
pub fn model(startup: &Startup, tongue: &Tongue, lies: &Lies, dice: &mut Dice) -> Vec<Sheet> {
    let layout = Layout::draw(dice);
    let columns = columns(startup, &layout);
    let parts = layout.parts;
    let mut statements = vec![
        ("pnl", lines::income(startup, parts)),
        ("kpi", lines::counted(startup)),
        ("balance", lines::balance(startup)),
        ("cashflow", lines::cash_flow(startup)),
        ("staff", lines::people()),
    ];
    statements.retain(|(_, entries)| !entries.is_empty());
    if dice.coin() {
        statements.reverse();
    }
    let mut maker = Maker { startup, tongue, lies, layout, columns, rows: BTreeMap::new(), sheets: Vec::new() };
    let laid = maker.lay_out(&statements);
    for (sheet, row, line) in laid {
        maker.fill(sheet, row, &line);
    }
    maker.sheets
}

fn columns(startup: &Startup, layout: &Layout) -> Vec<Column> {
    let horizon = startup.horizon;
    let mut columns = Vec::new();
    let mut at = layout.left;
    if layout.grain == Grain::Quarters {
        for month in horizon.months().filter(|month| month.number().is_multiple_of(3)) {
            columns.push(Column { at, period: Period::quarter(month), of: None });
            at += 1;
        }
        return columns;
    }
    let mut first = at;
    for month in horizon.months() {
        columns.push(Column { at, period: Period::month(month), of: None });
        at += 1;
        if layout.grain == Grain::MonthsAndYears && month.number() == 12 {
            columns.push(Column { at, period: Period::year(month.year()), of: Some((first, at - 1)) });
            at += 1;
            first = at;
        }
    }
    columns
}

const BAND: Look = Look { bold: true, band: true, faint: false, ruled: false, right: true, format: "" };

impl Maker<'_> {
    /// Gives each line a sheet and a row, and writes what stands around the figures.
    fn lay_out(&mut self, statements: &[(&'static str, Vec<Entry>)]) -> Vec<(usize, u32, Line)> {
        let mut laid = Vec::new();
        let mut row = 0;
        for (at, (name, entries)) in statements.iter().enumerate() {
            if at == 0 || !self.layout.one_sheet {
                let name = if self.layout.one_sheet { "model" } else { name };
                self.sheets.push(Sheet::new(&self.tongue.say(name)));
                row = self.heading();
            } else {
                row += 1;
            }
            let sheet = self.sheets.len() - 1;
            if self.layout.one_sheet {
                self.write(sheet, row, 0, &self.tongue.say(name), Look { bold: true, ..Look::default() });
                row += 1;
            }
            for entry in entries {
                match entry {
                    Entry::Gap => {}
                    Entry::Heading(phrase) => {
                        let look = Look { bold: true, ..Look::default() };
                        self.write(sheet, row, 0, &self.tongue.say(phrase), look);
                    }
                    Entry::Line(line) => {
                        self.rows.insert(line.id.clone(), (sheet, row + 1));
                        laid.push((sheet, row, line.clone()));
                    }
                }
                row += 1;
            }
            if at + 1 == statements.len() || !self.layout.one_sheet {
                for (below, note) in (row + 1..).zip(["note_one", "note_three"]) {
                    self.write(sheet, below, 0, &self.tongue.say(note), Look { faint: true, ..Look::default() });
                }
            }
        }
        laid
    }

    fn write(&mut self, sheet: usize, row: u32, column: u16, words: &str, look: Look) {
        if let Some(sheet) = self.sheets.get_mut(sheet) {
            sheet.words(row, column, words, look);
        }
    }

    /// Title, notes and the headings of the columns. Returns the first free row.
    fn heading(&mut self) -> u32 {
        let sheet = self.sheets.len() - 1;
        let title = format!("{}: {}", self.startup.legal_name(), self.sheets.last().map_or("", |sheet| &sheet.name));
        self.write(sheet, 0, 0, &title, Look { bold: true, ..Look::default() });
        let amounts = if self.layout.thousands { "in_thousands" } else { "in_units" };
        let currency = self.startup.locale.currency();
        let mut note = self.tongue.fill(amounts, &[("currency", currency)]);
        if self.layout.marks == Marks::Note {
            let date = self.tongue.day(self.startup.horizon.cut_off);
            note = format!("{note}. {}", self.tongue.fill("actual_until", &[("date", &date)]));
        }
        self.write(sheet, 1, 0, &note, Look { faint: true, ..Look::default() });
        let head = self.layout.head;
        if self.layout.units {
            self.write(sheet, head, 1, &self.tongue.say("unit"), BAND);
        }
        self.write(sheet, head, 0, "", BAND);
        let mut over: Vec<(i32, u16, u16)> = Vec::new();
        let heads: Vec<(u16, Period)> = self.columns.iter().map(|column| (column.at, column.period)).collect();
        for (at, period) in heads {
            self.column_head(sheet, head, at, period);
            match over.last_mut() {
                Some((year, _, last)) if *year == period.end.year() => *last = at,
                _ => over.push((period.end.year(), at, at)),
            }
        }
        let marked = self.layout.marks == Marks::Row;
        if let Some(page) = self.sheets.get_mut(sheet) {
            if self.layout.years_over && head > 2 {
                for (year, first, last) in over.into_iter().filter(|(_, first, last)| last > first) {
                    page.words(head - 1, first, year.to_string(), BAND);
                    page.merged.push((head - 1, first, last));
                }
            }
            page.frozen = Some((head + 1 + u32::from(marked), self.layout.left));
            page.widths = vec![(0, 42.0)];
            page.widths.extend(self.columns.iter().map(|column| (column.at, 12.0)));
        }
        head + 1 + u32::from(marked)
    }

    fn column_head(&mut self, sheet: usize, row: u32, at: u16, period: Period) {
        let word = self.mark(period);
        if self.layout.dates && period.kind == Kind::Month {
            let look = Look { format: "mmm yy", ..BAND };
            if let Some(page) = self.sheets.get_mut(sheet) {
                page.put(row, at, Content::Day(period.end.end()), look, None);
            }
        } else {
            let heading = self.tongue.heading(period);
            let heading = if self.layout.marks == Marks::Suffix { format!("{heading} {word}") } else { heading };
            self.write(sheet, row, at, &heading, BAND);
        }
        if self.layout.marks == Marks::Row {
            self.write(sheet, row + 1, at, &word, Look { faint: true, right: true, ..Look::default() });
        }
    }

    /// The word for what has happened or is planned; a year that is both is planned.
    fn mark(&self, period: Period) -> String {
        self.tongue.say(if self.startup.is_past(period) { "actual" } else { "forecast" })
    }

    /// Writes a line's label, unit and figures.
    fn fill(&mut self, sheet: usize, row: u32, line: &Line) {
        let look = Look { bold: line.total, ruled: line.total, ..Look::default() };
        let unit = metric::unit(&line.key);
        let small = self.is_small(&line.key);
        let mut label = self.tongue.label(&line.label);
        let currency = self.startup.locale.currency();
        if small && self.layout.thousands && !self.layout.units {
            label = format!("{label} ({currency})");
        }
        self.write(sheet, row, 0, &label, look);
        if self.layout.units {
            let thousands = self.layout.thousands && !small;
            let words = match unit {
                Unit::Money if thousands => format!("{currency} k"),
                Unit::Money => currency.to_owned(),
                Unit::Ratio => "%".to_owned(),
                _ => self.tongue.say("count"),
            };
            self.write(sheet, row, 1, &words, Look { faint: true, ..Look::default() });
        }
        let cells: Vec<(u16, Content, Option<Figure>)> =
            (0..self.columns.len()).filter_map(|at| self.cell(row, line, at)).collect();
        let look = Look { format: number_format(unit, small, self.layout.thousands), right: true, ..look };
        if let Some(page) = self.sheets.get_mut(sheet) {
            for (column, content, figure) in cells {
                page.put(row, column, content, look, figure);
            }
        }
    }

    /// Amounts for one customer, order or unit are never in thousands.
    fn is_small(&self, key: &str) -> bool {
        let price = self.startup.profile.trade.as_ref().is_some_and(|trade| trade.price_metric == key);
        price || key == "arpa"
    }

    fn cell(&self, row: u32, line: &Line, at: usize) -> Option<(u16, Content, Option<Figure>)> {
        let column = self.columns.get(at)?;
        let true_value = self.startup.value(&line.key, column.period)?;
        let cost = line.turned || (self.layout.minus && metric::is_cost(&line.key) && line.id == line.key);
        let true_value = if cost { -true_value } else { true_value };
        let lie = self.lies.about("model", &line.key, column.period);
        let value = lie.map_or(true_value, |lie| lie.value(true_value));
        let unit = metric::unit(&line.key);
        let scale = match unit {
            Unit::Money if self.layout.thousands && !self.is_small(&line.key) => Decimal::ONE_THOUSAND,
            _ => Decimal::ONE,
        };
        let shown = (value / scale).round_dp(10);
        let content = match self.formula(row, line, at) {
            Some(formula) if lie.is_none() => Content::Formula(formula, shown),
            _ => Content::Number(shown),
        };
        let figure = metric::listed(&line.key).map(|(listed, optional)| Figure {
            metric: listed.to_owned(),
            subject: "company".to_owned(),
            words: String::new(),
            value: shown * scale,
            unit,
            currency: (unit == Unit::Money).then(|| self.startup.locale.currency()),
            period: Some(metric::period(&line.key, column.period)),
            basis: if self.startup.is_past(column.period) { Basis::Actual } else { Basis::Forecast },
            planted: lie.map(Lie::name),
            optional,
        });
        Some((column.at, content, figure))
    }

    fn formula(&self, row: u32, line: &Line, at: usize) -> Option<String> {
        let column = self.columns.get(at)?;
        if let Some((first, last)) = column.of {
            let [first, last] = [letters(first), letters(last)];
            match line.over {
                Over::Sum => return Some(format!("SUM({first}{0}:{last}{0})", row + 1)),
                Over::Last => return Some(format!("{last}{}", row + 1)),
                Over::First => return Some(format!("{first}{}", row + 1)),
                Over::Same => {}
            }
        }
        let template = line.formula.as_ref()?;
        let template = if self.layout.minus { template.replace("-{", self.minus(&line.key)) } else { template.clone() };
        let own = self.rows.get(&line.id)?.0;
        let before = self.columns.get(..at)?.iter().rev().find(|before| before.of.is_none()).map(|before| before.at);
        let mut formula = String::new();
        let mut rest = template.as_str();
        while let Some((plain, after)) = rest.split_once('{') {
            let (id, after) = after.split_once('}')?;
            let (id, column) = match id.strip_suffix('<') {
                Some(id) => (id, before?),
                None => (id, column.at),
            };
            let (sheet, row) = self.rows.get(id)?;
            formula.push_str(plain);
            if *sheet != own {
                formula.push_str(&format!("'{}'!", self.sheets.get(*sheet)?.name.replace('\'', "''")));
            }
            formula.push_str(&format!("{}{row}", letters(column)));
            rest = after;
        }
        formula.push_str(rest);
        if self.layout.thousands && self.is_small(&line.key) {
            formula.push_str("*1000");
        }
        Some(formula)
    }

    /// Where cost stands with a minus, it is added; what customers take away stands without.
    fn minus(&self, key: &str) -> &'static str {
        if matches!(key, "mrr" | "customers") { "-{" } else { "+{" }
    }
}

fn number_format(unit: Unit, small: bool, thousands: bool) -> &'static str {
    match unit {
        Unit::Ratio => "0.0%",
        Unit::Money if small => "#,##0.00",
        Unit::Money if thousands => "#,##0.0;(#,##0.0);\"-\"",
        Unit::Money => "#,##0;(#,##0);\"-\"",
        _ => "#,##0",
    }
}
