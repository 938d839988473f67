//! Tokens with which a destructive question is asked a second time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use protocol::admin::{Ask, Secret};

use super::peer::Peer;
use crate::base::{Error, ErrorCode, Result};
use crate::infra::entropy::{self, Entropy};

/// How long somebody may think.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(2);
/// Questions that may wait for their second asking; more than people can have open.
const MOST: usize = 64;

/// The tokens that were given out and not yet used.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<String, Given>>);

struct Given {
    ask: Ask,
    uid: u32,
    until: DateTime<Utc>,
}

impl Tokens {
    /// A token for this question from this user.
    pub(super) fn give(&self, peer: Peer, ask: &Ask, now: DateTime<Utc>, entropy: &dyn Entropy) -> Result<Secret> {
        let token = URL_SAFE_NO_PAD.encode(entropy::random::<32>(entropy)?);
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        given.retain(|_, one| one.until > now);
        if given.len() >= MOST {
            return Err(Error::unavailable(
                "Too many questions wait to be confirmed. Try again in two minutes.",
                "tokens",
            ));
        }
        given.insert(token.clone(), Given { ask: ask.clone(), uid: peer.uid, until: now + GOOD_FOR });
        Ok(Secret(token))
    }

    /// Whether the token is good for this question from this user; it is used up by asking.
    pub(super) fn take(&self, peer: Peer, ask: &Ask, token: &Secret, now: DateTime<Utc>) -> Result<()> {
        let given = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&token.0);
        match given {
            Some(given) if given.uid == peer.uid && given.until > now && given.ask == *ask => Ok(()),
            _ => Err(Error::new(
                ErrorCode::WrongState,
                "This confirmation is not good any more. Nothing was done; ask again and confirm within two minutes.",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::base::Login;
    use crate::infra::entropy::SystemEntropy;

    fn peer(uid: u32) -> Peer {
        Peer { uid, login: Login::new("anna") }
    }

    #[test]
    fn a_token_is_good_once_for_its_question_its_user_and_two_minutes() {
        let (tokens, entropy) = (Tokens::default(), SystemEntropy::default());
        let now: DateTime<Utc> = "2026-11-23T09:00:00Z".parse().unwrap();
        let ask = Ask::Disable { user: Uuid::from_u128(1) };
        let other = Ask::Disable { user: Uuid::from_u128(2) };
        let give = || tokens.give(peer(0), &ask, now, &entropy).unwrap();
        let token = give();
        tokens.take(peer(0), &ask, &token, now).unwrap();
        assert!(tokens.take(peer(0), &ask, &token, now).is_err(), "used");
        assert!(tokens.take(peer(0), &other, &give(), now).is_err(), "another question");
        assert!(tokens.take(peer(7), &ask, &give(), now).is_err(), "another user");
        assert!(tokens.take(peer(0), &ask, &give(), now + TimeDelta::minutes(3)).is_err(), "too late");
        assert!(tokens.take(peer(0), &ask, &Secret(String::new()), now).is_err(), "made up");
    }

    #[test]
    fn tokens_do_not_pile_up() {
        let (tokens, entropy) = (Tokens::default(), SystemEntropy::default());
        let now: DateTime<Utc> = "2026-11-23T09:00:00Z".parse().unwrap();
        let give = |now| tokens.give(peer(0), &Ask::RotateMasterKey, now, &entropy);
        for _ in 0..MOST {
            give(now).unwrap();
        }
        assert!(give(now).is_err());
        give(now + TimeDelta::minutes(3)).unwrap();
    }
}
