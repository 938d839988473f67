//! The scale of a grid's plain amounts, where it is said: `in thousands`, `£'000`, `T€`, `€m`, `in Mio. EUR`.

use std::sync::OnceLock;

use regex::Regex;
use rust_decimal::Decimal;

use crate::number::{Money, currencies};
use crate::words::fold;

/// Scales that are said in words and signs, folded text.
fn patterns() -> &'static [(Regex, u32)] {
    static PATTERNS: OnceLock<Vec<(Regex, u32)>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let compile = |pattern: &str| {
            #[allow(clippy::expect_used)]
            Regex::new(pattern).expect("the patterns are constant and tested")
        };
        let codes = "eur|usd|gbp|chf|sek|nok|dkk|aud|cad|[€$£]";
        vec![
            (compile(&format!(r"\b(?:tsd|tausend)\.?\s(?:{codes})|in thousands|in tausend|en milliers|en miles\b|miles de euros|thousands of|(?:{codes})\s?thousands?|in tsd|(?:{codes})\s?'?000s?\b|[('’]000s?\b|\b(?:k|t)(?:eur|usd|gbp|chf|€|£|\$)|(?:{codes})\s?k\b|\((?:k|tsd\.?)\)")), 1_000),
            (compile(&format!(r"\b(?:mio|mn|millionen|millions d['’]|millones de)\.?\s?(?:{codes})|in millions|in millionen|en millions|en millones|millones de euros|millions of|(?:{codes})\s?millions?|in mio|in mn\b|\bm(?:eur|usd|gbp|€|£|\$)|(?:{codes})\s?(?:m|mm|mn|mio\.?|million)\b|\((?:m|mm|mio\.?)\)")), 1_000_000),
            (compile(&format!(r"\b(?:mrd|milliarden)\.?\s?(?:{codes})|in billions|in milliarden|en milliards|in mrd|(?:{codes})\s?bn\b")), 1_000_000_000),
        ]
    })
}

/// What a text says of scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// This factor.
    Factor(Decimal),
    /// Several factors.
    Conflict,
}

/// The scale that a header, caption or label says. Figures written with a currency and digits, such as `€4m`, are not
/// scales.
pub fn said(text: &str) -> Said {
    let folded = fold(text);
    let found: Vec<u32> = patterns()
        .iter()
        .filter(|(pattern, _)| {
            pattern.find_iter(&folded).any(|hit| {
                let before = folded.get(..hit.start()).unwrap_or_default();
                let amount = before.trim_end().rsplit([' ', '\n', '\t']).next().unwrap_or_default();
                let year = amount.len() == 4
                    && amount.bytes().all(|byte| byte.is_ascii_digit())
                    && before.ends_with(char::is_whitespace);
                let next_to = before.ends_with(|sign: char| sign.is_ascii_digit() || sign == ',' || sign == '.');
                !next_to && (year || !amount.ends_with(|sign: char| sign.is_ascii_digit()))
            })
        })
        .map(|(_, factor)| *factor)
        .collect();
    match found.as_slice() {
        [] => Said::Nothing,
        [one] => Said::Factor(Decimal::from(*one)),
        _ => Said::Conflict,
    }
}

/// True if a line of a head names a currency and no amount, as "All amounts in EUR" and "En €" do.
pub fn amounts_in(head: &str) -> bool {
    head.lines().any(|line| currency(line).is_some() && !line.chars().any(|sign| sign.is_ascii_digit()))
}

/// The one currency that a header, caption or label names.
pub fn currency(text: &str) -> Option<Money> {
    match currencies(text).as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_said_in_many_ways() {
        for text in [
            "in thousands of EUR",
            "EUR thousands",
            "£'000",
            "T€",
            "TEUR",
            "€k",
            "(€ thousands)",
            "in Tsd. €",
            "EUR 000",
            "USD '000",
            "(000s)",
            "k€",
            "Tsd. EUR",
            "en milliers d'euros",
            "en miles de euros",
            "(miles de euros)",
        ] {
            assert_eq!(said(text), Said::Factor(Decimal::from(1_000)), "{text}");
        }
        for text in [
            "in millions",
            "en millones",
            "€m",
            "€ million",
            "in Mio. EUR",
            "Mio. EUR",
            "Mio. €",
            "USD m",
            "(M)",
            "$mm",
        ] {
            assert_eq!(said(text), Said::Factor(Decimal::from(1_000_000)), "{text}");
        }
        for text in [
            "Revenue",
            "Marketing",
            "kick-off",
            "€4m raised",
            "Wir haben 4,2 Mio. € ARR erreicht",
            "200 Tsd. EUR",
            "1,000 customers",
            "EUR",
            "Team",
        ] {
            assert_eq!(said(text), Said::Nothing, "{text}");
        }
        assert_eq!(said("in thousands, ARR in millions"), Said::Conflict);
    }
}
