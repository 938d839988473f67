//! The formulas, on bare decimals. Each has an id with a version; `None` where it is undefined.
//! Definitions: a16z "16 startup metrics" (ARR, CAC, retention), D. Sacks "The burn multiple" (2020), B. Feld "The rule of
//! 40%" (2015).

use rust_decimal::Decimal;

/// `arr.v1`: twelve times MRR.
pub fn arr(mrr: Decimal) -> Option<Decimal> {
    mrr.checked_mul(Decimal::from(12))
}

/// `gross_margin.v1`: (revenue − cost of sales) ÷ revenue.
pub fn gross_margin(revenue: Decimal, cogs: Decimal) -> Option<Decimal> {
    revenue.checked_sub(cogs)?.checked_div(revenue)
}

/// `growth_yoy.v1`: later ÷ earlier − 1; undefined unless the earlier is positive.
pub fn growth(later: Decimal, earlier: Decimal) -> Option<Decimal> {
    if earlier <= Decimal::ZERO {
        return None;
    }
    later.checked_div(earlier)?.checked_sub(Decimal::ONE)
}

/// The mean; `None` of nothing.
pub fn mean(values: &[Decimal]) -> Option<Decimal> {
    sum(values)?.checked_div(Decimal::from(values.len()))
}

/// The sum.
pub fn sum(values: &[Decimal]) -> Option<Decimal> {
    values.iter().try_fold(Decimal::ZERO, |sum, value| sum.checked_add(*value))
}

/// `runway_m.v1`: cash ÷ net burn per month; undefined unless money burns.
pub fn runway(cash: Decimal, net_burn: Decimal) -> Option<Decimal> {
    if net_burn <= Decimal::ZERO {
        return None;
    }
    cash.checked_div(net_burn)
}

/// `burn_multiple.v1`: net burn ÷ net new ARR of the same time; undefined unless ARR grew.
pub fn burn_multiple(net_burn: Decimal, net_new_arr: Decimal) -> Option<Decimal> {
    if net_new_arr <= Decimal::ZERO {
        return None;
    }
    net_burn.checked_div(net_new_arr)
}

/// A part of a whole, a ratio of two amounts.
pub fn ratio(part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.checked_div(whole)
}

/// `cac_payback_m.v1`: CAC ÷ (revenue per account and month × gross margin).
pub fn cac_payback(cac: Decimal, arpa: Decimal, gross_margin: Decimal) -> Option<Decimal> {
    cac.checked_div(arpa.checked_mul(gross_margin)?)
}

/// `rule_of_40.v1`: growth + EBITDA ÷ revenue.
pub fn rule_of_40(growth: Decimal, ebitda: Decimal, revenue: Decimal) -> Option<Decimal> {
    growth.checked_add(ebitda.checked_div(revenue)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn golden_vectors() {
        assert_eq!(arr(dec("316769.50")), Some(dec("3801234.00")));
        assert_eq!(gross_margin(dec("3200000"), dec("1290000")), Some(dec("0.596875")));
        assert_eq!(growth(dec("3200000"), dec("1950000")).map(|g| g.round_dp(4)), Some(dec("0.6410")));
        assert_eq!(runway(dec("1980000"), dec("211000")).map(|m| m.round_dp(2)), Some(dec("9.38")));
        assert_eq!(burn_multiple(dec("2532000"), dec("1455000")).map(|m| m.round_dp(2)), Some(dec("1.74")));
        assert_eq!(cac_payback(dec("54000"), dec("4500"), dec("0.75")), Some(dec("16")));
        assert_eq!(rule_of_40(dec("0.64"), dec("-310000"), dec("3200000")), Some(dec("0.543125")));
        assert_eq!(mean(&[dec("200"), dec("210"), dec("226")]), Some(dec("212")));
        assert_eq!(ratio(dec("305000"), dec("54000")).map(|m| m.round_dp(2)), Some(dec("5.65")));
    }

    #[test]
    fn what_is_undefined_gives_nothing() {
        assert_eq!(growth(dec("1"), dec("0")), None);
        assert_eq!(runway(dec("1"), dec("-5")), None);
        assert_eq!(burn_multiple(dec("1"), dec("-5")), None);
        assert_eq!(gross_margin(dec("0"), dec("5")), None);
        assert_eq!(mean(&[]), None);
    }
}
