//! Sentences and the figures that they state.

use super::*;
use crate::build::{page, pdf, setting};
use model::DocumentRole;

fn read(line: &str) -> Vec<String> {
    let document = pdf(vec![page(1, &[line])]);
    let setting = setting("deck.pdf", &document, DocumentRole::Deck);
    let part = &document.parts[0];
    prose(&setting, part)
        .into_iter()
        .map(|found| format!("{}={} @{} [{}]", found.metric.id, found.value, found.period, part.quote(found.span)))
        .collect()
}

#[test]
fn a_number_that_follows_a_name_is_its_figure() {
    assert_eq!(read("ARR of €4.2m as of June 2025"), ["arr=4200000 @Jun 2025 [€4.2m]"]);
    assert_eq!(read("FY2024 revenue: £4.1M"), ["revenue=4100000 @FY 2024 [£4.1M]"]);
    assert_eq!(read("Gross margin 61%"), ["gross_margin=0.61 @date not given [61%]"]);
    assert_eq!(read("Net burn was €180k per month in Q2 2025."), ["net_burn=180000 @Q2 2025 [€180k]"]);
    assert_eq!(read("Runway: 18 months"), ["runway_m=18 @date not given [18 months]"]);
    assert_eq!(read("18m runway"), ["runway_m=18 @date not given [18m]"]);
    assert_eq!(read("Der ARR beträgt 4,2 Mio. €"), ["arr=4200000 @date not given [4,2 Mio. €]"]);
    assert_eq!(
        read("Average monthly number of employees during the year: 49"),
        ["headcount_avg=49 @date not given [49]"]
    );
    assert_eq!(read("EBITDA (£0.31M)"), ["ebitda=-310000 @date not given [£0.31M]"]);
    assert_eq!(read("Net new ARR of €1m"), ["arr_net_new=1000000 @date not given [€1m]"]);
    assert_eq!(read("Operating loss of €2m in 2025"), ["ebit=-2000000 @FY 2025 [€2m]"]);
    assert_eq!(
        read("Staff cost was EUR 2,134 k (2024: EUR 1,372 k), social charges included."),
        ["personnel_cost=2134000 @date not given [EUR 2,134 k]"]
    );
    assert_eq!(read("Average sales cycle: 45 days"), ["sales_cycle_days=45 @date not given [45 days]"]);
    assert_eq!(read("Revenue grew from €2m in 2023 to €4m in 2024"), ["revenue=4000000 @FY 2024 [€4m]"]);
}

#[test]
fn a_number_right_before_a_name_is_its_figure() {
    assert_eq!(read("34 enterprise customers across the UK"), ["customers=34 @date not given [34]"]);
    assert_eq!(read("52 employees"), ["headcount=52 @date not given [52]"]);
    assert_eq!(
        read("€4.2m ARR, 118% NRR and 34 customers"),
        ["arr=4200000 @date not given [€4.2m]", "nrr=1.18 @date not given [118%]", "customers=34 @date not given [34]"]
    );
    assert_eq!(
        read("Raising GBP 6M Series A at a GBP 30M pre-money valuation."),
        ["round_size=6000000 @date not given [GBP 6M]", "pre_money=30000000 @date not given [GBP 30M]"]
    );
}

#[test]
fn in_doubt_nothing_is_taken() {
    for line in [
        "Revenue grew by €2m",
        "Competitors have revenue of €20m",
        "ARR €3-5m",
        "Revenue £3.2M £2.9M",
        "Customers",
        "4 Customers",
        "Customers ........ 12",
        "Revenue 4.1",
        "Staff costs of €80k per month",
        "Average sales cycle: 3 months",
        "Customers pay €300 per month",
        "customers with 50 employees",
        "Top 10 customers",
        "ARR of Series A companies is €2m in the industry",
        "The next 5 employees join soon",
    ] {
        assert_eq!(read(line), [""; 0], "{line}");
    }
}
