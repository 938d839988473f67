//! Lists of customers: the recurring amount of each, and the total if the list has one. A pipeline is no list of
//! customers.

use model::{Part, Period, PeriodKind, Subject, SubjectKind};

use super::cells::{Grid, grids};
use super::grid::scale_of;
use super::label::metric_of;
use super::scale::currency;
use crate::ledger::Found;
use crate::number::Measure;
use crate::ontology::{Metric, ontology};
use crate::period::period_of;
use crate::setting::Setting;
use crate::words::{fold, has_any};

const NAME: [&str; 16] = [
    "customer",
    "customer name",
    "client",
    "account",
    "kunde",
    "kundenname",
    "company",
    "customer id",
    "client name",
    "account name",
    "name",
    "logo",
    "firma",
    "customer_id",
    "customer_name",
    "nom du client",
];
const PROSPECT: [&str; 12] = [
    "stage",
    "probability",
    "close date",
    "close quarter",
    "pipeline",
    "weighted",
    "opportunity",
    "forecast close",
    "lead",
    "deal stage",
    "expected close",
    "prospect",
];
/// Heads of lists that show the largest customers only: nothing can be reckoned from a part of the customers.
const PARTIAL: [&str; 11] = [
    "top customers",
    "top clients",
    "top accounts",
    "top 3",
    "top 5",
    "top 10",
    "top 20",
    "top ten",
    "largest customers",
    "selected customers",
    "key accounts",
];
const INACTIVE: [&str; 9] =
    ["churned", "cancelled", "canceled", "inactive", "lost", "gekündigt", "terminated", "ended", "résilié"];
const TOTAL: [&str; 6] = ["total", "totals", "sum", "gesamt", "summe", "grand total"];

/// Rows of a list beyond this many are not read; a longer list gives no figures, as its sum would be wrong.
const MOST_CUSTOMERS: usize = 500;

/// Where a list of customers has what.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerColumns {
    /// The header's row.
    pub row: u32,
    /// Column of the names.
    pub name: u32,
    /// Columns of recurring amounts, with their metric.
    pub amounts: Vec<(u32, &'static str)>,
    /// Column of the state, if there is one.
    pub status: Option<u32>,
}

/// The columns of a list of all customers; `None` if the grid is none.
pub fn customer_columns(grid: &Grid<'_>) -> Option<CustomerColumns> {
    let head = fold(&grid.head());
    if has_any(&head, &PROSPECT) || has_any(&head, &PARTIAL) {
        return None;
    }
    grid.rows().into_iter().take(15).find_map(|row| {
        let headers: Vec<(u32, String)> =
            grid.row(row).filter(|(_, cell)| cell.is_text()).map(|(at, cell)| (at, cell.folded())).collect();
        let name = headers
            .iter()
            .filter(|(_, text)| NAME.contains(&text.as_str()))
            .map(|(at, text)| (!text.contains("name") && text.contains("id"), *at))
            .min()?
            .1;
        let amounts: Vec<(u32, &'static str)> = grid
            .row(row)
            .filter_map(|(at, cell)| {
                let id = metric_of(cell.piece.text)?.metric.id.as_str();
                let known = if id == "arr" { "arr" } else { "mrr" };
                matches!(id, "arr" | "mrr").then_some((at, known))
            })
            .collect();
        let status =
            headers.iter().find(|(_, text)| matches!(text.as_str(), "status" | "state" | "active")).map(|(at, _)| *at);
        (!amounts.is_empty()).then_some(CustomerColumns { row, name, amounts, status })
    })
}

/// The figures of a part's lists of customers.
pub fn customers(setting: &Setting, part: &Part) -> Vec<Found> {
    grids(part).iter().flat_map(|grid| list(setting, grid)).collect()
}

fn list(setting: &Setting, grid: &Grid<'_>) -> Vec<Found> {
    let Some(columns) = customer_columns(grid) else { return Vec::new() };
    let head = grid.head();
    let date =
        period_of(&head).map(|found| found.period).or(setting.date.map(Period::instant)).unwrap_or(Period::UNKNOWN);
    let mut found = Vec::new();
    let mut rows = 0;
    for row in grid.rows().into_iter().filter(|row| *row > columns.row) {
        let name = grid.cell(row, columns.name).map(|cell| cell.piece.text.trim()).unwrap_or_default();
        let folded = fold(name);
        let first = grid.row(row).next().map(|(_, cell)| cell.folded()).unwrap_or_default();
        let total = [&folded, &first]
            .into_iter()
            .any(|text| TOTAL.iter().any(|word| text == word || text.starts_with(&format!("{word} "))));
        let status =
            columns.status.and_then(|column| grid.cell(row, column)).map(|cell| cell.folded()).unwrap_or_default();
        let gone = has_any(&status, &INACTIVE) || matches!(status.as_str(), "no" | "false" | "nein");
        if name.is_empty() && !total {
            continue;
        }
        let subject = if total {
            Subject::COMPANY
        } else {
            rows += 1;
            Subject { kind: SubjectKind::Customer, name: Some(name.to_owned()) }
        };
        let read = amounts(setting, grid, &columns, row, &subject, date, &head);
        // What the list still shows in its last column for a customer that left is not paid any more.
        let latest = read.iter().map(|found| found.period).max();
        found.extend(read.into_iter().filter(|found| !gone || found.value.is_zero() || Some(found.period) != latest));
        if total {
            break;
        }
    }
    if (2..=MOST_CUSTOMERS).contains(&rows) { found } else { Vec::new() }
}

fn amounts(
    setting: &Setting,
    grid: &Grid<'_>,
    columns: &CustomerColumns,
    row: u32,
    subject: &Subject,
    date: Period,
    head: &str,
) -> Vec<Found> {
    let read = |(column, metric): &(u32, &'static str)| {
        let metric: &'static Metric = ontology().metric(metric)?;
        let number = grid.cell(row, *column)?.number_in(setting)?;
        let header = grid.cell(columns.row, *column)?.piece.text;
        if !matches!(number.measure, Measure::Plain | Measure::Money(_)) {
            return None;
        }
        let factor = if number.scaled {
            Some(rust_decimal::Decimal::ONE)
        } else {
            scale_of(header).filter(|factor| *factor != rust_decimal::Decimal::ONE).or_else(|| scale_of(&grid.caption))
        }?;
        Some(Found {
            metric,
            subject: subject.clone(),
            span: number.span,
            value: number.value.checked_mul(factor)?,
            half_step: number.half_step.checked_mul(factor)?,
            money: number.money.or_else(|| currency(header)).or_else(|| currency(head)),
            period: period_of(header).map_or(Period { kind: PeriodKind::Instant, ..date }, |found| found.period),
            basis: None,
            extractor: "customers@1",
            confidence: 0.95,
            doubt: None,
        })
    };
    columns.amounts.iter().filter_map(read).collect()
}
