//! Why a file cannot be read, in words for the person who dropped it.

use serde::{Deserialize, Serialize};

/// Why a file cannot be read. The text is shown to the user after the file's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", content = "detail", rename_all = "snake_case")]
pub enum ReadError {
    /// It asks for a password and none was given.
    #[error("It is protected by a password. Enter the password to read it once; it is not stored.")]
    NeedsPassword,
    /// The password is not the right one.
    #[error("This password does not open it. Nothing was changed; try another.")]
    WrongPassword,
    /// It has no content.
    #[error("It is empty.")]
    Empty,
    /// It is not what its kind should be.
    #[error("It is damaged or cut off: {0}. Open it in its own program, save it anew and drop it again.")]
    Damaged(String),
    /// It asks for more than a file may use.
    #[error("It is too big to read: {0}.")]
    TooBig(String),
    /// It is a variety that we do not read.
    #[error("It cannot be read: {0}.")]
    Unsupported(String),
    /// A program that reading needs is not there: a matter for the admin, not for the user.
    #[error("The server lacks the program `{0}` that reads this kind of file. The file is safe; tell your admin.")]
    ToolMissing(String),
    /// A fault of ours.
    #[error("The server could not read it: {0}. The file is safe; try again, and tell your admin if it stays.")]
    Internal(String),
}
