//! Relationships: how one part of a package names another (ISO/IEC 29500-2, section 9.3).

use std::collections::HashMap;

use super::xml::{Events, Token};
use crate::ReadError;

/// A pointer from one part to another of the same package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relation {
    /// Its id within the part, e.g. `rId3`.
    pub(crate) id: String,
    /// The last word of its type, e.g. `worksheet`: transitional and strict files share it.
    pub(crate) kind: String,
    /// The name of the part.
    pub(crate) target: String,
}

/// All pointers of a part, in the order of the file. Those that leave the package are left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Relations {
    relations: Vec<Relation>,
    by_id: HashMap<String, usize>,
}

/// Names of parts and ids are short; a longer one is there to fill the memory.
const LONGEST_NAME: usize = 1_024;

impl Relations {
    pub(super) fn parse(part: &str, xml: &str) -> Result<Self, ReadError> {
        let mut events = Events::new(xml);
        let mut found = Self::default();
        while let Some(token) = events.next()? {
            let Token::Open(tag) = token else { continue };
            if tag.name() != "Relationship" || tag.attribute("TargetMode").as_deref() == Some("External") {
                continue;
            }
            let (Some(id), Some(kind), Some(target)) =
                (tag.attribute("Id"), tag.attribute("Type"), tag.attribute("Target"))
            else {
                continue;
            };
            if id.len().max(target.len()).max(kind.len()) > LONGEST_NAME {
                continue;
            }
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            found.by_id.entry(id.clone()).or_insert(found.relations.len());
            found.relations.push(Relation { id, kind, target: resolve(part, &target) });
        }
        Ok(found)
    }

    /// The part that an id points to.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Relation> {
        self.relations.get(*self.by_id.get(id)?)
    }

    /// The first pointer of a kind.
    pub(crate) fn first(&self, kind: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.kind == kind)
    }

    /// All pointers of a kind.
    pub(crate) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Relation> {
        self.relations.iter().filter(move |relation| relation.kind == kind)
    }
}

/// The part that holds the relationships of a part; of the package itself if the name is empty.
pub(super) fn part_of(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// The name of a part as seen from another. Steps above the root stay at the root.
fn resolve(part: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut steps: Vec<&str> = Vec::new();
    if !target.starts_with('/') {
        steps.extend(part.rsplit_once('/').map(|(folder, _)| folder).unwrap_or_default().split('/'));
    }
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_seen_from_their_part() {
        assert_eq!(resolve("xl/workbook.xml", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl/workbook.xml", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(resolve("ppt/slides/slide1.xml", "../charts/chart1.xml"), "ppt/charts/chart1.xml");
        assert_eq!(resolve("", "word/document.xml"), "word/document.xml");
        assert_eq!(resolve("a/b.xml", "../../../../etc/passwd"), "etc/passwd");
        assert_eq!(resolve("xl/workbook.xml", "worksheets\\sheet1.xml"), "xl/worksheets/sheet1.xml");
    }

    #[test]
    fn a_part_has_its_relationships_beside_it() {
        assert_eq!(part_of(""), "_rels/.rels");
        assert_eq!(part_of("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
    }

    #[test]
    fn pointers_out_of_the_package_are_left_out() {
        let xml = r#"<Relationships>
            <Relationship Id="a" Type="http://x/hyperlink" Target="https://example.org" TargetMode="External"/>
            <Relationship Id="b" Type="http://x/worksheet" Target="s.xml"/></Relationships>"#;
        let relations = Relations::parse("xl/workbook.xml", xml).unwrap();
        assert_eq!(relations.by_id("a"), None);
        assert_eq!(relations.first("worksheet").unwrap().target, "xl/s.xml");
    }
}
