//! From words with boxes to a part: the same for the text of a PDF and for recognised images.
//!
//! Invariants: words come in reading order, each with the block and line that its program put it in; the part holds
//! each of them once, and its spans agree with its text.

mod bands;
mod compose;
mod region;
mod rows;
pub(crate) mod tsv;

use model::Bounds;

pub(crate) use compose::compose;

/// A word as a program found it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// Its characters, never empty and without white space at its ends.
    pub(crate) text: String,
    /// Its box on the page as shown.
    pub(crate) bounds: Bounds,
    /// The block it is in; equal for neighbours of one block.
    pub(crate) block: (u32, u32),
    /// The line within its block.
    pub(crate) line: u32,
}

impl Found {
    fn middle(&self) -> f32 {
        (self.bounds.y0 + self.bounds.y1) / 2.0
    }
}
