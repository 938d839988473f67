//! What follows a number: its scale, its unit, and what it is per.

use rust_decimal::Decimal;

use super::{Measure, Per, Style};

/// A suffix: the bytes it takes, and what it says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Suffix {
    /// Bytes, a leading space included.
    pub length: usize,
    /// The factor.
    pub scale: Option<Decimal>,
    /// What it counts.
    pub measure: Measure,
    /// Further factor on the value, such as 12 for years in months.
    pub factor: Decimal,
}

/// Power of ten by word. Words are compared without case, except those in [`EXACT`].
const SCALES: [(&str, u32); 32] = [
    ("thousand", 3),
    ("tausend", 3),
    ("tsd.", 3),
    ("tsd", 3),
    ("mille", 3),
    ("lakhs", 5),
    ("lakh", 5),
    ("lac", 5),
    ("millionen", 6),
    ("millions", 6),
    ("millones", 6),
    ("millón", 6),
    ("million", 6),
    ("mio.", 6),
    ("mio", 6),
    ("mln", 6),
    ("mn", 6),
    ("mm", 6),
    ("crores", 7),
    ("crore", 7),
    ("milliarden", 9),
    ("milliards", 9),
    ("milliarde", 9),
    ("milliard", 9),
    ("mrd.", 9),
    ("mrd", 9),
    ("bn", 9),
    ("billions", 9),
    ("billion", 9),
    ("billionen", 12),
    ("trillion", 12),
    ("tn", 12),
];

/// Single letters that stand right after the digits.
const LETTERS: [(&str, u32); 4] = [("k", 3), ("K", 3), ("b", 9), ("B", 9)];

const TIMES: [(&str, Measure, u32); 27] = [
    ("months", Measure::Months, 1),
    ("month", Measure::Months, 1),
    ("monaten", Measure::Months, 1),
    ("monate", Measure::Months, 1),
    ("monat", Measure::Months, 1),
    ("mois", Measure::Months, 1),
    ("meses", Measure::Months, 1),
    ("mths", Measure::Months, 1),
    ("mos", Measure::Months, 1),
    ("mo", Measure::Months, 1),
    ("years", Measure::Months, 12),
    ("year", Measure::Months, 12),
    ("jahren", Measure::Months, 12),
    ("jahre", Measure::Months, 12),
    ("ans", Measure::Months, 12),
    ("weeks", Measure::Time, 1),
    ("wochen", Measure::Time, 1),
    ("days", Measure::Days, 1),
    ("day", Measure::Days, 1),
    ("tagen", Measure::Days, 1),
    ("tage", Measure::Days, 1),
    ("días", Measure::Days, 1),
    ("dias", Measure::Days, 1),
    ("hours", Measure::Time, 1),
    ("stunden", Measure::Time, 1),
    ("minutes", Measure::Time, 1),
    ("jours", Measure::Days, 1),
];

const UNITS: [(&str, Measure); 9] = [
    ("percentage points", Measure::Points),
    ("prozentpunkte", Measure::Points),
    ("basis points", Measure::Points),
    ("percent", Measure::Percent),
    ("per cent", Measure::Percent),
    ("prozent", Measure::Percent),
    ("bps", Measure::Points),
    ("pp", Measure::Points),
    ("x", Measure::Multiple),
];

