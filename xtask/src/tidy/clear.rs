//! Storage in clear is for tests: only they may turn the vault's feature on and ask for it.

use toml::{Table, Value};

use super::rust::has_word;
use super::{Finding, Source, Tree};
use crate::binary::IN_CLEAR;

const FEATURE: &str = "unsealed";
const SWITCH: &str = "without_sealing";
const HOME: &str = "crates/vault/";

/// Manifests, who uses the switch, and the mark by which a program with it is known.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        tree.files().filter(|file| file.path.ends_with("Cargo.toml")).filter_map(manifest).collect();
    for file in tree.rust("").filter(|file| !file.path.starts_with(HOME) && !file.is_test()) {
        let uses = file.code.lines().filter(|(_, text)| has_word(text, SWITCH));
        findings.extend(uses.map(|(line, _)| {
            Finding::new(&file.path, line, format!("`{SWITCH}` is for tests: nothing else may store in clear"))
        }));
    }
    let home = tree.file("crates/vault/src/unsealed.rs").filter(|file| !file.text.contains(IN_CLEAR));
    findings.extend(home.map(|file| {
        Finding::new(&file.path, 1, format!("the mark is not `{IN_CLEAR}`, by which xtask/src/binary.rs looks for it"))
    }));
    findings
}

/// A manifest that names the feature elsewhere than where the vault has it and the server's tests turn it on.
fn manifest(file: &Source) -> Option<Finding> {
    let mut table: Table = file.text.parse().ok()?;
    match file.path.as_str() {
        "crates/vault/Cargo.toml" => {
            table.get_mut("features").and_then(Value::as_table_mut).map(|features| features.remove(FEATURE));
        }
        "Cargo.toml" => {
            table.get_mut("dev-dependencies").and_then(Value::as_table_mut).map(|needed| needed.remove("vault"));
        }
        _ => {}
    }
    let line = file.text.lines().position(|line| line.contains(FEATURE)).map_or(1, |at| at + 1);
    table.to_string().contains(FEATURE).then(|| {
        let message = format!(
            "the feature `{FEATURE}` stores in clear. Only [dev-dependencies] of the server may turn it on, for its tests"
        );
        Finding::new(&file.path, line, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> String {
        check(&Tree::of(&[(path, text)])).iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn only_the_servers_tests_turn_it_on() {
        let on = "vault = { workspace = true, features = [\"unsealed\"] }\n";
        assert_eq!(said("Cargo.toml", &format!("[dev-dependencies]\n{on}")), "");
        assert_eq!(said("crates/vault/Cargo.toml", "[features]\nunsealed = []\n"), "");
        for (path, text) in [
            ("Cargo.toml", format!("[dependencies]\n{on}")),
            ("Cargo.toml", format!("[workspace.dependencies]\n{on}")),
            ("Cargo.toml", "[features]\nopen = [\"vault/unsealed\"]\n".to_owned()),
            ("crates/index/Cargo.toml", format!("[dependencies]\n{on}")),
            ("crates/testkit/Cargo.toml", format!("[dev-dependencies]\n{on}")),
            ("crates/vault/Cargo.toml", "[features]\ndefault = [\"unsealed\"]\nunsealed = []\n".to_owned()),
        ] {
            assert!(said(path, &text).contains("stores in clear"), "{path}: {text}");
        }
    }

    #[test]
    fn only_tests_ask_for_it_and_the_mark_is_known() {
        assert_eq!(said("tests/it/app.rs", "vault.without_sealing();"), "");
        assert!(said("src/app.rs", "//! A.\nvault.without_sealing();").starts_with("src/app.rs:2: "));
        let home = "crates/vault/src/unsealed.rs";
        assert_eq!(said(home, &format!("const MARK: &[u8] = b\"{IN_CLEAR}\\n\";")), "");
        assert!(said(home, "const MARK: &[u8] = b\"another\";").contains("the mark is not"));
    }
}
