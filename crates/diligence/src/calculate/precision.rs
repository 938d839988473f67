//! How far a reckoned figure may be off: what the digits of its inputs leave open, each input moved to its ends while the
//! others stay, added up. The value keeps no digits that this does not bear out.

use model::{Figure, Unit};
use rust_decimal::{Decimal, RoundingStrategy};

/// Half of the interval that the result lies in.
pub(super) fn half_step(
    values: &[Decimal],
    steps: &[Decimal],
    result: Decimal,
    formula: &impl Fn(&[Decimal]) -> Option<Decimal>,
) -> Decimal {
    let mut moved = values.to_vec();
    let mut open = Decimal::ZERO;
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| !step.is_zero()) {
        let Some(value) = values.get(at) else { continue };
        let mut far = Decimal::ZERO;
        for end in [value - step, value + step] {
            moved.iter_mut().skip(at).take(1).for_each(|one| *one = end);
            far = formula(&moved).map_or(far, |other| far.max((other - result).abs()));
        }
        moved.iter_mut().skip(at).take(1).for_each(|one| *one = *value);
        open = open.checked_add(far).unwrap_or(open);
    }
    open
}

/// The figure: money in whole units, the rest with six decimals; the half step with its first digit, rounded up.
pub(super) fn figure(value: Decimal, open: Decimal, unit: Unit) -> Figure {
    let (shown, least) = match unit {
        Unit::Count => (value, Decimal::ZERO),
        Unit::Money { .. } => (value.round_dp(0), Decimal::new(5, 1)),
        _ => (value.round_dp(6), Decimal::ZERO),
    };
    let rounded = if shown == value { Decimal::ZERO } else { least };
    Figure { value: shown, half_step: first_digit(open.max(rounded)), unit }
}

/// `612,345` is `700,000`.
fn first_digit(size: Decimal) -> Decimal {
    let size = size.normalize();
    if size.is_zero() {
        return size;
    }
    size.round_sf_with_strategy(1, RoundingStrategy::AwayFromZero).unwrap_or(size).normalize()
}

#[cfg(test)]
mod tests {
    use model::Currency;

    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn open(values: &[&str], steps: &[&str], formula: impl Fn(&[Decimal]) -> Option<Decimal>) -> Decimal {
        let read = |texts: &[&str]| texts.iter().map(|text| dec(text)).collect::<Vec<_>>();
        let (values, steps) = (read(values), read(steps));
        half_step(&values, &steps, formula(&values).unwrap(), &formula)
    }

    #[test]
    fn what_the_inputs_leave_open_is_open_in_the_result() {
        let twelve = |values: &[Decimal]| values.first()?.checked_mul(Decimal::from(12));
        assert_eq!(open(&["300000"], &["50000"], twelve), dec("600000"));
        assert_eq!(open(&["316150"], &["0"], twelve), Decimal::ZERO);
        let ratio = |values: &[Decimal]| values.first()?.checked_div(*values.get(1)?);
        assert_eq!(open(&["2000", "200"], &["100", "0"], ratio), dec("0.5"));
        assert!(open(&["2000", "200"], &["100", "5"], ratio) > dec("0.75"));
    }

    #[test]
    fn money_is_shown_as_exactly_as_it_is_known() {
        let shown = |value: &str, open: &str| {
            figure(dec(value), dec(open), Unit::Money { currency: Some(Currency::EUR) }).show()
        };
        assert_eq!(shown("96826.3157", "0"), "€96,826");
        assert_eq!(shown("3793800", "0"), "€3,793,800");
        assert_eq!(shown("3600000", "600000"), "€3.6m");
        assert_eq!(shown("6199.0196", "612"), "€6.2k");
        assert_eq!(shown("999.4", "0"), "€999");
    }
}
