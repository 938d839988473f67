//! Cap tables: who holds how many shares and which part, the total, and the option pool.

use model::{Part, Period, Subject, SubjectKind};
use rust_decimal::Decimal;

use super::cells::{CellNumber, Grid, grids};
use crate::ledger::Found;
use crate::number::Measure;
use crate::ontology::{Metric, ontology};
use crate::period::period_of;
use crate::setting::Setting;
use crate::words::{fold, has, has_any};

const HOLDER: [&str; 19] = [
    "shareholder",
    "shareholders",
    "holder",
    "investor",
    "stakeholder",
    "name",
    "owner",
    "gesellschafter",
    "aktionär",
    "actionnaire",
    "associé",
    "nom",
    "titulaire",
    "porteur",
    "inhaber",
    "anteilseigner",
    "accionista",
    "socio",
    "nombre",
];
const SHARES: [&str; 9] = [
    "shares",
    "total shares",
    "number of shares",
    "units",
    "anteile",
    "aktien",
    "actions",
    "securities",
    "fully diluted shares",
];
const PART: [&str; 9] =
    ["%", "ownership", "fully diluted %", "% fully diluted", "stake", "anteil", "beteiligung", "% ownership", "fd %"];
const TOTAL: [&str; 11] = [
    "total",
    "totals",
    "sum",
    "gesamt",
    "summe",
    "fully diluted total",
    "fully diluted shares",
    "grand total",
    "voll verwässerte",
    "vollständig verwässerte",
    "capital pleinement",
];
const POOL: [&str; 8] = [
    "option pool",
    "esop",
    "vsop",
    "options pool",
    "pool",
    "employee options",
    "mitarbeiterbeteiligung",
    "unallocated options",
];

/// Rows that sum up shares among the holders.
const ISSUED: [&str; 12] = [
    "issued shares",
    "shares issued",
    "shares outstanding",
    "outstanding shares",
    "shares in issue",
    "subtotal",
    "actions émises",
    "sous-total",
    "ausgegebene anteile",
    "ausgegebene aktien",
    "geschäftsanteile gesamt",
    "zwischensumme",
];

/// Rows of a cap table beyond this many are not read.
const MOST_HOLDERS: u32 = 500;

struct Head {
    row: u32,
    holder: u32,
    shares: Option<u32>,
    part: Option<u32>,
}

/// The figures of a part's cap tables.
pub fn cap_table(setting: &Setting, part: &Part) -> Vec<Found> {
    let said = date_of(part);
    grids(part).iter().flat_map(|grid| table(setting, grid, said)).collect()
}

/// The day that a part names as its own, in a line of that alone: `Date: 31 May 2025`, `As of 31 May 2025`.
fn date_of(part: &Part) -> Option<Period> {
    const LEADS: [&str; 7] = ["date", "as of", "as at", "stichtag", "datum", "stand", "fecha"];
    let said = |line: &str| {
        let found = period_of(line)?;
        let rest = [line.get(..found.start)?, line.get(found.end..)?].concat();
        let lead = fold(rest.trim_matches(|sign: char| !sign.is_alphabetic()));
        LEADS.contains(&lead.as_str()).then_some(found.period)
    };
    let mut dates = part.text.lines().filter(|line| line.len() <= 80).filter_map(said);
    let first = dates.next()?;
    dates.all(|other| other == first).then_some(first)
}

/// The holder without what they are in the company: `CEO - A. Winter`, `A. Winter (CEO)`, `A. Winter, Founder`.
fn without_role(name: &str) -> &str {
    const ROLES: [&str; 19] = [
        "ceo",
        "cfo",
        "cto",
        "coo",
        "cmo",
        "cpo",
        "cro",
        "cso",
        "founder",
        "co-founder",
        "cofounder",
        "founder & ceo",
        "founder and ceo",
        "co-founder & cto",
        "chair",
        "chairman",
        "geschäftsführer",
        "gründer",
        "fondateur",
    ];
    let is_role = |text: &str| {
        let folded = fold(text.trim());
        folded.split(['/', ',', '&']).all(|one| ROLES.contains(&one.trim())) || ROLES.contains(&folded.as_str())
    };
    let parted = name
        .strip_suffix(')')
        .and_then(|open| open.rsplit_once('('))
        .or_else(|| [" - ", " – ", " — ", ", ", ": "].iter().find_map(|mark| name.split_once(*mark)));
    match parted.map(|(one, two)| (one.trim(), two.trim())) {
        Some((person, role)) if is_role(role) && !person.is_empty() => person,
        Some((role, person)) if is_role(role) && !person.is_empty() => person,
        _ => name,
    }
}

