//! Figures in running text: a metric's name and a number that belongs to it, within one sentence.
//!
//! A number belongs to a name if it follows with nothing but linking words between (`ARR of €4.2m`, `net burn was
//! €180k`), or stands right before it (`34 enterprise customers`). Anything else is left out.

#[cfg(test)]
mod tests;

use model::{Layout, Part, Period, PeriodKind, SubjectKind};
use rust_decimal::Decimal;

use super::label;
use crate::basis::said;
use crate::ledger::{Found, doubt};
use crate::lines::{Piece, sentences};
use crate::number::{Inexact, Measure, Money, Number, Per, numbers};
use crate::ontology::{Dimension, Kind, Mention, Metric, mentions};
use crate::period::{FoundPeriod, periods};
use crate::setting::Setting;
use crate::words::{fold, has_any};

/// Sentences longer than this are no sentences.
const LONGEST: usize = 1_200;

/// Bytes of ": EUR " before a number, at most.
const NAMED_CURRENCY: usize = 8;

/// Words that show that a sentence speaks of others.
const OTHERS: [&str; 24] = [
    "competitor",
    "competitors",
    "industry",
    "sector",
    "the market",
    "market size",
    "wettbewerber",
    "branche",
    "concurrents",
    "benchmark",
    "median",
    "average company",
    "peers",
    "comparable companies",
    "global",
    "worldwide",
    "pilot customer",
    "their revenue",
    "their customers",
    "incumbents",
    "for example",
    "e.g.",
    "such as",
    "if we",
];

/// A word right before a number which makes it something other than the level.
const NOT_A_LEVEL: [&str; 27] = [
    "from",
    "by",
    "vs",
    "vs.",
    "versus",
    "than",
    "over",
    "under",
    "above",
    "below",
    "up",
    "additional",
    "another",
    "von",
    "um",
    "de",
    "previously",
    "first",
    "top",
    "within",
    "every",
    "another",
    "next",
    "last",
    "extra",
    "against",
    "compared to",
];

/// The figures of a part's sentences.
pub fn prose(setting: &Setting, part: &Part) -> Vec<Found> {
    let heading = heading(part);
    let of_others = has_any(&heading, &ABOUT_OTHERS);
    let of_team = has_any(&heading, &["team", "people", "équipe"]);
    // Under "Fourth quarter results" an amount without a date is the quarter's.
    let opening: String = part.text.chars().take(OPENING).collect();
    let of_quarter = has_any(&fold(&opening), &QUARTERS);
    sentences(part)
        .into_iter()
        .filter(|piece| piece.text.len() <= LONGEST && piece.text.bytes().any(|byte| byte.is_ascii_digit()))
        .flat_map(|piece| sentence(setting, &piece))
        .filter(|found| !of_others || found.subject.kind == SubjectKind::Market)
        .filter(|found| !of_quarter || found.metric.kind != Kind::Flow || found.period.is_known())
        .filter(|found| of_team || found.doubt != Some(PEOPLE))
        .map(|found| Found { doubt: found.doubt.filter(|doubt| *doubt != PEOPLE), ..found })
        .collect()
}

/// Headings of pages that speak of others than the company.
const ABOUT_OTHERS: [&str; 8] = [
    "competition",
    "competitors",
    "competitive",
    "case study",
    "customer story",
    "wettbewerb",
    "concurrence",
    "comparables",
];

/// Characters of a part that say what it is about.
const OPENING: usize = 600;

const QUARTERS: [&str; 5] = ["first quarter", "second quarter", "third quarter", "fourth quarter", "quarterly results"];

/// Marks "34 people", which is headcount on a page about the team only.
const PEOPLE: &str = "people";

/// The first lines of a page or slide; a flowing text has headings of its own and none here.
fn heading(part: &Part) -> String {
    match part.layout {
        Layout::Page(_) | Layout::Slide(_) => {
            fold(&part.text.lines().filter(|line| !line.trim().is_empty()).take(2).collect::<Vec<_>>().join("\n"))
        }
        _ => String::new(),
    }
}

/// A sentence with all that was seen in it.
struct Sentence<'a> {
    text: &'a str,
    folded: String,
    mentions: Vec<Mention>,
    numbers: Vec<Number>,
    periods: Vec<FoundPeriod>,
}

