//! Big numbers with their names beside them, as slides show them: a line that is a number alone, and a line that is a
//! metric's name alone above or below it.
//!
//! Which of both it is follows from the run of such lines: it starts with a number (names below) or ends with one (names
//! above). A run that could be read both ways is left out.

use model::{Part, Period, PeriodKind};

use super::label::metric_of;
use crate::basis::said;
use crate::ledger::{Found, doubt};
use crate::lines::{Piece, lines};
use crate::number::{Inexact, Measure, Number, Per, numbers};
use crate::ontology::{Dimension, Kind, Metric};
use crate::period::{period_of, periods};
use crate::setting::Setting;
use crate::words::fold;

/// A name has at most so many words.
const LABEL_WORDS: usize = 6;

enum Line<'a> {
    Number(Piece<'a>, Number),
    Name(Piece<'a>),
    Other,
}

/// The figures of a part's big numbers.
pub fn key_values(setting: &Setting, part: &Part) -> Vec<Found> {
    let read: Vec<Line<'_>> = lines(part).into_iter().map(|piece| classify(setting, piece)).collect();
    let mut found = Vec::new();
    let mut run: Vec<&Line<'_>> = Vec::new();
    for line in read.iter().chain([&Line::Other]) {
        let ends_run = matches!(
            (run.last(), line),
            (_, Line::Other) | (Some(Line::Number(..)), Line::Number(..)) | (Some(Line::Name(_)), Line::Name(_))
        );
        if ends_run {
            found.extend(figures(&run));
            run.clear();
        }
        if !matches!(line, Line::Other) {
            run.push(line);
        }
    }
    found
}

fn classify<'a>(setting: &Setting, piece: Piece<'a>) -> Line<'a> {
    let masked: Vec<_> = periods(piece.text).iter().map(|found| found.start..found.end).collect();
    let found = numbers(piece.text, setting.style, &masked);
    match found.as_slice() {
        [number] if is_alone(piece.text, number) && masked.is_empty() => Line::Number(piece, number.clone()),
        [] if piece.text.split_whitespace().count() <= LABEL_WORDS => Line::Name(piece),
        _ => Line::Other,
    }
}

pub(super) fn is_alone(text: &str, number: &Number) -> bool {
    let before = text.get(..number.start).unwrap_or_default();
    let after = text.get(number.end..).unwrap_or_default();
    let rest = [before, after].concat();
    matches!(rest.trim(), "" | "+" | "~" | ">" | "*" | "≈" | "/mo" | "/ month" | "/month" | "per month" | "p.a." | "()")
}

/// The figures of one run of alternating lines.
fn figures(run: &[&Line<'_>]) -> Vec<Found> {
    let starts = matches!(run.first(), Some(Line::Number(..)));
    let ends = matches!(run.last(), Some(Line::Number(..)));
    let trimmed: &[&Line<'_>] = match (starts, ends) {
        (true, false) | (false, true) => run,
        (true, true) => return Vec::new(),
        (false, false) => match (named(run.first()), named(run.last())) {
            (false, true) => run.get(1..).unwrap_or_default(),
            (true, false) => run.get(..run.len() - 1).unwrap_or_default(),
            _ => return Vec::new(),
        },
    };
    trimmed
        .chunks(2)
        .filter_map(|pair| match pair {
            [Line::Number(own, number), Line::Name(label)] | [Line::Name(label), Line::Number(own, number)] => {
                figure(own, number, label, None)
            }
            _ => None,
        })
        .collect()
}

fn named(line: Option<&&Line<'_>>) -> bool {
    matches!(line, Some(Line::Name(piece)) if metric_of(piece.text).is_some())
}

/// The figure of a number with its name, and the text below it that says the period.
pub(super) fn figure(own: &Piece<'_>, number: &Number, label: &Piece<'_>, below: Option<&str>) -> Option<Found> {
    let mention = metric_of(label.text)?;
    let metric = mention.metric;
    let value = value(metric, number).map(|value| if mention.loss { -value.abs() } else { metric.signed(value) })?;
    let stated = period_of(label.text).or_else(|| below.and_then(period_of));
    let period = match stated {
        Some(found) if metric.is_by_month() && found.period.kind == PeriodKind::Instant => {
            Period { kind: PeriodKind::Month, end: found.period.end }
        }
        Some(found) => found.period,
        None => Period::UNKNOWN,
    };
    Some(Found {
        metric,
        subject: metric.subject(),
        span: own.span(number.start, number.end),
        value,
        half_step: number.half_step,
        money: match number.measure {
            Measure::Money(money) => Some(money),
            _ => None,
        },
        period,
        basis: stated
            .and_then(|found| found.basis)
            .or_else(|| said(&fold(label.text)))
            .or_else(|| below.and_then(|text| said(&fold(text)))),
        extractor: "slide@1",
        confidence: if number.inexact.is_some() { 0.7 } else { 0.8 },
        doubt: number.inexact.map(doubt),
    })
}

fn value(metric: &Metric, number: &Number) -> Option<rust_decimal::Decimal> {
    if number.inexact == Some(Inexact::Range) {
        return None;
    }
    let fits = match metric.unit {
        Dimension::Money => number.is_amount() || number.measure == Measure::MillionOrMonths,
        Dimension::Ratio => number.measure == Measure::Percent,
        Dimension::Multiple => number.measure == Measure::Multiple,
        Dimension::Months => matches!(number.measure, Measure::Months | Measure::MillionOrMonths),
        Dimension::Days => number.measure == Measure::Days,
        Dimension::Count => {
            matches!(number.measure, Measure::Plain | Measure::MillionOrMonths) && number.value.fract().is_zero()
        }
    };
    let of_another_stretch = match number.per {
        Some(Per::Month) => metric.id == "arr" || (metric.kind == Kind::Flow && !metric.is_by_month()),
        Some(Per::Year) => metric.id == "mrr" || metric.is_by_month(),
        _ => false,
    };
    if !fits || of_another_stretch {
        return None;
    }
    let months = metric.unit == Dimension::Months && number.measure == Measure::MillionOrMonths;
    if months { number.value.checked_div(rust_decimal::Decimal::from(1_000_000)) } else { Some(number.value) }
}

#[cfg(test)]
mod tests {
    use model::DocumentRole;

    use super::*;
    use crate::build::{page, pdf, setting};

    fn read(shown: &[&str]) -> Vec<String> {
        let document = pdf(vec![page(1, shown)]);
        let setting = setting("deck.pdf", &document, DocumentRole::Deck);
        key_values(&setting, &document.parts[0])
            .into_iter()
            .map(|found| format!("{}={}", found.metric.id, found.value))
            .collect()
    }

    #[test]
    fn names_stand_below_or_above_their_numbers() {
        assert_eq!(
            read(&["Traction", "€4.2m", "ARR", "118%", "Net revenue retention", "34", "Customers"]),
            ["arr=4200000", "nrr=1.18", "customers=34"]
        );
        assert_eq!(
            read(&["ARR", "€4.2m", "Net burn", "€180k", "Runway", "18 months"]),
            ["arr=4200000", "net_burn=180000", "runway_m=18"]
        );
    }

    #[test]
    fn a_run_that_can_be_read_both_ways_is_left_out() {
        assert_eq!(read(&["€4.2m", "ARR", "€180k"]), [""; 0]);
        assert_eq!(read(&["ARR", "€4.2m", "Net burn"]), [""; 0]);
        assert_eq!(read(&["50+", "Countries", "2M", "document links"]), [""; 0]);
    }
}