fn table(setting: &Setting, grid: &Grid<'_>, said: Option<Period>) -> Vec<Found> {
    let Some(head) = head(grid) else { return Vec::new() };
    let date = period_of(&grid.head()).map(|found| found.period).or(said).unwrap_or(Period::UNKNOWN);
    let mut found = Vec::new();
    for row in (head.row + 1..).take(MOST_HOLDERS as usize) {
        let Some(name) = grid.cell(row, head.holder).filter(|cell| cell.is_text()).map(|cell| cell.piece.text.trim())
        else {
            // One empty row may part the total from the holders.
            if grid.row(row).next().is_none() && grid.row(row + 1).next().is_none() {
                break;
            }
            continue;
        };
        let number = |column: Option<u32>| column.and_then(|column| grid.cell(row, column)?.number_in(setting));
        let (shares, part) = (number(head.shares), number(head.part));
        let folded = fold(name);
        let total = TOTAL.iter().any(|word| folded == *word || folded.starts_with(&format!("{word} ")));
        if total && has_any(&folded, &["issued", "outstanding", "subtotal", "common", "preferred"]) {
            continue;
        }
        if total {
            found.extend(shares.and_then(|number| figure("total_shares", Subject::COMPANY, &number, date)));
            break;
        }
        if has_any(&folded, &ISSUED) {
            continue;
        }
        let subject = Subject { kind: SubjectKind::Holder, name: Some(without_role(name).to_owned()) };
        found.extend(shares.and_then(|number| figure("shares", subject.clone(), &number, date)));
        found.extend(part.as_ref().and_then(|number| figure("ownership", subject, number, date)));
        if has_any(&folded, &POOL) {
            found.extend(part.and_then(|number| figure("option_pool", Subject::COMPANY, &number, date)));
        }
    }
    let holders = found.iter().filter(|found| found.subject.kind == SubjectKind::Holder).count();
    let pools = found.iter().filter(|found| found.metric.id == "option_pool").count();
    if pools > 1 {
        found.retain(|found| found.metric.id != "option_pool");
    }
    if holders >= 2 { found } else { Vec::new() }
}

fn head(grid: &Grid<'_>) -> Option<Head> {
    grid.rows().into_iter().take(30).find_map(|row| {
        let named = |words: &[&str], exact: bool| {
            grid.row(row)
                .filter(|(_, cell)| cell.is_text() || cell.piece.text.contains('%'))
                .filter(|(_, cell)| {
                    let text = cell.folded();
                    if exact {
                        words.iter().any(|word| text == *word || text.starts_with(&format!("{word} ")))
                    } else {
                        words.iter().any(|word| has(&text, word) || (*word == "%" && text.contains('%')))
                    }
                })
                .map(|(column, _)| column)
                .collect::<Vec<_>>()
        };
        let holder = *named(&HOLDER, true).first()?;
        let part = named(&PART, false).last().copied();
        let shares = named(&SHARES, false).into_iter().rfind(|column| Some(*column) != part);
        (shares.is_some() || part.is_some()).then_some(Head { row, holder, shares, part })
    })
}

fn figure(metric: &str, subject: Subject, number: &CellNumber, period: Period) -> Option<Found> {
    let metric: &'static Metric = ontology().metric(metric)?;
    let fraction = matches!(metric.id.as_str(), "ownership" | "option_pool");
    let value = match (fraction, number.measure) {
        (true, Measure::Percent) => number.value,
        (true, Measure::Plain) if number.value.abs() <= Decimal::ONE => number.value,
        // Some cap tables write shares in accounting parentheses.
        (false, Measure::Plain) => number.value.abs(),
        _ => return None,
    };
    Some(Found {
        metric,
        subject,
        span: number.span,
        value,
        half_step: number.half_step,
        money: None,
        period,
        basis: None,
        extractor: "cap_table@1",
        confidence: 0.95,
        doubt: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::page;

    #[test]
    fn a_holder_is_named_without_role() {
        for named in ["CEO - Ada Winter", "Ada Winter (CEO)", "Ada Winter, Founder", "Ada Winter (Founder & CEO)"] {
            assert_eq!(without_role(named), "Ada Winter", "{named}");
        }
        for kept in ["Seed Investor - TBD", "Kelp Ventures (Fund II)", "Founders", "Winter, Ada", "CEO"] {
            assert_eq!(without_role(kept), kept);
        }
    }

    #[test]
    fn a_page_says_its_day_in_a_line_of_its_own() {
        let said = |lines: &[&str]| date_of(&page(1, lines)).map(|period| period.to_string());
        assert_eq!(said(&["Date\tMay-25", "Round A"]).as_deref(), Some("May 2025"));
        assert_eq!(said(&["Cap table", "As of 31 May 2025:"]).as_deref(), Some("31 May 2025"));
        assert_eq!(said(&["Seed round closed 31 May 2024"]), None);
        assert_eq!(said(&["As of 31 May 2025", "as of 30 June 2025"]), None, "which of them?");
    }
}
