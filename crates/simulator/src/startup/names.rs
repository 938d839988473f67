//! Names: of the company, its people, customers, funds and competitors. All are made up.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Locale;
use super::dice::Dice;

/// The names of a locale.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    companies: Vec<String>,
    people: Vec<String>,
    first: Vec<String>,
    second: Vec<String>,
    forms: Vec<String>,
    cities: Vec<String>,
    funds: Vec<String>,
    competitors: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Books {
    en_us: Book,
    en_gb: Book,
    de: Book,
    fr: Book,
}

/// A source of names that gives none twice.
pub struct Names {
    book: Book,
    dice: Dice,
    given: BTreeSet<String>,
}

impl Names {
    /// The names of a locale in the order of a seed.
    ///
    /// # Errors
    ///
    /// If the list of names is broken, which a test excludes.
    pub fn of(locale: Locale, seed: u64) -> Result<Self, toml::de::Error> {
        let books: Books = toml::from_str(include_str!("names.toml"))?;
        let mut dice = Dice::new(seed, "names");
        let mut book = match locale {
            Locale::EnUs => books.en_us,
            Locale::EnGb => books.en_gb,
            Locale::De => books.de,
            Locale::Fr => books.fr,
        };
        dice.shuffle(&mut book.people);
        dice.shuffle(&mut book.funds);
        dice.shuffle(&mut book.competitors);
        Ok(Self { book, dice, given: BTreeSet::new() })
    }

    /// The company's name without its legal form.
    pub fn company(&mut self) -> String {
        self.dice.word(&self.book.companies).to_owned()
    }

    /// The city of the company's seat.
    pub fn city(&mut self) -> String {
        self.dice.word(&self.book.cities).to_owned()
    }

    /// A person.
    pub fn person(&mut self) -> String {
        self.book.people.pop().unwrap_or_default()
    }

    /// A fund.
    pub fn fund(&mut self) -> String {
        self.book.funds.pop().unwrap_or_default()
    }

    /// A company that sells the like.
    pub fn competitor(&mut self) -> String {
        self.book.competitors.pop().unwrap_or_default()
    }

    /// A customer.
    pub fn customer(&mut self) -> String {
        for _ in 0..200 {
            let (first, second) = (self.dice.word(&self.book.first), self.dice.word(&self.book.second));
            let name = format!("{first}{second} {}", self.dice.word(&self.book.forms));
            if self.given.insert(name.clone()) {
                return name;
            }
        }
        let name = format!("{} {}", self.dice.word(&self.book.first), self.given.len());
        self.given.insert(name.clone());
        name
    }
}
