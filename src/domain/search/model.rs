//! What is asked and what is found. No IO.

use std::ops::Range;

use index::Piece;
use model::DocumentKind;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::{DealId, DocumentId, Page};

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// As it was typed.
    pub text: String,
    /// Only in this deal.
    pub deal: Option<DealId>,
    /// Only in sources of this kind.
    pub kind: Option<Kind>,
}

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A document of this kind.
    Document(DocumentKind),
    /// A version of a report.
    Report,
}

impl Kind {
    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document(kind) => kind.as_str(),
            Self::Report => "report",
        }
    }

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        if word == Self::Report.as_str() {
            return Some(Self::Report);
        }
        DocumentKind::parse(word).map(Self::Document)
    }

    /// How people name a place in it: `p. 7`, `sheet MRR`, `slide 3`; empty if there is only one.
    pub fn place(self, part: u32, name: Option<&str>) -> String {
        match self {
            Self::Document(DocumentKind::Pdf) => format!("p. {part}"),
            Self::Document(DocumentKind::Pptx) => format!("slide {part}"),
            Self::Document(DocumentKind::Xlsx) => match name {
                Some(name) => format!("sheet {name}"),
                None => format!("sheet {part}"),
            },
            Self::Document(DocumentKind::Docx | DocumentKind::Text | DocumentKind::Csv | DocumentKind::Image)
                if part > 1 =>
            {
                format!("part {part}")
            }
            Self::Document(_) | Self::Report => String::new(),
        }
    }
}

/// Whether all that can be found is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchState {
    /// Everything is in the index.
    Ready,
    /// The index is being opened or built; there may be more than is shown.
    Loading,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Whether that is all.
    pub state: SearchState,
    /// How many places match, on all pages.
    pub total: usize,
    /// A page of them, the best first.
    pub page: Page<Hit>,
}

/// A place that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its deal.
    pub deal: DealId,
    /// What the deal is called.
    pub deal_name: String,
    /// Where it is.
    pub source: Source,
    /// What that is.
    pub kind: Kind,
    /// Some of its text.
    pub snippet: Vec<Piece>,
}

/// Where a hit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// In a document.
    Document {
        /// Which.
        id: DocumentId,
        /// Its file name.
        name: String,
        /// Number of the part.
        part: u32,
        /// Where that is, for people.
        place: String,
        /// The first hit, in characters of the part's text.
        span: Option<Range<u32>>,
    },
    /// In a version of the deal's report.
    Report {
        /// Number of the version.
        number: u32,
        /// Id of the section.
        section: Option<String>,
    },
}
