//! What holds for a whole document: its version, role, number style, currency and date.

use chrono::NaiveDate;
use model::{Currency, DocumentRole, DocumentVersion};

use crate::number::{Money, Style};
use crate::room::is_dollar;
use crate::{Room, Survey};

const LIKELY_DOLLAR: &str = "the documents do not say which dollar; this is the likely one";

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
    /// What its bare `$` is taken for where nothing says which dollar it is: the one that is named most, or that of the
    /// United States if none is.
    pub likely_dollar: Option<Currency>,
    /// Its text has a bare `$`, and no currency that is no dollar.
    pub has_dollars: bool,
    /// The day that it speaks of as now.
    pub date: Option<NaiveDate>,
    /// The last day of the one year that it gives account of.
    pub year_end: Option<NaiveDate>,
}

impl Setting {
    /// What holds for a document in a room.
    pub fn of(version: DocumentVersion, survey: &Survey, room: Room) -> Self {
        let own = Room::of([survey]);
        let dollar = own.dollar.or(room.dollar);
        let bare = survey.bare_dollar;
        let likely =
            if own.several_dollars || room.several_dollars { survey.main_dollar() } else { Some(Currency::USD) };
        let currency = match own.currency {
            Some(currency) if !bare || is_dollar(&currency) => Some(currency),
            Some(_) => None,
            None if bare => dollar,
            None if survey.named.is_empty() => room.currency,
            None => survey.majority(),
        };
        Self {
            version,
            role: survey.role,
            style: survey.style,
            currency,
            dollar,
            likely_dollar: likely.filter(|_| dollar.is_none()),
            has_dollars: bare && survey.named.keys().all(is_dollar),
            date: survey.date,
            year_end: survey.year_end,
        }
    }

    /// The currency of an amount, and why it is doubtful if it is.
    pub fn currency_of(&self, money: Option<Money>) -> (Option<Currency>, Option<&'static str>) {
        match money {
            Some(Money::In(currency)) => (Some(currency), None),
            Some(Money::Dollar) if self.dollar.is_some() => (self.dollar, None),
            None if self.currency.is_some() => (self.currency, None),
            Some(Money::Dollar) if self.likely_dollar.is_some() => (self.likely_dollar, Some(LIKELY_DOLLAR)),
            None if self.has_dollars && self.likely_dollar.is_some() => (self.likely_dollar, Some(LIKELY_DOLLAR)),
            Some(Money::Dollar) => (None, Some("the documents do not say which dollar")),
            None => (None, Some("the currency is not given")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{page, pdf, setting};

    #[test]
    fn the_document_says_its_currency() {
        let deck = |lines: &[&str]| setting("deck.pdf", &pdf(vec![page(1, lines)]), DocumentRole::Deck);
        assert_eq!(deck(&["ARR €4m", "Cash €1m"]).currency, Some(Currency::EUR));
        assert_eq!(deck(&["ARR €4m", "Cash £1m"]).currency, None);
        assert_eq!(deck(&["ARR $4m"]).dollar, None);
        assert_eq!(deck(&["ARR $4m", "Northwind Inc., Delaware"]).dollar, Some(Currency::USD));
        assert_eq!(deck(&["ARR $4m", "Sydney, AUD"]).dollar, Currency::parse("AUD"));
        assert_eq!(deck(&["ARR US$4m"]).dollar, Some(Currency::USD));
    }

    #[test]
    fn a_dollar_of_which_nothing_is_said_is_taken_for_the_likely_one_and_for_review() {
        let of = |lines: &[&str]| {
            setting("deck.pdf", &pdf(vec![page(1, lines)]), DocumentRole::Deck).currency_of(Some(Money::Dollar))
        };
        assert_eq!(of(&["ARR $4m"]), (Some(Currency::USD), Some(LIKELY_DOLLAR)));
        assert_eq!(of(&["ARR $4m", "Northwind Inc., Delaware"]), (Some(Currency::USD), None));
        assert_eq!(of(&["ARR $4m, of it C$1m and A$1m"]).0, None);
        let pages = vec![page(1, &["US$4m"]), page(2, &["US$3m"]), page(3, &["US$2m, A$3m"]), page(4, &["$4m"])];
        let mostly = setting("deck.pdf", &pdf(pages), DocumentRole::Deck);
        assert_eq!(mostly.currency_of(Some(Money::Dollar)), (Some(Currency::USD), Some(LIKELY_DOLLAR)));
    }
}
