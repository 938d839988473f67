//! Columns of parts of revenue beside the amounts of a statement: where revenue is 100 %, gross profit is the margin.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::cells::Grid;
use super::columns::Block;
use super::label::metric_of;
use crate::number::Measure;
use crate::setting::Setting;

/// Columns of parts of revenue, each with the column of the amounts that it stands beside.
pub fn margin_columns(setting: &Setting, grid: &Grid<'_>, block: &Block) -> BTreeMap<u32, u32> {
    let amounts: Vec<u32> = block.columns.keys().copied().collect();
    let Some(revenue) = (block.header + 1..block.end).find(|row| is_revenue(grid, *row)) else {
        return BTreeMap::new();
    };
    let beside = grid.row(revenue).filter(|(column, _)| !block.columns.contains_key(column));
    let found: BTreeMap<u32, u32> = beside
        .filter_map(|(column, cell)| {
            let number = cell.number_in(setting)?;
            let whole = number.measure == Measure::Percent && number.value == Decimal::ONE;
            let amount = amounts.iter().rev().find(|amount| **amount < column)?;
            (whole && column - amount <= 2).then_some((column, *amount))
        })
        .collect();
    // One beside each: a single 100 % may be revenue that doubled.
    if found.len() == amounts.len() { found } else { BTreeMap::new() }
}

fn is_revenue(grid: &Grid<'_>, row: u32) -> bool {
    let name = grid.row(row).map(|(_, cell)| cell).find(|cell| cell.is_text());
    name.and_then(|cell| metric_of(cell.piece.text)).is_some_and(|mention| mention.metric.id == "revenue")
}
