//! Figures in sheets and tables: the row names the metric, the column the period, the head the scale. A grid whose rows
//! are periods is turned first; a grid without periods is read as names with one value each.
//!
//! Scale, the first that is said: the cell's own suffix, column header, caption and first four rows, row label. Where two
//! of the last disagree, or none is said and none can be meant, the row is left out.

#[cfg(test)]
mod tests;

use std::ops::Range;

use model::{Part, Period, PeriodKind};
use rust_decimal::Decimal;

use super::cells::{Cell, CellNumber, Grid};
use super::columns::{Block, Column, blocks};
use super::label::{is_counted, is_unit, metric_of};
use super::margins::margin_columns;
use super::scale::{Said, currency, said};
use super::stacked::stacked;
use super::{cells, scale, statement};
use crate::basis;
use crate::ledger::{Found, NUMBERED, doubt};
use crate::number::{Measure, Money};
use crate::ontology::{Dimension, Kind, Metric};
use crate::period::{FoundPeriod, period_of};
use crate::setting::Setting;
use crate::words::{fold, has_any};

/// Sheets that speak of what might be, not of what is, or of others.
const NOT_THE_COMPANY: [&str; 14] = [
    "scenario",
    "scenarios",
    "downside",
    "upside",
    "sensitivity",
    "benchmark",
    "benchmarks",
    "pipeline",
    "competitors",
    "comparables",
    "comps",
    "peers",
    "close quarter",
    "probability",
];

/// The figures of a part's grids.
pub fn grid(setting: &Setting, part: &Part) -> Vec<Found> {
    cells::grids(part).iter().flat_map(|grid| figures(setting, grid)).collect()
}

fn figures(setting: &Setting, grid: &Grid<'_>) -> Vec<Found> {
    let head = grid.head();
    if has_any(&fold(&head), &NOT_THE_COMPANY) {
        return Vec::new();
    }
    let upright = upright(grid);
    let in_rows: Vec<Found> =
        upright.iter().flat_map(|block| rows(setting, grid, block, &grid.head_to(block.header))).collect();
    if !in_rows.is_empty() {
        return in_rows;
    }
    let turned = grid.turned();
    let sideways = blocks(&turned);
    let in_columns: Vec<Found> = sideways.iter().flat_map(|block| rows(setting, &turned, block, &head)).collect();
    if upright.iter().any(|block| block.columns.len() > 1) {
        return in_columns;
    }
    let below = rows_below(grid, &in_columns);
    let totals = pairs(setting, grid, below, &head);
    in_columns.into_iter().chain(totals).collect()
}

/// The blocks whose columns are periods. A table on a page may have its header in several rows.
fn upright(grid: &Grid<'_>) -> Vec<Block> {
    let blocks = blocks(grid);
    match stacked(grid).filter(|_| !grid.is_sheet && blocks.len() < 2) {
        Some(block) => vec![block],
        None => blocks,
    }
}

/// The rows that stand below all figures that were found: there a table of dated rows has its totals.
fn rows_below(grid: &Grid<'_>, found: &[Found]) -> Range<u32> {
    let end = grid.rows().last().map_or(0, |row| row + 1);
    let last = found.iter().map(|one| one.span.start).max();
    let row_of =
        |place| grid.cells.iter().filter(|(_, cell)| cell.piece.start <= place).map(|((row, _), _)| *row).max();
    last.and_then(row_of).map_or(0, |row| row + 1)..end
}

