//! What stands where. Renderers hand out a [`Figure`] with every amount that they write, and the writer of the file says
//! at which page or cell it went in, so that the truth cannot drift from the files.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::startup::{Kind, Period};

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// An amount of a currency.
    Money,
    /// A fraction; 0.82 is 82 %.
    Ratio,
    /// A multiple; 3 is 3x.
    Multiple,
    /// A count.
    Count,
    /// Months.
    Months,
    /// Days.
    Days,
}

impl Unit {
    /// Its name in the truth.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Ratio => "ratio",
            Self::Multiple => "multiple",
            Self::Count => "count",
            Self::Months => "months",
            Self::Days => "days",
        }
    }
}

/// Whether a figure has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// It has.
    Actual,
    /// It is expected.
    Forecast,
    /// It is aimed at.
    Target,
    /// The file does not say.
    Unknown,
}

impl Basis {
    const fn name(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Forecast => "forecast",
            Self::Target => "target",
            Self::Unknown => "unknown",
        }
    }
}

/// A figure as a file states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The metric's id.
    pub metric: String,
    /// `company`, `market`, `competitor:NAME`, `customer:NAME` or `holder:NAME`.
    pub subject: String,
    /// The words that stand there; empty for a cell, whose number is the value.
    pub words: String,
    /// What stands there, in whole units, with the sign that stands there.
    pub value: Decimal,
    /// What it is.
    pub unit: Unit,
    /// The currency, if the file says one.
    pub currency: Option<&'static str>,
    /// The period, if the file says one.
    pub period: Option<Period>,
    /// Whether it has happened, as the file says.
    pub basis: Basis,
    /// The name of the defect that planted it.
    pub planted: Option<&'static str>,
    /// Whether it counts neither when it is found nor when it is missed.
    pub optional: bool,
}

/// Where in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A page or slide, from 1.
    Page(usize),
    /// A cell, with its sheet except in CSV.
    Cell(String),
    /// Somewhere in a text without pages.
    Text,
}

/// A figure at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where.
    pub place: Place,
    /// What.
    pub figure: Figure,
}

impl Placed {
    /// The line of `truth.jsonl`.
    pub fn line(&self, file: &str) -> Value {
        let figure = &self.figure;
        let mut line = Map::new();
        line.insert("file".to_owned(), json!(file));
        self.place.write(&mut line);
        line.insert("metric".to_owned(), json!(figure.metric));
        line.insert("subject".to_owned(), json!(figure.subject));
        line.insert("value".to_owned(), json!(plain(figure.value)));
        line.insert("unit".to_owned(), json!(figure.unit.name()));
        line.insert("currency".to_owned(), json!(figure.currency));
        line.insert("period".to_owned(), figure.period.map_or(Value::Null, period));
        line.insert("basis".to_owned(), json!(figure.basis.name()));
        if figure.optional {
            line.insert("optional".to_owned(), json!(true));
        }
        Value::Object(line)
    }
}

impl Place {
    /// Adds the place to a line.
    pub fn write(&self, line: &mut Map<String, Value>) {
        match self {
            Self::Page(page) => line.insert("page".to_owned(), json!(page)),
            Self::Cell(cell) => line.insert("cell".to_owned(), json!(cell)),
            Self::Text => None,
        };
    }
}

/// A decimal without needless zeros.
pub fn plain(value: Decimal) -> String {
    value.round_dp(10).normalize().to_string()
}

fn period(period: Period) -> Value {
    let kind = match period.kind {
        // Twelve months to December are a year, whoever says "the last twelve months".
        Kind::TrailingYear if period.end.number() == 12 => Kind::Year,
        kind => kind,
    };
    json!({ "kind": kind.name(), "end": period.end.end().to_string() })
}
