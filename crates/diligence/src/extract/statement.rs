//! Rows of statements that are named like a metric and are not that metric: in a cash-flow statement a balance is the
//! change of it, and a balance sheet parts what is due soon from what is due later under the same name.

use model::{Basis, Period};
use rust_decimal::Decimal;

use crate::ledger::{Found, NUMBERED};
use crate::ontology::{Kind, Metric};
use crate::words::has_any;

/// Headings above what came in and went out.
const OF_CHANGES: [&str; 17] = [
    "changes in",
    "change in",
    "movements in",
    "movement in",
    "cash flow",
    "cash flows",
    "operating activities",
    "investing activities",
    "kapitalflussrechnung",
    "geschäftstätigkeit",
    "investitionstätigkeit",
    "veränderung",
    "flux de trésorerie",
    "variation",
    "variations",
    "flujos de efectivo",
    "variación",
];

/// Headings of balance sheets.
const OF_BALANCES: [&str; 15] = [
    "balance sheet",
    "financial position",
    "assets",
    "liabilities",
    "equity",
    "bilanz",
    "aktiva",
    "passiva",
    "bilan",
    "actif",
    "passif",
    "balance de situación",
    "activo",
    "pasivo",
    "patrimonio neto",
];

/// True for a row that is named like a metric of another part of the statements: a balance or a tax among changes, and
/// customers among assets, where they are what they owe. `head` and `section` are folded.
pub fn is_elsewhere(metric: &Metric, head: &str, section: Option<&str>) -> bool {
    let section = section.unwrap_or_default();
    let among_changes = has_any(section, &OF_CHANGES);
    match metric.id.as_str() {
        "customers" => has_any(section, &OF_BALANCES),
        "income_tax" | "debt" => among_changes,
        _ if is_balance(metric) => {
            let of_changes = has_any(head, &OF_CHANGES) && !has_any(head, &OF_BALANCES);
            among_changes || (of_changes && !has_any(section, &OF_BALANCES))
        }
        _ => false,
    }
}

/// Leaves out what a statement says twice for one time with different amounts, such as borrowings of this year and of
/// later ones: neither row is the whole.
pub fn without_halves(found: &mut Vec<Found>) {
    let told: Vec<(&str, Period, Option<Basis>, Decimal)> = found
        .iter()
        .filter(|one| (is_balance(one.metric) || one.metric.id == "debt") && one.doubt != Some(NUMBERED))
        .map(|one| (one.metric.id.as_str(), one.period, one.basis, one.value))
        .collect();
    found.retain(|one| {
        if one.doubt == Some(NUMBERED) {
            return true;
        }
        let mut same = told
            .iter()
            .filter(|(id, period, basis, _)| *id == one.metric.id && *period == one.period && *basis == one.basis);
        same.all(|(.., value)| *value == one.value)
    });
}

fn is_balance(metric: &Metric) -> bool {
    metric.home == "balance" && metric.kind == Kind::Stock
}

#[cfg(test)]
mod tests {
    use model::{DocumentRole, Part};

    use crate::build::{page_with_table, pdf, setting, sheet, workbook};
    use crate::extract::grid;

    fn read(part: Part) -> Vec<String> {
        let document = if part.tables.is_empty() { workbook(vec![part]) } else { pdf(vec![part]) };
        let setting = setting("file", &document, DocumentRole::Accounts);
        let found = grid(&setting, &document.parts[0]);
        found.iter().map(|found| format!("{}={} @{}", found.metric.id, found.value.normalize(), found.period)).collect()
    }

    #[test]
    fn a_change_of_a_balance_is_no_balance() {
        let flows = [
            "|FY2025|FY2024",
            "Operating activities",
            "Net loss|4100000|2100000",
            "Changes in operating assets and liabilities",
            "Trade receivables|-310000|-120000",
            "Income taxes|12000|4000",
            "Net cash used in operating activities|4400000|2200000",
            "Assets",
            "Trade receivables|910000|600000",
        ];
        assert_eq!(
            read(sheet(1, "Statements", &flows)),
            [
                "net_income=-4100000 @FY 2025",
                "net_income=-2100000 @FY 2024",
                "cash_flow_operating=-4400000 @FY 2025",
                "cash_flow_operating=-2200000 @FY 2024",
                "receivables=910000 @FY 2025",
                "receivables=600000 @FY 2024",
            ]
        );
        let one = flows.map(|row| row.rsplit_once('|').map_or(row, |(row, _)| row));
        assert_eq!(read(sheet(1, "Statements", &one)).len(), 3, "one column is read alike");
        let stocks = ["|FY2025|FY2024", "Inventories|310000|210000"];
        assert_eq!(read(sheet(1, "Cash flow", &stocks)), [""; 0]);
        assert_eq!(read(sheet(1, "P&L, balance sheet, cash flow", &stocks)).len(), 2);
    }

    #[test]
    fn halves_of_a_balance_are_no_whole() {
        let rows = [
            "|FY2025|FY2024",
            "Current liabilities",
            "Borrowings|400000|300000",
            "Non-current liabilities",
            "Borrowings|900000|300000",
            "Total liabilities|2000000|1000000",
        ];
        assert_eq!(
            read(sheet(1, "Balance sheet", &rows)),
            [
                "debt=300000 @FY 2024",
                "debt=300000 @FY 2024",
                "total_liabilities=2000000 @FY 2025",
                "total_liabilities=1000000 @FY 2024",
            ]
        );
    }

    #[test]
    fn customers_among_assets_are_what_they_owe() {
        let rows = ["|2025|2024", "Activo corriente", "Clientes|310000|280000", "Existencias|120000|90000"];
        assert_eq!(read(sheet(1, "Balance", &rows)), ["inventory=120000 @FY 2025", "inventory=90000 @FY 2024"]);
        let owed = ["|2025|2024", "Customers (EUR k)|310|280"];
        assert_eq!(read(sheet(1, "Sheet", &owed)), [""; 0]);
    }

    #[test]
    fn the_scale_of_a_statement_is_not_that_of_a_share() {
        let rows = ["|2025|2024", "Net earnings|310,000|290,000", "Earnings per share|$1.25|$1.17"];
        let head = ["Statement of income (in thousands of USD, except per share data)"];
        assert_eq!(
            read(page_with_table(1, &head, &rows)),
            [
                "net_income=310000000 @FY 2025",
                "net_income=290000000 @FY 2024",
                "eps=1.25 @FY 2025",
                "eps=1.17 @FY 2024",
            ]
        );
    }
}
