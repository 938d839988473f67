//! A server of which little can be asked: it starts or stops, or its keystore is closed.

use protocol::Shown;
use protocol::admin::{Part, PartState, Seal};

use crate::base::{Error, ErrorCode};

/// Why, as a part of a sentence.
#[derive(Clone, Debug)]
pub(super) enum Closed {
    /// It starts, or stops.
    Away(String),
    /// Its keystore is closed.
    Sealed(String),
}

impl Closed {
    /// For whoever asks how it is.
    pub(super) fn seal(&self) -> Seal {
        match self {
            Self::Away(reason) => Seal::Away(Shown::new(reason)),
            Self::Sealed(reason) => Seal::Sealed(Shown::new(reason)),
        }
    }

    /// The part of it that is not as it should be.
    pub(super) fn part(&self) -> Part {
        let (name, state, detail) = match self {
            Self::Away(reason) => ("web", PartState::Note, reason.clone()),
            Self::Sealed(reason) => {
                ("keys", PartState::Problem, format!("{reason}. Unlock it with a passphrase or the recovery key"))
            }
        };
        Part { name: Shown::new(name), state, detail: Shown::new(&detail) }
    }

    /// For whoever asks what it cannot do now.
    pub(super) fn refusal(&self) -> Error {
        let sentence = match self {
            Self::Away(reason) => {
                format!("Not possible at the moment: {reason}. Nothing was done; try again in a moment.")
            }
            Self::Sealed(reason) => {
                format!("The server is sealed ({reason}). Unlock it first; everything that was stored is safe.")
            }
        };
        Error::new(ErrorCode::Unavailable, sentence)
    }
}
