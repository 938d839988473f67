//! Words that the server shares with the programs that talk to it. Data only: no files, no sockets, no business.

pub mod admin;
mod code;
mod shown;

pub use code::ErrorCode;
pub use shown::Shown;
