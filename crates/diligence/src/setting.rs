//! What holds for a whole document: its version, role, number style, currency and date.

use chrono::NaiveDate;
use model::{Currency, DocumentRole, DocumentVersion};

use crate::number::{Money, Style};
use crate::room::is_dollar;
use crate::{Room, Survey};

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

impl Setting {
    /// What holds for a document in a room.
    pub fn of(version: DocumentVersion, survey: &Survey, room: Room) -> Self {
        let own = Room::of([survey]);
        let dollar = own.dollar.or(room.dollar);
        let bare = survey.bare_dollar;
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
            date: survey.date,
            year_end: survey.year_end,
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
    }
}
