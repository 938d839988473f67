//! Lays the words of a page out as text: tables row by row with tabs, everything else in the order it was found.

use model::{CellRef, Span, Table, TableCell, Word};

use super::Found;
use super::region::{Region, regions};
use crate::composer::Composer;

/// The text of a page and how it stands there.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The text: lines end with `\n`, an empty line parts blocks, tabs part the cells of a table.
    pub(crate) text: String,
    /// The words by their place in the text.
    pub(crate) words: Vec<Word>,
    /// The tables.
    pub(crate) tables: Vec<Table>,
}

/// Lays out the words of a page.
pub(crate) fn compose(words: &[Found]) -> Page {
    let regions = regions(words);
    let mut table_of: Vec<Option<usize>> = vec![None; words.len()];
    for (number, region) in regions.iter().enumerate() {
        for at in region.rows.iter().flatten().flat_map(|(_, words)| words) {
            if let Some(table) = table_of.get_mut(*at) {
                *table = Some(number);
            }
        }
    }
    let mut writer = Writer::default();
    let mut written = vec![false; regions.len()];
    for (word, table) in words.iter().zip(table_of) {
        let Some(number) = table else {
            writer.running(word);
            continue;
        };
        if let (Some(done @ false), Some(region)) = (written.get_mut(number), regions.get(number)) {
            *done = true;
            writer.table(region, words);
        }
    }
    writer.finish()
}

#[derive(Default)]
struct Writer<'a> {
    composer: Composer,
    last: Option<&'a Found>,
    words: Vec<Word>,
    tables: Vec<Table>,
}

impl<'a> Writer<'a> {
    fn running(&mut self, word: &'a Found) {
        match self.last {
            Some(last) if last.block == word.block && last.line == word.line => {
                if !touching(last, word) {
                    self.composer.push(" ");
                }
            }
            Some(last) if last.block == word.block => self.end_line(),
            _ => self.end_block(),
        }
        self.word(word);
        self.last = Some(word);
    }

    fn table(&mut self, region: &Region, words: &'a [Found]) {
        self.end_block();
        self.last = None;
        let mut table = Table { rows: 0, columns: number(region.columns), cells: Vec::new() };
        for row in region.rows.iter().filter(|row| !row.is_empty()) {
            if table.rows > 0 {
                self.end_line();
            }
            let mut column = 0;
            for (at, places) in row {
                for _ in column..*at {
                    self.composer.push("\t");
                }
                column = *at;
                let span = self.cell(places, words);
                table.cells.push(TableCell { at: CellRef { row: table.rows, column: number(*at) }, span });
            }
            table.rows += 1;
        }
        self.tables.push(table);
    }

    fn cell(&mut self, places: &[usize], words: &'a [Found]) -> Span {
        let start = self.composer.len();
        let mut last: Option<&Found> = None;
        for word in places.iter().filter_map(|at| words.get(*at)) {
            if last.is_some_and(|last| !touching(last, word)) {
                self.composer.push(" ");
            }
            self.word(word);
            last = Some(word);
        }
        Span::new(start, self.composer.len())
    }

    fn word(&mut self, word: &Found) {
        let span = self.composer.push(&word.text);
        self.words.push(Word { span, bounds: word.bounds });
    }

    fn end_line(&mut self) {
        self.composer.push("\n");
    }

    fn end_block(&mut self) {
        if !self.composer.is_empty() {
            self.composer.push("\n\n");
        }
    }

    fn finish(mut self) -> Page {
        if !self.composer.is_empty() {
            self.end_line();
        }
        Page { text: self.composer.finish(), words: self.words, tables: self.tables }
    }
}

/// True if no space stands between two words of a line: they were told apart by their fonts only.
fn touching(left: &Found, right: &Found) -> bool {
    let height = left.bounds.height().min(right.bounds.height());
    let gap = right.bounds.x0 - left.bounds.x1;
    left.bounds.same_line(right.bounds) && gap.abs() < 0.08 * height
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use model::Bounds;
    use proptest::prelude::*;

    use super::*;

    fn words() -> impl Strategy<Value = Vec<Found>> {
        let word =
            ("[a-zé]{1,6}|[0-9]{1,3},[0-9]{3}|[$€(%)-]|[0-9]{1,2}%", 0u32..60, 0u32..30, 1u32..8, 0u32..3, 0u32..3);
        let found = word.prop_map(|(text, x, y, width, block, line)| {
            let (x, y, width) = (x as f32 * 10.0, y as f32 * 9.0, width as f32 * 6.0);
            Found { text, bounds: Bounds::new(x, y, x + width, y + 10.0), block: (block, 0), line }
        });
        prop::collection::vec(found, 0..80)
    }

    proptest! {
        #[test]
        fn every_word_is_in_the_text_once_and_where_it_says(words in words()) {
            let page = compose(&words);
            let mut said: Vec<&str> = page.words.iter().map(|word| word.span.of(&page.text)).collect();
            let mut expected: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            said.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(said, expected);
            prop_assert!(page.words.is_sorted_by(|a, b| a.span.end <= b.span.start));
            for table in &page.tables {
                let lines: Vec<&str> = table.cells.iter().map(|cell| cell.span.of(&page.text)).collect();
                prop_assert!(lines.iter().all(|cell| !cell.is_empty() && !cell.contains(['\n', '\t'])));
                prop_assert!(table.cells.iter().all(|cell| cell.at.row < table.rows && cell.at.column < table.columns));
                prop_assert!(table.cells.is_sorted_by(|a, b| a.at < b.at && a.span.end <= b.span.start));
            }
        }
    }
}
