//! What the files of a folder state, as somebody wrote it down: `truth.jsonl`, one figure a line
//! (docs/accuracy.md names the fields). Nothing here depends on how figures are found.

use std::collections::HashMap;
use std::path::Path;

use model::{Basis, CellRef, Currency, Fact, Period, Place, Spot, SubjectKind};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::commands::Failure;
use crate::infra::files;

/// Name of the file, in the folder that is measured.
pub(super) const FILE: &str = "truth.jsonl";

/// The truth of a folder.
#[derive(Debug, Default)]
pub(super) struct Truth {
    /// What the files state.
    pub(super) stated: Vec<Stated>,
    /// What of a file was looked at, where that is said.
    covers: HashMap<String, Covers>,
}

/// A figure that a file states.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stated {
    /// Path of the file in the folder.
    pub(super) file: String,
    /// Page or slide, from 1.
    #[serde(default)]
    pub(super) page: Option<u32>,
    /// `Sheet!F14`; `F14` where there is one sheet.
    #[serde(default)]
    pub(super) cell: Option<String>,
    /// What it measures.
    pub(super) metric: String,
    /// `company`, `market`, or kind and name: `customer:Halvorsen`.
    pub(super) subject: String,
    /// In whole units, with the sign as it stands.
    pub(super) value: Decimal,
    /// `money`, `ratio`, `multiple`, `count`, `months` or `days`.
    pub(super) unit: String,
    /// Absent where the file does not say.
    #[serde(default)]
    pub(super) currency: Option<Currency>,
    /// Absent where the file does not say.
    #[serde(default)]
    pub(super) period: Option<Period>,
    /// Whether it has happened.
    pub(super) basis: Basis,
    /// Somebody may read it otherwise: it counts neither way.
    #[serde(default)]
    pub(super) optional: bool,
}

/// A page by its number or a sheet by its name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Covered {
    Page(u32),
    Sheet(String),
}

/// What of a file was looked at.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Covers {
    /// Pages or sheets.
    These(Vec<Covered>),
    /// `"all"`: also of a file that states nothing.
    Whole(Whole),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Whole {
    All,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cover {
    file: String,
    covers: Covers,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    Cover(Cover),
    Stated(Box<Stated>),
}

impl Truth {
    /// Reads the truth of a folder; an error names the line.
    pub(super) fn of(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(FILE);
        let told = |error: String| format!("{}: {error}", path.display());
        Ok(Self::parse(&files::read_lines(&path)?).map_err(told)?)
    }

    /// The truth in the text of a `truth.jsonl`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut truth = Self::default();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(Line::Cover(cover)) => drop(truth.covers.insert(cover.file, cover.covers)),
                Ok(Line::Stated(stated)) => truth.stated.push(*stated),
                Err(_) => return Err(format!("line {} is neither a figure nor what is covered", number + 1)),
            }
        }
        Ok(truth)
    }

    /// The first file that the truth is about and that is not among these: its figures would be missed by nobody.
    pub(super) fn absent(&self, files: &[&str]) -> Option<&str> {
        let named = self.stated.iter().map(|stated| stated.file.as_str()).chain(self.covers.keys().map(String::as_str));
        named.into_iter().find(|file| !files.contains(file))
    }

    /// Whether somebody looked at this place of a file.
    pub(super) fn covers(&self, file: &str, place: &Place) -> bool {
        let covered = match self.covers.get(file) {
            Some(Covers::These(covered)) => covered,
            Some(Covers::Whole(Whole::All)) => return true,
            None => return self.stated.iter().any(|stated| stated.file == file),
        };
        match &place.spot {
            Spot::Cell { sheet, .. } => covered.iter().any(|one| match one {
                Covered::Sheet(name) => Some(name) == sheet.as_ref(),
                Covered::Page(number) => *number == place.part,
            }),
            _ => covered.contains(&Covered::Page(place.part)),
        }
    }
}

impl Stated {
    /// Whether this is where a fact was found.
    pub(super) fn is_at(&self, place: &Place) -> bool {
        match (&self.cell, &place.spot) {
            (Some(stated), Spot::Cell { sheet, cell }) => {
                let (named, at) = match stated.rsplit_once('!') {
                    Some((named, at)) => (Some(named.trim_matches('\'')), at),
                    None => (None, stated.as_str()),
                };
                at.parse::<CellRef>() == Ok(*cell) && named.is_none_or(|named| Some(named) == sheet.as_deref())
            }
            _ => self.page.is_none_or(|page| page == place.part),
        }
    }

    /// Whether a fact is about the same.
    pub(super) fn is_about(&self, fact: &Fact) -> bool {
        let (kind, name) = match self.subject.split_once(':') {
            Some((kind, name)) => (kind, Some(name)),
            None => (self.subject.as_str(), None),
        };
        let same_kind = match fact.subject.kind {
            SubjectKind::Company => "company",
            SubjectKind::Competitor => "competitor",
            SubjectKind::Market => "market",
            SubjectKind::Customer => "customer",
            SubjectKind::Holder => "holder",
        } == kind;
        let found = fact.subject.name.as_deref().map(str::to_lowercase);
        same_kind && name.is_none_or(|name| found.as_deref() == Some(&name.to_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECK: &str = r#"{"file":"deck.pdf","covers":[7]}
{"file":"deck.pdf","page":7,"metric":"arr","subject":"company","value":"4200000","unit":"money","currency":"EUR","period":{"kind":"instant","end":"2025-06-30"},"basis":"actual"}
"#;

    #[test]
    fn a_line_that_is_misspelt_is_named() {
        let truth = Truth::parse(DECK).unwrap();
        assert_eq!((truth.stated.len(), truth.stated[0].value), (1, Decimal::from(4_200_000)));
        assert_eq!(truth.absent(&["deck.pdf"]), None);
        assert_eq!(truth.absent(&["dock.pdf"]), Some("deck.pdf"));
        let misspelt = DECK.replace("\"basis\"", "\"bases\"");
        assert_eq!(Truth::parse(&misspelt).unwrap_err(), "line 2 is neither a figure nor what is covered");
    }
}
