//! Where something stands: document version, part, stretch of text with its quote, and the spot on the surface.
//! A citation names a place; nothing else does, so every figure and sentence can be opened.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bounds, CellRef, DocumentVersion, Layout, PageLayout, Part, Size, Span, Surface};

/// A place in a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// Which state of which document.
    pub document: DocumentVersion,
    /// Which page, sheet, slide or text, from 1.
    pub part: u32,
    /// The stretch of the part's text.
    pub span: Span,
    /// The text there, character for character.
    pub quote: String,
    /// Where that is to be seen.
    pub spot: Spot,
}

/// Where a stretch of text is to be seen on its surface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Spot {
    /// Boxes on a page of a PDF, one a line, in points.
    PdfBox {
        /// The boxes.
        boxes: Vec<Bounds>,
        /// The page's size.
        size: Size,
    },
    /// Boxes on an image, one a line, in pixels.
    ImageBox {
        /// The boxes.
        boxes: Vec<Bounds>,
        /// The image's size.
        size: Size,
    },
    /// A cell.
    Cell {
        /// Name of the sheet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sheet: Option<String>,
        /// The cell.
        cell: CellRef,
    },
    /// A paragraph of a shape on a slide.
    SlideShape {
        /// The shape's id on its slide.
        shape: u32,
        /// The paragraph, from 0.
        paragraph: u32,
    },
    /// A block of a Word document.
    DocxBlock {
        /// The block's number, from 1.
        block: u32,
    },
    /// The stretch of text itself.
    TextRange,
}

impl Part {
    /// The place of a stretch of this part's text.
    pub fn place(&self, document: DocumentVersion, span: Span) -> Place {
        Place { document, part: self.number, span, quote: self.quote(span).to_owned(), spot: self.spot(span) }
    }

    fn spot(&self, span: Span) -> Spot {
        let found = match &self.layout {
            Layout::Page(page) => Some(page.spot(span)),
            Layout::Sheet(sheet) => first_on(&sheet.cells, span, |cell| cell.span)
                .map(|cell| Spot::Cell { sheet: self.name.clone(), cell: cell.at }),
            Layout::Slide(slide) => slide.shapes.iter().find_map(|shape| {
                let paragraph = shape.paragraphs.iter().position(|paragraph| paragraph.overlaps(span))?;
                Some(Spot::SlideShape { shape: shape.id, paragraph: u32::try_from(paragraph).ok()? })
            }),
            Layout::Flow(flow) => {
                first_on(&flow.blocks, span, |block| block.span).map(|block| Spot::DocxBlock { block: block.number })
            }
            Layout::Plain => None,
        };
        found.unwrap_or(Spot::TextRange)
    }
}

/// The first of these that shares a character with `span`. They stand in the text one after the other, so half of them
/// is left out at each look: a sheet may have a million cells, and each fact on it asks.
fn first_on<T>(all: &[T], span: Span, of: impl Fn(&T) -> Span) -> Option<&T> {
    let first = all.partition_point(|one| of(one).end <= span.start);
    all.get(first).filter(|one| of(one).overlaps(span))
}

impl PageLayout {
    fn spot(&self, span: Span) -> Spot {
        let first = self.words.partition_point(|word| word.span.end <= span.start);
        let covered = self.words.iter().skip(first).take_while(|word| word.span.start < span.end);
        let mut boxes: Vec<Bounds> = Vec::new();
        for word in covered {
            match boxes.last_mut() {
                Some(line) if line.same_line(word.bounds) => *line = line.union(word.bounds),
                _ => boxes.push(word.bounds),
            }
        }
        match self.surface {
            Surface::Pdf => Spot::PdfBox { boxes, size: self.size },
            Surface::Image => Spot::ImageBox { boxes, size: self.size },
        }
    }
}

impl Place {
    /// How people name it, within its document: `p. 7`, `MRR!F40`, `slide 3`, `block 12`.
    pub fn locator(&self) -> String {
        match &self.spot {
            Spot::PdfBox { .. } => format!("p. {}", self.part),
            Spot::ImageBox { .. } => "image".to_owned(),
            Spot::Cell { sheet: Some(sheet), cell } => format!("{sheet}!{cell}"),
            Spot::Cell { sheet: None, cell } => cell.to_string(),
            Spot::SlideShape { .. } => format!("slide {}", self.part),
            Spot::DocxBlock { block } => format!("¶ {block}"),
            Spot::TextRange => format!("part {}", self.part),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{CellValue, SheetCell, SheetLayout, TextSource, Word};

    const VERSION: DocumentVersion = DocumentVersion(Uuid::nil());

    fn page() -> Part {
        let word = |start, end, x: f32, y: f32| Word {
            span: Span::new(start, end),
            bounds: Bounds::new(x, y, x + 10.0, y + 10.0),
        };
        Part {
            number: 7,
            name: None,
            text: "ARR of €4.2m\nas of June".to_owned(),
            layout: Layout::Page(PageLayout {
                surface: Surface::Pdf,
                size: Size { width: 100.0, height: 50.0 },
                source: TextSource::TextLayer,
                words: vec![
                    word(0, 3, 0.0, 0.0),
                    word(4, 6, 12.0, 0.0),
                    word(7, 12, 24.0, 0.0),
                    word(13, 15, 0.0, 20.0),
                    word(16, 18, 12.0, 20.0),
                    word(19, 23, 24.0, 20.0),
                ],
            }),
            tables: Vec::new(),
        }
    }

    #[test]
    fn words_on_two_lines_give_two_boxes() {
        let place = page().place(VERSION, Span::new(7, 18));
        assert_eq!(place.quote, "€4.2m\nas of");
        let Spot::PdfBox { boxes, .. } = &place.spot else { panic!("{place:?}") };
        assert_eq!(boxes, &[Bounds::new(24.0, 0.0, 34.0, 10.0), Bounds::new(0.0, 20.0, 22.0, 30.0)]);
        assert_eq!(place.locator(), "p. 7");
    }

    #[test]
    fn a_cell_is_named_with_its_sheet() {
        let sheet = Part {
            number: 2,
            name: Some("MRR".to_owned()),
            text: "ARR\t4200000\n".to_owned(),
            layout: Layout::Sheet(SheetLayout {
                rows: 1,
                columns: 2,
                hidden: false,
                cells: vec![SheetCell {
                    at: CellRef { row: 39, column: 5 },
                    span: Span::new(4, 11),
                    value: CellValue::Number(4_200_000.into()),
                    formula: None,
                    format: None,
                }],
            }),
            tables: Vec::new(),
        };
        assert_eq!(sheet.place(VERSION, Span::new(4, 11)).locator(), "MRR!F40");
    }

    #[test]
    fn a_place_survives_being_stored() -> Result<(), serde_json::Error> {
        let place = page().place(VERSION, Span::new(0, 12));
        assert_eq!(serde_json::from_str::<Place>(&serde_json::to_string(&place)?)?, place);
        Ok(())
    }
}
