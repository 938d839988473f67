//! Papers: memo, contracts and accounts, as Word documents, PDFs and scans.

pub mod accounts;
mod docx;
pub mod letters;
mod pdf;
pub mod scan;
pub mod tree;

use super::RoomError;
use tree::Paper;

/// The paper as a Word document.
///
/// # Errors
///
/// If the document cannot be made.
pub fn as_docx(paper: &Paper) -> Result<Vec<u8>, RoomError> {
    docx::write(paper)
}

/// The paper as a PDF.
///
/// # Errors
///
/// If Typst refuses it.
pub fn as_pdf(paper: &Paper) -> Result<Vec<u8>, RoomError> {
    pdf::write(paper)
}