/// One figure for each period column of each row that names a metric. A line such as "Key figures as of 30 June 2026"
/// ends the columns: below it stand names with one value each.
fn rows(setting: &Setting, grid: &Grid<'_>, block: &Block, head: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut section: Option<String> = None;
    let folded_head = fold(head);
    let Some(first) = block.columns.keys().next().copied() else { return found };
    let margins = margin_columns(setting, grid, block);
    for row in block.header + 1..block.end {
        let (labels, units) = labels(grid, row, first);
        let Some(label) = labels.first() else { continue };
        let figures: Vec<(u32, CellNumber)> = block
            .columns
            .keys()
            .filter_map(|column| Some((*column, grid.cell(row, *column)?.number_in(setting)?)))
            .collect();
        if figures.is_empty() {
            if let Some(date) = period_of(label.piece.text).filter(|_| grid.row(row).count() == 1) {
                found.extend(pairs_below(setting, grid, row + 1..block.end, head, Some(date)));
                break;
            }
            section = Some(label.folded());
            continue;
        }
        if !grid.is_sheet && are_segments(setting, grid, row, block) {
            continue;
        }
        let aside = section.as_deref().is_some_and(|section| has_any(section, &NOT_THE_COMPANY));
        // A row with two labels is a part of something: "Germany | Revenue".
        let Some(mention) = metric_of(label.piece.text).filter(|_| !aside && labels.len() == 1) else { continue };
        if statement::is_elsewhere(mention.metric, &folded_head, section.as_deref()) {
            continue;
        }
        let name = [label.piece.text, &units].join(" ");
        // A row of losses with signs of its own says by them which months were a loss, unless a minus is a profit there.
        let signed = figures.iter().any(|(_, number)| number.value.is_sign_negative());
        if mention.loss && signed && !losses_are_negative(&figures) {
            continue;
        }
        let (metric, loss) = (mention.metric, mention.loss && !signed);
        let line = Line { grid, head, label: &name, metric, loss, section: section.as_deref() };
        found.extend(line.read(&figures, &block.columns));
        let parts = margins.iter().filter_map(|(column, amount)| {
            Some((grid.cell(row, *column)?.number_in(setting)?, block.columns.get(amount)?))
        });
        found.extend(parts.filter_map(|(number, column)| line.margin(&number, column)));
    }
    statement::without_halves(&mut found);
    found
}

/// True if most figures of a row are negative: in a row of losses a minus is a loss then.
fn losses_are_negative(figures: &[(u32, CellNumber)]) -> bool {
    let negative = figures.iter().filter(|(_, number)| number.value.is_sign_negative()).count();
    negative * 2 > figures.len()
}

/// True for a row with more figures than its periods have room for: segments share each of them.
fn are_segments(setting: &Setting, grid: &Grid<'_>, row: u32, block: &Block) -> bool {
    let periods = block.columns.len();
    periods > 1 && grid.row(row).filter(|(_, cell)| cell.number_in(setting).is_some()).count() > 2 * periods
}

/// The labels of a row left of a column, and the text of those cells that only name a unit.
fn labels<'a>(grid: &'a Grid<'_>, row: u32, before: u32) -> (Vec<&'a Cell<'a>>, String) {
    let words = grid.row(row).filter(|(column, cell)| {
        *column < before && (cell.is_text() || cell.piece.text.trim() == "#" || cell.piece.text.trim() == "%")
    });
    let (units, labels): (Vec<&Cell<'_>>, Vec<&Cell<'_>>) =
        words.map(|(_, cell)| cell).partition(|cell| is_unit(&cell.folded()));
    (labels, units.iter().map(|cell| cell.piece.text).collect::<Vec<_>>().join(" "))
}

/// A row that names a metric.
struct Line<'a> {
    grid: &'a Grid<'a>,
    head: &'a str,
    label: &'a str,
    metric: &'static Metric,
    /// The label calls the amount a loss.
    loss: bool,
    section: Option<&'a str>,
}

