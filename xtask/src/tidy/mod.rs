//! `cargo xtask tidy`: the rules of ARCHITECTURE.md, each with a message that says how to mend.
//!
//! The rules look at text, not at types: quick, and enough to notice a wrong turn on the day it
//! happens. Each rule is a function from the files of the tree to findings.

mod clear;
mod corpus;
mod domains;
mod files;
mod floors;
mod leaves;
mod migrations;
mod reach;
mod rust;
mod web;

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::workshop::Workshop;
use rust::Code;

/// Folders that hold nothing written by people.
const SKIPPED: &[&str] =
    &[".git", "target", "node_modules", "dist", ".svelte-kit", "coverage", "test-results", "playwright-report"];

const RULES: &[fn(&Tree) -> Vec<Finding>] = &[
    floors::check,
    domains::check,
    reach::check,
    leaves::check,
    files::check,
    clear::check,
    corpus::check,
    migrations::check,
    web::check,
];

/// One text file of the checkout.
pub struct Source {
    /// Its path in the checkout, with slashes.
    pub path: String,
    /// What it says.
    pub text: String,
    /// The same without comments and strings, for Rust.
    pub code: Code,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let code = if path.ends_with(".rs") { Code::of(text) } else { Code::default() };
        Self { path: path.to_owned(), text: text.to_owned(), code }
    }

    /// Whether this file holds only tests.
    pub fn is_test(&self) -> bool {
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.contains("/benches/")
    }
}

/// The files that the rules look at.
pub struct Tree {
    files: Vec<Source>,
}

impl Tree {
    fn read(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        gather(root, root, &mut files)?;
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Self { files })
    }

    /// Every text file.
    pub fn files(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
    }

    /// The Rust files below a folder (written with its last slash).
    pub fn rust<'a>(&'a self, below: &'a str) -> impl Iterator<Item = &'a Source> {
        self.files().filter(move |file| file.path.starts_with(below) && file.path.ends_with(".rs"))
    }

    /// One file, if it is there.
    pub fn file(&self, path: &str) -> Option<&Source> {
        self.files().find(|file| file.path == path)
    }
}

/// One breach of a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    path: String,
    line: usize,
    message: String,
    grave: bool,
}

impl Finding {
    /// A breach, at a line counted from 1.
    pub fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into(), grave: true }
    }

    /// Something to see, not to fail for.
    pub fn warning(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { grave: false, ..Self::new(path, line, message) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let kind = if self.grave { "" } else { "warning: " };
        write!(f, "{}:{}: {kind}{}", self.path, self.line, self.message)
    }
}

/// Checks the checkout and says that it is tidy.
pub fn run(workshop: &Workshop) -> Result<()> {
    check(workshop)?;
    println!("Tidy.");
    Ok(())
}

/// Checks the checkout.
pub fn check(workshop: &Workshop) -> Result<()> {
    let findings = findings(&Tree::read(&workshop.root)?);
    for warning in findings.iter().filter(|finding| !finding.grave) {
        eprintln!("\n{warning}");
    }
    let grave: Vec<String> = findings.iter().filter(|finding| finding.grave).map(Finding::to_string).collect();
    if !grave.is_empty() {
        bail!("{}\n\n{} to mend.", grave.join("\n"), grave.len());
    }
    Ok(())
}

fn findings(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(tree)).collect();
    findings.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
    findings
}

fn gather(root: &Path, folder: &Path, files: &mut Vec<Source>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            if !SKIPPED.iter().any(|skipped| entry.file_name() == *skipped) {
                gather(root, &path, files)?;
            }
        } else if kind.is_file() {
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            if let Ok(text) = String::from_utf8(bytes) {
                let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
                files.push(Source::new(&name, &text));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
impl Tree {
    /// A tree made up for a test.
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| Source::new(path, text)).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_say_where_and_come_in_order() {
        let tree = Tree::of(&[
            ("src/http/mod.rs", "//! H.\nuse crate::worker::Runner;\n"),
            ("src/base/mod.rs", "//! B.\nuse crate::infra::db;\n"),
        ]);
        let said: Vec<String> = findings(&tree).iter().map(Finding::to_string).collect();
        assert_eq!(said.len(), 2);
        assert!(said[0].starts_with("src/base/mod.rs:2: "), "{said:?}");
        assert!(said[1].starts_with("src/http/mod.rs:2: "), "{said:?}");
    }
}
