//! Numbers and amounts as people of a locale write them. Each way of writing returns the words and the value that the
//! words say, which is rounded where they are.

use rust_decimal::{Decimal, RoundingStrategy};

use super::truth::Unit;
use crate::startup::{Dice, Locale};

/// Words and the value that they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// `€4.2m`.
    pub words: String,
    /// 4200000.
    pub value: Decimal,
}

/// How a document writes amounts.
#[derive(Debug, Clone, Copy)]
pub struct Notation {
    locale: Locale,
    /// Which of the locale's ways to write a million.
    way: i64,
    /// Digits after the point of millions.
    digits: u32,
}

impl Notation {
    /// Draws a document's notation.
    pub fn draw(locale: Locale, dice: &mut Dice) -> Self {
        Self { locale, way: dice.between(0, 2), digits: if dice.per_mille(300) { 1 } else { 2 } }
    }

    /// An amount in its natural scale.
    pub fn money(&self, value: Decimal) -> Shown {
        let size = value.abs();
        if size >= Decimal::from(1_000_000) {
            self.scaled(value, 6, self.digits)
        } else if size >= Decimal::from(10_000) {
            self.scaled(value, 3, 0)
        } else if size >= Decimal::from(200) {
            self.whole(value, 0)
        } else {
            self.whole(value, 2)
        }
    }

    /// An amount of a market.
    pub fn market(&self, value: Decimal) -> Shown {
        if value >= Decimal::from(1_000_000_000) { self.scaled(value, 9, 1) } else { self.scaled(value, 6, 0) }
    }

    /// An amount that is raised: a whole number of millions, or with one digit if it is none.
    pub fn raised(&self, value: Decimal) -> Shown {
        let whole = (value % Decimal::from(1_000_000)).is_zero();
        self.scaled(value, 6, if whole { 0 } else { 1 })
    }

    /// An amount in whole units of the currency.
    pub fn whole(&self, value: Decimal, places: u32) -> Shown {
        let value = round(value, places);
        let number = self.number(value.abs(), places);
        let words = match (self.locale, self.way) {
            (Locale::EnUs, 2) => format!("USD\u{a0}{number}"),
            (Locale::EnUs, _) => format!("${number}"),
            (Locale::EnGb, 2) => format!("GBP\u{a0}{number}"),
            (Locale::EnGb, _) => format!("£{number}"),
            (Locale::De, 2) => format!("{number}\u{a0}EUR"),
            (Locale::De | Locale::Fr, _) => format!("{number}\u{a0}€"),
        };
        Shown { words: signed(value, words), value }
    }

    /// An amount in thousands, millions or billions.
    fn scaled(&self, value: Decimal, power: u32, places: u32) -> Shown {
        let unit = Decimal::from(10_i64.pow(power));
        let scaled = round(value / unit, places);
        let number = self.number(scaled.abs(), places);
        let words = match self.locale {
            Locale::EnUs => english("$", "USD", self.way, &number, power, true),
            Locale::EnGb => english("£", "GBP", self.way, &number, power, false),
            Locale::De => german(self.way, &number, power),
            Locale::Fr => french(self.way, &number, power),
        };
        Shown { words: signed(scaled, words), value: scaled * unit }
    }

    /// A figure of any unit.
    pub fn unit(&self, unit: Unit, value: Decimal, key: &str) -> Shown {
        match unit {
            Unit::Money => self.money(value),
            Unit::Ratio if key == "p_value" => {
                let value = round(value, 3);
                Shown { words: self.number(value, 3), value }
            }
            Unit::Ratio => self.percent(value, if value.abs() < Decimal::new(2, 2) { 2 } else { 1 }),
            Unit::Multiple => {
                let value = round(value, 1);
                Shown { words: format!("{}x", self.number(value, 1)), value }
            }
            Unit::Count => {
                let value = round(value, 0);
                Shown { words: self.number(value, 0), value }
            }
            Unit::Months | Unit::Days => {
                let value = round(value, 0);
                let (months, days) = match self.locale {
                    Locale::EnUs | Locale::EnGb => ("months", "days"),
                    Locale::De => ("Monate", "Tage"),
                    Locale::Fr => ("mois", "jours"),
                };
                let name = if unit == Unit::Months { months } else { days };
                Shown { words: format!("{}\u{a0}{name}", self.number(value, 0)), value }
            }
        }
    }

