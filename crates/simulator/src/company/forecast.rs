//! What the company expects after the cut-off. It is a forecast on paper, not part of the truth.

use rust_decimal::Decimal;

use super::Month;
use super::subscriptions::Bridge;

/// The month in which the forecast expects the Series A to be paid.
pub(super) const ROUND: Month = Month(36);

/// Recurring revenue of a forecast month, in euros.
pub(super) fn bridge(month: Month, opening: Decimal) -> Bridge {
    let ahead = Decimal::from(month.0 - Month::CUT_OFF.0);
    let new = Decimal::from(13_000) + ahead * Decimal::from(2_200);
    let of_opening = |thousandths| (opening * Decimal::new(thousandths, 3)).round();
    let (expansion, contraction, churn) = (of_opening(13), of_opening(2), of_opening(7));
    Bridge { opening, new, expansion, contraction, churn, closing: opening + new + expansion - contraction - churn }
}

/// Customers that are expected to be won in a forecast month.
pub(super) fn won(month: Month) -> usize {
    if month < ROUND { 2 } else { 4 }
}

/// What the Series A is expected to bring in a month, in euros.
pub(super) fn round(month: Month) -> Decimal {
    if month == ROUND { Decimal::from(super::ROUND_SIZE) } else { Decimal::ZERO }
}
