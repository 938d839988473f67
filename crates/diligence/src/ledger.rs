//! Makes facts: the one place where a figure gets its id, its place and its doubts.

use model::{Basis, Fact, FactId, Figure, Layout, MetricId, Part, Period, PeriodKind, Span, Subject, TextSource};
use rust_decimal::Decimal;

use crate::basis::settle;
use crate::number::{Inexact, Money};
use crate::ontology::{Dimension, Kind, Metric};
use crate::setting::Setting;

/// Recognised words below this confidence are for a person to check.
const SURE_READING: f32 = 0.80;

/// A figure as an extractor found it.
#[derive(Debug, Clone)]
pub struct Found {
    /// What it measures.
    pub metric: &'static Metric,
    /// Of whom.
    pub subject: Subject,
    /// The number's characters in the part's text.
    pub span: Span,
    /// In whole units.
    pub value: Decimal,
    /// Half of the last digit shown.
    pub half_step: Decimal,
    /// Its currency as it stands.
    pub money: Option<Money>,
    /// For when, as it stands.
    pub period: Period,
    /// Whether it has happened, as it stands.
    pub basis: Option<Basis>,
    /// What found it.
    pub extractor: &'static str,
    /// How sure that is, 0 to 1.
    pub confidence: f32,
    /// A doubt of the extractor.
    pub doubt: Option<&'static str>,
}

/// The fact of a figure; `None` if its value is not believable.
pub fn fact(setting: &Setting, part: &Part, found: Found) -> Option<Fact> {
    let metric = found.metric;
    if !metric.believes(found.value) || !reaches(found.value, found.half_step) {
        return None;
    }
    let (currency, unclear) = match metric.unit {
        Dimension::Money => setting.currency_of(found.money),
        _ => (None, None),
    };
    let period = about(metric, found.period);
    let (basis, contradicted) = settle(found.basis, period, setting.date);
    let recognised = match &part.layout {
        Layout::Page(page) => match page.source {
            TextSource::Ocr { confidence } => Some(confidence),
            _ => None,
        },
        _ => None,
    };
    let unsure = recognised.is_some_and(|confidence| confidence < SURE_READING);
    // First, because a fact with this doubt is compared with nothing.
    let numbered = found.doubt.filter(|doubt| *doubt == NUMBERED);
    let needs_review = numbered
        .or(unsure.then_some("read from a scan with low confidence"))
        .or(contradicted)
        .or(found.doubt)
        .or(unclear)
        .map(str::to_owned);
    let place = part.place(setting.version, found.span);
    // The words of the JSON export, which are a format already.
    let about = serde_json::to_vec(&(period, basis, place.span, &found.subject)).unwrap_or_default();
    let id = FactId::of(&[
        setting.version.0.as_bytes(),
        &place.part.to_be_bytes(),
        &about,
        metric.id.as_bytes(),
        found.extractor.as_bytes(),
    ]);
    Some(Fact {
        id,
        metric: MetricId::new(&metric.id),
        subject: found.subject,
        figure: Figure { value: found.value, half_step: found.half_step, unit: metric.unit.unit(currency) },
        period,
        basis,
        place,
        extractor: found.extractor.to_owned(),
        confidence: found.confidence.min(recognised.unwrap_or(1.0)),
        needs_review,
    })
}

/// True if a figure has a size with which calculations and the ways of showing it cannot overflow. Every fact that this
/// crate makes is like that; ask before facts are taken from elsewhere.
pub fn can_be_reckoned(figure: &Figure) -> bool {
    reaches(figure.value, figure.half_step)
}

/// The limit is larger than any amount of money in any currency, and small enough to be multiplied by another one that
/// counts things.
fn reaches(value: Decimal, half_step: Decimal) -> bool {
    let largest = Decimal::from(1_000_000_000_000_000_u64);
    value.abs() <= largest && half_step <= largest && !half_step.is_sign_negative()
}

/// A stock is said for the end of a period, whatever the period is called. Headcount over a year stays one: it is an
/// average.
fn about(metric: &Metric, period: Period) -> Period {
    match (metric.kind, period.kind, period.end) {
        (Kind::Stock, PeriodKind::Unknown, _) => period,
        (Kind::Stock, _, Some(end)) => Period::instant(end),
        (Kind::Flow, PeriodKind::Instant, Some(_)) => Period { kind: PeriodKind::Unknown, end: period.end },
        _ => period,
    }
}

/// True if a figure may be compared and reckoned with: it is the company's own, was read with certainty, and is not of a
/// period that the document only numbers, which would be taken for the time that the document speaks of.
pub fn is_sound(fact: &Fact) -> bool {
    fact.subject == Subject::COMPANY && fact.confidence >= 0.6 && fact.needs_review.as_deref() != Some(NUMBERED)
}

/// How a stated figure limits the true one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The true one is at least this: `60+ customers`.
    Lower,
    /// The true one is at most this: `no customer above 10 %`.
    Upper,
}

/// The doubt of a figure of `Year 2`.
pub const NUMBERED: &str = "the document numbers its periods and does not date them";

const LOWER_BOUND: &str = "stated as a bound";
const UPPER_BOUND: &str = "stated as the most it can be";

/// The doubt of a number that is not a level as it stands.
pub fn doubt(inexact: Inexact) -> &'static str {
    match inexact {
        Inexact::Range | Inexact::Bound => LOWER_BOUND,
        Inexact::Most => UPPER_BOUND,
    }
}

/// Whether a fact only limits the true figure.
pub fn bound_of(fact: &Fact) -> Option<Bound> {
    match fact.needs_review.as_deref() {
        Some(LOWER_BOUND) => Some(Bound::Lower),
        Some(UPPER_BOUND) => Some(Bound::Upper),
        _ => None,
    }
}

/// A fact's figure as it is shown; what is only an upper bound says so.
pub fn shown(fact: &Fact) -> String {
    let figure = fact.figure.show();
    if bound_of(fact) == Some(Bound::Upper) { format!("at most {figure}") } else { figure }
}
