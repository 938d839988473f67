//! Every word that is shown stands in `words`: the other files hold no sentence.

use std::fs;
use std::path::Path;

/// Files whose strings are names of programs, units, commands, keys and measures.
const NAMES: &[&str] = &["desk.rs", "effect.rs", "figures.rs", "keys.rs", "options.rs", "verbs.rs"];

#[test]
fn no_other_file_holds_a_sentence() {
    let mut found = Vec::new();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.is_empty(), "put these into words: {found:#?}");
}

fn look(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "words" | "desk") {
                look(&path, found);
            }
        } else if name != "words.rs" && !NAMES.contains(&name.as_str()) {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for line in code.lines().filter(|line| is_code(line)) {
                found.extend(
                    line.split('"')
                        .skip(1)
                        .step_by(2)
                        .filter(|text| is_sentence(text))
                        .map(|text| format!("{name}: {text}")),
                );
            }
        }
    }
}

fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    !line.starts_with("//") && !line.contains("reason = ")
}

/// Three letters in a row, outside of what is filled in.
fn is_sentence(text: &str) -> bool {
    let mut depth = 0;
    let bare: String = text
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth == 0
        })
        .collect();
    bare.split(|c: char| !c.is_alphabetic()).any(|word| word.len() >= 3)
}

#[test]
fn the_look_sees_a_sentence() {
    assert!(is_sentence("Nothing was done."));
    assert!(!is_sentence("{label:<LABEL$}"));
    assert!(!is_sentence("j k"));
}
