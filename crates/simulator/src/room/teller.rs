//! Who tells figures in the words of a document: looks up the truth, puts the lie of the document in its place, and
//! writes it as the locale does.

use rust_decimal::Decimal;

use super::metric;
use super::number::{Notation, Shown, number, round};
use super::text::Text;
use super::tongue::Tongue;
use super::truth::{Basis, Figure, Unit};
use crate::defect::{Lie, Lies};
use crate::startup::{Kind, Locale, Period, Startup};

/// A figure with its name and its time in words.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its name.
    pub label: String,
    /// Its value.
    pub value: Text,
    /// Its time in words: "as of 30 June 2025", "FY2024"; empty where the document does not say.
    pub when: String,
}

/// The teller of a document.
pub struct Teller<'a> {
    /// Whose figures.
    pub startup: &'a Startup,
    /// The words.
    pub tongue: &'a Tongue,
    /// How amounts are written.
    pub notation: Notation,
    /// What is told instead of the truth.
    pub lies: &'a Lies,
    /// What the lies call the document.
    pub document: &'static str,
}

impl Teller<'_> {
    /// The figure of a metric: its true value or the lie, and the lie's name.
    pub fn value(&self, key: &str, period: Period) -> Option<(Decimal, Option<&'static str>)> {
        let truth = self.startup.value(key, period)?;
        let lie = self.lies.about(self.document, key, period);
        Some((lie.map_or(truth, |lie| lie.value(truth)), lie.map(Lie::name)))
    }

    /// A figure as the document writes it. Undated where the document does not say of when it is.
    pub fn told(&self, key: &str, period: Period, dated: bool) -> Option<Text> {
        let (value, planted) = self.value(key, period)?;
        let unit = metric::unit(key);
        let shown = match key {
            "tam" | "sam" | "som" => self.notation.market(value),
            "round_size" | "pre_money" | "post_money" => self.notation.raised(value),
            _ => self.notation.unit(unit, value, key),
        };
        let mut figure = self.figure(key, shown, unit);
        figure.planted = planted;
        if dated {
            figure.period = Some(metric::period(key, period));
            figure.basis = if self.startup.is_past(period) { Basis::Actual } else { Basis::Forecast };
        }
        Some(Text::of(figure))
    }

    /// A figure with words and value, undated.
    pub fn figure(&self, key: &str, shown: Shown, unit: Unit) -> Figure {
        let subject = if matches!(key, "tam" | "sam" | "som" | "market_growth") { "market" } else { "company" };
        Figure {
            metric: key.to_owned(),
            subject: subject.to_owned(),
            words: shown.words,
            value: shown.value,
            unit,
            currency: (unit == Unit::Money).then(|| self.startup.locale.currency()),
            period: None,
            basis: Basis::Unknown,
            planted: None,
            optional: false,
        }
    }

    /// A number of a table whose heading says the scale.
    pub fn in_table(&self, key: &str, period: Period, scale: Decimal, places: u32) -> Option<Text> {
        let (value, planted) = self.value(key, period)?;
        let unit = metric::unit(key);
        let shown = match unit {
            Unit::Money => {
                let value = round(value / scale, places);
                let size = number(self.startup.locale, value.abs(), places);
                let negative = value.is_sign_negative() && !value.is_zero();
                let words = match self.startup.locale {
                    Locale::EnUs | Locale::EnGb if negative => format!("({size})"),
                    Locale::De | Locale::Fr if negative => format!("-{size}"),
                    _ => size,
                };
                Shown { words, value: value * scale }
            }
            _ => self.notation.unit(unit, value, key),
        };
        let Some((listed, optional)) = metric::listed(key) else { return Some(shown.words.into()) };
        let mut figure = self.figure(listed, shown, unit);
        figure.optional = optional;
        figure.planted = planted;
        figure.period = Some(metric::period(key, period));
        figure.basis = if self.startup.is_past(period) { Basis::Actual } else { Basis::Forecast };
        Some(Text::of(figure))
    }

    /// A figure with its name and time.
    pub fn fact(&self, key: &str, period: Period, dated: bool) -> Option<Fact> {
        if !self.tongue.has_label(key) || !metric::is_metric(key) {
            return None;
        }
        let value = self.told(key, period, dated)?;
        let when = if dated { self.when(key, period) } else { String::new() };
        Some(Fact { label: self.tongue.label(key), value, when })
    }

    /// The time of a figure in words.
    pub fn when(&self, key: &str, period: Period) -> String {
        let period = metric::period(key, period);
        match period.kind {
            Kind::Instant => self.tongue.fill("as_of", &[("date", &self.tongue.day(period.end))]),
            Kind::Quarter if key == "net_burn" => {
                self.tongue.fill("average_of", &[("period", &self.tongue.heading(period))])
            }
            _ => self.tongue.heading(period),
        }
    }

    /// A fact as a sentence.
    pub fn sentence(&self, fact: &Fact) -> Text {
        let phrase = self.tongue.say(if fact.when.is_empty() { "fact_plain" } else { "fact_dated" });
        let (label, when) = (Text::from(fact.label.as_str()), Text::from(fact.when.as_str()));
        Text::filled(&phrase, &[("label", &label), ("value", &fact.value), ("when", &when)])
    }
}
