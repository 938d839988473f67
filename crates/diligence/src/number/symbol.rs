//! Currencies: symbols and codes before and after a number, and which of them a document names.

use model::Currency;

use super::Money;
use crate::words::has;

/// Symbols, the longest first; `$` alone is some dollar.
const SYMBOLS: [(&str, Option<&str>); 14] = [
    ("US$", Some("USD")),
    ("HK$", Some("HKD")),
    ("NZ$", Some("NZD")),
    ("A$", Some("AUD")),
    ("C$", Some("CAD")),
    ("S$", Some("SGD")),
    ("R$", Some("BRL")),
    ("€", Some("EUR")),
    ("£", Some("GBP")),
    ("₹", Some("INR")),
    ("¥", Some("JPY")),
    ("Fr.", Some("CHF")),
    ("Euro", Some("EUR")),
    ("$", None),
];

/// Codes of ISO 4217 that are looked for.
const CODES: [&str; 21] = [
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "ISK", "PLN", "CZK", "HUF", "RON", "AUD", "CAD", "NZD", "SGD",
    "HKD", "INR", "JPY", "BRL", "ILS",
];

fn all() -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    SYMBOLS.into_iter().chain(CODES.into_iter().map(|code| (code, Some(code))))
}

fn money(code: Option<&str>) -> Option<Money> {
    match code {
        None => Some(Money::Dollar),
        Some(code) => Currency::parse(code).map(Money::In),
    }
}

/// The currency at the end of a text, and the bytes it takes.
pub(super) fn at_end(head: &str) -> Option<(Money, usize)> {
    let (symbol, code) = all().find(|(symbol, _)| {
        head.strip_suffix(symbol)
            .is_some_and(|rest| !symbol.starts_with(char::is_alphabetic) || !rest.ends_with(char::is_alphanumeric))
    })?;
    Some((money(code)?, symbol.len()))
}

/// The currency at the start of a text, and the bytes it takes.
pub(super) fn at_start(tail: &str) -> Option<(Money, usize)> {
    let (symbol, code) = all().filter(|(symbol, _)| *symbol != "Fr.").find(|(symbol, _)| {
        tail.strip_prefix(symbol)
            .is_some_and(|rest| !symbol.ends_with(char::is_alphabetic) || !rest.starts_with(char::is_alphanumeric))
    })?;
    Some((money(code)?, symbol.len()))
}

/// The currencies that a text names, some dollar among them, each once, in the order of [`SYMBOLS`] and codes.
pub fn currencies(text: &str) -> Vec<Money> {
    let mut found = Vec::new();
    for (symbol, code) in all() {
        let named = if symbol.chars().all(char::is_alphabetic) {
            has(text, symbol) || has(text, &format!("k{symbol}")) || has(text, &format!("T{symbol}"))
        } else if symbol == "$" {
            bare_dollar(text)
        } else {
            stands(text, symbol)
        };
        if let Some(money) = money(code).filter(|money| named && !found.contains(money)) {
            found.push(money);
        }
    }
    found
}

/// True if a symbol stands in a text, not as the end of a longer one: `US$` is no `S$`.
fn stands(text: &str, symbol: &str) -> bool {
    text.match_indices(symbol).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        !symbol.starts_with(char::is_alphabetic) || !before.is_some_and(char::is_alphabetic)
    })
}

fn bare_dollar(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        !before.is_some_and(|before| before.is_ascii_uppercase())
    })
}

/// True if a text says that its dollars are those of the United States.
pub fn dollar_is_us(text: &str) -> bool {
    const SAYS: [&str; 14] = [
        "USD",
        "US$",
        "United States",
        "U.S.",
        "Delaware",
        "San Francisco",
        "New York",
        "California",
        "Texas",
        "Massachusetts",
        "Inc.",
        "US GAAP",
        "US dollars",
        "U.S. dollars",
    ];
    SAYS.iter().any(|word| text.contains(word))
}
