//! Whether a part can be what a reader made: checked once where parts come in from a process that a hostile document may
//! have taken over, so that everything behind may rely on it.

use crate::{Bounds, CellRef, Layout, Part, Size, Span};

/// Rows and columns that a workbook can have (ECMA-376).
const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: u32 = 16_384;

impl Part {
    /// True if all spans lie within the text, all cells within a workbook's bounds, and all boxes are numbers.
    pub fn is_sound(&self) -> bool {
        let length = u32::try_from(self.text.chars().count()).unwrap_or(u32::MAX);
        let within = |span: Span| span.start <= span.end && span.end <= length;
        let cell = |at: CellRef| at.row < MOST_ROWS && at.column < MOST_COLUMNS;
        let grid = |rows: u32, columns: u32| rows <= MOST_ROWS && columns <= MOST_COLUMNS;
        let layout = match &self.layout {
            Layout::Page(page) => {
                size(page.size) && page.words.iter().all(|word| within(word.span) && bounds(word.bounds))
            }
            Layout::Sheet(sheet) => {
                grid(sheet.rows, sheet.columns) && sheet.cells.iter().all(|one| within(one.span) && cell(one.at))
            }
            Layout::Slide(slide) => {
                size(slide.size)
                    && slide.shapes.iter().all(|shape| {
                        shape.bounds.is_none_or(bounds) && shape.paragraphs.iter().all(|paragraph| within(*paragraph))
                    })
            }
            Layout::Flow(flow) => flow.blocks.iter().all(|block| within(block.span)),
            Layout::Plain => true,
        };
        let tables = self.tables.iter().all(|table| {
            grid(table.rows, table.columns) && table.cells.iter().all(|one| within(one.span) && cell(one.at))
        });
        self.number > 0 && layout && tables
    }
}

fn bounds(bounds: Bounds) -> bool {
    [bounds.x0, bounds.y0, bounds.x1, bounds.y1].into_iter().all(f32::is_finite)
}

fn size(size: Size) -> bool {
    [size.width, size.height].into_iter().all(|side| side.is_finite() && side >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SheetCell, SheetLayout, TextSource, Word, layout::PageLayout};

    fn page(span: Span, x1: f32) -> Part {
        let word = Word { span, bounds: Bounds { x0: 0.0, y0: 0.0, x1, y1: 1.0 } };
        let size = Size { width: 9.0, height: 9.0 };
        let layout =
            PageLayout { surface: crate::Surface::Pdf, size, source: TextSource::TextLayer, words: vec![word] };
        Part { number: 1, name: None, text: "Größe".to_owned(), layout: Layout::Page(layout), tables: Vec::new() }
    }

    #[test]
    fn spans_lie_in_the_text_and_boxes_are_numbers() {
        assert!(page(Span::new(0, 5), 4.0).is_sound());
        assert!(!page(Span::new(0, 6), 4.0).is_sound());
        assert!(!page(Span { start: 3, end: 2 }, 4.0).is_sound());
        assert!(!page(Span::new(0, 5), f32::NAN).is_sound());
        assert!(!Part { number: 0, ..page(Span::new(0, 5), 4.0) }.is_sound());
    }

    #[test]
    fn no_cell_lies_outside_a_workbook() {
        let sheet = |row| {
            let at = CellRef { row, column: 0 };
            let value = crate::CellValue::Text("x".to_owned());
            let cell = SheetCell { at, span: Span::new(0, 1), value, formula: None, format: None };
            let layout = SheetLayout { rows: 1, columns: 1, hidden: false, cells: vec![cell] };
            Part { number: 1, name: None, text: "x".to_owned(), layout: Layout::Sheet(layout), tables: Vec::new() }
        };
        assert!(sheet(MOST_ROWS - 1).is_sound());
        assert!(!sheet(u32::MAX - 1).is_sound());
    }
}
