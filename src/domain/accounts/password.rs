//! Passwords: argon2id (RFC 9106) with at least 46 MiB, a few at a time, on threads that may block.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::model::{Email, PersonName, field};
use crate::base::{Error, FieldError, Result};

const SHORTEST: usize = 12;
/// Long enough for any phrase, short enough that hashing it is no attack.
const LONGEST: usize = 256;
/// Checks that may wait; at two slots the last of them waits a few seconds.
const LINE: usize = 64;

/// Hashes and checks passwords.
#[derive(Clone)]
pub(super) struct Passwords {
    slots: Arc<Semaphore>,
    /// Slots and places in the line for them.
    places: Arc<Semaphore>,
    argon: Argon2<'static>,
    /// Checked in place of a missing one, so that unknown addresses take as long as known ones.
    nobody: Arc<str>,
}

impl Passwords {
    pub(super) fn new(memory_mib: u32, slots: usize) -> Result<Self> {
        let params = Params::new(memory_mib * 1024, 1, 1, None).map_err(|error| Error::internal(error.to_string()))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon, "nobody has this password")?;
        Ok(Self {
            slots: Arc::new(Semaphore::new(slots)),
            places: Arc::new(Semaphore::new(slots + LINE)),
            argon,
            nobody: nobody.into(),
        })
    }

    /// The PHC string of a password.
    pub(super) async fn hash(&self, password: Zeroizing<String>) -> Result<String> {
        let argon = self.argon.clone();
        self.in_line(move || hash(&argon, &password)).await?
    }

    /// Whether the password fits; takes as long without a stored hash.
    pub(super) async fn fits(&self, password: Zeroizing<String>, stored: Option<String>) -> Result<bool> {
        let (argon, nobody) = (self.argon.clone(), Arc::clone(&self.nobody));
        self.in_line(move || {
            let known = stored.is_some();
            let phc = PasswordHash::new(stored.as_deref().unwrap_or(&nobody))
                .map_err(|error| Error::internal(error.to_string()))?;
            Ok(argon.verify_password(password.as_bytes(), &phc).is_ok() && known)
        })
        .await?
    }

    /// Waits for a slot, then works on a thread of its own.
    async fn in_line<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|full| {
            Error::unavailable("Too many people are signing in at this moment. Try again in a few seconds.", full)
        })?;
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            let _held = (place, slot);
            work()
        })
        .await
        .map_err(Error::internal)
    }
}

fn hash(argon: &Argon2<'_>, password: &str) -> Result<String> {
    let phc: PasswordHash =
        argon.hash_password(password.as_bytes()).map_err(|error| Error::internal(error.to_string()))?;
    Ok(phc.to_string())
}

/// Whether a new password will do. The estimator knows common passwords, names and keyboard walks without a network.
pub(super) fn accept(password: &str, name: Option<&PersonName>, email: Option<&Email>) -> Result<(), FieldError> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(field("password", "A password has at least 12 characters; a sentence is easy to remember."));
    }
    if length > LONGEST {
        return Err(field("password", "A password has at most 256 characters."));
    }
    let own: Vec<&str> = name.map(PersonName::as_str).into_iter().chain(email.map(Email::as_str)).collect();
    if zxcvbn::zxcvbn(password, &own).score() < zxcvbn::Score::Three {
        return Err(field("password", "This password is easy to guess. Add words that do not belong together."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easy_passwords_are_refused_with_a_reason() {
        let email = Email::parse("ada@fund.example").unwrap();
        for easy in ["short", "password1234", "aaaaaaaaaaaaaa", "qwertyuiop12"] {
            assert!(accept(easy, None, Some(&email)).is_err(), "{easy}");
        }
        assert!(accept(&"x".repeat(257), None, None).is_err());
        accept("quiet harbour turbine 9", None, Some(&email)).unwrap();
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_alone() {
        let passwords = Passwords::new(46, 1).unwrap();
        let secret = |text: &str| Zeroizing::new(text.to_owned());
        let stored = passwords.hash(secret("quiet harbour turbine")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{stored}");
        assert!(passwords.fits(secret("quiet harbour turbine"), Some(stored.clone())).await.unwrap());
        assert!(!passwords.fits(secret("quiet harbour turbin"), Some(stored)).await.unwrap());
        assert!(!passwords.fits(secret("nobody has this password"), None).await.unwrap());
    }
}
