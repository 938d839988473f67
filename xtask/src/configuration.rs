//! `cargo xtask configuration`: the tables of docs/configuration.md follow the program's own reference.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::binary::{self, Profile};
use crate::children::{self, bound};
use crate::steps::{Show, Steps};
use crate::workshop::{self, Workshop};

/// Lines around a table: what stands between them is made.
const BEGIN: &str = "<!-- keys of [";
const END: &str = "<!-- end -->";

/// Writes the tables.
pub fn run(workshop: &Workshop) -> Result<()> {
    let mut steps = Steps::new(workshop);
    let binary = binary::build(&mut steps, Profile::Dev)?;
    let page = page(workshop);
    workshop::write_if_other(&page, &wanted(workshop, &binary, &page)?)
}

/// Fails if the tables have drifted from the program.
pub fn check(steps: &mut Steps, binary: &Path) -> Result<()> {
    let workshop = steps.workshop();
    let page = page(workshop);
    steps.work("configuration: compare the reference with the program", Show::Failure, || {
        if fs::read_to_string(&page)? != wanted(workshop, binary, &page)? {
            bail!("{} is not what the program says. To mend it:\n  cargo xtask configuration", page.display());
        }
        Ok(())
    })
}

fn page(workshop: &Workshop) -> PathBuf {
    workshop.root.join("docs/configuration.md")
}

fn wanted(workshop: &Workshop, binary: &Path, page: &Path) -> Result<String> {
    let reference = children::read(workshop, bound(binary).args(["config", "--reference"]))?;
    let text = fs::read_to_string(page).with_context(|| page.display().to_string())?;
    filled(&text, &reference)
}

/// The page with the tables of this reference in it.
fn filled(page: &str, reference: &str) -> Result<String> {
    let mut made = String::new();
    let mut within = false;
    let mut left = reference.matches("## `[").count();
    for line in page.lines() {
        if line == END {
            within = false;
        }
        if !within {
            made += line;
            made.push('\n');
        }
        if let Some(section) = line.strip_prefix(BEGIN).and_then(|rest| rest.split(']').next()) {
            made += table(reference, section).with_context(|| format!("the program knows no section {section}"))?;
            made.push('\n');
            within = true;
            left = left.saturating_sub(1);
        }
    }
    if within || left > 0 {
        bail!("docs/configuration.md lacks the place of a section, or the end of one");
    }
    Ok(made)
}

fn table<'a>(reference: &'a str, section: &str) -> Option<&'a str> {
    let (_, rest) = reference.split_once(&format!("## `[{section}]`\n\n"))?;
    rest.split("\n## ").next().map(str::trim_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &str = "## `[one]`\n\n| a |\n\n## `[two]`\n\n| b |\n| c |\n";
    const PAGE: &str =
        "# Page\n<!-- keys of [two]: made -->\nold\n<!-- end -->\nwords\n<!-- keys of [one]: made -->\n<!-- end -->\n";

    #[test]
    fn tables_are_put_in_and_words_stay() {
        let filled = filled(PAGE, REFERENCE).unwrap();
        let wanted = "# Page\n<!-- keys of [two]: made -->\n| b |\n| c |\n<!-- end -->\nwords\n\
                      <!-- keys of [one]: made -->\n| a |\n<!-- end -->\n";
        assert_eq!(filled, wanted);
    }

    #[test]
    fn a_section_without_a_place_is_told() {
        assert!(filled("# Page\n<!-- keys of [one]: made -->\n<!-- end -->\n", REFERENCE).is_err());
        assert!(filled("<!-- keys of [three]: made -->\n<!-- end -->\n", REFERENCE).is_err());
    }
}
