//! Words that the server shares with the programs that talk to it. Data only: no IO, no business.

mod code;

pub use code::ErrorCode;
