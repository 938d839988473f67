//! Why there is no answer. Invariant: the sentence is ours to the last word, so it may go wherever a report goes; what the
//! endpoint said is apart from it, made fit to be shown by `own_words` but still a stranger's.

/// Why there is no answer. It displays as its sentence, without the remark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Trouble {
    /// What kind.
    pub kind: TroubleKind,
    /// What happened and what to do, for people, without a name of the endpoint and without a word of it.
    pub sentence: String,
    /// What the endpoint said about it: plain text of at most 200 characters that repeats nothing of what was sent. Whoever
    /// looks for the cause may see it; nothing that is passed on may hold it.
    pub remark: Option<String>,
    /// Requests that were made, connections that failed among them. None was if this program itself refused.
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
    /// It wants to be paid first.
    Unpaid,
    /// It has no such model, or nothing is at this URL.
    NotFound,
    /// It sends to another URL.
    Redirected,
    /// It is too busy, or asks to wait for longer than we do.
    Busy,
    /// It refuses the request.
    Refused,
    /// It has a fault.
    Faulty,
    /// What it answers is not what was agreed.
    Malformed,
}

impl TroubleKind {
    /// Whether the next question would meet it too; if not, it comes from what was asked or what was answered this time.
    pub fn concerns_all(self) -> bool {
        match self {
            Self::Forbidden
            | Self::Unreachable
            | Self::TimedOut
            | Self::Unauthorised
            | Self::Unpaid
            | Self::NotFound
            | Self::Redirected
            | Self::Busy
            | Self::Faulty => true,
            Self::Refused | Self::Malformed => false,
        }
    }
}

impl Trouble {
    /// A trouble without a remark, whose attempts are not counted yet.
    pub(crate) fn new(kind: TroubleKind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: sentence.into(), remark: None, attempts: 0 }
    }

    /// The same with what the endpoint said.
    pub(crate) fn remarked(self, remark: Option<String>) -> Self {
        Self { remark, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_endpoint_said_is_not_displayed() {
        let trouble = Trouble::new(TroubleKind::Refused, "It refuses.").remarked(Some("ask somebody else".to_owned()));
        assert_eq!(trouble.to_string(), "It refuses.");
    }

    #[test]
    fn what_concerns_one_text_does_not_concern_all() {
        assert!(!TroubleKind::Refused.concerns_all());
        assert!(!TroubleKind::Malformed.concerns_all());
        for kind in [TroubleKind::Unpaid, TroubleKind::Redirected, TroubleKind::Busy, TroubleKind::Faulty] {
            assert!(kind.concerns_all(), "{kind:?}");
        }
    }
}