    /// A fraction as per cent.
    pub fn percent(&self, fraction: Decimal, places: u32) -> Shown {
        let value = round(fraction * Decimal::ONE_HUNDRED, places);
        let number = self.number(value.abs(), places);
        let words = match self.locale {
            Locale::EnUs | Locale::EnGb => format!("{number}%"),
            Locale::De | Locale::Fr => format!("{number}\u{a0}%"),
        };
        Shown { words: signed(value, words), value: value / Decimal::ONE_HUNDRED }
    }

    /// A number with the locale's separators.
    pub fn number(&self, value: Decimal, places: u32) -> String {
        number(self.locale, value, places)
    }
}

/// A number with a locale's separators; negative ones with a minus.
pub fn number(locale: Locale, value: Decimal, places: u32) -> String {
    let (group, point) = match locale {
        Locale::EnUs | Locale::EnGb => (",", '.'),
        Locale::De => (".", ','),
        Locale::Fr => ("\u{a0}", ','),
    };
    let text = format!("{:.*}", usize::try_from(places).unwrap_or_default(), round(value.abs(), places));
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut shown = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            shown.push_str(group);
        }
        shown.push(digit);
    }
    if !fraction.is_empty() {
        shown.push(point);
        shown.push_str(fraction);
    }
    signed(round(value, places), shown)
}

fn signed(value: Decimal, words: String) -> String {
    if value.is_sign_negative() && !value.is_zero() { format!("-{words}") } else { words }
}

/// Rounded as people round: halves away from zero.
pub fn round(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

fn english(symbol: &str, code: &str, way: i64, number: &str, power: u32, american: bool) -> String {
    let (short, long) = match power {
        3 => (if american { "K" } else { "k" }, "k"),
        6 => (if american { "M" } else { "m" }, "\u{a0}million"),
        _ => (if american { "B" } else { "bn" }, "\u{a0}billion"),
    };
    match way {
        0 => format!("{symbol}{number}{short}"),
        1 => format!("{symbol}{number}{long}"),
        _ => format!("{code}\u{a0}{number}{}", short.to_lowercase()),
    }
}

fn german(way: i64, number: &str, power: u32) -> String {
    match (power, way) {
        (3, 0) => format!("{number}\u{a0}T€"),
        (3, 1) => format!("{number}\u{a0}Tsd.\u{a0}€"),
        (3, _) => format!("TEUR\u{a0}{number}"),
        (6, 0) => format!("{number}\u{a0}Mio.\u{a0}€"),
        (6, 1) => format!("€\u{a0}{number}\u{a0}Mio."),
        (6, _) => format!("{number}\u{a0}Mio.\u{a0}EUR"),
        (_, 2) => format!("{number}\u{a0}Mrd.\u{a0}EUR"),
        _ => format!("{number}\u{a0}Mrd.\u{a0}€"),
    }
}

fn french(way: i64, number: &str, power: u32) -> String {
    match (power, way) {
        (3, 1) => format!("{number}\u{a0}K€"),
        (3, _) => format!("{number}\u{a0}k€"),
        (6, 1) => format!("{number}\u{a0}millions\u{a0}d'euros"),
        (6, _) => format!("{number}\u{a0}M€"),
        (_, 1) => format!("{number}\u{a0}milliards\u{a0}d'euros"),
        _ => format!("{number}\u{a0}Md€"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notation(locale: Locale, way: i64) -> Notation {
        Notation { locale, way, digits: 1 }
    }

    #[test]
    fn amounts_are_written_as_each_locale_does() {
        let amount = Decimal::from(4_187_400);
        let words = |locale, way| notation(locale, way).money(amount).words.replace('\u{a0}', " ");
        assert_eq!(words(Locale::EnUs, 0), "$4.2M");
        assert_eq!(words(Locale::EnGb, 1), "£4.2 million");
        assert_eq!(words(Locale::De, 0), "4,2 Mio. €");
        assert_eq!(words(Locale::Fr, 1), "4,2 millions d'euros");
        assert_eq!(notation(Locale::De, 2).money(Decimal::from(-180_400)).words.replace('\u{a0}', " "), "-TEUR 180");
        assert_eq!(notation(Locale::Fr, 0).whole(amount, 2).words.replace('\u{a0}', " "), "4 187 400,00 €");
    }

    #[test]
    fn the_value_is_what_the_words_say() {
        let shown = notation(Locale::EnUs, 0).money(Decimal::from(4_187_400));
        assert_eq!(shown.value, Decimal::from(4_200_000));
        assert_eq!(notation(Locale::De, 0).percent(Decimal::new(8163, 4), 0).value, Decimal::new(82, 2));
    }
}
