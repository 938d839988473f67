//! Amounts as people write them in decks, accounts and contracts. Halves are rounded away from zero.

use rust_decimal::{Decimal, RoundingStrategy};

/// `€4.2m`.
pub(super) fn millions(euros: Decimal) -> String {
    signed(euros, |size| format!("€{:.1}m", round(size / Decimal::from(1_000_000), 1)))
}

/// `€180k`.
pub(super) fn thousands(euros: Decimal) -> String {
    signed(euros, |size| format!("€{}k", grouped(round(size / Decimal::ONE_THOUSAND, 0))))
}

/// `€792,000`.
pub(super) fn euros(euros: Decimal) -> String {
    signed(euros, |size| format!("€{}", grouped(round(size, 0))))
}

/// `82 %` of 0.82.
pub(super) fn percent(fraction: Decimal) -> String {
    signed(fraction, |size| format!("{} %", round(size * Decimal::ONE_HUNDRED, 0)))
}

/// `24.2 %` of 0.2424.
pub(super) fn percent_fine(fraction: Decimal) -> String {
    signed(fraction, |size| format!("{:.1} %", round(size * Decimal::ONE_HUNDRED, 1)))
}

/// Whole thousands as accounts print them: `1,345`, `(87)` for less than nothing, a dash for nothing.
pub(super) fn euro_k(euros: Decimal) -> String {
    let rounded = round(euros / Decimal::ONE_THOUSAND, 0);
    if rounded.is_zero() {
        "–".to_owned()
    } else if rounded.is_sign_negative() {
        format!("({})", grouped(rounded.abs()))
    } else {
        grouped(rounded)
    }
}

/// A whole number with commas between thousands.
pub(super) fn grouped(whole: Decimal) -> String {
    let digits = whole.normalize().to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

fn round(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

fn signed(value: Decimal, show: impl Fn(Decimal) -> String) -> String {
    let sign = if value.is_sign_negative() && !value.is_zero() { "−" } else { "" };
    format!("{sign}{}", show(value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_people_do() {
        assert_eq!(millions(Decimal::from(4_200_000)), "€4.2m");
        assert_eq!(millions(Decimal::from(8_000_000)), "€8.0m");
        assert_eq!(thousands(Decimal::from(180_000)), "€180k");
        assert_eq!(thousands(Decimal::from(-1_139_600)), "−€1,140k");
        assert_eq!(euros(Decimal::from(816_000)), "€816,000");
        assert_eq!(percent(Decimal::new(715, 3)), "72 %");
        assert_eq!(percent_fine(Decimal::new(2424, 4)), "24.2 %");
        assert_eq!(euro_k(Decimal::from(-1_165_476)), "(1,165)");
        assert_eq!(euro_k(Decimal::ZERO), "–");
    }
}
