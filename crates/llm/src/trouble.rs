//! Why there is no answer. A sentence is ours; of the endpoint's own words it holds at most what `own_words` let through.

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Trouble {
    /// What kind.
    pub kind: TroubleKind,
    /// What happened and what to do, for people, without a name of the endpoint.
    pub sentence: String,
    /// Attempts that were made.
    pub attempts: u32,
}

/// What kind of trouble an endpoint makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// Its address must not be connected to.
    Forbidden,
    /// It cannot be reached.
    Unreachable,
    /// It was too slow.
    TimedOut,
    /// It does not accept the key.
    Unauthorised,
    /// It has no such model, or nothing is at this URL.
    NotFound,
    /// It is too busy, or asks to wait for longer than we do.
    Busy,
    /// It refuses the request.
    Refused,
    /// It has a fault.
    Faulty,
    /// What it answers is not what was agreed.
    Malformed,
}

impl Trouble {
    /// A trouble whose attempts are not counted yet.
    pub(crate) fn new(kind: TroubleKind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: sentence.into(), attempts: 0 }
    }
}
