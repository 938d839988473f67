//! What holds for a whole document: its version, role, number style, currency and date.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use model::{Currency, Document, DocumentRole, DocumentVersion, PeriodKind};

use crate::Input;
use crate::number::{Money, Style, currencies, dollar_is_us};
use crate::period::{FoundPeriod, periods};
use crate::words::{fold, has_any};

/// What holds for a whole document.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Which state of which document.
    pub version: DocumentVersion,
    /// What it is for the diligence.
    pub role: DocumentRole,
    /// Its decimal separator.
    pub style: Style,
    /// The one currency of its amounts that name none; absent if it names several or none.
    pub currency: Option<Currency>,
    /// What its bare `$` is.
    pub dollar: Option<Currency>,
    /// The day that it speaks of as now.
    pub date: Option<NaiveDate>,
    /// The last day of the one year that it gives account of.
    pub year_end: Option<NaiveDate>,
}

/// What the documents of a room say together, for those that say nothing themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    /// The one currency that the room names.
    pub currency: Option<Currency>,
    /// The one dollar that the room names.
    pub dollar: Option<Currency>,
}

impl Room {
    /// What the readable documents say together.
    pub fn of<'a>(documents: impl IntoIterator<Item = &'a Document>) -> Self {
        let mut named: BTreeMap<Currency, u32> = BTreeMap::new();
        let mut american = false;
        for document in documents {
            for part in &document.parts {
                american |= dollar_is_us(&part.text);
                for money in currencies(&part.text) {
                    if let Money::In(currency) = money {
                        *named.entry(currency).or_default() += 1;
                    }
                }
            }
        }
        let dollars: Vec<Currency> = named.keys().copied().filter(is_dollar).collect();
        let dollar = match dollars.as_slice() {
            [one] => Some(*one),
            [] if american => Some(Currency::USD),
            _ => None,
        };
        let only = if named.len() == 1 { named.keys().next().copied() } else { None };
        Self { currency: only, dollar }
    }
}

fn is_dollar(currency: &Currency) -> bool {
    ["USD", "AUD", "CAD", "NZD", "SGD", "HKD"].contains(&currency.code())
}

impl Setting {
    /// What holds for a document.
    pub fn of(input: &Input, document: &Document, role: DocumentRole, room: Room) -> Self {
        let own = Room::of([document]);
        let dollar = own.dollar.or(room.dollar);
        let bare = document.parts.iter().any(|part| currencies(&part.text).contains(&Money::Dollar));
        let names_none = document.parts.iter().all(|part| currencies(&part.text).is_empty());
        let currency = match own.currency {
            Some(currency) if !bare || is_dollar(&currency) => Some(currency),
            Some(_) => None,
            None if bare => dollar,
            None if names_none => room.currency,
            None => majority(document),
        };
        Self {
            version: input.version,
            role,
            style: Style::of(document.parts.iter().map(|part| part.text.as_str())),
            currency,
            dollar,
            date: date(&input.name, document, role),
            year_end: year_end(document, role),
        }
    }

    /// The currency of an amount, and why it is doubtful if it is.
    pub fn currency_of(&self, money: Option<Money>) -> (Option<Currency>, Option<&'static str>) {
        match money {
            Some(Money::In(currency)) => (Some(currency), None),
            Some(Money::Dollar) if self.dollar.is_some() => (self.dollar, None),
            Some(Money::Dollar) => (None, Some("the documents do not say which dollar")),
            None if self.currency.is_some() => (self.currency, None),
            None => (None, Some("the currency is not given")),
        }
    }
}

/// The currency that most amounts are in, if it is in nine of ten parts that name one.
fn majority(document: &Document) -> Option<Currency> {
    let mut named: BTreeMap<Currency, usize> = BTreeMap::new();
    for part in &document.parts {
        for money in currencies(&part.text) {
            if let Money::In(currency) = money {
                *named.entry(currency).or_default() += 1;
            }
        }
    }
    let total: usize = named.values().sum();
    named.into_iter().find(|(_, count)| count * 10 >= total * 9).map(|(currency, _)| currency)
}

