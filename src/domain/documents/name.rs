//! Names of files as people see them. A name is shown and sealed, and never used as a path.

use crate::base::FieldError;

/// A file's name and the folder that it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// Folders parted by `/`; empty for none.
    pub folder: String,
    /// The name with its ending.
    pub name: String,
}

impl FileName {
    /// Accepts what a browser sends as a file name or relative path: `Financials/Q2/model.xlsx`. Steps upwards, roots
    /// and drive letters are left out, since they say where the file lay on somebody's machine and nothing about it.
    pub fn parse(path: &str) -> Result<Self, FieldError> {
        let refused = |message: &str| FieldError { field: "file".to_owned(), message: message.to_owned() };
        if path.chars().count() > 1_000 {
            return Err(refused("The name of this file is longer than 1,000 characters. Give it a shorter one."));
        }
        let mut steps: Vec<String> = path
            .split(['/', '\\'])
            .map(clean)
            .filter(|step| !step.is_empty() && step != "." && step != ".." && !is_drive(step))
            .collect();
        let name = steps.pop().ok_or_else(|| refused("This file has no name. Give it one with an ending."))?;
        if name.chars().count() > 255 {
            return Err(refused("The name of this file is longer than 255 characters. Give it a shorter one."));
        }
        Ok(Self { folder: steps.join("/"), name })
    }
}

/// Without control characters and the marks that turn the direction of text, which make a name look like another.
fn clean(step: &str) -> String {
    let turns = |found: char| matches!(found, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    step.chars().filter(|found| !found.is_control() && !turns(*found)).collect::<String>().trim().to_owned()
}

fn is_drive(step: &str) -> bool {
    matches!(step.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(path: &str) -> (String, String) {
        let name = FileName::parse(path).unwrap();
        (name.folder, name.name)
    }

    #[test]
    fn folders_are_kept_and_ways_out_of_them_are_not() {
        for (path, folder, name) in [
            ("deck.pdf", "", "deck.pdf"),
            ("Financials/Q2/model.xlsx", "Financials/Q2", "model.xlsx"),
            ("../../etc/passwd", "etc", "passwd"),
            ("/etc/cron.d/job", "etc/cron.d", "job"),
            ("C:\\Users\\ann\\deck.pdf", "Users/ann", "deck.pdf"),
            ("a//./b.pdf", "a", "b.pdf"),
            ("re\u{202e}fdp.exe", "", "refdp.exe"),
            ("line\nbreak\0.pdf", "", "linebreak.pdf"),
        ] {
            assert_eq!(parsed(path), (folder.to_owned(), name.to_owned()), "{path:?}");
        }
    }

    #[test]
    fn what_has_no_name_is_refused() {
        for path in ["", "/", "../..", " ", "\u{202e}", "C:\\"] {
            assert!(FileName::parse(path).is_err(), "{path:?}");
        }
        assert!(FileName::parse(&"x".repeat(256)).is_err());
        assert!(FileName::parse(&"x/".repeat(600)).is_err());
    }

    proptest! {
        #[test]
        fn no_name_leads_anywhere(path in ".{0,60}") {
            if let Ok(name) = FileName::parse(&path) {
                prop_assert!(!name.name.contains(['/', '\\', '\0']) && name.name != ".." && !name.name.is_empty());
                prop_assert!(name.folder.split('/').all(|step| step != ".."));
            }
        }
    }
}
