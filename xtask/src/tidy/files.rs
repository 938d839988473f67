//! Every file: documented, short, and free of what belongs to one machine only.

use super::{Finding, Source, Tree};

const MOST_LINES: usize = 600;
const MANY_LINES: usize = 500;
const GENERATED: &[&str] = &["web/src/lib/api/schema.d.ts", "src/infra/db/schema.rs"];

/// Folders of one machine, in two halves so that this file does not name them itself.
const MACHINE_FOLDERS: &[(&str, &str)] = &[("/work", "/"), ("/root", "/")];

/// Where packages come from for everybody; a mirror in a lock file works on one network only.
const NPM: &str = "https://registry.npmjs.org/";

/// Docs, length, machine folders, lock files.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files() {
        findings.extend(docs(file));
        findings.extend(length(file));
        findings.extend(machine(file));
        findings.extend(lock(file));
    }
    findings
}

fn docs(file: &Source) -> Option<Finding> {
    if !file.path.ends_with(".rs") || file.path.contains("/fixtures/") {
        return None;
    }
    let first = file.text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("#!"))?;
    (!first.starts_with("//!")).then(|| {
        Finding::new(&file.path, 1, "begin with `//!`: one or two sentences on what this module owns and who calls it")
    })
}

fn length(file: &Source) -> Option<Finding> {
    let counted = [".rs", ".ts", ".svelte"].iter().any(|end| file.path.ends_with(end));
    if !counted || GENERATED.contains(&file.path.as_str()) {
        return None;
    }
    let lines = file.text.lines().count();
    let advice = "split it along what its parts are about";
    if lines > MOST_LINES {
        Some(Finding::new(&file.path, lines, format!("{lines} lines, {MOST_LINES} at most: {advice}")))
    } else if lines > MANY_LINES {
        Some(Finding::warning(&file.path, lines, format!("{lines} lines, soon too long: {advice}")))
    } else {
        None
    }
}

fn machine(file: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, text) in file.text.lines().enumerate() {
        for (one, other) in MACHINE_FOLDERS {
            let folder = format!("{one}{other}");
            let named = text.match_indices(&folder).any(|(place, _)| {
                // Part of a longer path or address is something else.
                !text
                    .get(..place)
                    .unwrap_or_default()
                    .ends_with(|before: char| before.is_alphanumeric() || "._-~}/)".contains(before))
            });
            if named {
                let message = format!(
                    "`{folder}` is a folder of one machine. Take it from the environment or from a relative path"
                );
                findings.push(Finding::new(&file.path, at + 1, message));
            }
        }
    }
    findings
}

fn lock(file: &Source) -> Option<Finding> {
    if !file.path.ends_with("package-lock.json") {
        return None;
    }
    let at = file.text.lines().position(|line| {
        line.trim_start()
            .strip_prefix("\"resolved\": \"")
            .is_some_and(|address| address.starts_with("http") && !address.starts_with(NPM))
    })?;
    Some(Finding::new(
        &file.path,
        at + 1,
        "an address that only one network knows. Make the file anew with `npm install --package-lock-only --omit-lockfile-registry-resolved`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> String {
        let tree = Tree::of(&[(path, text)]);
        check(&tree).iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn modules_say_what_they_are() {
        assert_eq!(said("src/lib.rs", "#![forbid(unsafe_code)]\n//! The server.\n"), "");
        assert!(said("src/lib.rs", "mod base;\n").contains("begin with `//!`"));
    }

    #[test]
    fn files_stay_short() {
        assert!(said("web/src/a.ts", &"x;\n".repeat(601)).contains("600 at most"));
        assert!(said("web/src/a.ts", &"x;\n".repeat(550)).contains("warning: 550 lines"));
        assert_eq!(said("web/src/a.ts", &"x;\n".repeat(500)), "");
        assert_eq!(said("web/src/lib/api/schema.d.ts", &"x;\n".repeat(5000)), "");
    }

    #[test]
    fn folders_of_one_machine_are_refused() {
        let bad = format!("cd {}{}main", "/work", "/");
        assert!(said("docs/a.md", &bad).contains("folder of one machine"));
        let part = format!("see docs{0}{1}plan.md and https://example.org{0}{1}x", "/work", "/");
        assert_eq!(said("docs/a.md", &part), "");
    }

    #[test]
    fn lock_files_name_no_mirror() {
        assert!(
            said("web/package-lock.json", "  \"resolved\": \"https://mirror.example/x.tgz\",").contains("one network")
        );
        assert_eq!(said("web/package-lock.json", &format!("\"resolved\": \"{NPM}x.tgz\"")), "");
    }
}
