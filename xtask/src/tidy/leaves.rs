//! The leaf crates: no database, no web server, and only the leaves that the table allows.

use toml::Table;

use super::rust::has_word;
use super::{Finding, Source, Tree};

/// What each leaf may depend on among ourselves. `model` holds the pipeline's words, so that the
/// stages need not know each other.
const LEAVES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("protocol", &[]),
    ("vault", &[]),
    ("backup", &[]),
    ("confine", &[]),
    ("extract", &["model"]),
    ("diligence", &["model"]),
    ("llm", &[]),
    ("update", &[]),
    ("report", &["model"]),
    ("index", &["vault"]),
    ("simulator", &["model"]),
    ("testkit", &["protocol", "vault", "model"]),
    ("admin-tui", &["protocol", "vault"]),
];

/// Crates that only tests and xtask use.
const FOR_TESTS: &[&str] = &["testkit", "simulator"];
const BANNED: &[&str] = &["diesel", "actix"];

/// Manifests and sources of the leaves, and who depends on the crates for tests.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files().filter(|file| file.path.ends_with("Cargo.toml")) {
        findings.extend(manifest(file));
    }
    for file in tree.rust("crates/").chain(tree.rust("admin-tui/")) {
        for (line, text) in file.code.lines() {
            if let Some(banned) = BANNED.iter().find(|name| has_word(text, name) || text.contains(&format!("{name}_")))
            {
                findings.push(Finding::new(&file.path, line, no_banned(banned)));
            }
        }
    }
    findings
}

fn manifest(file: &Source) -> Vec<Finding> {
    let table: Table = match file.text.parse() {
        Ok(table) => table,
        Err(error) => return vec![Finding::new(&file.path, 1, format!("not TOML: {error}"))],
    };
    let mut findings = licence(file, &table);
    let needed = names(&table, "dependencies");
    for crate_for_tests in FOR_TESTS.iter().filter(|name| needed.iter().any(|found| found == *name)) {
        if !file.path.starts_with("xtask/") && !is_for_tests(&file.path) {
            findings.push(Finding::new(
                &file.path,
                1,
                format!("{crate_for_tests} is for tests: name it under [dev-dependencies]"),
            ));
        }
    }
    if let Some(name) = leaf_of(&file.path) {
        findings.extend(leaf(file, name, &needed));
    }
    findings
}

fn licence(file: &Source, table: &Table) -> Vec<Finding> {
    let Some(package) = table.get("package") else {
        return Vec::new();
    };
    let stated = package.get("license");
    let inherited = stated.and_then(|stated| stated.get("workspace")).is_some();
    if inherited || stated.and_then(|stated| stated.as_str()) == Some("Apache-2.0") {
        return Vec::new();
    }
    vec![Finding::new(&file.path, 1, "no licence stated: write `license.workspace = true`")]
}

fn leaf(file: &Source, name: &str, needed: &[String]) -> Vec<Finding> {
    let Some((_, allowed)) = LEAVES.iter().find(|(known, _)| *known == name) else {
        let message = format!(
            "the crate {name} is not in the table. Add it to LEAVES in xtask/src/tidy/leaves.rs and to ARCHITECTURE.md"
        );
        return vec![Finding::new(&file.path, 1, message)];
    };
    let mut findings = Vec::new();
    for needs in needed {
        if let Some(banned) = BANNED.iter().find(|banned| needs.starts_with(**banned)) {
            findings.push(Finding::new(&file.path, 1, no_banned(banned)));
        }
        let is_leaf = LEAVES.iter().any(|(known, _)| known == needs);
        if (is_leaf || needs == "vcconnect") && !allowed.contains(&needs.as_str()) {
            findings.push(Finding::new(
                &file.path,
                1,
                format!("{name} may not depend on {needs}. Move the shared words into crates/model or crates/protocol (table in xtask/src/tidy/leaves.rs)"),
            ));
        }
    }
    findings
}

fn no_banned(banned: &str) -> String {
    format!(
        "a leaf crate knows no {banned}: it is a capability without storage or web. Take plain values, and keep {banned} in src/"
    )
}

fn leaf_of(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("/Cargo.toml")?;
    if folder == "admin-tui" { Some(folder) } else { folder.strip_prefix("crates/") }
}

fn is_for_tests(path: &str) -> bool {
    leaf_of(path).is_some_and(|name| FOR_TESTS.contains(&name))
}

fn names(table: &Table, section: &str) -> Vec<String> {
    table
        .get(section)
        .and_then(|section| section.as_table())
        .map(|section| section.keys().cloned().collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[package]\nname = \"x\"\nlicense.workspace = true\n";

    fn said(path: &str, text: &str) -> String {
        let text = if path.ends_with(".toml") { format!("{HEAD}{text}") } else { text.to_owned() };
        let tree = Tree::of(&[(path, &text)]);
        check(&tree).iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn leaves_stay_leaves() {
        assert_eq!(said("crates/extract/Cargo.toml", "[dependencies]\nmodel.workspace = true\nserde = \"1\"\n"), "");
        assert!(
            said("crates/extract/Cargo.toml", "[dependencies]\nreport.workspace = true\n")
                .contains("extract may not depend on report")
        );
        assert!(said("crates/vault/Cargo.toml", "[dependencies]\ndiesel-async = \"1\"\n").contains("knows no diesel"));
        assert!(said("crates/vault/src/lib.rs", "use actix_web::web;").contains("knows no actix"));
        assert!(said("crates/rumour/Cargo.toml", "").contains("not in the table"));
        assert_eq!(said("admin-tui/Cargo.toml", "[dependencies]\nprotocol.workspace = true\nratatui = \"1\"\n"), "");
        assert!(
            said("admin-tui/Cargo.toml", "[dependencies]\nvcconnect = \"1\"\n").contains("may not depend on vcconnect")
        );
        assert!(said("admin-tui/src/desk.rs", "use diesel::prelude::*;").contains("knows no diesel"));
        assert!(
            said("crates/protocol/Cargo.toml", "[dependencies]\nadmin-tui.workspace = true\n")
                .contains("may not depend on admin-tui")
        );
    }

    #[test]
    fn crates_for_tests_are_not_shipped() {
        assert!(said("Cargo.toml", "[dependencies]\ntestkit.workspace = true\n").contains("is for tests"));
        assert_eq!(said("Cargo.toml", "[dev-dependencies]\ntestkit.workspace = true\n"), "");
        assert_eq!(said("xtask/Cargo.toml", "[dependencies]\nsimulator.workspace = true\n"), "");
    }

    #[test]
    fn every_crate_states_the_licence() {
        let tree = Tree::of(&[("xtask/Cargo.toml", "[package]\nname = \"xtask\"\n")]);
        assert!(check(&tree)[0].to_string().contains("no licence"));
    }
}
