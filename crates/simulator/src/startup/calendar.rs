//! Months and the stretches that figures are about. The fiscal year is the calendar year.

use chrono::{Datelike, Days, Months, NaiveDate};

/// A month, counted from January of the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i32);

impl Month {
    /// A month of a year, from 1 to 12.
    pub const fn of(year: i32, month: i32) -> Self {
        Self(year * 12 + month - 1)
    }

    /// Its year.
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// Its place in the year, from 1.
    pub const fn number(self) -> u32 {
        self.0.rem_euclid(12).unsigned_abs() + 1
    }

    /// So many months later, or earlier if negative.
    pub const fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    /// Its first day.
    pub fn start(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.number(), 1).unwrap_or_default()
    }

    /// Its last day.
    pub fn end(self) -> NaiveDate {
        self.start() + Months::new(1) - Days::new(1)
    }

    /// Its quarter, from 1.
    pub const fn quarter(self) -> u32 {
        (self.number() - 1) / 3 + 1
    }

    /// The month that a day lies in.
    pub fn with(day: NaiveDate) -> Self {
        Self::of(day.year(), i32::try_from(day.month()).unwrap_or(1))
    }
}

/// The form of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The end of a day.
    Instant,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// Half a calendar year.
    Half,
    /// A calendar year.
    Year,
    /// Twelve months that need not be a calendar year.
    TrailingYear,
}

impl Kind {
    /// Its name in the truth.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Half => "half",
            Self::Year => "year",
            Self::TrailingYear => "trailing_year",
        }
    }

    const fn length(self) -> i32 {
        match self {
            Self::Instant | Self::Month => 1,
            Self::Quarter => 3,
            Self::Half => 6,
            Self::Year | Self::TrailingYear => 12,
        }
    }
}

/// A stretch of months, or the end of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// Its form.
    pub kind: Kind,
    /// Its last month.
    pub end: Month,
}

impl Period {
    /// The end of a month.
    pub const fn at(end: Month) -> Self {
        Self { kind: Kind::Instant, end }
    }

    /// A month.
    pub const fn month(end: Month) -> Self {
        Self { kind: Kind::Month, end }
    }

    /// The quarter that ends with a month.
    pub const fn quarter(end: Month) -> Self {
        Self { kind: Kind::Quarter, end }
    }

    /// A calendar year.
    pub const fn year(year: i32) -> Self {
        Self { kind: Kind::Year, end: Month::of(year, 12) }
    }

    /// The twelve months that end with a month.
    pub const fn trailing(end: Month) -> Self {
        Self { kind: Kind::TrailingYear, end }
    }

    /// Its months in order.
    pub fn months(self) -> impl Iterator<Item = Month> + Clone {
        (self.first().0..=self.end.0).map(Month)
    }

    /// Its first month.
    pub const fn first(self) -> Month {
        self.end.plus(1 - self.kind.length())
    }

    /// The stretch of the same form that ends a year earlier.
    pub const fn year_before(self) -> Self {
        Self { end: self.end.plus(-12), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_know_their_days() {
        let june = Month::of(2025, 6);
        assert_eq!(june.end().to_string(), "2025-06-30");
        assert_eq!((june.year(), june.number(), june.quarter()), (2025, 6, 2));
        assert_eq!(Month::of(2024, 2).end().to_string(), "2024-02-29");
        assert_eq!(Month::with(june.end()), june);
    }

    #[test]
    fn stretches_hold_their_months() {
        let year = Period::year(2024);
        assert_eq!((year.first(), year.months().count()), (Month::of(2024, 1), 12));
        assert_eq!(Period::quarter(Month::of(2025, 6)).first(), Month::of(2025, 4));
        assert_eq!(Period::at(Month::of(2025, 6)).year_before().end, Month::of(2024, 6));
    }
}
