//! Migrations: numbered folders with an up.sql each, never two of one number. Each declares whether older programs run on
//! what it leaves.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::{Finding, Tree};

/// The shape of migrations/.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in tree.files() {
        let Some(inside) = file.path.strip_prefix("migrations/") else {
            continue;
        };
        match inside.split_once('/') {
            Some((folder, name)) => folders.entry(folder).or_default().push(name),
            None if inside.starts_with('.') || inside.ends_with(".md") => {}
            None => {
                findings.push(Finding::new(
                    &file.path,
                    1,
                    "a migration is a folder: migrations/<number>_<name>/up.sql",
                ));
            }
        }
    }
    let mut numbers: BTreeMap<String, &str> = BTreeMap::new();
    for (folder, files) in &folders {
        let path = format!("migrations/{folder}/up.sql");
        if tree.file(&path).is_none_or(|file| file.text.trim().is_empty()) {
            findings.push(Finding::new(&path, 1, "missing or empty: a migration says in up.sql what it adds"));
        }
        for other in files.iter().filter(|name| !matches!(**name, "up.sql" | "down.sql" | "metadata.toml")) {
            findings.push(Finding::new(
                &format!("migrations/{folder}/{other}"),
                1,
                "diesel does not read this file: move or delete it",
            ));
        }
        findings.extend(undeclared(tree, folder));
        let Some(number) = number_of(folder) else {
            findings.push(Finding::new(&path, 1, "name the folder <number>_<what_it_adds>, in small letters"));
            continue;
        };
        if let Some(twin) = numbers.insert(number, folder) {
            findings.push(Finding::new(&path, 1, format!("the same number as {twin}: take the next free one")));
        }
    }
    findings
}

/// Diesel takes a file without `run_in_transaction` for one that says no, so both words are wanted.
fn undeclared(tree: &Tree, folder: &str) -> Option<Finding> {
    let path = format!("migrations/{folder}/metadata.toml");
    let table: Option<Table> = tree.file(&path).and_then(|file| file.text.parse().ok());
    let says = |key: &str| table.as_ref().and_then(|table| table.get(key)).and_then(Value::as_bool).is_some();
    if says("run_in_transaction") && says("older_programs_run") {
        return None;
    }
    let message = "a migration declares two things here: `run_in_transaction = true`, and `older_programs_run`, which is \
                   true if a program that does not know the change works on the database that it leaves \
                   (docs/adr/0048-updates.md)";
    Some(Finding::new(&path, 1, message))
}

/// The version that diesel reads: digits (and dashes, which it drops) before the first underscore.
fn number_of(folder: &str) -> Option<String> {
    let (number, name) = folder.split_once('_')?;
    let digits: String = number.chars().filter(|letter| *letter != '-').collect();
    let numbered = !digits.is_empty() && digits.chars().all(|letter| letter.is_ascii_digit());
    let named = !name.is_empty()
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    (numbered && named).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(files: &[(&str, &str)]) -> String {
        check(&Tree::of(files)).iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
    }

    const DECLARED: &str = "run_in_transaction = true\nolder_programs_run = false\n";

    #[test]
    fn each_says_whether_older_programs_run() {
        let path = "migrations/1_a/metadata.toml";
        for text in ["older_programs_run = true", "run_in_transaction = true", "older_programs_run = \"yes\"", "!"] {
            let said = said(&[("migrations/1_a/up.sql", "x"), (path, text)]);
            assert!(said.contains("declares two things"), "{text}: {said}");
        }
        assert!(said(&[("migrations/1_a/up.sql", "x")]).contains("declares two things"));
        assert_eq!(said(&[("migrations/1_a/up.sql", "x"), (path, DECLARED)]), "");
    }

    #[test]
    fn numbered_folders_are_fine() {
        assert_eq!(
            said(&[
                ("migrations/00000000000001_accounts/up.sql", "create table x();"),
                ("migrations/00000000000001_accounts/metadata.toml", DECLARED),
                ("migrations/2026-11-22-000000_deals/up.sql", "create table y();"),
                ("migrations/2026-11-22-000000_deals/metadata.toml", DECLARED)
            ]),
            ""
        );
    }

    #[test]
    fn other_shapes_are_not() {
        assert!(said(&[("migrations/0001_a/down.sql", "drop")]).contains("up.sql:1: missing"));
        assert!(said(&[("migrations/accounts/up.sql", "x")]).contains("name the folder"));
        assert!(
            said(&[("migrations/1_a/up.sql", "x"), ("migrations/1_b/up.sql", "x")]).contains("the same number as 1_a")
        );
        assert!(said(&[("migrations/x.sql", "x")]).contains("a migration is a folder"));
    }
}
