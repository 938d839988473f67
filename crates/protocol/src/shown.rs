//! Text that is safe to show in a terminal.
//!
//! Names of files, deals and people are written by strangers. A terminal obeys what stands between its letters: it can
//! be told to change its title, to copy to the clipboard, to show one name and mean another. So text that goes to one
//! is cleaned where it enters and where it leaves the wire, and nowhere else has to think of it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A line of text without anything that a terminal or an editor obeys: no control characters (C0, C1, DEL), no line
/// or paragraph separators, no characters that turn the direction of writing, none that have no width.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct Shown(String);

/// Stands where something was taken out, so that nobody mistakes the rest for the whole.
const REMOVED: char = '\u{FFFD}';

impl Shown {
    /// Cleans a text. Each run of removed characters leaves one mark; a tab or a line's end becomes a space.
    pub fn new(text: &str) -> Self {
        let mut clean = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => clean.push(' '),
                c if is_obeyed(c) => {
                    if !clean.ends_with(REMOVED) {
                        clean.push(REMOVED);
                    }
                }
                c => clean.push(c),
            }
        }
        Self(clean)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What has been used against terminals: titles, clipboards, links, cursor movements, answers that are typed for the
    /// reader, device control, C1 forms of all of these, and names that read differently from what they are. The programs
    /// that draw a terminal are tested on them too.
    fn attacks() -> Vec<String> {
        serde_json::from_str(include_str!("../attacks.json")).unwrap()
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert!(attacks().len() >= 30);
        for attack in attacks() {
            let shown = Shown::new(&attack);
            assert!(!shown.as_str().chars().any(|c| c.is_control() || is_obeyed(c)), "{shown:?}");
            let wired: Shown = serde_json::from_str(&serde_json::to_string(&attack).unwrap()).unwrap();
            assert_eq!(wired, shown, "the wire cleans as well");
        }
    }

    #[test]
    fn what_people_write_stays() {
        for text in ["Müller & Söhne – Q3 «Plan» 2026", "東京都 投資", "עברית", "naïve café", "👩 €4.2m"]
        {
            assert_eq!(Shown::new(text).as_str(), text);
        }
    }

    #[test]
    fn a_mark_says_that_something_was_there() {
        assert_eq!(Shown::new("a\u{1b}\u{7}b").as_str(), "a\u{fffd}b");
        assert_eq!(Shown::new("a\tb").as_str(), "a b");
    }
}
