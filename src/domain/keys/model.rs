//! What may be said of a key. No IO.

use zeroize::Zeroizing;

use crate::base::FieldError;

/// What an admin calls a way to open the keystore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// Accepts 1 to 60 characters without control characters.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        if (1..=60).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(field("label", "A label has 1 to 60 characters; it says whose key it is or where it lies."))
        }
    }

    /// The label.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A passphrase that is worth the name: whoever has a copy of the keystore can try as many as they like.
pub struct Passphrase(Zeroizing<String>);

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

impl Passphrase {
    const SHORTEST: usize = 20;
    /// Long enough for any phrase.
    const LONGEST: usize = 1_024;

    /// Accepts 20 to 1024 characters that an estimator finds very hard to guess (zxcvbn, its highest score).
    pub fn parse(text: Zeroizing<String>) -> Result<Self, FieldError> {
        // Nobody sees a space at the end of what they type, and unlocking cuts it as well.
        let text = Zeroizing::new(text.trim().to_owned());
        let length = text.chars().count();
        if !(Self::SHORTEST..=Self::LONGEST).contains(&length) {
            return Err(field(
                "passphrase",
                "A passphrase has at least 20 characters: five words that do not belong together.",
            ));
        }
        if zxcvbn::zxcvbn(&text, &["vcconnect"]).score() < zxcvbn::Score::Four {
            return Err(field(
                "passphrase",
                "This passphrase can be guessed. Take five words that do not belong together.",
            ));
        }
        Ok(Self(text))
    }

    /// The passphrase.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn field(field: &str, message: &str) -> FieldError {
    FieldError { field: field.to_owned(), message: message.to_owned() }
}
