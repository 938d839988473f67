//! What the simulator knows of the ontology: the unit of a metric, and which period a figure of it belongs to. Keys that
//! start with `_` are lines without a metric.

use super::truth::Unit;
use crate::startup::{Kind, Period};

/// Whether the ontology has it.
pub fn is_metric(key: &str) -> bool {
    !key.starts_with('_')
}

/// The metric as which a line is listed, and whether it is optional. A SAFE is debt to some and equity to others;
/// administrative cost with depreciation in it is close to that without.
pub fn listed(key: &str) -> Option<(&str, bool)> {
    match key {
        "_safe" => Some(("debt", true)),
        "_ga_with_depreciation" => Some(("opex_ga", true)),
        key => is_metric(key).then_some((key, false)),
    }
}

/// The unit of a metric or line.
pub fn unit(key: &str) -> Unit {
    match key {
        "gross_margin"
        | "ebitda_margin"
        | "growth_yoy"
        | "nrr"
        | "grr"
        | "churn_logo_m"
        | "churn_rev_y"
        | "top_customer_share"
        | "top5_customer_share"
        | "top10_customer_share"
        | "recurring_share"
        | "take_rate"
        | "return_rate"
        | "repeat_rate"
        | "contribution_margin"
        | "fill_rate"
        | "win_rate"
        | "fraud_rate"
        | "loss_rate"
        | "conversion_rate"
        | "retention_d1"
        | "retention_d7"
        | "retention_d30"
        | "p_value"
        | "yield_rate"
        | "capacity_factor"
        | "gpu_utilisation"
        | "inference_share"
        | "option_pool"
        | "market_growth"
        | "safe_discount"
        | "interest_rate"
        | "ownership"
        | "use_of_funds_share" => Unit::Ratio,
        "ltv_cac" | "burn_multiple" | "quick_ratio" | "roas" => Unit::Multiple,
        "runway_m" | "cac_payback_m" => Unit::Months,
        "sales_cycle_days" => Unit::Days,
        "headcount" | "headcount_avg" | "customers" | "_customers_opening" | "logos_new" | "logos_lost" | "orders"
        | "mau" | "units_sold" | "nps" | "n_patients" | "patents" | "trl" | "mrl" | "customers_pilot"
        | "total_shares" | "shares_outstanding" | "shares" | "_payments" => Unit::Count,
        key if key.starts_with("_heads_") => Unit::Count,
        _ => Unit::Money,
    }
}

/// The period of a metric's figure that stands under a period's heading: a stock is as of its end, what looks back a
/// year is of the year up to it.
pub fn period(key: &str, heading: Period) -> Period {
    let kind = match key {
        "arr"
        | "mrr"
        | "cash"
        | "debt"
        | "_safe"
        | "headcount"
        | "customers"
        | "total_assets"
        | "total_liabilities"
        | "equity"
        | "current_assets"
        | "fixed_assets"
        | "receivables"
        | "payables"
        | "inventory"
        | "current_liabilities"
        | "deferred_revenue"
        | "retained_earnings"
        | "share_capital"
        | "working_capital"
        | "runway_m"
        | "top_customer_share"
        | "top5_customer_share"
        | "top10_customer_share"
        | "option_pool"
        | "total_shares"
        | "shares_outstanding"
        | "raised_to_date"
        | "customers_pilot"
        | "n_patients"
        | "trl"
        | "mrl"
        | "patents"
        | "round_size"
        | "pre_money"
        | "post_money" => Kind::Instant,
        "nrr" | "grr" | "churn_rev_y" | "cac" | "ltv" | "ltv_cac" | "cac_payback_m" | "burn_multiple"
        | "churn_logo_m" => Kind::TrailingYear,
        _ => heading.kind,
    };
    Period { kind, end: heading.end }
}

/// Whether cost of it may be written with a minus.
pub fn is_cost(key: &str) -> bool {
    matches!(
        key,
        "cogs"
            | "_direct"
            | "_service_staff"
            | "opex"
            | "opex_sm"
            | "_selling_staff"
            | "marketing_cost"
            | "opex_rd"
            | "_research_staff"
            | "_research_outside"
            | "opex_ga"
            | "_administration_staff"
            | "rent_cost"
            | "_other_cost"
            | "depreciation_amortisation"
            | "interest_expense"
    )
}
