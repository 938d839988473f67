//! Months, counted from January 2024, and the spans of them that people report on.

use chrono::{Datelike, Months, NaiveDate};

/// A month; 0 is January 2024, months before it are negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i32);

impl Month {
    /// The first month of the financial model.
    pub const FIRST: Self = Self(0);
    /// The last month that has happened: June 2026.
    pub const CUT_OFF: Self = Self(29);
    /// The last month of the forecast: December 2027.
    pub const LAST: Self = Self(47);

    /// Its last day.
    pub fn end(self) -> NaiveDate {
        let next = NaiveDate::from_ymd_opt(2024, 2, 1).unwrap_or_default();
        let distance = Months::new(self.0.unsigned_abs());
        let next = if self.0 >= 0 { next.checked_add_months(distance) } else { next.checked_sub_months(distance) };
        next.and_then(|day| day.pred_opt()).unwrap_or_default()
    }

    /// Its first day.
    pub fn start(self) -> NaiveDate {
        self.end().with_day(1).unwrap_or_default()
    }

    /// `Jun 2026`.
    pub fn label(self) -> String {
        self.end().format("%b %Y").to_string()
    }

    /// The month before.
    pub fn before(self) -> Self {
        Self(self.0 - 1)
    }

    /// True if it has happened by the cut-off.
    pub fn is_actual(self) -> bool {
        self <= Self::CUT_OFF
    }
}

/// A stretch of months, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first month.
    pub from: Month,
    /// Its last month.
    pub to: Month,
}

impl Span {
    /// Fiscal year 2024.
    pub const FY2024: Self = Self { from: Month(0), to: Month(11) };
    /// Fiscal year 2025.
    pub const FY2025: Self = Self { from: Month(12), to: Month(23) };
    /// The first half of 2026.
    pub const H1_2026: Self = Self { from: Month(24), to: Month(29) };
    /// The second quarter of 2026, the last three months before the cut-off.
    pub const Q2_2026: Self = Self { from: Month(27), to: Month(29) };
    /// The twelve months before the cut-off.
    pub const TRAILING_YEAR: Self = Self { from: Month(18), to: Month(29) };
    /// Fiscal year 2026: half of it has happened.
    pub const FY2026: Self = Self { from: Month(24), to: Month(35) };
    /// Fiscal year 2027, forecast.
    pub const FY2027: Self = Self { from: Month(36), to: Month(47) };
    /// All months of the financial model.
    pub const MODEL: Self = Self { from: Month::FIRST, to: Month::LAST };

    /// Its months in order.
    pub fn months(self) -> impl Iterator<Item = Month> {
        (self.from.0..=self.to.0).map(Month)
    }

    /// True if the month lies in it.
    pub fn has(self, month: Month) -> bool {
        (self.from..=self.to).contains(&month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_names_and_ends() {
        assert_eq!(Month::FIRST.label(), "Jan 2024");
        assert_eq!(Month::CUT_OFF.end().to_string(), "2026-06-30");
        assert_eq!(Month(1).end().to_string(), "2024-02-29");
        assert_eq!(Month(-1).end().to_string(), "2023-12-31");
        assert_eq!(Month(-20).start().to_string(), "2022-05-01");
        assert_eq!(Month::LAST.end().to_string(), "2027-12-31");
        assert_eq!(Span::TRAILING_YEAR.months().count(), 12);
    }
}