impl Line<'_> {
    fn read(&self, figures: &[(u32, CellNumber)], columns: &std::collections::BTreeMap<u32, Column>) -> Vec<Found> {
        let head = fold(self.head);
        let parts = ["weeks ended", "months ended", "quarter ended", "quarters ended"];
        let whole = ["52 weeks ended", "53 weeks ended", "twelve months ended", "12 months ended"];
        let in_part = has_any(&head, &parts) && !has_any(&head, &whole);
        let small = figures.iter().all(|(_, number)| number.value.abs() < Decimal::ONE_THOUSAND);
        figures
            .iter()
            .filter_map(|(at, number)| {
                let column = columns.get(at)?;
                let bare_year = column.period.kind == PeriodKind::Year && !fold(&column.header).contains("fy");
                // Under "three months ended" a year names the months' year, not the stretch.
                if bare_year && self.metric.kind != Kind::Stock && in_part {
                    return None;
                }
                // The burn of a quarter or year is no burn per month.
                let by_month = column.period.kind == PeriodKind::Month
                    || has_any(&fold(self.label), &["month", "monthly", "monat"]);
                if self.metric.is_by_month() && !by_month {
                    return None;
                }
                let stated = column.basis.or_else(|| self.basis());
                self.in_column(number, column, small, stated)
            })
            .collect()
    }

    /// The same row as a part of revenue.
    fn margin(&self, number: &CellNumber, column: &Column) -> Option<Found> {
        let line = Line { metric: self.metric.margin()?, ..*self };
        let stated = column.basis.or_else(|| self.basis());
        line.in_column(number, column, false, stated)
    }

    fn in_column(
        &self,
        number: &CellNumber,
        column: &Column,
        small: bool,
        stated: Option<model::Basis>,
    ) -> Option<Found> {
        let found = self.figure(number, &column.header, small, column.period, stated)?;
        Some(Found { doubt: column.numbered.then_some(NUMBERED).or(found.doubt), ..found })
    }

    fn basis(&self) -> Option<model::Basis> {
        basis::said(&fold(self.label))
            .or_else(|| self.section.and_then(basis::said))
            .or_else(|| basis::said(&fold(&self.grid.caption)))
    }

    fn figure(
        &self,
        number: &CellNumber,
        header: &str,
        small: bool,
        period: Period,
        stated: Option<model::Basis>,
    ) -> Option<Found> {
        let factor = self.factor(number, header, small)?;
        let money = number.money.or_else(|| [header, self.label, self.head].into_iter().find_map(currency));
        let value = number.value.checked_mul(factor)?;
        // On a page cash in parentheses is a deduction, as in a table of net debt.
        if self.metric.id == "cash" && value.is_sign_negative() && !self.grid.is_sheet {
            return None;
        }
        let value = if self.loss { -value.abs() } else { self.metric.signed(value) };
        Some(Found {
            metric: self.metric,
            subject: self.metric.subject(),
            span: number.span,
            value,
            half_step: self.half_step(number, factor)?,
            money: if self.metric.unit == Dimension::Money { money } else { None },
            period,
            basis: stated,
            extractor: if self.grid.is_sheet { "sheet@1" } else { "table@1" },
            confidence: if number.inexact.is_some() { 0.7 } else { 0.93 },
            doubt: number.inexact.map(doubt),
        })
    }

    fn half_step(&self, number: &CellNumber, factor: Decimal) -> Option<Decimal> {
        if self.grid.is_sheet && number.half_step.is_zero() && factor == Decimal::ONE {
            // More digits than cents come from a formula: such an amount is known to whole units at best.
            let reckoned = self.metric.unit == Dimension::Money && number.value.normalize().scale() > 2;
            return Some(if reckoned { Decimal::new(5, 1) } else { Decimal::ZERO });
        }
        let plain_step = number.half_step.is_zero() && factor > Decimal::ONE && !self.grid.is_sheet;
        let own = if plain_step { Decimal::new(5, 1) } else { number.half_step };
        own.checked_mul(factor)
    }

    /// What the number has to be multiplied with; `None` if that is not clear or the number is not of the metric's kind.
    fn factor(&self, number: &CellNumber, header: &str, small: bool) -> Option<Decimal> {
        match self.metric.unit {
            Dimension::Money => self.money_factor(number, header, small),
            Dimension::Ratio => self.ratio_factor(number),
            Dimension::Count => {
                let whole = number.value.fract().is_zero() || self.grid.is_sheet;
                // "Customers (EUR k)" is what they pay or owe.
                let money = number.money.is_some() || currency(self.label).is_some();
                (whole && !money && matches!(number.measure, Measure::Plain | Measure::MillionOrMonths))
                    .then_some(Decimal::ONE)
            }
            Dimension::Multiple => matches!(number.measure, Measure::Plain | Measure::Multiple).then_some(Decimal::ONE),
            Dimension::Months => {
                let millions = number.measure == Measure::MillionOrMonths;
                if millions {
                    return Some(Decimal::new(1, 6));
                }
                matches!(number.measure, Measure::Plain | Measure::Months).then_some(Decimal::ONE)
            }
            Dimension::Days => matches!(number.measure, Measure::Plain | Measure::Days).then_some(Decimal::ONE),
        }
    }

    fn money_factor(&self, number: &CellNumber, header: &str, small: bool) -> Option<Decimal> {
        if !matches!(number.measure, Measure::Plain | Measure::Money(_) | Measure::MillionOrMonths) {
            return None;
        }
        if fold(self.label).contains('%') || is_counted(self.label) {
            return None;
        }
        if number.scaled {
            return Some(Decimal::ONE);
        }
        if self.metric.is_per_share() {
            return self.unscaled(number, small);
        }
        match said(header) {
            Said::Factor(factor) => return Some(factor),
            Said::Conflict => return None,
            Said::Nothing => {}
        }
        match (said(self.head), said(self.label)) {
            (Said::Factor(head), Said::Factor(label)) if head != label => None,
            (_, Said::Factor(factor)) => Some(factor),
            (Said::Factor(factor), Said::Nothing) => Some(factor),
            (Said::Conflict, _) | (_, Said::Conflict) => None,
            (Said::Nothing, Said::Nothing) => self.unscaled(number, small),
        }
    }

    /// Without a scale a sheet's number is what it says, unless the whole row is so small that one must be missing; on a
    /// page it needs its currency beside it.
    fn unscaled(&self, number: &CellNumber, small: bool) -> Option<Decimal> {
        let per_unit = self.metric.kind == Kind::Rate && !self.metric.of_market;
        // "All amounts in EUR" above a statement, without a word of thousands, is a scale of one.
        let named = matches!(number.money, Some(Money::In(_) | Money::Dollar))
            || currency(self.label).is_some()
            || scale::amounts_in(self.head);
        let zero = number.value.is_zero();
        let plausible = !small || per_unit || (zero && self.grid.is_sheet);
        (plausible && (self.grid.is_sheet || named)).then_some(Decimal::ONE)
    }

    fn ratio_factor(&self, number: &CellNumber) -> Option<Decimal> {
        let hundred = Decimal::new(1, 2);
        match number.measure {
            Measure::Percent => Some(Decimal::ONE),
            Measure::Plain if self.label.contains('%') && number.value.abs() > Decimal::from(3) => Some(hundred),
            Measure::Plain
                if self.grid.is_sheet && number.value.abs() <= Decimal::TWO && !number.value.fract().is_zero() =>
            {
                Some(Decimal::ONE)
            }
            _ => None,
        }
    }
}

