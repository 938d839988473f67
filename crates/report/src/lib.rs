//! Rendering of the Report tree to PDF, DOCX, JSON and Markdown.
//!
//! ```text
//! Report --compose--> Paper (labels resolved, words fixed, lengths bounded) --> PDF, DOCX, Markdown
//!        \----------> JSON, as it is
//! ```
//!
//! Invariants:
//! - No IO, no clock, no environment: the same report gives the same bytes, dated by its own `prepared_at`.
//! - Text from documents is data in every format. It is never Typst markup, XML, Markdown or HTML.
//! - A label that is not in the report's ledger stops the export.
//! - Typst keeps its caches for the life of the process: render in a process of its own that ends.

mod compose;
mod docx;
mod error;
mod format;
mod json;
mod ledger;
mod markdown;
mod paper;
mod pdf;
mod text;
mod wording;

#[cfg(test)]
mod tests;

use model::Report;

pub use error::RenderError;
pub use format::Format;
pub use json::schema;

/// The report in a format.
///
/// # Errors
///
/// Names a label that the report's ledger does not have, has twice or has malformed, a citation of an unlisted
/// document, or the format whose writer refused.
pub fn render(report: &Report, format: Format) -> Result<Vec<u8>, RenderError> {
    match format {
        Format::Pdf => pdf::render(report),
        Format::Docx => docx::render(report),
        Format::Json => json::render(report),
        Format::Markdown => markdown::render(report),
    }
}
