//! One look through a document: what it says of itself, and all that the figures of the whole room need to know of it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use model::{Currency, Document, DocumentKind, DocumentRole, Layout, Part, PeriodKind, TextSource};
use serde::{Deserialize, Serialize};

use crate::Input;
use crate::number::{Money, Style, currencies, dollar_is_us};
use crate::period::{FoundPeriod, periods};
use crate::role::role;
use crate::room::is_dollar;
use crate::words::{fold, has_any};

/// What one look through a document says. It follows from the document and its name alone, so it can be kept for as long
/// as [`ENGINE`](crate::ENGINE) is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// What it is for the diligence.
    pub role: DocumentRole,
    /// What the file is; absent if it could not be read.
    pub kind: Option<DocumentKind>,
    /// How well it was read, or why not: one sentence.
    pub reading: String,
    /// The day that it speaks of as now.
    pub date: Option<NaiveDate>,
    /// The last day of the one year that it gives account of.
    pub(crate) year_end: Option<NaiveDate>,
    /// Its decimal separator.
    pub(crate) style: Style,
    /// In how many parts each currency is named.
    pub(crate) named: BTreeMap<Currency, u32>,
    /// It says that its dollars are those of the United States.
    pub(crate) american: bool,
    /// It has a `$` that does not say which dollar it is.
    pub(crate) bare_dollar: bool,
}

/// Looks through a document. Of an unreadable one only the sentence is told.
pub fn survey(input: &Input) -> Survey {
    match &input.document {
        Ok(document) => of(&input.name, document, role(&input.name, document)),
        Err(sentence) => Survey {
            role: DocumentRole::Other,
            kind: None,
            reading: sentence.clone(),
            date: None,
            year_end: None,
            style: Style::Unknown,
            named: BTreeMap::new(),
            american: false,
            bare_dollar: false,
        },
    }
}

/// What a document of a known role says.
pub fn of(name: &str, document: &Document, role: DocumentRole) -> Survey {
    let mut named: BTreeMap<Currency, u32> = BTreeMap::new();
    let (mut american, mut bare_dollar) = (false, false);
    for part in &document.parts {
        american |= dollar_is_us(&part.text);
        for money in currencies(&as_meant(part)) {
            match money {
                Money::In(currency) => *named.entry(currency).or_default() += 1,
                Money::Dollar => bare_dollar = true,
            }
        }
    }
    Survey {
        role,
        kind: Some(document.kind),
        reading: document.reading.sentence(document.kind),
        date: date(name, document, role),
        year_end: year_end(document, role),
        style: Style::of(document.parts.iter().map(|part| part.text.as_str())),
        named,
        american,
        bare_dollar,
    }
}

/// The text of a part; in a recognised one `S$` is a `$` that was read twice sooner than a dollar of Singapore.
fn as_meant(part: &Part) -> Cow<'_, str> {
    let recognised = matches!(&part.layout, Layout::Page(page) if matches!(page.source, TextSource::Ocr { .. }));
    if recognised { Cow::Owned(part.text.replace("US$", "USD ").replace("S$", "$")) } else { Cow::Borrowed(&part.text) }
}

impl Survey {
    /// The dollar that is named in two of three parts that name one.
    pub(crate) fn main_dollar(&self) -> Option<Currency> {
        let dollars = || self.named.iter().filter(|(currency, _)| is_dollar(currency));
        let total: u32 = dollars().map(|(_, named)| named).sum();
        dollars().find(|(_, named)| *named * 3 >= total * 2).map(|(currency, _)| *currency)
    }

    /// The currency that most amounts are in, if it is in nine of ten parts that name one.
    pub(crate) fn majority(&self) -> Option<Currency> {
        let count = |count: &u32| u64::from(*count);
        let total: u64 = self.named.values().map(count).sum();
        self.named.iter().find(|(_, named)| count(named) * 10 >= total * 9).map(|(currency, _)| *currency)
    }
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
    use crate::build::{page, pdf};

    #[test]
    fn the_document_says_its_date() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let said = |name: &str, lines: &[&str]| of(name, &pdf(vec![page(1, lines)]), DocumentRole::Deck).date;
        assert_eq!(said("deck_2025-07.pdf", &["ARR €4m"]), day("2025-07-31"));
        assert_eq!(said("deck.pdf", &["Pitch deck", "June 2025", "ARR €4m"]), day("2025-06-30"));
        assert_eq!(said("deck.pdf", &["We plan to launch the product in all of Europe in June 2027"]), None);
    }

    #[test]
    fn a_recognised_dollar_is_not_taken_for_that_of_singapore() {
        let mut part = page(1, &["Sales S$ 120 000"]);
        let named = |part: &Part| of("deck", &pdf(vec![part.clone()]), DocumentRole::Deck).named.len();
        assert_eq!(named(&part), 1);
        if let Layout::Page(page) = &mut part.layout {
            page.source = TextSource::Ocr { confidence: 0.9 };
        }
        assert_eq!(named(&part), 0);
    }

    #[test]
    fn of_an_unreadable_document_only_the_sentence_is_told() {
        let document = Err("It is locked.".to_owned());
        let told =
            survey(&Input { version: crate::build::version("x"), name: "deck 2025-07.pdf".to_owned(), document });
        assert_eq!((told.role, told.kind, told.date), (DocumentRole::Other, None, None));
        assert_eq!(told.reading, "It is locked.");
    }
}