/// Names with one value each, as on a summary sheet or in a list of terms.
fn pairs(setting: &Setting, grid: &Grid<'_>, rows: Range<u32>, head: &str) -> Vec<Found> {
    let captioned = period_of(&grid.caption).or_else(|| {
        let first = grid.rows().into_iter().take(4);
        let mut seen = first
            .flat_map(|row| grid.row(row))
            .filter(|(_, cell)| cell.is_text())
            .filter_map(|(_, cell)| period_of(cell.piece.text));
        let one = seen.next();
        one.filter(|_| seen.next().is_none())
    });
    pairs_below(setting, grid, rows, head, captioned)
}

fn pairs_below(
    setting: &Setting,
    grid: &Grid<'_>,
    rows: Range<u32>,
    head: &str,
    captioned: Option<FoundPeriod>,
) -> Vec<Found> {
    let mut found = Vec::new();
    let mut section: Option<String> = None;
    let folded_head = fold(head);
    for row in rows {
        let figures: Vec<(u32, CellNumber)> =
            grid.row(row).filter_map(|(at, cell)| Some((at, cell.number_in(setting)?))).collect();
        let [(at, number)] = figures.as_slice() else {
            let words = grid.row(row).find(|(_, cell)| cell.is_text()).filter(|_| figures.is_empty());
            section = words.map(|(_, cell)| cell.folded()).or(section);
            continue;
        };
        let (labels, units) = labels(grid, row, *at);
        let [label] = labels.as_slice() else { continue };
        let Some(mention) = metric_of(label.piece.text) else { continue };
        if statement::is_elsewhere(mention.metric, &folded_head, section.as_deref()) {
            continue;
        }
        let own = period_of(label.piece.text);
        let mut period = own.or(captioned).map_or(Period::UNKNOWN, |found| found.period);
        if mention.metric.is_by_month() && period.is_known() && fold(label.piece.text).contains("average") {
            period.kind = PeriodKind::Quarter;
        }
        let name = [label.piece.text, &units].join(" ");
        let line = Line { grid, head, label: &name, metric: mention.metric, loss: mention.loss, section: None };
        let small = number.value.abs() < Decimal::ONE_THOUSAND;
        let stated = own.and_then(|own| own.basis).or_else(|| line.basis());
        found.extend(line.figure(number, "", small, period, stated));
    }
    statement::without_halves(&mut found);
    found
}

/// True if a caption or label says a scale: for extractors of other grids.
pub fn scale_of(head: &str) -> Option<Decimal> {
    match scale::said(head) {
        Said::Factor(factor) => Some(factor),
        Said::Nothing => Some(Decimal::ONE),
        Said::Conflict => None,
    }
}
