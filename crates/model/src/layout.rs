//! How the text of a part stands on its surface: words with boxes on a page, cells of a sheet, shapes on a slide,
//! blocks of a flowing text. Every element names its [`Span`] in the part's text.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bounds, Size, Span};

/// The surface of one part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Layout {
    /// A page of a PDF, or an image.
    Page(PageLayout),
    /// A sheet of a workbook, or a CSV file.
    Sheet(SheetLayout),
    /// A slide.
    Slide(SlideLayout),
    /// A flowing text in blocks.
    Flow(FlowLayout),
    /// Plain text.
    Plain,
}

/// A page: words in reading order, each with its box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageLayout {
    /// What the boxes are measured on.
    pub surface: Surface,
    /// Size of the page as it is shown (rotation applied).
    pub size: Size,
    /// Where the words come from.
    pub source: TextSource,
    /// The words, by their place in the text.
    pub words: Vec<Word>,
}

/// What boxes are measured on, and so in which unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// A page of a PDF, in points (1/72 inch).
    Pdf,
    /// An image, in pixels.
    Image,
}

/// Where the words of a page come from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum TextSource {
    /// The file's own text.
    TextLayer,
    /// Optical character recognition.
    Ocr {
        /// Mean confidence of the words, 0 to 1.
        confidence: f32,
    },
    /// No words were found.
    Nothing,
}

/// A word on a page.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Its characters in the part's text.
    pub span: Span,
    /// Its box.
    pub bounds: Bounds,
}

/// A sheet: its cells that hold something, row by row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SheetLayout {
    /// Number of rows up to the last that holds something.
    pub rows: u32,
    /// Number of columns up to the last that holds something.
    pub columns: u32,
    /// The sheet is hidden in the workbook.
    pub hidden: bool,
    /// The cells, by row, then column.
    pub cells: Vec<SheetCell>,
}

/// A cell of a sheet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SheetCell {
    /// Where.
    pub at: CellRef,
    /// Its shown text in the part's text.
    pub span: Span,
    /// The value as stored.
    pub value: CellValue,
    /// The formula without its equals sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    /// The number format, e.g. `0.0%`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// The value of a cell as it is stored in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum CellValue {
    /// Text.
    Text(String),
    /// A number; a percentage is stored as its fraction.
    Number(Decimal),
    /// A date, or a moment cut to its date.
    Date(chrono::NaiveDate),
    /// True or false.
    Bool(bool),
    /// An error such as `#REF!`.
    Error(String),
}

/// Row and column of a cell, both from 0; shown and stored as `F14`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellRef {
    /// Row, from 0.
    pub row: u32,
    /// Column, from 0.
    pub column: u32,
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = Vec::new();
        let mut rest = u64::from(self.column) + 1;
        while rest > 0 {
            letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default()));
            rest = (rest - 1) / 26;
        }
        write!(f, "{}{}", letters.iter().rev().collect::<String>(), u64::from(self.row) + 1)
    }
}

/// The text is not the name of a cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a cell: letters and a row number, such as F14")]
pub struct NotACell;

impl FromStr for CellRef {
    type Err = NotACell;

    fn from_str(text: &str) -> Result<Self, NotACell> {
        let digits = text.find(|found: char| found.is_ascii_digit()).ok_or(NotACell)?;
        let (letters, row) = text.split_at(digits);
        if letters.is_empty() || letters.len() > 4 || !letters.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(NotACell);
        }
        let column = letters.bytes().fold(0u32, |sum, byte| sum * 26 + u32::from(byte - b'A') + 1);
        let row: u32 = row.parse().map_err(|_| NotACell)?;
        Ok(Self { row: row.checked_sub(1).ok_or(NotACell)?, column: column - 1 })
    }
}

impl Serialize for CellRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CellRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for CellRef {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CellRef".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Z]{1,4}[1-9][0-9]*$" })
    }
}

/// A slide: its shapes in reading order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlideLayout {
    /// Size of the slide in points.
    pub size: Size,
    /// The slide is left out of the show.
    pub hidden: bool,
    /// Its shapes.
    pub shapes: Vec<Shape>,
}

/// Something on a slide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// Its id in the file, unique on the slide.
    pub id: u32,
    /// What it is.
    pub kind: ShapeKind,
    /// Its box in points; absent where the file leaves it to the slide's master, and for notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Bounds>,
    /// Its paragraphs (of a table: its cells, row by row).
    pub paragraphs: Vec<Span>,
}

/// What a shape is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShapeKind {
    /// The slide's title.
    Title,
    /// Text.
    Text,
    /// A table.
    Table,
    /// A chart; its text is its title and its data.
    Chart,
    /// A picture, which is not read.
    Picture,
    /// The speaker's notes.
    Notes,
}

/// A flowing text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowLayout {
    /// Its blocks in order.
    pub blocks: Vec<Block>,
}

/// A block of a flowing text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its number in the part, from 1.
    pub number: u32,
    /// What it is.
    #[serde(flatten)]
    pub kind: BlockKind,
    /// Its text.
    pub span: Span,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading.
    Heading {
        /// From 1.
        level: u8,
    },
    /// A paragraph.
    Paragraph,
    /// An item of a list.
    ListItem,
    /// A row of a table; its cells are in [`crate::Part::tables`].
    TableRow,
    /// A footnote, comment, header or footer.
    Aside,
}

/// A table on a page, a slide or in a flowing text. A sheet is its own grid and has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Number of rows.
    pub rows: u32,
    /// Number of columns.
    pub columns: u32,
    /// The cells that hold something, by row, then column.
    pub cells: Vec<TableCell>,
}

/// A cell of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableCell {
    /// Row and column.
    pub at: CellRef,
    /// Its text.
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_in_a_workbook() {
        for (name, row, column) in [("A1", 0, 0), ("Z9", 8, 25), ("AA10", 9, 26), ("F14", 13, 5), ("XFD1", 0, 16383)] {
            let cell = CellRef { row, column };
            assert_eq!(cell.to_string(), name);
            assert_eq!(name.parse(), Ok(cell));
        }
        for wrong in ["", "A", "1", "A0", "a1", "A1B", "ABCDE1", "A99999999999"] {
            assert_eq!(wrong.parse::<CellRef>(), Err(NotACell), "{wrong}");
        }
    }
}
