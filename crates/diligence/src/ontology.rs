//! The metric ontology: what can be measured, by which words it is known, what those words must not stand in, and which
//! values are believable. Data of `templates/metrics.toml`, embedded when the program is built; a test reads it.

use std::sync::OnceLock;

use model::{Currency, Unit};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::words::{fold, is_word_at};

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

/// A metric.
#[derive(Debug, Clone, Deserialize)]
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
    synonyms: Vec<String>,
    not: Vec<String>,
}

impl Metric {
    /// True if a value lies within the metric's hard range.
    pub fn believes(&self, value: Decimal) -> bool {
        self.low.is_none_or(|low| value >= low) && self.high.is_none_or(|high| value <= high)
    }
}

/// All metrics.
#[derive(Debug, Default, Deserialize)]
pub struct Ontology {
    #[serde(rename = "metric", default)]
    metrics: Vec<Metric>,
}

/// A metric named in a text.
#[derive(Debug, Clone)]
pub struct Mention {
    /// Which metric.
    pub metric: &'static Metric,
    /// First byte of the name in the text.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
}

/// The ontology.
pub fn ontology() -> &'static Ontology {
    static ONTOLOGY: OnceLock<Ontology> = OnceLock::new();
    ONTOLOGY.get_or_init(|| {
        let mut read: Ontology = toml::from_str(include_str!("../../../templates/metrics.toml")).unwrap_or_default();
        for metric in &mut read.metrics {
            for word in metric.synonyms.iter_mut().chain(&mut metric.not) {
                *word = fold(word);
            }
            metric.synonyms.sort_by_key(|word| std::cmp::Reverse(word.len()));
        }
        read
    })
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

/// The metrics that a text names, in order, the longest name at each place. `text` must be folded. A name that stands
/// within a longer name, or in a phrase that makes it something else, is none.
pub fn mentions(text: &str) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut excluded: Vec<(usize, usize)> = Vec::new();
    for metric in &ontology().metrics {
        for (start, end) in metric.not.iter().flat_map(|phrase| occurrences(text, phrase)) {
            excluded.extend(
                metric
                    .synonyms
                    .iter()
                    .flat_map(|synonym| occurrences(text, synonym))
                    .filter(|(from, to)| *from < end && start < *to),
            );
            // A phrase without the name itself, such as "pipeline", speaks for the whole text.
            if !metric.synonyms.iter().any(|synonym| overlapping(text, synonym, (start, end))) {
                found.retain(|mention| mention.metric.id != metric.id);
                excluded.extend(metric.synonyms.iter().flat_map(|synonym| occurrences(text, synonym)));
            }
        }
        let here: Vec<Mention> = metric
            .synonyms
            .iter()
            .flat_map(|synonym| occurrences(text, synonym))
            .filter(|(start, end)| !excluded.iter().any(|(from, to)| from < end && start < to))
            .map(|(start, end)| Mention { metric, start, end })
            .collect();
        found.extend(here);
        excluded.clear();
    }
    found.sort_by_key(|mention| (std::cmp::Reverse(mention.end - mention.start), mention.start));
    let mut kept: Vec<Mention> = Vec::new();
    for mention in found {
        if !kept.iter().any(|other| other.start < mention.end && mention.start < other.end) {
            kept.push(mention);
        }
    }
    kept.sort_by_key(|mention| mention.start);
    kept
}

fn overlapping(text: &str, synonym: &str, span: (usize, usize)) -> bool {
    occurrences(text, synonym).any(|(from, to)| from < span.1 && span.0 < to)
}

fn occurrences<'a>(text: &'a str, phrase: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
    text.match_indices(phrase)
        .map(|(start, found)| (start, start + found.len()))
        .filter(move |(start, end)| is_word_at(text, *start, *end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<&'static str> {
        mentions(&fold(text)).iter().map(|mention| mention.metric.id.as_str()).collect()
    }

    #[test]
    fn the_ontology_can_be_read() {
        let read: Result<Ontology, _> = toml::from_str(include_str!("../../../templates/metrics.toml"));
        let metrics = read.unwrap_or_else(|error| panic!("{error}")).metrics;
        assert!(metrics.len() > 30);
        assert_eq!(ontology().title("arr"), "ARR");
        assert!(ontology().rank("arr") < ontology().rank("cash"));
    }

    #[test]
    fn the_longest_name_wins_and_phrases_exclude() {
        assert_eq!(ids("Net revenue retention"), ["nrr"]);
        assert_eq!(ids("FY2024 revenue"), ["revenue"]);
        assert_eq!(ids("Cost of revenue"), ["cogs"]);
        assert_eq!(ids("Net new ARR"), [""; 0]);
        assert_eq!(ids("ARR (pipeline)"), [""; 0]);
        assert_eq!(ids("LTV/CAC"), ["ltv_cac"]);
        assert_eq!(ids("cashier"), [""; 0]);
        assert_eq!(ids("Liquide Mittel"), ["cash"]);
        assert_eq!(ids("ARR 4.2m and 34 customers"), ["arr", "customers"]);
        assert_eq!(ids("cash flow from operations"), [""; 0]);
        assert_eq!(ids("Kassenbestand und Bankguthaben"), ["cash"]);
        assert_eq!(ids("Gross profit margin"), ["gross_margin"]);
    }

    #[test]
    fn a_value_outside_the_range_is_not_believed() {
        let margin = ontology().metric("gross_margin").unwrap();
        assert!(margin.believes("0.8".parse().unwrap()));
        assert!(!margin.believes("80".parse().unwrap()));
    }
}
