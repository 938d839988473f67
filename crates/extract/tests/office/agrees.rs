//! What holds for every document: each element's span lies in the text, in order, and shows what the element says.

use model::{CellValue, Document, Layout, Part, SheetLayout, SlideLayout, Span, Table};

/// Fails where a document's layout and text disagree.
pub(crate) fn assert_agrees(document: &Document) {
    assert!(document.reading.read <= document.reading.parts);
    for (number, part) in (1..).zip(&document.parts) {
        assert_eq!(part.number, number);
        assert!(part.text.is_empty() || part.text.ends_with('\n'), "the last line of part {number} has no end");
        let text = Text(part.text.chars().collect());
        match &part.layout {
            Layout::Sheet(sheet) => sheet_agrees(sheet, &text),
            Layout::Slide(slide) => slide_agrees(slide, &text),
            Layout::Flow(flow) => {
                let spans: Vec<Span> = flow.blocks.iter().map(|block| block.span).collect();
                text.holds_in_order(&spans);
                assert_eq!(text.outside(&spans).replace('\n', ""), "", "text that no block shows");
                assert!((1..).zip(&flow.blocks).all(|(number, block)| block.number == number));
            }
            Layout::Page(_) | Layout::Plain => panic!("not a layout of an Office file"),
        }
        tables_agree(part, &text);
    }
}

/// The characters of a part, so that a span costs its length and not its place.
struct Text(Vec<char>);

impl Text {
    fn of(&self, span: Span) -> String {
        self.0[span.start as usize..span.end as usize].iter().collect()
    }

    fn holds_in_order(&self, spans: &[Span]) {
        let mut end = 0;
        for span in spans {
            assert!(!span.is_empty() && span.start >= end, "a span is empty or out of order: {span:?}");
            end = span.end;
            let shown = self.of(*span);
            assert!(!shown.trim().is_empty(), "a span shows nothing");
            let edge = |found: Option<&char>| found.is_none_or(|found| *found == '\n' || *found == '\t');
            assert!(edge((span.start as usize).checked_sub(1).and_then(|at| self.0.get(at))));
            assert!(edge(self.0.get(span.end as usize)), "{shown:?} goes on after its span");
        }
    }

    /// What no span shows.
    fn outside(&self, spans: &[Span]) -> String {
        let mut left = self.0.clone();
        for span in spans {
            left[span.start as usize..span.end as usize].fill('\n');
        }
        left.into_iter().collect()
    }
}

fn sheet_agrees(sheet: &SheetLayout, text: &Text) {
    let spans: Vec<Span> = sheet.cells.iter().map(|cell| cell.span).collect();
    text.holds_in_order(&spans);
    assert_eq!(text.outside(&spans).replace(['\n', '\t'], ""), "", "text that no cell shows");
    assert!(sheet.cells.is_sorted_by(|left, right| left.at < right.at));
    for pair in sheet.cells.windows(2) {
        let between = text.of(Span::new(pair[0].span.end, pair[1].span.start));
        assert_eq!(between, if pair[0].at.row == pair[1].at.row { "\t" } else { "\n" });
    }
    assert_eq!(sheet.rows, sheet.cells.iter().map(|cell| cell.at.row + 1).max().unwrap_or(0));
    assert_eq!(sheet.columns, sheet.cells.iter().map(|cell| cell.at.column + 1).max().unwrap_or(0));
    for cell in &sheet.cells {
        let shown = text.of(cell.span);
        match &cell.value {
            CellValue::Text(value) => assert_eq!(plain(value), plain(&shown)),
            CellValue::Error(value) => assert_eq!(*value, shown),
            CellValue::Bool(value) => assert_eq!(shown, if *value { "TRUE" } else { "FALSE" }),
            CellValue::Date(value) => assert_eq!(value.to_string(), shown),
            CellValue::Number(_) => assert!(shown.chars().any(|digit| digit.is_ascii_digit())),
        }
    }
}

fn slide_agrees(slide: &SlideLayout, text: &Text) {
    let spans: Vec<Span> = slide.shapes.iter().flat_map(|shape| shape.paragraphs.iter().copied()).collect();
    text.holds_in_order(&spans);
    assert_eq!(text.outside(&spans).replace(['\n', '\t'], ""), "", "text that no shape shows");
    let ids: std::collections::HashSet<u32> = slide.shapes.iter().map(|shape| shape.id).collect();
    assert_eq!(ids.len(), slide.shapes.len(), "two shapes share an id");
    assert!(slide.size.width > 0.0 && slide.size.height > 0.0);
}

fn tables_agree(part: &Part, text: &Text) {
    for Table { rows, columns, cells } in &part.tables {
        let spans: Vec<Span> = cells.iter().map(|cell| cell.span).collect();
        text.holds_in_order(&spans);
        assert!(cells.is_sorted_by(|left, right| left.at < right.at));
        assert!(cells.iter().all(|cell| cell.at.row < *rows && cell.at.column < *columns));
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|found| !found.is_control() && !found.is_whitespace()).collect()
}
