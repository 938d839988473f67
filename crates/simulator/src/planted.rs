//! What is planted in the files: claims of the deck that the other documents do not bear out, and one hard-coded total
//! of the model that does not foot.

use rust_decimal::Decimal;

use crate::{Company, Month, Span, headcount};

/// What the files say instead of the truth.
#[derive(Debug, Clone)]
pub struct Planted {
    /// What the deck claims.
    pub deck: DeckClaims,
    /// The total of the model that is typed in, not reckoned.
    pub typed_total: Option<TypedTotal>,
}

/// What the deck claims of the company. Money in euros, parts as fractions.
#[derive(Debug, Clone)]
pub struct DeckClaims {
    /// Annual recurring revenue at the cut-off.
    pub arr: Decimal,
    /// Net burn a month, average of the second quarter of 2026.
    pub net_burn: Decimal,
    /// Months of runway from the cut-off.
    pub runway_months: u32,
    /// Paying customers at the cut-off, as written.
    pub customers: String,
    /// Gross margin of fiscal year 2025.
    pub gross_margin: Decimal,
    /// People at the cut-off.
    pub headcount: u32,
    /// All that has been raised.
    pub raised: Decimal,
    /// Net revenue retention over the year to the cut-off.
    pub net_retention: Decimal,
    /// Cost to win a customer over the year to the cut-off.
    pub cac: Decimal,
    /// Lifetime value of a customer.
    pub ltv: Decimal,
}

/// A typed-in total of recurring revenue by plan.
#[derive(Debug, Clone, Copy)]
pub struct TypedTotal {
    /// Its month.
    pub month: Month,
    /// How much it is above the sum of its rows, in euros.
    pub excess: Decimal,
}

impl Planted {
    /// Nothing: every file says the truth.
    pub fn nothing(company: &Company) -> Self {
        let at = Month::CUT_OFF;
        let runway = company.runway().round().to_string().parse().unwrap_or_default();
        Self {
            deck: DeckClaims {
                arr: company.arr(at),
                net_burn: company.net_burn(Span::Q2_2026),
                runway_months: runway,
                customers: company.active_customers(at).to_string(),
                gross_margin: company.gross_margin(Span::FY2025),
                headcount: headcount(at),
                raised: company.cap_table.raised(),
                net_retention: company.net_retention(at),
                cac: company.cac(Span::TRAILING_YEAR),
                ltv: company.ltv(),
            },
            typed_total: None,
        }
    }

    /// The story of the demo data room: a deck that looks better than its company.
    pub fn demo() -> Self {
        Self {
            deck: DeckClaims {
                arr: Decimal::from(4_200_000),
                net_burn: Decimal::from(180_000),
                runway_months: 18,
                customers: "60+".to_owned(),
                gross_margin: Decimal::new(82, 2),
                headcount: 34,
                raised: Decimal::from(6_500_000),
                net_retention: Decimal::new(118, 2),
                cac: Decimal::from(54_000),
                ltv: Decimal::from(305_000),
            },
            typed_total: Some(TypedTotal { month: Month(26), excess: Decimal::from(12_000) }),
        }
    }
}
