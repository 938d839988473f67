//! Bytes to [`model::Document`]: one reader per kind of file.
//!
//! Files are hostile. [`read`] runs in a confined child process (crate `confine`) that has no network, no files beyond the
//! system's programs, and limits of memory, time and output; a crash here costs one file and nothing else. Each reader
//! also holds the [`Limits`] itself, so that what is too big is said in a sentence and not by a kill.
//!
//! Invariants: the text of a part and the spans in its layout agree character for character; what could not be read is
//! in [`model::Reading::unread`]; no reader writes a file, asks the clock or opens a connection.

mod composer;
mod csv;
mod docx;
mod error;
mod image;
mod kind;
mod limits;
mod ocr;
mod package;
mod page;
mod pdf;
mod plain;
mod pptx;
mod read;
mod tools;
mod xlsx;

pub use error::ReadError;
pub use kind::{Refusal, sniff};
pub use limits::Limits;
pub use read::{Sink, Source, picture, read, thumbnails};
