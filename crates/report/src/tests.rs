//! Every format over one rich report.

mod docx;
mod json;
mod markdown;
mod pdf;
mod refusals;
pub(crate) mod sample;
