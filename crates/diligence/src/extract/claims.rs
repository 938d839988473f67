//! Claims in fixed words that a name beside a number does not catch: `No customer stands for more than 10 % of ARR`.

use std::sync::OnceLock;

use model::{Part, Period, Subject};
use regex::Regex;

use crate::ledger::{Found, doubt};
use crate::lines::Piece;
use crate::number::{Inexact, Measure, numbers};
use crate::ontology::ontology;
use crate::setting::Setting;

fn no_customer() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| {
        let pattern = r"(?i)\b(?:no (?:single |one )?(?:customer|client)|kein (?:einzelner )?kunde|aucun client)\b[^.;%\d]{0,50}?\b(?:more than|over|above|mehr als|plus de)\s+";
        #[allow(clippy::expect_used)]
        Regex::new(pattern).expect("the pattern is constant and tested")
    })
}

/// The claims of a part; such a sentence may run over short lines.
pub fn claims(setting: &Setting, part: &Part) -> Vec<Found> {
    let whole = Piece { text: &part.text, start: 0 };
    let Some(metric) = ontology().metric("top_customer_share") else { return Vec::new() };
    let mut found = Vec::new();
    for words in no_customer().find_iter(whole.text).take(20) {
        let tail: String = whole.text.get(words.end()..).unwrap_or_default().chars().take(12).collect();
        let read = numbers(&tail, setting.style, &[]);
        let number = read.first().filter(|number| number.start == 0 && number.measure == Measure::Percent);
        found.extend(number.map(|number| Found {
            metric,
            subject: Subject::COMPANY,
            span: whole.span(words.end(), words.end() + number.end),
            value: number.value,
            half_step: number.half_step,
            money: None,
            period: Period::UNKNOWN,
            basis: None,
            extractor: "claim@1",
            confidence: 0.7,
            doubt: Some(doubt(Inexact::Most)),
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use model::DocumentRole;

    use super::*;
    use crate::build::{page, pdf, setting};

    #[test]
    fn a_bound_on_the_largest_customer_is_a_claim() {
        let lines = ["No customer stands for more than", "10 % of ARR", "No customer left in 2025"];
        let document = pdf(vec![page(1, &lines)]);
        let setting = setting("deck.pdf", &document, DocumentRole::Deck);
        let found = claims(&setting, &document.parts[0]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].value, rust_decimal::Decimal::new(1, 1));
        assert_eq!(document.parts[0].quote(found[0].span), "10 %");
    }
}
