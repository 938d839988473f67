//! What is read of sheets and tables, and what is left out.

use model::{DocumentRole, Part};

use super::*;
use crate::build::{page_with_table, pdf, setting, sheet, workbook};

fn read(part: Part) -> Vec<String> {
    let document = if part.tables.is_empty() { workbook(vec![part]) } else { pdf(vec![part]) };
    let setting = setting("file", &document, DocumentRole::Model);
    let shown = |found: Found| format!("{}={} @{}", found.metric.id, found.value.normalize(), found.period);
    grid(&setting, &document.parts[0]).into_iter().map(shown).collect()
}

#[test]
fn a_unit_column_is_part_of_the_name() {
    let rows = ["Metric|Unit|FY2024|FY2025F", "Revenue|EUR k|1300|2500", "Gross margin|%|71%|72%", "Headcount|#|19|28"];
    assert_eq!(
        read(sheet(1, "Summary", &rows)),
        [
            "revenue=1300000 @FY 2024",
            "revenue=2500000 @FY 2025",
            "gross_margin=0.71 @FY 2024",
            "gross_margin=0.72 @FY 2025",
            "headcount=19 @FY 2024",
            "headcount=28 @FY 2025",
        ]
    );
}

#[test]
fn a_dated_line_ends_the_columns() {
    let rows =
        ["Period|FY2024|FY2025", "Revenue|1300000|2500000", "Key figures as of 30 June 2026", "Cash at bank|2008684"];
    assert_eq!(
        read(sheet(1, "Summary", &rows)).last().map(String::as_str),
        Some("cash=2008684 @30 Jun 2026"),
        "not of FY2024, in whose column it stands"
    );
}

#[test]
fn the_head_of_a_table_says_its_scale() {
    let rows = ["|2025|2024", "Revenue|2,549|1,345", "Cost of sales|(731)|(388)"];
    assert_eq!(
        read(page_with_table(1, &["Income statement in EUR thousands"], &rows)),
        ["revenue=2549000 @FY 2025", "revenue=1345000 @FY 2024", "cogs=731000 @FY 2025", "cogs=388000 @FY 2024"]
    );
    assert_eq!(read(page_with_table(1, &["Income statement"], &rows)), [""; 0], "no scale, no figure");
}

#[test]
fn periods_may_run_down_the_rows() {
    let rows = ["Month|MRR (EUR)|Customers", "2025-05-31|264000|33", "2025-06-30|266000|34"];
    assert_eq!(
        read(sheet(1, "MRR", &rows)),
        ["mrr=264000 @May 2025", "mrr=266000 @Jun 2025", "customers=33 @May 2025", "customers=34 @Jun 2025"]
    );
}

#[test]
fn parts_of_revenue_stand_beside_the_amounts() {
    let rows = [
        "|FY2024||FY2023|",
        "Revenue|$ 2,000|100.0%|$ 1,500|100.0%",
        "Gross profit|1,200|60.0%|750|50.0%",
        "Net income|200|10.0%|150|10.0%",
    ];
    let found = read(page_with_table(1, &["in thousands of USD"], &rows));
    assert_eq!(
        found.iter().filter(|one| one.contains("margin")).collect::<Vec<_>>(),
        [
            "gross_margin=0.6 @FY 2024",
            "gross_margin=0.5 @FY 2023",
            "net_margin=0.1 @FY 2024",
            "net_margin=0.1 @FY 2023"
        ]
    );
    let growth = rows.map(|row| row.replace("100.0%", "12.0%"));
    let growth: Vec<&str> = growth.iter().map(String::as_str).collect();
    assert!(!read(page_with_table(1, &["in thousands of USD"], &growth)).iter().any(|one| one.contains("margin")));
}

#[test]
fn numbered_periods_are_kept_apart() {
    let rows = ["|Year 1|Year 2|Year 3", "Revenue|120000|980000|2300000", "Cash|10000|20000|30000"];
    let part = sheet(1, "Plan", &rows);
    let document = workbook(vec![part.clone()]);
    let found = grid(&setting("file", &document, DocumentRole::Model), &part);
    assert_eq!(found.len(), 6);
    assert!(found.iter().all(|one| one.doubt == Some(NUMBERED) && !one.period.is_known()));
    for rows in [["|Year 2|Year 3", "Revenue|120000|980000"], ["|Year 1|Month 2", "Revenue|120000|980000"]] {
        assert_eq!(read(sheet(1, "Plan", &rows)), [""; 0]);
    }
}

