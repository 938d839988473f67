//! The one error type of the server: a code and a sentence for the user, and a cause for the log alone.

use std::io::ErrorKind;
use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::ErrorCode;

/// A failure of a use case. `detail` may be shown to the user; the source may not.
#[derive(Debug)]
pub struct Error {
    /// What kind.
    pub code: ErrorCode,
    /// What happened, what is safe, what to do: one or two sentences for the user.
    pub detail: String,
    /// Which fields cannot be accepted and why.
    pub fields: Vec<FieldError>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One field that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Name of the field in the request.
    pub field: String,
    /// Why, for the user.
    pub message: String,
}

impl Error {
    /// An error without cause.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), fields: Vec::new(), retry_after: None, source: None }
    }

    /// A thing that is not there, or not for this reader.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("This {what} is not here, or it is not yours to open."))
    }

    /// A change that is based on a version which is no longer the newest.
    pub fn changed_meanwhile(what: &str) -> Self {
        Self::new(
            ErrorCode::ChangedMeanwhile,
            format!("Somebody changed this {what} meanwhile. Nothing was written; look at it again."),
        )
    }

    /// Fields that cannot be accepted.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let detail = fields.iter().map(|field| field.message.as_str()).collect::<Vec<_>>().join(" ");
        Self { fields, ..Self::new(ErrorCode::InvalidInput, detail) }
    }

    /// A fault of ours. The user is told that it is logged, the cause goes to the log.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(
            ErrorCode::Internal,
            "The server could not finish this. Nothing was half done. Try again; if it stays, give your admin the request id.",
        )
        .caused_by(source)
    }

    /// A part that does not answer at the moment.
    pub fn unavailable(detail: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { retry_after: Some(Duration::from_secs(5)), ..Self::new(ErrorCode::Unavailable, detail) }
            .caused_by(source)
    }

    /// No room is left for what was to be written.
    pub fn disk_full(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let detail = "The server's disk is full. Nothing was changed, and everything that was there is safe. Tell your admin, \
                      and try again when there is room.";
        Self::new(ErrorCode::StorageFull, detail).caused_by(source)
    }

    /// Says when to try again.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Adds the cause, for the log.
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The causes, outermost first, on one line for the log.
    pub fn causes(&self) -> String {
        let mut text = String::new();
        let mut next = self.source.as_deref().map(|source| source as &dyn std::error::Error);
        while let Some(error) = next {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&error.to_string());
            next = error.source();
        }
        text
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as &dyn std::error::Error)
    }
}

/// A fault of the vault is one of ours or of the installation, never of the request.
impl From<vault::VaultError> for Error {
    fn from(error: vault::VaultError) -> Self {
        match &error {
            vault::VaultError::Io { source, .. } if source.kind() == ErrorKind::StorageFull => Self::disk_full(error),
            _ => Self::internal(error),
        }
    }
}
