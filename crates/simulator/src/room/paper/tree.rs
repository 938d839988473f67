//! A paper before it is a DOCX or a PDF: headings, paragraphs and tables in order. The truth is read off it: by page
//! where the paper has pages, which begin where it says so.

use crate::room::deck::tree::Table;
use crate::room::text::Text;
use crate::room::truth::{Place, Placed};

/// A paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paper {
    /// Its title.
    pub title: String,
    /// Below the title.
    pub subtitle: String,
    /// Its parts in order.
    pub parts: Vec<Part>,
}

/// A part of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Words(Text),
    /// A table; rows whose place is named are totals.
    Table(Table, Vec<usize>),
    /// The next page begins.
    Break,
    /// Words that a reader does not see.
    Hidden(String),
}

impl Paper {
    /// The figures, by page or not.
    pub fn placed(&self, by_page: bool) -> Vec<Placed> {
        let mut page = 1;
        let mut placed = Vec::new();
        for part in &self.parts {
            let place = if by_page { Place::Page(page) } else { Place::Text };
            match part {
                Part::Words(text) => placed.extend(text.placed(&place)),
                Part::Table(table, _) => {
                    let texts = table.head.iter().chain(table.rows.iter().flatten());
                    placed.extend(texts.flat_map(|text| text.placed(&place)));
                }
                Part::Break => page += 1,
                Part::Heading(_) | Part::Hidden(_) => {}
            }
        }
        placed
    }
}