fn sentence(setting: &Setting, piece: &Piece<'_>) -> Vec<Found> {
    let folded = fold(piece.text);
    let mentions = mentions(&folded);
    if mentions.is_empty() || folded.contains("....") || folded.contains("……") {
        return Vec::new();
    }
    let periods = periods(piece.text);
    let masked: Vec<_> = periods.iter().map(|found| found.start..found.end).collect();
    let seen =
        Sentence { text: piece.text, numbers: numbers(piece.text, setting.style, &masked), folded, mentions, periods };
    let others = has_any(&seen.folded, &OTHERS);
    seen.pairs()
        .into_iter()
        .filter_map(|(mention, number)| {
            let before = seen.folded.get(..mention.start).unwrap_or_default().trim_end();
            let of_another = before.ends_with("'s") || before.ends_with("’s");
            if (others || of_another) && !mention.metric.of_market {
                return None;
            }
            // "Cash" within a sentence is mostly a word of another: cash costs, cash returned.
            if seen.folded.get(mention.start..mention.end) == Some("cash")
                && mention.start > 0
                && number.start > mention.start
            {
                return None;
            }
            if seen.is_spent(mention, number) || seen.is_of_a_quarter(mention) || too_small(mention, number) {
                return None;
            }
            let people = seen.folded.get(mention.start..mention.end) == Some(PEOPLE);
            let value = seen.value(mention, number)?;
            Some(Found {
                metric: mention.metric,
                subject: mention.metric.subject(),
                span: piece.span(number.start, number.end),
                value,
                half_step: number.half_step,
                money: match number.measure {
                    Measure::Money(money) => Some(money),
                    _ => None,
                },
                period: seen.period(mention, number),
                basis: seen.basis(mention, number),
                extractor: "prose@1",
                confidence: if number.inexact.is_some() { 0.7 } else { 0.85 },
                doubt: number.inexact.map(doubt).or(people.then_some(PEOPLE)),
            })
        })
        .collect()
}

/// A number without a scale that is no company's sales or balance, such as the `$26` of a broken line.
fn too_small(mention: &Mention, number: &Number) -> bool {
    let metric = mention.metric;
    let of_statements = matches!(metric.home.as_str(), "financials" | "balance") && metric.kind != Kind::Rate;
    metric.unit == Dimension::Money
        && of_statements
        && number.scale.is_none()
        && number.value.abs() < Decimal::ONE_HUNDRED
}

