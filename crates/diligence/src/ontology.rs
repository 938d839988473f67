//! The metric ontology: what can be measured, by which names it is known, what those names must not stand in, and which
//! values are believable. Data of `templates/metrics/`, embedded when the program is built; tests read it.
//!
//! Invariants: no name is that of two metrics, and the order of the files and of the metrics in them is the order in which
//! reports show figures.

mod mentions;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use model::{Currency, Subject, SubjectKind, Unit};
use rust_decimal::Decimal;
use serde::Deserialize;

pub use self::mentions::{Mention, mentions, mentions_in_label};

/// The files, in the order of reports.
const SOURCES: [&str; 10] = [
    include_str!("../../../templates/metrics/recurring.toml"),
    include_str!("../../../templates/metrics/growth.toml"),
    include_str!("../../../templates/metrics/users.toml"),
    include_str!("../../../templates/metrics/income.toml"),
    include_str!("../../../templates/metrics/cash.toml"),
    include_str!("../../../templates/metrics/balance.toml"),
    include_str!("../../../templates/metrics/team.toml"),
    include_str!("../../../templates/metrics/round.toml"),
    include_str!("../../../templates/metrics/market.toml"),
    include_str!("../../../templates/metrics/industry.toml"),
];

/// What a metric counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Amounts of money.
    Money,
    /// Fractions.
    Ratio,
    /// Multiples.
    Multiple,
    /// Things.
    Count,
    /// Months.
    Months,
    /// Days.
    Days,
}

impl Dimension {
    /// The unit of figures of this dimension.
    pub fn unit(self, currency: Option<Currency>) -> Unit {
        match self {
            Self::Money => Unit::Money { currency },
            Self::Ratio => Unit::Ratio,
            Self::Multiple => Unit::Multiple,
            Self::Count => Unit::Count,
            Self::Months => Unit::Months,
            Self::Days => Unit::Days,
        }
    }
}

/// How a metric relates to time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// As of a day.
    Stock,
    /// Over a stretch; stretches add up.
    Flow,
    /// Neither adds up nor stands at a day alone.
    Rate,
}

/// Names in the languages that documents come in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Names {
    en: Vec<String>,
    de: Vec<String>,
    fr: Vec<String>,
    es: Vec<String>,
}

/// A metric.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its id, e.g. `arr`.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// What it counts.
    pub unit: Dimension,
    /// How it relates to time.
    pub kind: Kind,
    /// The section of the report that it belongs to.
    pub home: String,
    /// Values below are not believed.
    #[serde(default)]
    pub low: Option<Decimal>,
    /// Values above are not believed.
    #[serde(default)]
    pub high: Option<Decimal>,
    /// Documents show it negative or positive by taste, as they do costs; the amount is kept.
    #[serde(default)]
    pub unsigned: bool,
    /// The metric that this one is as a part of revenue.
    #[serde(default)]
    margin: Option<String>,
    /// It is of the market, not of the company.
    #[serde(default)]
    pub of_market: bool,
    /// Figures of two documents for one time tell of one thing. False where a company has several at a time, such as caps
    /// of notes or rates of conversion, so that a difference between them says nothing.
    #[serde(default = "yes")]
    pub compared: bool,
    /// Names in any text.
    #[serde(default)]
    synonyms: Names,
    /// Names that are too common for running text: of rows, columns and big numbers only.
    #[serde(default)]
    labels: Names,
    /// Those of both that call the amount a loss: a positive number after them is a negative figure.
    #[serde(default)]
    loss: Vec<String>,
    /// Phrases around a name that make it something else.
    #[serde(default)]
    not: Vec<String>,
}

fn yes() -> bool {
    true
}

impl Metric {
    /// True if a value lies within the metric's hard range.
    pub fn believes(&self, value: Decimal) -> bool {
        self.low.is_none_or(|low| value >= low) && self.high.is_none_or(|high| value <= high)
    }

    /// A stated value with the sign that it is kept with: of costs and the like the amount.
    pub fn signed(&self, value: Decimal) -> Decimal {
        if self.unsigned { value.abs() } else { value }
    }

    /// What it is called as a part of revenue: of gross profit the gross margin.
    pub fn margin(&self) -> Option<&'static Metric> {
        ontology().metric(self.margin.as_deref()?)
    }

    /// Whose figures those are that name nobody.
    pub fn subject(&self) -> Subject {
        if self.of_market { Subject { kind: SubjectKind::Market, name: None } } else { Subject::COMPANY }
    }

    /// True for a flow that is told by the month, whatever the stretch: `net burn of €180k in Q2`.
    pub fn is_by_month(&self) -> bool {
        matches!(self.id.as_str(), "net_burn" | "gross_burn")
    }

    /// True for what is told of one share: the scale of a statement is not its scale.
    pub fn is_per_share(&self) -> bool {
        matches!(self.id.as_str(), "eps" | "share_price")
    }
}

/// All metrics.
#[derive(Debug, Default)]
pub struct Ontology {
    metrics: Vec<Metric>,
}

/// One file of metrics.
#[derive(Debug, Default, Deserialize)]
struct Group {
    #[serde(rename = "metric", default)]
    metrics: Vec<Metric>,
}

/// The ontology.
pub fn ontology() -> &'static Ontology {
    static ONTOLOGY: OnceLock<Ontology> = OnceLock::new();
    ONTOLOGY.get_or_init(|| {
        let groups = SOURCES.into_iter().map(|text| toml::from_str::<Group>(text).unwrap_or_default());
        Ontology { metrics: groups.flat_map(|group| group.metrics).collect() }
    })
}

/// Whether documents show a metric negative or positive by taste, as they do costs; its amount is kept.
pub fn is_unsigned(metric: &str) -> bool {
    ontology().metric(metric).is_some_and(|metric| metric.unsigned)
}

impl Ontology {
    /// A metric by its id.
    pub fn metric(&self, id: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.id == id)
    }

    /// Name of a metric for people; its id if it is not known.
    pub fn title<'a>(&'a self, id: &'a str) -> &'a str {
        self.metric(id).map_or(id, |metric| &metric.title)
    }

    /// Place of a metric in the list: the order in which reports show figures.
    pub fn rank(&self, id: &str) -> usize {
        self.metrics.iter().position(|metric| metric.id == id).unwrap_or(usize::MAX)
    }
}
