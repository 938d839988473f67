//! The time that a figure is about.

use chrono::{Datelike, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The time that a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Period {
    /// A moment or a stretch.
    pub kind: PeriodKind,
    /// Its last day; absent if the document does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<NaiveDate>,
}

/// A moment or a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// As of a day: cash, ARR, headcount.
    Instant,
    /// A calendar month.
    Month,
    /// Three months.
    Quarter,
    /// Six months.
    Half,
    /// Twelve months of a fiscal or calendar year.
    Year,
    /// The twelve months before a day.
    TrailingYear,
    /// Not said.
    Unknown,
}

impl Period {
    /// Not said.
    pub const UNKNOWN: Self = Self { kind: PeriodKind::Unknown, end: None };

    /// As of a day.
    pub fn instant(end: NaiveDate) -> Self {
        Self { kind: PeriodKind::Instant, end: Some(end) }
    }

    /// A stretch that ends on a day.
    pub fn ending(kind: PeriodKind, end: NaiveDate) -> Self {
        Self { kind, end: Some(end) }
    }

    /// True if something is known of it.
    pub fn is_known(self) -> bool {
        self.end.is_some()
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(end) = self.end else {
            return f.write_str("date not given");
        };
        let year = end.year();
        match self.kind {
            PeriodKind::Instant | PeriodKind::Unknown => write!(f, "{}", end.format("%-d %b %Y")),
            PeriodKind::Month => write!(f, "{}", end.format("%b %Y")),
            PeriodKind::Quarter if end.month().is_multiple_of(3) => write!(f, "Q{} {year}", end.month() / 3),
            PeriodKind::Quarter => write!(f, "quarter to {}", end.format("%b %Y")),
            PeriodKind::Half if end.month().is_multiple_of(6) => write!(f, "H{} {year}", end.month() / 6),
            PeriodKind::Half => write!(f, "half-year to {}", end.format("%b %Y")),
            PeriodKind::Year if end.month() == 12 => write!(f, "FY {year}"),
            PeriodKind::Year => write!(f, "FY to {}", end.format("%b %Y")),
            PeriodKind::TrailingYear => write!(f, "12 months to {}", end.format("%b %Y")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_named_as_people_do() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
        let june = day(2025, 6, 30);
        assert_eq!(Period::instant(june).to_string(), "30 Jun 2025");
        assert_eq!(Period::ending(PeriodKind::Month, june).to_string(), "Jun 2025");
        assert_eq!(Period::ending(PeriodKind::Quarter, june).to_string(), "Q2 2025");
        assert_eq!(Period::ending(PeriodKind::Year, day(2025, 12, 31)).to_string(), "FY 2025");
        assert_eq!(Period::ending(PeriodKind::Year, june).to_string(), "FY to Jun 2025");
        assert_eq!(Period::UNKNOWN.to_string(), "date not given");
    }
}