impl Sentence<'_> {
    /// `$70m of cash towards share repurchases` is what is spent, not what there is.
    fn is_spent(&self, mention: &Mention, number: &Number) -> bool {
        let tail = self.folded.get(mention.end..).unwrap_or_default().trim_start();
        let next = tail.split_whitespace().next().unwrap_or_default();
        let returned = has_any(&self.folded, &["to shareholders", "share repurchases", "dividend", "dividends"]);
        mention.metric.id == "cash"
            && (returned || (number.end <= mention.start && matches!(next, "to" | "towards" | "toward" | "for")))
    }

    /// `5 % lower than the same quarter last year`, without a date: of some quarter, not of a year.
    fn is_of_a_quarter(&self, mention: &Mention) -> bool {
        const OF_A_QUARTER: [&str; 6] = [
            "same quarter",
            "for the quarter",
            "in the quarter",
            "prior year quarter",
            "second quarter and",
            "this quarter",
        ];
        mention.metric.kind == Kind::Flow && self.periods.is_empty() && has_any(&self.folded, &OF_A_QUARTER)
    }

    /// Names with their numbers: the closest pairs first, each name and each number once.
    fn pairs(&self) -> Vec<(&Mention, &Number)> {
        let mut candidates = Vec::new();
        for (m, mention) in self.mentions.iter().enumerate() {
            for (n, number) in self.numbers.iter().enumerate() {
                if let Some(distance) = self.distance(mention, number) {
                    candidates.push((distance, m, n));
                }
            }
        }
        candidates.sort_unstable();
        let (mut used_mentions, mut used_numbers) = (Vec::new(), Vec::new());
        let mut pairs = Vec::new();
        for (_, m, n) in candidates {
            if used_mentions.contains(&m) || used_numbers.contains(&n) {
                continue;
            }
            used_mentions.push(m);
            used_numbers.push(n);
            pairs.extend(self.mentions.get(m).zip(self.numbers.get(n)));
        }
        pairs.sort_by_key(|(mention, _)| mention.start);
        pairs
    }

    /// How far a number is from a name that it belongs to, in bytes; `None` if it does not.
    fn distance(&self, mention: &Mention, number: &Number) -> Option<usize> {
        if !fits(mention.metric, number) || number.inexact == Some(Inexact::Range) {
            return None;
        }
        if number.start >= mention.end {
            self.follows(mention, number)
        } else if number.end <= mention.start {
            self.precedes(mention, number)
        } else {
            None
        }
    }

    fn follows(&self, mention: &Mention, number: &Number) -> Option<usize> {
        let gap = self.path(mention.end, number.start);
        let plain = number.measure == Measure::Plain && number.scale.is_none();
        let linked = label::links(&gap);
        let one_of_many = self.another_follows(number);
        let last = gap.split_whitespace().next_back().unwrap_or_default();
        if !linked
            || one_of_many
            || NOT_A_LEVEL.contains(&last)
            || (plain && gap.trim().is_empty() && !self.ends_with(number))
        {
            return None;
        }
        Some(number.start - mention.end)
    }

    /// `Revenue £3.2M £2.9M`: columns without their header.
    fn another_follows(&self, number: &Number) -> bool {
        self.numbers.iter().any(|other| {
            other.start >= number.end
                && self
                    .text
                    .get(number.end..other.start)
                    .is_some_and(|gap| gap.chars().all(|found| found.is_whitespace() || "()|-–".contains(found)))
        })
    }

    fn ends_with(&self, number: &Number) -> bool {
        self.text.get(number.end..).is_some_and(|rest| rest.trim_matches([' ', '.', ',', ';', ')']).is_empty())
    }

    fn precedes(&self, mention: &Mention, number: &Number) -> Option<usize> {
        let gap = self.folded.get(number.end..mention.start)?;
        let before = self.folded.get(..number.start)?.trim_end();
        let last = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        let numbering = before.is_empty()
            && number.measure == Measure::Plain
            && (gap.starts_with(['.', ')']) || self.is_heading(mention, number));
        let counted = mention.metric.unit == Dimension::Count;
        let joins = if counted { label::qualifies_count(gap) } else { label::qualifies(gap) };
        let tail = self.folded.get(mention.end..)?.trim_start();
        // "£4.2m ARR: 12 customers", "€2m revenue of €3m": the name has a number of its own after it.
        let own = tail.starts_with(':');
        if !joins || numbering || own || NOT_A_LEVEL.contains(&last) {
            return None;
        }
        Some(gap.len())
    }

    /// `4 Customers`: the number of a heading.
    fn is_heading(&self, mention: &Mention, number: &Number) -> bool {
        let capital = self.text.get(mention.start..).is_some_and(|rest| rest.starts_with(char::is_uppercase));
        capital && number.value < Decimal::from(30) && self.text.split_whitespace().count() <= 4
    }

    /// The words between a name and a number; of "grew from €2m in 2023 to €4m" the way it came is left out.
    fn path(&self, start: usize, end: usize) -> String {
        let gap = self.without_periods(start, end);
        let before = self.numbers.iter().find(|other| other.start >= start && other.end < end);
        let from = before
            .is_some_and(|other| self.text.get(..other.start).is_some_and(|head| head.trim_end().ends_with("from")));
        if !from || !gap.trim_end().ends_with("to") {
            return gap;
        }
        gap.split_whitespace()
            .filter(|word| *word != "from" && !word.chars().any(|c| c.is_ascii_digit()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn without_periods(&self, start: usize, end: usize) -> String {
        let mut gap = String::new();
        let mut from = start;
        for period in self.periods.iter().filter(|period| period.start >= start && period.end <= end) {
            gap.push_str(self.folded.get(from..period.start).unwrap_or_default());
            from = period.end;
        }
        gap.push_str(self.folded.get(from..end).unwrap_or_default());
        gap
    }

    /// The value in the metric's unit; `None` if it is not one.
    fn value(&self, mention: &Mention, number: &Number) -> Option<Decimal> {
        let metric = mention.metric;
        let value = number.value;
        let rest = self.text.get(number.end..).unwrap_or_default().trim_start();
        let loss = mention.loss
            || metric.id == "ebitda"
                && has_any(&self.without_periods(mention.end, number.start.max(mention.end)), &["loss"]);
        if number.parenthesised && !metric.unsigned && metric.low.is_none_or(|low| low.is_sign_negative()) {
            let alone = rest.trim_start_matches(')').trim().is_empty() || loss;
            return alone.then(|| -value.abs());
        }
        if number.measure == Measure::MillionOrMonths && metric.unit == Dimension::Months {
            return value.checked_div(Decimal::from(1_000_000));
        }
        if number.measure == Measure::MillionOrMonths && metric.unit == Dimension::Count {
            return Some(value);
        }
        let value = if loss { -value.abs() } else { metric.signed(value) };
        match (metric.id.as_str(), number.per) {
            ("arr", Some(Per::Month | Per::Quarter | Per::Other)) => None,
            ("mrr", Some(Per::Year | Per::Quarter | Per::Other)) => None,
            (_, Some(per)) if metric.kind == Kind::Flow => {
                // "€80k per month" is no amount of a stretch, but for what is told by the month.
                (per == if metric.is_by_month() { Per::Month } else { Per::Year }).then_some(value)
            }
            ("arpa" | "arpu" | "arppu", Some(Per::Year)) => value.checked_div(Decimal::from(12)),
            ("arpa" | "arpu" | "arppu", Some(Per::Month)) => Some(value),
            ("arpa" | "arpu" | "arppu", _) => None,
            (_, Some(Per::Other)) if metric.unit == Dimension::Money => None,
            _ => Some(value),
        }
    }

    /// The period that belongs to a pair: right after it, between, or the nearest with no other number between.
    fn period(&self, mention: &Mention, number: &Number) -> Period {
        let (start, end) = (mention.start.min(number.start), mention.end.max(number.end));
        let inside = self.periods.iter().find(|period| period.start >= start && period.end <= end);
        let right_after = self.periods.iter().find(|period| {
            const AT: [&str; 14] =
                ["in", "for", "at", "as of", "as at", "during", "on", "im", "am", "per", "zum", "en", "au", "by"];
            let gap = self.folded.get(end..period.start).unwrap_or_default().trim();
            period.start >= end && AT.contains(&gap)
        });
        let nearest = self.periods.iter().filter(|period| self.beside(period, start, end)).min_by_key(|period| {
            if period.start >= end { period.start - end } else { start.saturating_sub(period.end) }
        });
        let found = right_after.or(inside).or(nearest);
        let period = found.map_or(Period::UNKNOWN, |found| found.period);
        match period.kind {
            PeriodKind::Instant if mention.metric.is_by_month() => Period { kind: PeriodKind::Month, end: period.end },
            _ if mention.metric.home == "round" => Period::UNKNOWN,
            _ if mention.metric.kind == Kind::Flow && period.kind == PeriodKind::Instant => {
                Period { kind: PeriodKind::Unknown, end: period.end }
            }
            _ => period,
        }
    }

    /// True if no other number stands between a period and a pair, and the period is not that of the next number: `€2m
    /// (2024: €1m)`.
    fn beside(&self, period: &FoundPeriod, start: usize, end: usize) -> bool {
        let next = self.numbers.iter().find(|number| number.start >= period.end);
        let gap = next.and_then(|next| self.text.get(period.end..next.start)).unwrap_or_default();
        if period.start >= end && gap.starts_with(':') && gap.len() <= NAMED_CURRENCY {
            return false;
        }
        let (from, to) = if period.start >= end { (end, period.start) } else { (period.end, start) };
        to >= from && to - from <= 80 && !self.numbers.iter().any(|number| number.start >= from && number.end <= to)
    }

    fn basis(&self, mention: &Mention, number: &Number) -> Option<model::Basis> {
        let (start, end) = (mention.start.min(number.start), mention.end.max(number.end));
        let stated = self
            .periods
            .iter()
            .find(|period| period.basis.is_some() && period.end + 60 > start && period.start < end + 60);
        stated.and_then(|period| period.basis).or_else(|| said(&self.folded))
    }
}

/// True if a number may be of a metric, by its unit.
fn fits(metric: &Metric, number: &Number) -> bool {
    match metric.unit {
        Dimension::Money => {
            matches!(number.measure, Measure::Money(Money::In(_) | Money::Dollar)) || number.is_amount()
        }
        Dimension::Ratio => number.measure == Measure::Percent,
        Dimension::Multiple => number.measure == Measure::Multiple,
        Dimension::Months => matches!(number.measure, Measure::Months | Measure::MillionOrMonths),
        Dimension::Days => number.measure == Measure::Days,
        Dimension::Count => {
            let scaled = number.measure == Measure::MillionOrMonths;
            (number.measure == Measure::Plain || scaled) && number.value.fract().is_zero() && !number.parenthesised
        }
    }
}
