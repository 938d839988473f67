//! Readers of Office files and separated values, tried on small files that are made here.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has failed, which is what it is for"
)]

mod agrees;
mod build;
mod csv;
mod docx;
mod hostile;
mod pptx;
mod xlsx;
