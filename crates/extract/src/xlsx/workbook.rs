//! The list of sheets (ECMA-376 part 1, 18.2).

use crate::ReadError;
use crate::package::number::Epoch;
use crate::package::{Events, Package, Token};

/// The sheets of a workbook, in the order of their tabs.
#[derive(Debug)]
pub(super) struct Workbook {
    pub(super) sheets: Vec<SheetEntry>,
    /// Number of sheets of cells, also of those that are not listed because they are too many.
    pub(super) count: u32,
    /// Number of sheets that are a chart.
    pub(super) charts: usize,
    pub(super) epoch: Epoch,
}

/// A sheet of the list.
#[derive(Debug)]
pub(super) struct SheetEntry {
    pub(super) name: String,
    pub(super) part: String,
    pub(super) hidden: bool,
}

impl Workbook {
    /// Reads the list; sheets of cells only, since dialogs and macro sheets say nothing.
    pub(super) fn read(package: &mut Package<'_>, main: &str, most: u32) -> Result<Self, ReadError> {
        let relations = package.relations(main)?;
        let xml = package.xml(main)?.unwrap_or_default();
        let mut events = Events::new(&xml);
        let mut workbook = Self { sheets: Vec::new(), count: 0, charts: 0, epoch: Epoch::Year1900 };
        let mut root = None;
        while let Some(token) = events.next()? {
            let Token::Open(tag) = token else { continue };
            root.get_or_insert_with(|| tag.name().to_owned());
            match tag.name() {
                "workbookPr" if matches!(tag.attribute("date1904").as_deref(), Some("1" | "true")) => {
                    workbook.epoch = Epoch::Year1904;
                }
                "sheet" => {
                    let Some(relation) = tag.relation("id").and_then(|id| relations.by_id(&id)) else { continue };
                    match relation.kind.as_str() {
                        "worksheet" => {
                            workbook.count = workbook.count.saturating_add(1);
                            let entry = (workbook.count <= most).then(|| SheetEntry {
                                name: tag.attribute("name").unwrap_or_default(),
                                part: relation.target.clone(),
                                hidden: matches!(tag.attribute("state").as_deref(), Some("hidden" | "veryHidden")),
                            });
                            workbook.sheets.extend(entry);
                        }
                        "chartsheet" => workbook.charts += 1,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        match root.as_deref() {
            Some("workbook") => Ok(workbook),
            _ => Err(ReadError::Damaged("it is an Office file, but not a workbook".to_owned())),
        }
    }
}
