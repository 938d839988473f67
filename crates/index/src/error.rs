//! What can go wrong with the index. It holds nothing that is not elsewhere, so every message can say that all is safe.

use std::io;
use std::path::PathBuf;

/// A fault of the index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Another process has the index open.
    #[error("the search index in {0} is open in another process; end that first")]
    InUse(PathBuf),
    /// Its folder or a file in it could not be read or written.
    #[error(
        "cannot {what} the search index in {folder}: {source}. Documents are safe; look at the folder's owner and at free space"
    )]
    Io {
        /// What was tried.
        what: &'static str,
        /// The folder of the index.
        folder: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The search engine refused.
    #[error(
        "the search index failed to {what}: {source}. Documents are safe; a new start of the server opens it again"
    )]
    Engine {
        /// What was tried.
        what: &'static str,
        /// Its own words; they name files, never their content.
        source: tantivy::TantivyError,
    },
    /// The system's random source or a cipher refused to work.
    #[error("the cryptographic library refused to work: {0}")]
    Crypto(&'static str),
}

impl IndexError {
    pub(crate) fn engine(what: &'static str) -> impl FnOnce(tantivy::TantivyError) -> Self {
        move |source| Self::Engine { what, source }
    }

    pub(crate) fn io(what: &'static str, folder: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let folder = folder.into();
        move |source| Self::Io { what, folder, source }
    }
}
