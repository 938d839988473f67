//! Every domain has the same shape, and domains use only those before them.

use std::collections::BTreeSet;

use super::{Finding, Source, Tree};

/// The domains in order: each may use only those before it. The drawing in ARCHITECTURE.md is this line.
const ORDER: &[&str] =
    &["audit", "keys", "settings", "accounts", "deals", "documents", "facts", "reports", "runs", "search", "ops"];

const SHAPE: &[&str] = &["mod.rs", "model.rs", "store.rs", "service.rs", "tests.rs"];

/// What the docs of a domain say that needs no `store.rs`.
const NO_TABLE: &str = "Owns no table";

/// Shape and order of src/domain.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let names: BTreeSet<&str> = tree.rust("src/domain/").filter_map(|file| domain_of(&file.path)).collect();
    let mut findings = Vec::new();
    for name in names {
        findings.extend(shape(tree, name));
        match ORDER.iter().position(|known| *known == name) {
            Some(place) => findings.extend(imports(tree, name, place)),
            None => findings.push(Finding::new(
                &format!("src/domain/{name}/mod.rs"),
                1,
                format!("the domain {name} has no place in the order. Add it to ORDER in xtask/src/tidy/domains.rs and to ARCHITECTURE.md"),
            )),
        }
    }
    findings
}

/// The domain that a file belongs to.
fn domain_of(path: &str) -> Option<&str> {
    let (name, rest) = path.strip_prefix("src/domain/")?.split_once('/')?;
    (!rest.is_empty()).then_some(name)
}

fn imports(tree: &Tree, name: &str, place: usize) -> Vec<Finding> {
    let later = ORDER.get(place + 1..).unwrap_or_default();
    let below = format!("src/domain/{name}/");
    let mut findings = Vec::new();
    for file in tree.rust(&below) {
        for path in file.code.crate_paths() {
            if let [first, second, ..] = path.names.as_slice()
                && first == "domain"
                && later.contains(&second.as_str())
            {
                findings.push(Finding::new(&file.path, path.line, too_late(name, second)));
            }
        }
        for (line, text) in file.code.lines() {
            if let Some(other) = later.iter().find(|other| text.contains(&format!("super::{other}::"))) {
                findings.push(Finding::new(&file.path, line, too_late(name, other)));
            }
        }
    }
    findings
}

fn too_late(name: &str, other: &str) -> String {
    format!(
        "{name} may not use {other}, which comes after it. Let {other} call {name}, or move what both need into \
         an earlier domain or base (order in xtask/src/tidy/domains.rs)"
    )
}

fn shape(tree: &Tree, name: &str) -> Vec<Finding> {
    let folder = format!("src/domain/{name}/");
    let mut findings = Vec::new();
    let without_table = tree.file(&format!("{folder}mod.rs")).is_some_and(|root| root.text.contains(NO_TABLE));
    for wanted in SHAPE {
        let path = format!("{folder}{wanted}");
        if tree.file(&path).is_none() && !(without_table && *wanted == "store.rs") {
            findings.push(Finding::new(
                &path,
                1,
                format!("missing: every domain has {}. Copy the shape of src/domain/deals", SHAPE.join(", ")),
            ));
        }
    }
    let Some(root) = tree.file(&format!("{folder}mod.rs")) else {
        return findings;
    };
    let docs: String = root.text.lines().filter(|line| line.starts_with("//!")).collect();
    for file in tree.rust(&folder) {
        let inside = file.path.strip_prefix(&folder).unwrap_or_default();
        let first = inside.split('/').next().unwrap_or_default();
        let stem = first.trim_end_matches(".rs");
        let documented = docs.contains(&format!("`{stem}`")) || docs.contains(&format!("`{stem}.rs`"));
        if !SHAPE.contains(&first) && !documented {
            findings.push(Finding::new(
                &file.path,
                1,
                format!("a file beyond the common shape: say in {} what `{stem}` is for, or merge it", root.path),
            ));
        }
    }
    findings.extend(code_in_root(root));
    findings
}

/// Only `mod` and `use` may stand in a domain's mod.rs.
fn code_in_root(root: &Source) -> Option<Finding> {
    let mut line = 1;
    for statement in root.code.text().split_inclusive(';') {
        let start = line + leading_lines(statement);
        line += statement.matches('\n').count();
        let mut words = statement.trim();
        while let Some(attribute) = words.strip_prefix("#[") {
            words = attribute.split_once(']').map_or("", |(_, rest)| rest.trim_start());
        }
        let words =
            words.strip_prefix("pub(crate)").or_else(|| words.strip_prefix("pub")).unwrap_or(words).trim_start();
        let allowed = words.is_empty() || ["mod ", "use "].iter().any(|start| words.starts_with(start));
        if !allowed || (words.starts_with("mod ") && words.contains('{')) {
            return Some(Finding::new(
                &root.path,
                start,
                "a domain's mod.rs holds docs, `mod` and `pub use` only. Move this to model.rs, store.rs or service.rs",
            ));
        }
    }
    None
}

fn leading_lines(statement: &str) -> usize {
    let blank = statement.len() - statement.trim_start().len();
    statement.get(..blank).unwrap_or_default().matches('\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(extra: &[(&'static str, &'static str)]) -> Vec<String> {
        let mut files = vec![
            (
                "src/domain/deals/mod.rs",
                "//! Deals.\n\nmod model;\nmod service;\nmod store;\n#[cfg(test)]\nmod tests;\n\npub use model::{\n    Deal, Stage,\n};\n",
            ),
            ("src/domain/deals/model.rs", "//! M."),
            ("src/domain/deals/store.rs", "//! S."),
            ("src/domain/deals/service.rs", "//! S.\nuse crate::domain::{audit, accounts::User};\n"),
            ("src/domain/deals/tests.rs", "//! T."),
        ];
        for (path, text) in extra {
            files.retain(|(known, _)| known != path);
            files.push((path, text));
        }
        check(&Tree::of(&files)).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn the_common_shape_is_fine() {
        assert_eq!(with(&[]), Vec::<String>::new());
    }

    #[test]
    fn a_later_domain_is_refused() {
        let said = with(&[("src/domain/deals/service.rs", "//! S.\nuse crate::domain::{audit, reports::Run};\n")]);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("src/domain/deals/service.rs:2: deals may not use reports"));
    }

    #[test]
    fn code_in_mod_rs_and_stray_files_are_refused() {
        let said = with(&[("src/domain/deals/mod.rs", "//! Deals.\nmod model;\n\nfn f() {}\n")]);
        assert!(said[0].contains("mod.rs:4: a domain's mod.rs holds"), "{said:?}");
        let said = with(&[("src/domain/deals/import.rs", "//! I.")]);
        assert!(said[0].contains("beyond the common shape"), "{said:?}");
        let said = with(&[("src/domain/gossip/mod.rs", "//! G.")]);
        assert!(said.iter().any(|line| line.contains("no place in the order")), "{said:?}");
        assert!(said.iter().any(|line| line.contains("store.rs:1: missing")), "{said:?}");
    }
}
