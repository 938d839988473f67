//! Charts as tables: the title, a row of categories, a row a series, from the values that the file keeps beside the
//! drawing (ECMA-376 part 1, 21.2).

use model::CellRef;

use super::number::{Epoch, FormatKind, read};
use super::{Element, parse};
use crate::ReadError;

/// What a chart says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Chart {
    /// Titles of the chart and its axes.
    pub(crate) titles: Vec<String>,
    /// Cells that hold something, by row, then column. Row 0 has the categories, column 0 the names of the series.
    pub(crate) cells: Vec<(CellRef, String)>,
}

/// Points of one series beyond this number are noise to a reader.
const MOST_POINTS: u32 = 10_000;

/// Reads a chart part.
pub(crate) fn read_chart(xml: &str) -> Result<Chart, ReadError> {
    let root = parse(xml)?;
    let mut chart = Chart::default();
    for title in root.below("title") {
        let words: Vec<String> = title.below("t").iter().map(|text| text.text()).collect();
        let words = one_line(&words.concat());
        if !words.is_empty() {
            chart.titles.push(words);
        }
    }
    let mut categories = Vec::new();
    for series in root.below("ser") {
        chart.add_series(series, &mut categories);
    }
    Ok(chart)
}

impl Chart {
    /// Adds a series, and its categories first where they are not those of the series before.
    fn add_series(&mut self, series: &Element<'_>, shared: &mut Vec<(u32, String)>) {
        let points =
            |names: [&str; 2]| names.iter().find_map(|name| series.child(name)).map(cached).unwrap_or_default();
        let categories = points(["cat", "xVal"]);
        let values = points(["val", "yVal"]);
        if values.is_empty() {
            return;
        }
        if !categories.is_empty() && categories != *shared {
            self.add_row("", &categories);
            *shared = categories;
        }
        let name = series.child("tx").map(cached).unwrap_or_default();
        let name: Vec<String> = name.into_iter().map(|(_, words)| words).collect();
        self.add_row(&name.join(" "), &values);
        let sizes = series.child("bubbleSize").map(cached).unwrap_or_default();
        if !sizes.is_empty() {
            self.add_row("", &sizes);
        }
    }

    fn add_row(&mut self, name: &str, points: &[(u32, String)]) {
        let row = self.cells.last().map_or(0, |(at, _)| at.row + 1);
        if !name.is_empty() {
            self.cells.push((CellRef { row, column: 0 }, name.to_owned()));
        }
        self.cells.extend(points.iter().map(|(index, words)| (CellRef { row, column: index + 1 }, words.clone())));
    }
}

/// The points that the file keeps, by their index: of a list of texts, of numbers, or one literal text.
fn cached(of: &Element<'_>) -> Vec<(u32, String)> {
    let code = of.below("formatCode").first().map(|code| code.text()).unwrap_or_default();
    let kind = FormatKind::of(&code);
    let numeric = !of.below("numCache").is_empty() || !of.below("numLit").is_empty();
    let mut found: Vec<(u32, String)> = Vec::new();
    for point in of.below("pt") {
        let Some(index) = point.number::<u32>("idx").filter(|index| *index < MOST_POINTS) else { continue };
        let stored = point.child("v").map(Element::text).unwrap_or_default();
        let words = if numeric { read(&stored, kind, Epoch::Year1900).map(|(_, shown)| shown) } else { None };
        let words = one_line(&words.unwrap_or(stored));
        if !words.is_empty() && found.len() < MOST_POINTS as usize {
            found.push((index, words));
        }
    }
    if found.is_empty() {
        let literal = of.child("v").map(Element::text).unwrap_or_default();
        found.extend(Some((0, one_line(&literal))).filter(|(_, words)| !words.is_empty()));
    }
    found.sort();
    found.dedup_by_key(|(index, _)| *index);
    found
}

/// A text with every stretch of white space as one space.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