/// The suffix at the start of a text, if any. `money`: a currency stands before the digits.
pub(super) fn suffix(tail: &str, money: bool, style: Style) -> Option<Suffix> {
    let spaces = tail.len() - tail.trim_start_matches([' ', '\u{a0}', '\u{202f}']).len();
    let word = tail.get(spaces..)?;
    let close = spaces == 0;
    let plain = |length: usize, scale: Option<u32>, measure| Suffix {
        length: spaces + length,
        scale: scale.map(power),
        measure,
        factor: Decimal::ONE,
    };
    if spaces > 2 {
        return None;
    }
    if word.starts_with('%') {
        return Some(plain(1, None, Measure::Percent));
    }
    if word.starts_with('×') {
        return Some(plain("×".len(), None, Measure::Multiple));
    }
    if let Some((unit, measure)) = UNITS.into_iter().find(|(unit, _)| starts(word, unit)) {
        return (unit != "x" || close).then(|| plain(unit.len(), None, measure));
    }
    if let Some((unit, exponent)) = SCALES.into_iter().find(|(unit, _)| starts(word, unit)) {
        // The German Billion is 10^12; where commas are decimal the word cannot be trusted.
        let unsure = unit == "billion" && style == Style::Comma;
        return (!unsure).then(|| plain(unit.len(), Some(exponent), Measure::Plain));
    }
    if let Some((unit, measure, factor)) = TIMES.into_iter().find(|(unit, ..)| starts(word, unit)) {
        return Some(Suffix { factor: Decimal::from(factor), ..plain(unit.len(), None, measure) });
    }
    if word.starts_with("T€") || word.starts_with("k€") || word.starts_with("K€") {
        return Some(plain(1, Some(3), Measure::Plain));
    }
    if starts(word, "m") && (close || money) {
        let measure = if money || word.starts_with("M") { Measure::Plain } else { Measure::MillionOrMonths };
        return Some(plain(1, Some(6), measure));
    }
    if word.starts_with("m€") || word.starts_with("M€") {
        return Some(plain(1, Some(6), Measure::Plain));
    }
    let (unit, exponent) = LETTERS.into_iter().find(|(unit, _)| starts_exactly(word, unit))?;
    (close || money).then(|| plain(unit.len(), Some(exponent), Measure::Plain))
}

/// Ten to a small power.
pub fn power(exponent: u32) -> Decimal {
    Decimal::from(10u64.checked_pow(exponent).unwrap_or(1))
}

fn starts(word: &str, unit: &str) -> bool {
    word.get(..unit.len()).is_some_and(|head| head.eq_ignore_ascii_case(unit)) && ends_there(word, unit)
}

fn starts_exactly(word: &str, unit: &str) -> bool {
    word.starts_with(unit) && ends_there(word, unit)
}

fn ends_there(word: &str, unit: &str) -> bool {
    let next = word.get(unit.len()..).and_then(|rest| rest.chars().next());
    unit.ends_with('.') || !next.is_some_and(char::is_alphanumeric)
}

/// What a number is per, by the text after it: the bytes taken, and the stretch.
pub(super) fn per(tail: &str) -> Option<(usize, Per)> {
    const WORDS: [(&str, Per); 28] = [
        ("/month", Per::Month),
        ("/ month", Per::Month),
        ("/mo", Per::Month),
        ("/ mo", Per::Month),
        ("/m", Per::Month),
        ("per month", Per::Month),
        ("a month", Per::Month),
        ("p.m.", Per::Month),
        ("monthly", Per::Month),
        ("pro monat", Per::Month),
        ("par mois", Per::Month),
        ("im monat", Per::Month),
        ("/quarter", Per::Quarter),
        ("per quarter", Per::Quarter),
        ("/year", Per::Year),
        ("/ year", Per::Year),
        ("/yr", Per::Year),
        ("/y", Per::Year),
        ("per year", Per::Year),
        ("per annum", Per::Year),
        ("a year", Per::Year),
        ("p.a.", Per::Year),
        ("annually", Per::Year),
        ("pro jahr", Per::Year),
        ("par an", Per::Year),
        ("per ", Per::Other),
        ("each", Per::Other),
        ("/", Per::Other),
    ];
    let spaces = tail.len() - tail.trim_start_matches([' ', '\u{a0}']).len();
    let word = tail.get(spaces..)?;
    let (unit, per) = WORDS.into_iter().find(|(unit, _)| {
        word.get(..unit.len()).is_some_and(|head| head.eq_ignore_ascii_case(unit))
            && (unit.ends_with([' ', '/', '.']) || ends_there(word, unit))
    })?;
    Some((spaces + unit.len(), per))
}
