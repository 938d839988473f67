//! What stands beside the text: headers, footers, notes, comments, and the charts that drawings point to.

use std::collections::{HashMap, HashSet};

use super::body::{Flow, Kind};
use crate::ReadError;
use crate::package::chart::{Chart, read_chart};
use crate::package::{Package, Relations, parse};

/// The parts that are read, in the order in which they follow the text.
const KINDS: [&str; 5] = ["header", "footer", "footnotes", "endnotes", "comments"];

/// A part beside the text.
pub(super) struct Aside {
    xml: String,
}

/// The parts beside the text. Headers that say the same are read once.
pub(super) fn read(package: &mut Package<'_>, relations: &Relations) -> Result<Vec<Aside>, ReadError> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for kind in KINDS {
        for relation in relations.of_kind(kind) {
            if !seen.insert(relation.target.clone()) {
                continue;
            }
            if let Some(xml) = package.xml(&relation.target)?
                && seen.insert(xml.clone())
            {
                found.push(Aside { xml });
            }
        }
    }
    Ok(found)
}

impl Aside {
    /// Adds its paragraphs; of notes without the lines that part them from the text.
    pub(super) fn add_to(&self, flow: &mut Flow<'_>) -> Result<(), ReadError> {
        let root = parse(&self.xml)?;
        if matches!(root.name(), "hdr" | "ftr") {
            flow.story(&root, Kind::Aside);
            return Ok(());
        }
        for note in root.elements() {
            let is_line = note.attribute("type").is_some_and(|kind| kind != "normal");
            if matches!(note.name(), "footnote" | "endnote" | "comment") && !is_line {
                flow.story(note, Kind::Aside);
            }
        }
        Ok(())
    }
}

/// The charts of a document by the id of their relationship. A damaged chart is left out.
pub(super) fn charts(package: &mut Package<'_>, relations: &Relations) -> Result<HashMap<String, Chart>, ReadError> {
    let mut charts = HashMap::new();
    for relation in relations.of_kind("chart") {
        if let Some(xml) = package.xml(&relation.target)?
            && let Ok(chart) = read_chart(&xml)
        {
            charts.insert(relation.id.clone(), chart);
        }
    }
    Ok(charts)
}
