//! Numbers with their units, as people write them: `€4.2m`, `1.234.567,89 €`, `(£1.29M)`, `118 %`, `18 months`, `3.1x`.
//!
//! Invariants: a number's bytes are those it occupies in the text, currency, sign and suffix included. What is a date, a
//! year, a phone number, a version or part of a word is no number. What can be read in two ways is left out.

mod amount;
mod scan;
mod style;
mod suffix;
mod symbol;

pub use scan::numbers;
pub use style::Style;
pub use symbol::{currencies, dollar_is_us};

use model::Currency;
use rust_decimal::Decimal;

/// A number in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// First byte, currency and sign included.
    pub start: usize,
    /// The byte after it, suffix included.
    pub end: usize,
    /// Value in whole units: its own scale applied; percent as a fraction.
    pub value: Decimal,
    /// Half of the last digit shown; zero for a plain whole number.
    pub half_step: Decimal,
    /// What it counts.
    pub measure: Measure,
    /// The factor that its own suffix gave, if it has one.
    pub scale: Option<Decimal>,
    /// It stands in parentheses: negative in accounts, an aside in prose.
    pub parenthesised: bool,
    /// It is one end of a range, or a bound (`>`, `+`), or a change.
    pub inexact: Option<Inexact>,
    /// What it is per.
    pub per: Option<Per>,
}

/// What a number counts, as far as it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Money in a currency.
    Money(Money),
    /// Percent.
    Percent,
    /// Percentage points or basis points: a change, never a level.
    Points,
    /// A multiple.
    Multiple,
    /// Months; years are turned into them.
    Months,
    /// Days.
    Days,
    /// Another length of time.
    Time,
    /// `18m`: months or millions, for the reader to say.
    MillionOrMonths,
    /// It does not say.
    Plain,
}

/// Which money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Money {
    /// This currency.
    In(Currency),
    /// Some dollar.
    Dollar,
}

/// Why a number is not a level as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inexact {
    /// One end of a range.
    Range,
    /// A lower bound.
    Bound,
    /// An upper bound.
    Most,
}

/// The stretch of time that a rate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// A year.
    Year,
    /// Something else: a seat, a site.
    Other,
}

impl Number {
    /// True if it is written as an amount of money or with a scale, and so may be one.
    pub fn is_amount(&self) -> bool {
        matches!(self.measure, Measure::Money(_)) || (self.measure == Measure::Plain && self.scale.is_some())
    }
}

#[cfg(test)]
mod tests;
