//! The one table of error codes: what a client may switch on, its HTTP status and its title.
//!
//! Codes are append-only: a code that has been released keeps its meaning and its status.

use serde::{Deserialize, Serialize};

/// A stable name for a kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No session, or one that has ended.
    SignedOut,
    /// Mail address and password do not fit.
    WrongCredentials,
    /// Too many failed attempts; `Retry-After` says when to try again.
    TooManyAttempts,
    /// Signed in, but the role does not allow this.
    Forbidden,
    /// A request that a page of another site may have caused.
    CrossSite,
    /// Not there, or not for this reader: the two look alike.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The request was understood; some fields cannot be accepted.
    InvalidInput,
    /// The request cannot be parsed.
    MalformedRequest,
    /// The body is larger than this endpoint takes.
    TooLarge,
    /// The body's content type is not one that this endpoint takes.
    UnsupportedMedia,
    /// A change needs `If-Match` with the version that it is based on.
    PreconditionRequired,
    /// Somebody else changed the thing since it was read.
    ChangedMeanwhile,
    /// A deal must keep an owner.
    LastOwner,
    /// The installation must keep an active admin.
    LastAdmin,
    /// The password was given; the code of the second factor is missing.
    SecondFactorRequired,
    /// An admin has to set up a second factor before anything else.
    SecondFactorSetupRequired,
    /// This needs a fresh proof that it is still the same person.
    ProofRequired,
    /// Something with the same unique property exists.
    AlreadyExists,
    /// The state does not allow this step.
    WrongState,
    /// The disk has no room for it.
    StorageFull,
    /// A part that this needs does not answer at the moment.
    Unavailable,
    /// The keystore is closed: nothing that is stored can be read until an admin opens it.
    Sealed,
    /// A fault of ours; the log has it under the request id.
    Internal,
}

impl ErrorCode {
    /// Every code, for documentation and tests.
    pub const ALL: [Self; 24] = [
        Self::SignedOut,
        Self::WrongCredentials,
        Self::TooManyAttempts,
        Self::Forbidden,
        Self::CrossSite,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::InvalidInput,
        Self::MalformedRequest,
        Self::TooLarge,
        Self::UnsupportedMedia,
        Self::PreconditionRequired,
        Self::ChangedMeanwhile,
        Self::LastOwner,
        Self::LastAdmin,
        Self::SecondFactorRequired,
        Self::SecondFactorSetupRequired,
        Self::ProofRequired,
        Self::AlreadyExists,
        Self::WrongState,
        Self::StorageFull,
        Self::Unavailable,
        Self::Sealed,
        Self::Internal,
    ];

    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::SignedOut => ("signed_out", 401, "Not signed in"),
            Self::WrongCredentials => ("wrong_credentials", 401, "Mail address or password is wrong"),
            Self::TooManyAttempts => ("too_many_attempts", 429, "Too many attempts"),
            Self::Forbidden => ("forbidden", 403, "Your role does not allow this"),
            Self::CrossSite => ("cross_site", 403, "Refused: the request came from another site"),
            Self::NotFound => ("not_found", 404, "Not here, or not yours to open"),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "This cannot be done here"),
            Self::InvalidInput => ("invalid_input", 422, "Some fields cannot be accepted"),
            Self::MalformedRequest => ("malformed_request", 400, "The request cannot be read"),
            Self::TooLarge => ("too_large", 413, "Too large"),
            Self::UnsupportedMedia => ("unsupported_media", 415, "This kind of content is not accepted here"),
            Self::PreconditionRequired => ("precondition_required", 428, "The version that was read is missing"),
            Self::ChangedMeanwhile => ("changed_meanwhile", 412, "Somebody changed this meanwhile"),
            Self::LastOwner => ("last_owner", 409, "A deal must keep an owner"),
            Self::LastAdmin => ("last_admin", 409, "There must be an active admin"),
            Self::SecondFactorRequired => ("second_factor_required", 403, "The code of your second factor is missing"),
            Self::SecondFactorSetupRequired => {
                ("second_factor_setup_required", 403, "An admin sets up a second factor first")
            }
            Self::ProofRequired => ("proof_required", 403, "Show first that it is still you"),
            Self::AlreadyExists => ("already_exists", 409, "This exists already"),
            Self::WrongState => ("wrong_state", 409, "The state does not allow this"),
            Self::StorageFull => ("storage_full", 507, "The server's disk is full"),
            Self::Unavailable => ("unavailable", 503, "A part of the server does not answer"),
            Self::Sealed => ("sealed", 503, "The server is locked"),
            Self::Internal => ("internal", 500, "Something went wrong on the server"),
        }
    }

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// A title for people, without detail.
    pub const fn title(self) -> &'static str {
        self.row().2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_statuses_are_errors() {
        let names: std::collections::HashSet<_> = ErrorCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), ErrorCode::ALL.len());
        assert!(ErrorCode::ALL.iter().all(|code| (400..600).contains(&code.status())));
    }
}