#[test]
fn a_currency_above_a_statement_and_no_scale_is_a_scale_of_one() {
    let rows = ["|2024|2023", "Revenue|2,078,990|1,110,499"];
    let statement = |above: &str| read(page_with_table(1, &["Profit and loss account", above], &rows));
    assert_eq!(statement("All amounts in USD"), ["revenue=2078990 @FY 2024", "revenue=1110499 @FY 2023"]);
    assert_eq!(statement("Unaudited"), [""; 0]);
    assert_eq!(statement("We raised $4m in 2024"), [""; 0], "an amount is no scale");
    let small = ["|2024|2023", "Revenue|20.7|11.1"];
    assert_eq!(read(page_with_table(1, &["All amounts in USD"], &small)), [""; 0], "millions, most likely");
}

#[test]
fn numbers_and_dates_stand_as_they_are_written_on_the_continent() {
    let french = ["|2023|2022", "Chiffre d'affaires|1 415 982|844 505", "Résultat net|-1 581 199|(332 890)"];
    assert_eq!(
        read(page_with_table(1, &["Compte de résultat", "En €"], &french)),
        [
            "revenue=1415982 @FY 2023",
            "revenue=844505 @FY 2022",
            "net_income=-1581199 @FY 2023",
            "net_income=-332890 @FY 2022"
        ]
    );
    let german = ["Mio. EUR|2023|2024", "Umsatzerlöse|3,72|5,51"];
    assert_eq!(
        read(page_with_table(1, &["Finanzübersicht"], &german)),
        ["revenue=3720000 @FY 2023", "revenue=5510000 @FY 2024"]
    );
    let months = ["Mois|Chiffre d'affaires", "31/01/2024|51750", "29/02/2024|51216", "31/03/2024|52000"];
    let found = read(sheet(1, "Export", &months));
    assert_eq!(found, ["revenue=51750 @Jan 2024", "revenue=51216 @Feb 2024", "revenue=52000 @Mar 2024"]);
}

#[test]
fn a_team_that_is_counted_costs_nothing() {
    let rows = ["in thousands of EUR", "|Unit|2023|2024", "Marketing|#|3|4", "Team size|#|16|18", "Staff|nb|16|18"];
    assert_eq!(read(sheet(1, "Team", &rows)), ["headcount=16 @FY 2023", "headcount=18 @FY 2024"]);
}

#[test]
fn a_loss_with_signs_of_its_own_keeps_them() {
    let rows = ["|2023|2024|2025", "Loss for the period|-161749|-20000|34000"];
    let found = read(sheet(1, "P&L", &rows));
    assert_eq!(found, ["net_income=-161749 @FY 2023", "net_income=-20000 @FY 2024", "net_income=34000 @FY 2025"]);
    assert_eq!(read(sheet(1, "P&L", &["|2023|2024", "Net loss|41000|-20000"])), [""; 0], "a profit with a minus?");
    let rows = ["|2023|2024", "Loss for the period|161749|20000"];
    assert_eq!(read(sheet(1, "P&L", &rows)), ["net_income=-161749 @FY 2023", "net_income=-20000 @FY 2024"]);
}

#[test]
fn dated_rows_have_their_totals_below() {
    let rows = [
        "Round|Instrument|Date|Shares issued|Price per share|Amount raised",
        "Founding|Common shares|2022-03-14|25000|1|25000",
        "Seed|Seed preferred|2024-02-20|10000|400|4000000",
        "Total raised to date||||4025000",
    ];
    assert_eq!(
        read(sheet(1, "Rounds", &rows)),
        ["share_price=1 @Mar 2022", "share_price=400 @Feb 2024", "raised_to_date=4025000 @date not given"]
    );
}

#[test]
fn segments_that_share_a_period_are_not_the_company() {
    let rows = ["|2024|||2025||", "|Bags|Boxes|Total|Bags|Boxes|Total", "EBIT|$ 210|$ 87|$ 297|$ 283|$ 62|$ 345"];
    assert_eq!(read(page_with_table(1, &["in millions of USD"], &rows)), [""; 0]);
}

#[test]
fn in_doubt_a_grid_gives_nothing() {
    for rows in [
        &["Metric|FY2024|FY2025", "Revenue|1.3|2.5"][..],
        &["Revenue in EUR k (EUR million)|FY2024|FY2025", "Revenue|1300|2500"][..],
        &["Region|Metric|FY2024|FY2025", "Germany|Revenue|1300000|2500000"][..],
        &["Downside scenario|FY2024|FY2025", "Revenue|1300000|2500000"][..],
        &["|Nov-22|Feb-22|May-22", "Revenue|130000|250000|270000"][..],
    ] {
        assert_eq!(read(sheet(1, "Sheet", rows)), [""; 0], "{rows:?}");
    }
    let weeks = ["|2025|2024", "Revenue|2,549|1,345"];
    assert_eq!(read(page_with_table(1, &["13 weeks ended, in EUR thousands"], &weeks)), [""; 0]);
}
