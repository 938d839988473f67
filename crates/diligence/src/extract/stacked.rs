//! Headers of tables on pages that stand in several rows, as filings have them: a stretch over its columns, the day
//! under it and the year under that, `13 Weeks Ended` · `January 28,` · `2023`. Such cells seldom stand in the column of their
//! figures, so each is given to the nearest column of figures that has none in its row.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use chrono::NaiveDate;
use model::{Period, PeriodKind};
use regex::Regex;

use super::cells::{Cell, Grid};
use super::columns::{Block, Column, OF_SEVERAL};
use crate::basis::said;
use crate::period::periods;
use crate::words::{fold, has_any};

/// Rows of a header at most.
const HIGHEST: usize = 8;
/// Bytes of a header cell at most; what is longer is a sentence.
const LONGEST: usize = 60;

/// A stretch of time that is named without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stretch {
    /// One that periods have.
    Of(PeriodKind),
    /// Another one, such as nine months: what flowed in it is compared with nothing.
    Odd,
}

/// The block of a table whose header stands in several rows; `None` if the header is not of this kind or not clear.
pub fn stacked(grid: &Grid<'_>) -> Option<Block> {
    let data = grid.rows().into_iter().find(|row| is_data(grid, *row))?;
    let columns = figure_columns(grid, data);
    if columns.len() < 2 {
        return None;
    }
    let names = grid.row(data).next()?.0;
    let header: Vec<u32> = grid.rows().into_iter().filter(|row| *row < data).collect();
    if header.is_empty() || header.len() > HIGHEST {
        return None;
    }
    let mut heads: BTreeMap<u32, Head> = columns.iter().map(|column| (*column, Head::default())).collect();
    for row in &header {
        let cells: Vec<(u32, &Cell<'_>)> =
            grid.row(*row).filter(|(column, cell)| *column > names && cell.piece.text.len() <= LONGEST).collect();
        spread(&cells, &columns, &mut heads);
    }
    if !agree(&heads) {
        return None;
    }
    // Where one column has a stretch, one without is of a stretch that nobody can say.
    let stretched = heads.values().any(|head| head.stretch.is_some());
    let said = heads.into_iter().filter(|(_, head)| head.stretch.is_some() || !stretched);
    let columns: BTreeMap<u32, Column> = said.filter_map(|(column, head)| Some((column, head.column()?))).collect();
    if !are_apart(&columns) {
        return None;
    }
    let end = grid.rows().last().map_or(0, |row| row + 1);
    let plain = header.len() == 1 && !columns.values().any(|column| stretch(&column.header).is_some());
    let header = data.checked_sub(1)?;
    (columns.len() > 1 && !plain).then_some(Block { header, end, columns })
}

/// Two columns of one time are of two parts of the company, or of two ways to count; neither is the whole.
fn are_apart(columns: &BTreeMap<u32, Column>) -> bool {
    let mut seen = Vec::new();
    columns.values().all(|column| {
        let new = !seen.contains(&(column.period, column.basis));
        seen.push((column.period, column.basis));
        new
    })
}

/// Stretches of two lengths end on the same days, or nobody can say over which columns each stands.
fn agree(heads: &BTreeMap<u32, Head>) -> bool {
    let mut ends: Vec<(Stretch, Vec<Option<NaiveDate>>)> = Vec::new();
    for head in heads.values() {
        let Some(stretch) = head.stretch else { continue };
        let end = periods(&head.text).first().and_then(|found| found.period.end);
        match ends.iter_mut().find(|(other, _)| *other == stretch) {
            Some((_, list)) => list.push(end),
            None => ends.push((stretch, vec![end])),
        }
    }
    ends.windows(2).all(|pair| pair.first().map(|one| &one.1) == pair.last().map(|two| &two.1))
}

/// A row with a name and figures; a row of years has no figures.
fn is_data(grid: &Grid<'_>, row: u32) -> bool {
    let mut cells = grid.row(row);
    let named = cells.next().is_some_and(|(_, cell)| cell.is_text());
    named && cells.any(|(_, cell)| is_figure(cell))
}

fn is_figure(cell: &Cell<'_>) -> bool {
    !cell.is_text() && cell.piece.text.chars().any(|sign| sign.is_ascii_digit()) && cell.period().is_none()
}

/// Columns that hold an amount in at least two fifths as many rows as the fullest; percentages beside amounts stand apart.
fn figure_columns(grid: &Grid<'_>, data: u32) -> Vec<u32> {
    let mut counts: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    for ((_, column), cell) in grid.cells.range((data, 1)..).filter(|(_, cell)| is_figure(cell)) {
        let (all, percent) = counts.entry(*column).or_default();
        *all += 1;
        *percent += u32::from(cell.piece.text.contains('%'));
    }
    let most = counts.values().map(|(all, _)| *all).max().unwrap_or(0);
    let kept = counts.into_iter().filter(|(_, (all, percent))| all * 5 >= most * 2 && percent < all);
    kept.map(|(column, _)| column).collect()
}

/// Stretches that are not named by their length in weeks or months and are none of a period's.
const ODD: [&str; 9] = [
    "half-year",
    "half year",
    "halbjahr",
    "semestre",
    "semester",
    "period ended",
    "months to",
    "monate bis",
    "to date",
];

/// What stands above a column.
#[derive(Debug, Default)]
struct Head {
    /// Its cells, from the top, with spaces between.
    text: String,
    /// Where a cell begins in it.
    starts: Vec<usize>,
    stretch: Option<Stretch>,
}

impl Head {
    fn add(&mut self, text: &str) {
        self.stretch = stretch(text).or(self.stretch);
        self.text.push(' ');
        self.starts.push(self.text.len());
        self.text.push_str(text.trim());
    }

    /// True if the day stands in one cell and its year in the next: so statements head the year that ends then.
    fn is_split_day(&self, found: Range<usize>) -> bool {
        self.starts.iter().any(|start| found.start < *start && *start < found.end)
    }

    fn column(&self) -> Option<Column> {
        let found = match periods(&self.text).as_slice() {
            [one] => *one,
            _ => return None,
        };
        let folded = fold(&self.text);
        let before = self.text.get(..found.start).unwrap_or_default().trim_end();
        // "Jan–Jun 2024" is more than June, and half a year is no year.
        let more = before.ends_with(['–', '—', '-']) || has_any(&folded, &OF_SEVERAL) || has_any(&folded, &ODD);
        let end = found.period.end.filter(|_| !more)?;
        let period = match (self.stretch, found.period.kind) {
            (Some(Stretch::Odd), _) => return None,
            // Of a part of a year its year alone does not say the end.
            (Some(Stretch::Of(kind)), PeriodKind::Year) if kind != PeriodKind::Year && !has_day(&self.text) => {
                return None;
            }
            (Some(Stretch::Of(kind)), _) => Period::ending(kind, end),
            (None, PeriodKind::Instant) if self.is_split_day(found.start..found.end) => {
                Period::ending(PeriodKind::Year, end)
            }
            (None, _) => found.period,
        };
        let basis = found.basis.or_else(|| said(&fold(&self.text)));
        Some(Column { period, basis, header: self.text.trim().to_owned(), numbered: false })
    }
}

fn has_day(text: &str) -> bool {
    periods(text).first().is_some_and(|found| found.period.kind != PeriodKind::Year)
}

/// Gives the cells of a header row to columns of figures. As many cells as divide the columns stand over groups of them.
fn spread(cells: &[(u32, &Cell<'_>)], columns: &[u32], heads: &mut BTreeMap<u32, Head>) {
    // "Change" may stand between them.
    let cells: Vec<(u32, &Cell<'_>)> =
        cells.iter().filter(|(_, cell)| !has_any(&cell.folded(), &OF_SEVERAL)).copied().collect();
    let cells = cells.as_slice();
    let spans = cells.iter().all(|(_, cell)| stretch(cell.piece.text).is_some());
    if spans && !cells.is_empty() && columns.len().is_multiple_of(cells.len()) {
        let each = columns.len() / cells.len();
        for (group, (_, cell)) in columns.chunks(each).zip(cells) {
            group.iter().for_each(|column| give(heads, *column, cell));
        }
        return;
    }
    // As many as there are columns stand over them in order, however far to the side.
    if cells.len() == columns.len() {
        columns.iter().zip(cells).for_each(|(column, (_, cell))| give(heads, *column, cell));
        return;
    }
    let mut open: Vec<u32> = columns.to_vec();
    let mut loose = Vec::new();
    for (at, cell) in cells {
        match open.iter().position(|column| column == at) {
            Some(index) => give(heads, open.remove(index), cell),
            None => loose.push((*at, *cell)),
        }
    }
    for (at, cell) in loose {
        let nearest = open.iter().enumerate().min_by_key(|(_, column)| column.abs_diff(at)).map(|(index, _)| index);
        if let Some(index) = nearest {
            give(heads, open.remove(index), cell);
        }
    }
}

fn give(heads: &mut BTreeMap<u32, Head>, column: u32, cell: &Cell<'_>) {
    if let Some(head) = heads.get_mut(&column) {
        head.add(cell.piece.text);
    }
}

/// The stretch that a header names: weeks and months as filings count them.
fn stretch(text: &str) -> Option<Stretch> {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| {
        let number = r"(?P<n>\d{1,2}|three|six|nine|twelve|drei|sechs|neun|zwölf|trois|six|neuf|douze|tres|seis|nueve|doce)";
        #[allow(clippy::expect_used)]
        Regex::new(&format!(
            r"\b(?:{number}[\s-]?(?P<u>weeks?|months?|monate|mois|meses)|(?P<q>quarters?|quartal|trimestre)|(?P<y>(?:fiscal )?years?|geschäftsjahr|exercice|ejercicio))\s(?:ended|ending|zum|bis|clos|au|al)\b"
        ))
        .expect("the pattern is constant and tested")
    });
    let folded = fold(text);
    let found = pattern.captures(&folded)?;
    if found.name("y").is_some() {
        return Some(Stretch::Of(PeriodKind::Year));
    }
    let Some(number) = found.name("n") else { return Some(Stretch::Of(PeriodKind::Quarter)) };
    let number: u32 = match number.as_str() {
        "three" | "drei" | "trois" | "tres" => 3,
        "six" | "sechs" | "seis" => 6,
        "nine" | "neun" | "neuf" | "nueve" => 9,
        "twelve" | "zwölf" | "douze" | "doce" => 12,
        digits => digits.parse().ok()?,
    };
    let weeks = found.name("u").is_some_and(|unit| unit.as_str().starts_with("week"));
    Some(match (weeks, number) {
        (true, 12..=14) | (false, 3) => Stretch::Of(PeriodKind::Quarter),
        (true, 25..=27) | (false, 6) => Stretch::Of(PeriodKind::Half),
        (true, 51..=53) | (false, 12) => Stretch::Of(PeriodKind::Year),
        (false, 1) => Stretch::Of(PeriodKind::Month),
        _ => Stretch::Odd,
    })
}

#[cfg(test)]
mod tests {
    use super::super::cells::grids;
    use super::*;
    use crate::build::page_with_table;

    fn columns(rows: &[&str]) -> Vec<String> {
        let part = page_with_table(1, &[], rows);
        let grids = grids(&part);
        let block = stacked(grids.first().unwrap());
        let shown = |(at, column): (&u32, &Column)| format!("{at}={} {:?}", column.period, column.period.kind);
        block.map(|block| block.columns.iter().map(shown).collect()).unwrap_or_default()
    }

    #[test]
    fn day_and_year_stand_in_rows_of_their_own() {
        let rows = [
            "||13 Weeks Ended|",
            "|June 30,||June 29,",
            "||2024|2023",
            "|(Unaudited)||",
            "Net sales|$ 226,773||$ 229,388",
            "Cost of sales|114,270||102,059",
        ];
        assert_eq!(
            columns(&rows),
            ["1=quarter to Jun 2024 Quarter", "3=quarter to Jun 2023 Quarter"]
                .map(|text| text.replace("quarter to Jun", "Q2"))
        );
    }

    #[test]
    fn a_stretch_is_for_the_columns_under_it() {
        let rows = [
            "|13 Weeks Ended|||52 Weeks Ended|",
            "|Feb 3, 2024|Jan 28, 2023||Feb 3, 2024|Jan 28, 2023",
            "Net sales|26,773|29,388||110,000|120,000",
            "Net income|6,773|9,388||10,000|20,000",
        ];
        assert_eq!(
            columns(&rows),
            [
                "1=quarter to Feb 2024 Quarter",
                "2=quarter to Jan 2023 Quarter",
                "4=FY to Feb 2024 Year",
                "5=FY to Jan 2023 Year"
            ]
        );
    }

    #[test]
    fn a_header_to_the_side_of_its_figures_is_taken_in_order() {
        let rows = [
            "||Three Months Ended June 30,||||Twelve Months Ended June 30,||",
            "|2022||2023||2022||2023|",
            "Revenue||3,909||3,673||14,544||14,694",
            "Gross profit||794||722||2,820||2,725",
        ];
        assert_eq!(
            columns(&rows),
            ["2=Q2 2022 Quarter", "4=Q2 2023 Quarter", "6=FY to Jun 2022 Year", "8=FY to Jun 2023 Year"]
        );
    }

    #[test]
    fn shares_beside_amounts_have_no_header_of_their_own() {
        let rows = [
            "|Three months ended March 31,|||",
            "|2024||2023|",
            "Revenue|26,773|100.0%|29,388|100.0%",
            "Gross profit|16,773|62.6%|19,388|66.0%",
        ];
        assert_eq!(columns(&rows), ["1=Q1 2024 Quarter", "3=Q1 2023 Quarter"]);
    }

    #[test]
    fn what_is_not_clear_is_left_out() {
        let parts = ["|Germany||France|", "|2024|2023|2024|2023", "Revenue|26,773|29,388|110,000|120,000"];
        assert_eq!(columns(&parts), [""; 0], "two parts of one time");
        let uneven =
            ["|13 Weeks Ended|||52 Weeks Ended", "|2024|2023|2022|2024", "Revenue|26,773|29,388|20,100|120,000"];
        assert_eq!(columns(&uneven), [""; 0], "which weeks end the second column?");
        let ranges = ["|Jan–Jun 2024|Jan–Jun 2023", "|€k|€k", "Revenue|26,773|29,388"];
        assert_eq!(columns(&ranges), [""; 0], "half a year is no June");
        let halves =
            ["|Half-year ended June 30, 2024|Half-year ended June 30, 2023", "|€k|€k", "Revenue|26,773|29,388"];
        assert_eq!(columns(&halves), [""; 0]);
        let days = ["|June 30, 2024|June 30, 2023", "|(Unaudited)|", "Cash|26,773|29,388"];
        assert!(columns(&days).iter().all(|column| column.ends_with("Instant")), "a day is a day");
        let nine = ["|Nine months ended June 30,|", "|2024|2023", "Revenue|26,773|29,388"];
        assert_eq!(columns(&nine), [""; 0], "nine months are compared with nothing");
        let endless = ["|Three months ended|", "|2024|2023", "Revenue|26,773|29,388"];
        assert_eq!(columns(&endless), [""; 0], "which three months?");
        let shares = ["|Three months ended March 31, 2024|", "Churn|4.0%|5.0%"];
        assert_eq!(columns(&shares), [""; 0], "no column of amounts");
        let one = ["|2024|", "Revenue|26,773|29,388"];
        assert_eq!(columns(&one), [""; 0], "a single column says nothing of the others");
    }
}
