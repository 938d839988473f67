//! Finds the numbers of a text.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;
use rust_decimal::Decimal;

use super::suffix::{Suffix, per, suffix};
use super::{Inexact, Measure, Money, Number, Style, amount, symbol};
use crate::period::LONGEST;

/// The numbers of a text, in order. `masked` are bytes that are known to be something else: dates, periods.
pub fn numbers(text: &str, style: Style, masked: &[Range<usize>]) -> Vec<Number> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let mut closed: Vec<Range<usize>> = masked.to_vec();
    closed.extend(never().find_iter(text).map(|found| found.range()));
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(|c: char| c.is_ascii_digit())).map(|at| at + from) {
        if let Some(mask) = closed.iter().find(|mask| mask.contains(&at)) {
            from = mask.end.max(at + 1);
            continue;
        }
        let (number, next) = at_digits(text, at, style);
        found.extend(number);
        from = next.max(at + 1);
    }
    mark_ranges(text, &mut found);
    found
}

/// Links, addresses, telephone numbers, references to clauses and pages.
fn never() -> &'static Regex {
    static NEVER: OnceLock<Regex> = OnceLock::new();
    NEVER.get_or_init(|| {
        let pattern = concat!(
            r"(?i)https?://\S+|www\.\S+|\S+@\S+\.\S+|\+\d{1,3}[\s(][\d\s()/.-]{5,}\d|\b0\d{2,4}[\s/-]\d{4,}",
            r"|\b(?:page|seite|slide|folie|section|clause|article|artikel|note|nr\.?|no\.|iso|soc|series|version|v)",
            r"\s*\d+(?:\.\d+)*\b|\b\d{1,2}:\d{2}\b|\b\d+\s*:\s*\d+\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b24/7\b|§+\s*\d+(?:\.\d+)*",
        );
        #[allow(clippy::expect_used)]
        Regex::new(pattern).expect("the pattern is constant and tested")
    })
}

/// The number whose digits start at a byte, and where to go on.
fn at_digits(text: &str, at: usize, style: Style) -> (Option<Number>, usize) {
    let head = text.get(..at).unwrap_or_default();
    let tail = text.get(at..).unwrap_or_default();
    let before = Before::of(head);
    let length = extent(tail, before.money.is_some());
    let next = at + length;
    let rest = text.get(next..).unwrap_or_default();
    let Some(digits) = amount::digits(tail.get(..length).unwrap_or_default(), style) else {
        return (None, next);
    };
    let after = After::of(rest, before.money.is_some(), style);
    let money = before.money.or(after.money);
    let glued = before.glued || after.glued(rest);
    let bare = money.is_none() && after.suffix.is_none();
    if glued || (bare && is_year(tail.get(..length).unwrap_or_default())) {
        return (None, next);
    }
    let measure = match (money, after.suffix) {
        (Some(money), None) => Measure::Money(money),
        (Some(money), Some(Suffix { measure: Measure::Plain | Measure::MillionOrMonths, .. })) => Measure::Money(money),
        (Some(_), Some(_)) => return (None, next),
        (None, Some(suffix)) => suffix.measure,
        (None, None) => Measure::Plain,
    };
    (number(text, at, next, digits, &before, &after, measure), next + after.length)
}

fn extent(tail: &str, money_before: bool) -> usize {
    let wide = amount::extent(tail, true);
    let narrow = amount::extent(tail, false);
    let rest = tail.get(wide..).unwrap_or_default();
    let money_after = symbol::at_start(rest.trim_start_matches([' ', '\u{a0}'])).is_some();
    if wide > narrow && (money_before || money_after) { wide } else { narrow }
}

