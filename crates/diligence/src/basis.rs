//! Whether a figure has happened, by the words around it and by its period.

use chrono::NaiveDate;
use model::{Basis, Period};

use crate::words::has_any;

const FORECAST: [&str; 33] = [
    "forecast",
    "forecasts",
    "forecasted",
    "projected",
    "projection",
    "projections",
    "expected",
    "expect",
    "estimate",
    "estimated",
    "outlook",
    "will be",
    "will reach",
    "we will",
    "anticipate",
    "anticipated",
    "prognose",
    "erwartet",
    "vorschau",
    "prévision",
    "prévisions",
    "prévisionnel",
    "by the end of",
    "by year end",
    "going to",
    "scenario",
    "hochrechnung",
    "previsión",
    "previsiones",
    "previsto",
    "proyección",
    "proyecciones",
    "proyectado",
];
const BUDGET: [&str; 12] = [
    "budget",
    "budgeted",
    "plan",
    "planned",
    "geplant",
    "planung",
    "planwert",
    "as planned",
    "planzahlen",
    "budgété",
    "presupuesto",
    "presupuestado",
];
const TARGET: [&str; 15] = [
    "target",
    "targets",
    "targeting",
    "goal",
    "goals",
    "aim",
    "aims",
    "aiming",
    "ziel",
    "ziele",
    "objectif",
    "objetivo",
    "ambition",
    "milestone",
    "aspire",
];
const ACTUAL: [&str; 10] =
    ["actual", "actuals", "audited", "ist", "istwerte", "réel", "réalisé", "unaudited", "reported", "historical"];

/// What words say, the folded text given. Words of both kinds say nothing.
pub fn said(text: &str) -> Option<Basis> {
    let future = [(&TARGET[..], Basis::Target), (&BUDGET[..], Basis::Budget), (&FORECAST[..], Basis::Forecast)]
        .into_iter()
        .find(|(words, _)| has_any(text, words))
        .map(|(_, basis)| basis);
    match (future, has_any(text, &ACTUAL)) {
        (Some(_), true) => Some(Basis::Unknown),
        (Some(basis), false) => Some(basis),
        (None, true) => Some(Basis::Actual),
        (None, false) => None,
    }
}

/// The basis of a figure, and why it is doubtful if it is. What ends after the document's own date has not happened,
/// whatever its column says.
pub fn settle(stated: Option<Basis>, period: Period, date: Option<NaiveDate>) -> (Basis, Option<&'static str>) {
    let after = matches!((period.end, date), (Some(end), Some(date)) if end > date);
    match stated {
        Some(Basis::Actual) if after => {
            (Basis::Unknown, Some("called actual, but its period ends after the document's own date"))
        }
        Some(basis) => (basis, None),
        None if after => (Basis::Forecast, None),
        None if period.is_known() && date.is_some() => (Basis::Actual, None),
        None => (Basis::Unknown, None),
    }
}

#[cfg(test)]
mod tests {
    use model::PeriodKind;

    use super::*;

    #[test]
    fn words_say_whether_it_has_happened() {
        assert_eq!(said("audited actuals"), Some(Basis::Actual));
        assert_eq!(said("we expect arr of"), Some(Basis::Forecast));
        assert_eq!(said("budget 2025"), Some(Basis::Budget));
        assert_eq!(said("target arr"), Some(Basis::Target));
        assert_eq!(said("actual vs budget"), Some(Basis::Unknown));
        assert_eq!(said("previsión 2026"), Some(Basis::Forecast));
        assert_eq!(said("arr was"), None);
    }

    #[test]
    fn nothing_is_actual_after_the_document() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let year = Period::ending(PeriodKind::Year, day("2025-12-31"));
        let june = Some(day("2025-06-30"));
        assert_eq!(settle(None, year, june).0, Basis::Forecast);
        assert_eq!(settle(Some(Basis::Actual), year, june).0, Basis::Unknown);
        assert!(settle(Some(Basis::Actual), year, june).1.is_some());
        assert_eq!(settle(None, year, Some(day("2026-01-31"))).0, Basis::Actual);
        assert_eq!(settle(None, year, None).0, Basis::Unknown);
    }
}
