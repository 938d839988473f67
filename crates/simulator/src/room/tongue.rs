//! The words of a document: one name for each figure from those that founders use, phrases, and dates. A document keeps
//! its words; another document of the same room may use others.

use std::collections::BTreeMap;

use super::RoomError;
use crate::startup::{Dice, Kind, Locale, Month, Period};

type Words = BTreeMap<String, Vec<String>>;

/// The words of one document.
pub struct Tongue {
    /// Whose words.
    pub locale: Locale,
    labels: BTreeMap<String, String>,
    phrases: BTreeMap<String, String>,
    /// Which way of writing dates.
    way: i64,
}

impl Tongue {
    /// Draws a document's words.
    ///
    /// # Errors
    ///
    /// If the lists of words are broken, which a test excludes.
    pub fn draw(locale: Locale, dice: &mut Dice) -> Result<Self, RoomError> {
        let mut labels: Words = toml::from_str(match locale {
            Locale::EnUs | Locale::EnGb => include_str!("words/labels-en.toml"),
            Locale::De => include_str!("words/labels-de.toml"),
            Locale::Fr => include_str!("words/labels-fr.toml"),
        })?;
        let own: Words = match locale {
            Locale::EnUs => toml::from_str(include_str!("words/labels-en-us.toml"))?,
            Locale::EnGb => toml::from_str(include_str!("words/labels-en-gb.toml"))?,
            Locale::De | Locale::Fr => Words::new(),
        };
        labels.extend(own);
        let mut phrases = Words::new();
        for source in [include_str!("words/phrases.toml"), include_str!("words/papers.toml")] {
            let mut by_language: BTreeMap<String, Words> = toml::from_str(source)?;
            phrases.extend(by_language.remove(language(locale)).unwrap_or_default());
        }
        let mut one = |words: Words| -> BTreeMap<String, String> {
            words.into_iter().map(|(key, ways)| (key, dice.word(&ways).to_owned())).collect()
        };
        let (labels, phrases) = (one(labels), one(phrases));
        Ok(Self { locale, labels, phrases, way: dice.between(0, 2) })
    }

    /// The name of a figure or line.
    pub fn label(&self, key: &str) -> String {
        self.labels.get(key).cloned().unwrap_or_else(|| key.trim_start_matches('_').to_owned())
    }

    /// Whether the lists name a figure.
    pub fn has_label(&self, key: &str) -> bool {
        self.labels.contains_key(key)
    }

    /// A phrase.
    pub fn say(&self, key: &str) -> String {
        self.phrases.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// A phrase whose blanks are filled.
    pub fn fill(&self, key: &str, blanks: &[(&str, &str)]) -> String {
        blanks.iter().fold(self.say(key), |phrase, (blank, word)| phrase.replace(&format!("{{{blank}}}"), word))
    }

    /// The last day of a month in words.
    pub fn day(&self, month: Month) -> String {
        let end = month.end();
        let (day, year) = (end.format("%-d"), month.year());
        let name = self.month_name(month);
        match self.locale {
            Locale::EnUs if self.way == 0 => end.format("%m/%d/%Y").to_string(),
            Locale::EnUs => format!("{name} {day}, {year}"),
            Locale::EnGb => format!("{day} {name} {year}"),
            Locale::De if self.way == 0 => format!("{day}. {name} {year}"),
            Locale::De => end.format("%d.%m.%Y").to_string(),
            Locale::Fr if self.way == 0 => end.format("%d/%m/%Y").to_string(),
            Locale::Fr => format!("{day} {name} {year}"),
        }
    }

    /// A month's name.
    pub fn month_name(&self, month: Month) -> &'static str {
        let names = match self.locale {
            Locale::EnUs | Locale::EnGb => EN,
            Locale::De => DE,
            Locale::Fr => FR,
        };
        let at = usize::try_from(month.number() - 1).unwrap_or_default();
        names.get(at).copied().unwrap_or_default()
    }

    fn short_month(&self, month: Month) -> String {
        let at = usize::try_from(month.number() - 1).unwrap_or_default();
        match self.locale {
            Locale::Fr => FR_SHORT.get(at).copied().unwrap_or_default().to_owned(),
            _ => self.month_name(month).chars().take(3).collect(),
        }
    }

    /// The heading of a column.
    pub fn heading(&self, period: Period) -> String {
        let (end, year) = (period.end, period.end.year());
        match period.kind {
            Kind::Instant | Kind::Month => match self.way {
                0 => format!("{} {year}", self.short_month(end)),
                1 => format!("{}-{:02}", self.short_month(end).trim_end_matches('.'), year % 100),
                _ => format!("{:02}/{year}", end.number()),
            },
            Kind::Quarter => {
                let letter = if self.locale == Locale::Fr { "T" } else { "Q" };
                match self.way {
                    0 => format!("{letter}{} {year}", end.quarter()),
                    1 => format!("{letter}{}/{:02}", end.quarter(), year % 100),
                    _ => format!("{letter}{}-{year}", end.quarter()),
                }
            }
            Kind::Half => match self.locale {
                Locale::EnUs | Locale::EnGb => format!("H{} {year}", end.number() / 6),
                Locale::De => format!("{}. Hj. {year}", end.number() / 6),
                Locale::Fr => format!("S{} {year}", end.number() / 6),
            },
            Kind::Year => self.fill("year", &[("year", &year.to_string())]),
            Kind::TrailingYear => self.fill("trailing", &[("date", &self.day(end))]),
        }
    }
}

const fn language(locale: Locale) -> &'static str {
    match locale {
        Locale::EnUs | Locale::EnGb => "en",
        Locale::De => "de",
        Locale::Fr => "fr",
    }
}

const EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const FR_SHORT: [&str; 12] =
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
