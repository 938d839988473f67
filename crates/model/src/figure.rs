//! A number with its unit, and the one way in which it is shown everywhere: screen, PDF, DOCX, Markdown.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A number with its unit and the precision with which it was stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// The value in whole units: euros, not millions of euros; fractions, not percent.
    #[schemars(with = "String")]
    pub value: Decimal,
    /// Half of the last digit that was stated: `€4.2m` is 4,200,000 ± 50,000. Zero where the value is exact.
    #[schemars(with = "String")]
    pub half_step: Decimal,
    /// The unit.
    pub unit: Unit,
}

/// What a number counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "unit", rename_all = "snake_case")]
pub enum Unit {
    /// An amount of money; without currency where the documents do not say which.
    Money {
        /// ISO 4217.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        currency: Option<Currency>,
    },
    /// A fraction, shown as percent.
    Ratio,
    /// A multiple, shown as `1.7x`.
    Multiple,
    /// A number of things: customers, people, shares.
    Count,
    /// A length of time in months.
    Months,
    /// A length of time in days.
    Days,
}

/// An ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");
    /// Swiss franc.
    pub const CHF: Self = Self(*b"CHF");

    /// A code of three capital letters.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    /// The code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// What stands before an amount: a symbol where it is unambiguous, else the code and a space.
    fn prefix(&self) -> String {
        match &self.0 {
            b"EUR" => "€".to_owned(),
            b"GBP" => "£".to_owned(),
            b"USD" => "$".to_owned(),
            _ => format!("{}\u{a0}", self.code()),
        }
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("a currency is three capital letters (ISO 4217)"))
    }
}

impl JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$" })
    }
}

impl Figure {
    /// An exact figure.
    pub fn exact(value: Decimal, unit: Unit) -> Self {
        Self { value, half_step: Decimal::ZERO, unit }
    }

    /// The least value that would be stated like this.
    pub fn low(&self) -> Decimal {
        self.value - self.half_step
    }

    /// The greatest value that would be stated like this.
    pub fn high(&self) -> Decimal {
        self.value + self.half_step
    }

    /// The one way to show it: `€4.2m`, `€3,801,234`, `62.5 %`, `34`, `9.4 months`, `1.7x`.
    pub fn show(&self) -> String {
        let sign = if self.value.is_sign_negative() { "\u{2212}" } else { "" };
        let size = self.value.abs();
        match &self.unit {
            Unit::Money { currency } => {
                let prefix = currency.map(|currency| currency.prefix()).unwrap_or_default();
                format!("{sign}{prefix}{}", self.amount(size))
            }
            Unit::Ratio => {
                let percent = size * Decimal::ONE_HUNDRED;
                format!("{sign}{}\u{a0}%", grouped(percent.round_dp(1).normalize()))
            }
            Unit::Multiple => format!("{sign}{}x", grouped(size.round_dp(2).normalize())),
            Unit::Count => format!("{sign}{}", grouped(size.round_dp(2).normalize())),
            Unit::Months => format!("{sign}{}\u{a0}months", grouped(size.round_dp(1).normalize())),
            Unit::Days => format!("{sign}{}\u{a0}days", grouped(size.round_dp(1).normalize())),
        }
    }

    /// Money as it was stated: a rounded amount keeps its scale, an exact one its digits.
    fn amount(&self, size: Decimal) -> String {
        let scales = [(1_000_000_000, "bn"), (1_000_000, "m"), (1_000, "k")];
        for (scale, suffix) in scales {
            let scale = Decimal::from(scale);
            let step = self.half_step * Decimal::TWO;
            if size >= scale && step > Decimal::ONE && step >= scale / Decimal::ONE_THOUSAND {
                let digits = (step / scale).normalize().scale();
                let mut scaled = size / scale;
                scaled.rescale(digits);
                return format!("{}{suffix}", grouped(scaled));
            }
        }
        let step_is_whole = self.half_step * Decimal::TWO >= Decimal::ONE;
        let mut whole = size;
        whole.rescale(if size.fract().is_zero() || step_is_whole { 0 } else { 2 });
        grouped(whole)
    }
}

/// Thousands parted by commas.
fn grouped(size: Decimal) -> String {
    let text = size.to_string();
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut shown = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if let Some(rest) = rest {
        shown.push('.');
        shown.push_str(rest);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: &str, half_step: &str, unit: Unit) -> Figure {
        let number = |text: &str| text.parse().unwrap_or_default();
        Figure { value: number(value), half_step: number(half_step), unit }
    }

    fn euros(value: &str, half_step: &str) -> String {
        figure(value, half_step, Unit::Money { currency: Some(Currency::EUR) }).show()
    }

    #[test]
    fn money_is_shown_as_it_was_stated() {
        assert_eq!(euros("4200000", "50000"), "€4.2m");
        assert_eq!(euros("4000000", "50000"), "€4.0m");
        assert_eq!(euros("4000000", "500000"), "€4m");
        assert_eq!(euros("180000", "500"), "€180k");
        assert_eq!(euros("3801234", "0"), "€3,801,234");
        assert_eq!(euros("96826.3158", "0.5"), "€96,826");
        assert_eq!(euros("6199.02", "70"), "€6.20k");
        assert_eq!(euros("-212000.50", "0"), "\u{2212}€212,000.50");
        assert_eq!(euros("1500000000", "50000000"), "€1.5bn");
        assert_eq!(figure("999", "0", Unit::Money { currency: Currency::parse("SEK") }).show(), "SEK\u{a0}999");
        assert_eq!(figure("999", "0", Unit::Money { currency: None }).show(), "999");
    }

    #[test]
    fn other_units_say_what_they_are() {
        assert_eq!(figure("0.625", "0", Unit::Ratio).show(), "62.5\u{a0}%");
        assert_eq!(figure("1.0400", "0", Unit::Ratio).show(), "104\u{a0}%");
        assert_eq!(figure("9.43", "0", Unit::Months).show(), "9.4\u{a0}months");
        assert_eq!(figure("1.74", "0", Unit::Multiple).show(), "1.74x");
        assert_eq!(figure("12034", "0", Unit::Count).show(), "12,034");
    }

    #[test]
    fn a_currency_is_a_code() {
        assert_eq!(Currency::parse("eur"), None);
        assert_eq!(Currency::parse("EURO"), None);
        let stored = serde_json::to_string(&Unit::Money { currency: Some(Currency::CHF) }).unwrap_or_default();
        assert_eq!(stored, r#"{"unit":"money","currency":"CHF"}"#);
    }
}