fn number(
    text: &str,
    at: usize,
    next: usize,
    digits: amount::Digits,
    before: &Before,
    after: &After,
    measure: Measure,
) -> Option<Number> {
    let scale = after.suffix.and_then(|suffix| suffix.scale);
    let percent = if measure == Measure::Percent { Decimal::new(1, 2) } else { Decimal::ONE };
    let times = after.suffix.map_or(Decimal::ONE, |suffix| suffix.factor);
    let factor = scale.unwrap_or(Decimal::ONE).checked_mul(times)?.checked_mul(percent)?;
    let sign = if before.negative { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let shown = digits.decimals > 0 || factor != Decimal::ONE;
    let unit = Decimal::try_new(1, digits.decimals).ok()?;
    let half_step = if shown { unit.checked_mul(factor)?.checked_div(Decimal::TWO)? } else { Decimal::ZERO };
    let start = at - before.length;
    let end = next + after.length;
    let opened = text.get(..start).is_some_and(|head| head.trim_end().ends_with('('));
    let closed = text.get(end..).is_some_and(|rest| rest.trim_start().starts_with(')'));
    Some(Number {
        start,
        end,
        value: digits.value.checked_mul(factor)?.checked_mul(sign)?.normalize(),
        half_step: half_step.normalize(),
        measure,
        scale,
        parenthesised: opened && closed,
        inexact: before.bound.or(after.bound.then_some(Inexact::Bound)),
        per: after.per,
    })
}

/// Four digits between 1900 and 2100.
fn is_year(body: &str) -> bool {
    body.len() == 4 && body.parse::<u32>().is_ok_and(|year| (1900..=2100).contains(&year))
}

/// What stands before the digits.
struct Before {
    /// Bytes of currency and sign.
    length: usize,
    money: Option<Money>,
    negative: bool,
    bound: Option<Inexact>,
    /// A letter or digit touches the number: it is part of a word.
    glued: bool,
}

impl Before {
    fn of(head: &str) -> Self {
        let mut rest = head;
        let mut negative = false;
        let mut money = None;
        let spaces = [' ', '\u{a0}', '\u{202f}'];
        if let Some((found, length)) = symbol::at_end(rest.trim_end_matches(spaces)) {
            let trimmed = rest.trim_end_matches(spaces);
            if rest.len() - trimmed.len() <= 3 {
                money = Some(found);
                rest = trimmed.get(..trimmed.len() - length).unwrap_or_default();
            }
        }
        let dashes = ['-', '−', '–'];
        let dashed = rest.trim_end_matches(dashes);
        let alone = dashed.is_empty() || dashed.ends_with([' ', '(', '\t', '\n', '\u{a0}', ':']);
        if dashed.len() < rest.len() && (alone || money.is_none() && symbol::at_end(dashed).is_some()) {
            // A dash with a space after it is punctuation, not a sign.
            negative = rest.chars().next_back().is_some_and(|last| dashes.contains(&last));
            rest = dashed;
            if money.is_none()
                && let Some((found, length)) = symbol::at_end(dashed)
            {
                money = Some(found);
                rest = dashed.get(..dashed.len() - length).unwrap_or_default();
            }
        }
        let last = rest.chars().next_back();
        let sign = rest.trim_end_matches(spaces);
        Self {
            length: head.len() - rest.len(),
            money,
            negative,
            bound: match sign.chars().next_back() {
                Some('>' | '≥') => Some(Inexact::Bound),
                Some('<' | '≤') => Some(Inexact::Most),
                _ => None,
            },
            glued: money.is_none() && last.is_some_and(|last| last.is_alphanumeric() || "#/_.^§".contains(last)),
        }
    }
}

/// What stands after the digits.
struct After {
    length: usize,
    suffix: Option<Suffix>,
    money: Option<Money>,
    per: Option<super::Per>,
    bound: bool,
}

impl After {
    fn of(rest: &str, money_before: bool, style: Style) -> Self {
        let after_spaces = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
        let direct = (!money_before && rest.len() - after_spaces.len() <= 1)
            .then(|| symbol::at_start(after_spaces))
            .flatten()
            .map(|(money, length)| (money, rest.len() - after_spaces.len() + length));
        let mut length = direct.map_or(0, |(_, length)| length);
        let mut money = direct.map(|(money, _)| money);
        let found = suffix(rest.get(length..).unwrap_or_default(), money_before || money.is_some(), style);
        length += found.map_or(0, |suffix| suffix.length);
        if !money_before && money.is_none() && found.is_none_or(|suffix| suffix.scale.is_some()) {
            let tail = rest.get(length..).unwrap_or_default();
            let trimmed = tail.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
            if let Some((found, taken)) = symbol::at_start(trimmed).filter(|_| tail.len() - trimmed.len() <= 2) {
                money = Some(found);
                length += tail.len() - trimmed.len() + taken;
            }
        }
        let bound = rest.get(length..).is_some_and(|tail| tail.starts_with('+'));
        let per = per(rest.get(length..).unwrap_or_default()).map(|(_, per)| per);
        Self { length, suffix: found, money, per, bound }
    }

    /// True if what follows makes the digits part of something else: `3PL`, `12-month`, `5th`, `24/7`.
    fn glued(&self, rest: &str) -> bool {
        let tail = rest.get(self.length..).unwrap_or_default();
        let mut chars = tail.chars();
        match (chars.next(), chars.next()) {
            (Some(next), _) if next.is_alphanumeric() || next == '_' => true,
            (Some('-'), Some(next)) if next.is_alphabetic() => self.suffix.is_none_or(|suffix| suffix.scale.is_none()),
            (Some('/' | ':'), Some(next)) if next.is_ascii_digit() => true,
            _ => false,
        }
    }
}

/// Marks both ends of `3-5m` and `3 to 5 million`; the first end takes the scale of the second, so neither is a level.
fn mark_ranges(text: &str, found: &mut [Number]) {
    let joined: Vec<bool> = found
        .windows(2)
        .map(|pair| {
            let [one, two] = pair else { return false };
            let between = text.get(one.end..two.start).unwrap_or_default().trim().to_lowercase();
            let dash_inside = text.get(two.start..two.end).is_some_and(|own| own.starts_with(['-', '–', '−']));
            matches!(between.as_str(), "-" | "–" | "−" | "to" | "bis" | "à")
                || (between.is_empty() && dash_inside && one.end == two.start)
        })
        .collect();
    for (at, joined) in joined.into_iter().enumerate() {
        let before = text.get(..found.get(at).map_or(0, |one| one.start)).unwrap_or_default().trim_end().to_lowercase();
        // "grew from 2m to 4m" is two levels, not a range.
        if joined && !before.ends_with("from") && !before.ends_with("von") {
            for number in found.iter_mut().skip(at).take(2) {
                number.inexact = Some(Inexact::Range);
            }
        }
    }
}
