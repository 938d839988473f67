//! A document as it was read: its parts in order, each with its text and how the text stands on its surface.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Layout, Reading, Span, Table};

/// What reading a file gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// What the file is, by its content.
    pub kind: DocumentKind,
    /// Pages, sheets, slides or chapters, in order.
    pub parts: Vec<Part>,
    /// How well it could be read.
    pub reading: Reading,
}

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// PDF (ISO 32000).
    Pdf,
    /// Workbook (Office Open XML, ISO/IEC 29500).
    Xlsx,
    /// Separated values (RFC 4180 and its relatives).
    Csv,
    /// Word document (Office Open XML).
    Docx,
    /// Presentation (Office Open XML).
    Pptx,
    /// Picture: PNG, JPEG, TIFF, WebP, GIF or BMP.
    Image,
    /// Plain text or Markdown, UTF-8 or a declared legacy encoding.
    Text,
}

impl DocumentKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [Self::Pdf, Self::Xlsx, Self::Csv, Self::Docx, Self::Pptx, Self::Image, Self::Text];

    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Docx => "docx",
            Self::Pptx => "pptx",
            Self::Image => "image",
            Self::Text => "text",
        }
    }

    /// The kind of a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What its parts are called, one of them.
    pub fn part_word(self) -> &'static str {
        match self {
            Self::Pdf => "page",
            Self::Xlsx | Self::Csv => "sheet",
            Self::Pptx => "slide",
            Self::Docx | Self::Text => "text",
            Self::Image => "image",
        }
    }
}

/// A page, sheet, slide, image or text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Number in the document, from 1, as people count.
    pub number: u32,
    /// Name of the sheet, title of the slide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All its text in reading order; lines end with `\n`, cells of a row are parted by tabs.
    pub text: String,
    /// How the text stands on its surface.
    pub layout: Layout,
    /// Tables on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
}

impl Part {
    /// The text at a span.
    pub fn quote(&self, span: Span) -> &str {
        span.of(&self.text)
    }
}
