//! Why a report was not rendered, said so that the reader knows what is safe and what to do. No document text in it.

use crate::Format;

/// A report that was not rendered. The report itself is never changed by rendering.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A text or block names a label that the ledger does not have.
    #[error(
        "the report names {0}, which is not in its ledger, so nothing was exported; the report is unchanged: run it again, and tell support if it happens twice"
    )]
    UnknownLabel(String),
    /// The ledger has one label twice.
    #[error(
        "the ledger of the report has {0} twice, so nothing was exported; the report is unchanged: run it again, and tell support if it happens twice"
    )]
    RepeatedLabel(String),
    /// A label is not a short word of ASCII letters and digits.
    #[error(
        "a label in the ledger of the report is malformed, so nothing was exported; the report is unchanged: run it again, and tell support if it happens twice"
    )]
    MalformedLabel,
    /// A citation is of a document that the report does not list.
    #[error(
        "{0} cites a document that the report does not list, so nothing was exported; the report is unchanged: run it again, and tell support if it happens twice"
    )]
    UnlistedDocument(String),
    /// The library that writes the format refused.
    #[error("the {} export could not be written ({what}); the report is unchanged: export it in another format and tell support", .format.title())]
    Writer {
        /// The format that was asked for.
        format: Format,
        /// Which step failed.
        what: &'static str,
    },
}

impl RenderError {
    pub(crate) fn writer(format: Format, what: &'static str) -> Self {
        Self::Writer { format, what }
    }
}
