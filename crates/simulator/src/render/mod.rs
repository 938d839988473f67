//! The company as the files of a data room. Each file is made from the company and from what is planted in it, and has
//! the same bytes every time.

mod accounts;
mod amount;
mod cap_table;
mod contract;
mod customer_list;
mod deck;
mod model;
mod sheet;
mod summary;
pub(crate) mod typeset;

pub use accounts::accounts_pdf;
pub use cap_table::cap_table_xlsx;
pub use contract::contract_docx;
pub use customer_list::customer_list_csv;
pub use deck::deck_pdf;
pub use model::model_xlsx;

/// Why a file could not be made. Nothing has been written then.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// Typst refused the source; the message is its own.
    #[error("the PDF was not made: {0}")]
    Typeset(String),
    /// The workbook could not be made.
    #[error("the workbook was not made: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The Word document could not be made.
    #[error("the Word document was not made: {0}")]
    Word(String),
    /// The folder could not be written.
    #[error("the data room was not written completely: {0}")]
    Write(#[from] std::io::Error),
}
