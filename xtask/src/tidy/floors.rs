//! Imports under src/ go down only: main and app, then http, admin and worker, then domain, infra, base.

use super::{Finding, Source, Tree};

/// What each floor may import. The order is the drawing in ARCHITECTURE.md, from the top.
const FLOORS: &[(&str, &[&str])] = &[
    ("http", &["domain", "infra", "base"]),
    ("admin", &["domain", "infra", "base"]),
    ("worker", &["domain", "infra", "base"]),
    ("setup", &["domain", "infra", "base"]),
    ("domain", &["infra", "base"]),
    ("infra", &["base"]),
    ("base", &[]),
];

/// Shared by the floors below main: what app.rs makes is handed down to these.
const HANDED_DOWN: &[(&str, &str)] = &[("http", "app"), ("admin", "app"), ("worker", "app"), ("setup", "app")];

/// Every import against the table.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust("src/")
        .filter_map(|file| Some((file, floor_of(&file.path)?)))
        .flat_map(|(file, floor)| breaches(file, floor))
        .collect()
}

/// The floor that a file belongs to; none for main, lib, app and commands, which may import all.
pub fn floor_of(path: &str) -> Option<&'static str> {
    let inside = path.strip_prefix("src/")?;
    let first = inside.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    FLOORS.iter().map(|(floor, _)| *floor).find(|floor| *floor == name)
}

fn breaches(file: &Source, floor: &'static str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in file.code.crate_paths() {
        let Some(target) = path.names.first() else {
            continue;
        };
        if !may_import(floor, target) {
            findings.push(Finding::new(&file.path, path.line, refusal(floor, target)));
        }
    }
    for (line, text) in file.code.lines() {
        for (other, _) in FLOORS {
            if text.contains(&format!("super::{other}::")) && *other != floor && !may_import(floor, other) {
                findings.push(Finding::new(&file.path, line, refusal(floor, other)));
            }
        }
    }
    findings
}

fn may_import(floor: &str, target: &str) -> bool {
    let is_floor = FLOORS.iter().any(|(name, _)| *name == target);
    let is_top = matches!(target, "app" | "commands");
    if target == floor || (!is_floor && !is_top) {
        return true;
    }
    HANDED_DOWN.contains(&(floor, target))
        || FLOORS.iter().any(|(name, below)| *name == floor && below.contains(&target))
}

fn refusal(floor: &str, target: &str) -> String {
    let why = match (floor, target) {
        ("http" | "admin" | "worker", "http" | "admin" | "worker") => {
            "the three entrances never import each other. Move what both need into a domain's service"
        }
        (_, "app" | "commands") => "app and commands are the top. Take what is needed as an argument",
        _ => "imports go down only. Move the item to the lower floor, or pass it in as an argument",
    };
    format!("{floor} may not import {target}: {why} (table in xtask/src/tidy/floors.rs)")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)])).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn down_is_fine() {
        assert!(
            said("src/http/api/deals.rs", "use crate::{base::Ctx, domain::deals, http::Json, app::App};").is_empty()
        );
        assert!(said("src/domain/deals/store.rs", "use crate::infra::db::schema::deals;").is_empty());
        assert!(said("src/main.rs", "use vcconnect::{http, worker};").is_empty());
    }

    #[test]
    fn up_and_sideways_are_not() {
        let up = said("src/infra/db/mod.rs", "use crate::base::ids;\nuse crate::domain::deals::Deal;");
        assert_eq!(up.len(), 1);
        assert!(
            up[0].starts_with("src/infra/db/mod.rs:2: infra may not import domain: imports go down only"),
            "{up:?}"
        );
        let sideways = said("src/worker/mod.rs", "use crate::{base, http::Json};");
        assert!(sideways[0].contains("never import each other"), "{sideways:?}");
        assert!(!said("src/base/mod.rs", "use super::infra::clock;").is_empty());
        assert!(!said("src/domain/deals/mod.rs", "fn f(app: &crate::app::App) {}").is_empty());
    }
}