/// The year that accounts are of, if they name one only.
fn year_end(document: &Document, role: DocumentRole) -> Option<NaiveDate> {
    const ENDED: [&str; 5] = ["year ended", "year ending", "geschäftsjahr", "exercice clos", "financial year"];
    if role != DocumentRole::Accounts {
        return None;
    }
    let head: String = document.parts.first()?.text.chars().take(4_000).collect();
    let years = head.lines().filter(|line| has_any(&fold(line), &ENDED)).flat_map(periods);
    let mut ends: Vec<NaiveDate> =
        years.filter(|found| found.period.kind == PeriodKind::Year).filter_map(|found| found.period.end).collect();
    ends.sort_unstable();
    ends.dedup();
    match ends.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// The day a document speaks of as now: from its file name, else from a short or telling line of its first part. The
/// accounts of a year speak of its last day.
fn date(name: &str, document: &Document, role: DocumentRole) -> Option<NaiveDate> {
    const TELLING: [&str; 14] = [
        "as of",
        "as at",
        "date",
        "stand",
        "data as of",
        "prepared",
        "updated",
        "per",
        "zum",
        "au",
        "dated",
        "status",
        "export",
        "cut-off",
    ];
    let exact = |found: &FoundPeriod| matches!(found.period.kind, PeriodKind::Instant | PeriodKind::Month);
    let name = name.replace('_', " ");
    let year_of_accounts =
        |found: &FoundPeriod| role == DocumentRole::Accounts && found.period.kind == PeriodKind::Year;
    if let Some(found) = periods(&name).into_iter().find(|found| exact(found) || year_of_accounts(found)) {
        return found.period.end;
    }
    let first = document.parts.first()?;
    let head: String = first.text.chars().take(2_000).collect();
    let lines: Vec<&str> = head.lines().collect();
    let ended = ["year ended", "year ending", "geschäftsjahr", "exercice clos"];
    lines.iter().find_map(|line| {
        let folded = fold(line);
        let telling = has_any(&folded, &TELLING) || line.split_whitespace().count() <= 5;
        let found = periods(line);
        let [one] = found.as_slice() else { return None };
        let year_end =
            role == DocumentRole::Accounts && has_any(&folded, &ended) && one.period.kind == PeriodKind::Year;
        (exact(one) && telling && !has_any(&folded, &["launch", "founded", "close", "target"]) || year_end)
            .then_some(one.period.end)
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{input, page, pdf};

    fn setting(name: &str, lines: &[&str]) -> Setting {
        let document = pdf(vec![page(1, lines)]);
        let input = input(name, document.clone());
        Setting::of(&input, &document, DocumentRole::Deck, Room::default())
    }

    #[test]
    fn the_document_says_its_currency() {
        assert_eq!(setting("deck.pdf", &["ARR €4m", "Cash €1m"]).currency, Some(Currency::EUR));
        assert_eq!(setting("deck.pdf", &["ARR €4m", "Cash £1m"]).currency, None);
        assert_eq!(setting("deck.pdf", &["ARR $4m"]).dollar, None);
        assert_eq!(setting("deck.pdf", &["ARR $4m", "Northwind Inc., Delaware"]).dollar, Some(Currency::USD));
        assert_eq!(setting("deck.pdf", &["ARR $4m", "Sydney, AUD"]).dollar, Currency::parse("AUD"));
    }

    #[test]
    fn the_document_says_its_date() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        assert_eq!(setting("deck_2025-07.pdf", &["ARR €4m"]).date, day("2025-07-31"));
        assert_eq!(setting("deck.pdf", &["Pitch deck", "June 2025", "ARR €4m"]).date, day("2025-06-30"));
        assert_eq!(setting("deck.pdf", &["We plan to launch the product in all of Europe in June 2027"]).date, None);
    }
}
