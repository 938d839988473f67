//! The recovery key: kept outside the server, it opens the keystore and every backup when nothing else does.
//!
//! It is an identity of age (<https://age-encryption.org/v1>), so that in a disaster the plain `age` program opens what
//! was sealed for it. The server keeps its public half alone.

use std::fmt;

use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use zeroize::Zeroizing;

use crate::VaultError;

/// Letters of a group on paper.
const GROUP: usize = 4;
const START: &str = "AGE-SECRET-KEY-1";

/// The whole of a recovery key.
#[derive(Clone)]
pub struct RecoveryKey(pub(crate) Identity);

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey(..)")
    }
}

impl RecoveryKey {
    /// A new one.
    pub fn generate() -> Self {
        Self(Identity::generate())
    }

    /// As it is typed or as it stands in a file: in groups or not, in small letters or large, with lines of comment that
    /// start with `#`. Its checksum finds mistakes.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let letters: Zeroizing<String> = Zeroizing::new(
            lines.flat_map(str::chars).filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect(),
        );
        letters.parse().map(Self).map_err(|_| VaultError::NotARecoveryKey)
    }

    /// The key in one word, as `age` takes it.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// The key in groups of four letters, to be written down. The first stands for what all keys begin with.
    pub fn groups(&self) -> Vec<Zeroizing<String>> {
        let text = self.text();
        let letters: Vec<char> = text.strip_prefix(START).unwrap_or(&text).chars().collect();
        let groups = letters.chunks(GROUP).map(|group| Zeroizing::new(group.iter().collect::<String>()));
        std::iter::once(Zeroizing::new(START.to_owned())).chain(groups).collect()
    }

    /// Its public half.
    pub fn recipient(&self) -> RecoveryRecipient {
        RecoveryRecipient(self.0.to_public())
    }
}

/// The public half of a recovery key: enough to seal for it.
#[derive(Debug, Clone)]
pub struct RecoveryRecipient(pub(crate) Recipient);

impl RecoveryRecipient {
    /// An age recipient, `age1…`.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        text.trim().parse().map(Self).map_err(|_| VaultError::NotARecipient)
    }
}

impl fmt::Display for RecoveryRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_down_is_typed_in_again() {
        let key = RecoveryKey::generate();
        let paper = key.groups().iter().map(|group| group.as_str()).collect::<Vec<_>>().join(" ");
        assert_eq!(key.groups().len(), 1 + 15, "58 letters in groups of four");
        for typed in [paper.clone(), paper.to_lowercase(), format!("# the fund's key\n{}\n", key.text().as_str())] {
            assert_eq!(RecoveryKey::parse(&typed).unwrap().text(), key.text());
        }
    }

    #[test]
    fn a_wrong_letter_is_noticed() {
        let text = RecoveryKey::generate().text();
        for at in START.len()..text.len() {
            let mut letters: Vec<char> = text.chars().collect();
            letters[at] = if letters[at] == 'Q' { 'P' } else { 'Q' };
            let typed: String = letters.into_iter().collect();
            assert!(matches!(RecoveryKey::parse(&typed), Err(VaultError::NotARecoveryKey)), "letter {at}");
        }
        assert!(!format!("{:?}", RecoveryKey::generate()).contains("AGE"));
    }
}
