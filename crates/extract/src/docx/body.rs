//! The blocks of a text: paragraphs, headings, items of lists, rows of tables.

use std::collections::HashMap;

use model::{Block, BlockKind, CellRef, Table, TableCell};

use super::paragraph::{Fields, Said, said};
use super::styles::{Styles, is_listed, outline_level};
use crate::composer::Composer;
use crate::package::Element;
use crate::package::chart::{Chart, one_line};

/// Which text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The text itself.
    Body,
    /// What stands beside it.
    Aside,
}

/// The blocks as they come.
pub(super) struct Flow<'s> {
    styles: &'s Styles,
    charts: &'s HashMap<String, Chart>,
    room: u32,
    composer: Composer,
    blocks: Vec<Block>,
    tables: Vec<Table>,
    fields: Fields,
    /// Stretches of hidden text.
    pub(super) hidden: usize,
    /// Pictures.
    pub(super) pictures: usize,
    /// The limit ended the text.
    pub(super) cut: bool,
}

impl<'s> Flow<'s> {
    pub(super) fn new(styles: &'s Styles, charts: &'s HashMap<String, Chart>, room: u32) -> Self {
        Self {
            styles,
            charts,
            room,
            composer: Composer::default(),
            blocks: Vec::new(),
            tables: Vec::new(),
            fields: Fields::new(),
            hidden: 0,
            pictures: 0,
            cut: false,
        }
    }

    /// The text, its blocks and its tables.
    pub(super) fn finish(self) -> (String, Vec<Block>, Vec<Table>) {
        (self.composer.finish(), self.blocks, self.tables)
    }

    /// Reads a story: the body, a header, a footnote.
    pub(super) fn story(&mut self, story: &Element<'_>, kind: Kind) {
        self.fields.clear();
        self.content(story, kind);
    }

    fn content(&mut self, parent: &Element<'_>, kind: Kind) {
        for child in parent.elements() {
            match child.name() {
                "p" => self.paragraph(child, kind),
                "tbl" => self.table(child, kind),
                "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo" | "smartTag" | "txbxContent" => {
                    self.content(child, kind);
                }
                _ => {}
            }
        }
    }

    fn paragraph(&mut self, paragraph: &Element<'_>, kind: Kind) {
        let said = said(paragraph, self.styles, &mut self.fields);
        self.count(&said);
        let block = if kind == Kind::Aside { BlockKind::Aside } else { self.kind_of(paragraph) };
        self.block(said.text.trim_matches([' ', '\n', '\r', '\u{a0}']), block);
        for hanging in said.boxes {
            self.content(hanging, kind);
        }
        if kind == Kind::Body {
            said.charts.iter().for_each(|id| self.chart(id));
        }
    }

    fn count(&mut self, said: &Said<'_, '_>) {
        self.hidden += said.hidden;
        self.pictures += said.pictures;
    }

    fn kind_of(&self, paragraph: &Element<'_>) -> BlockKind {
        let properties = paragraph.child("pPr");
        let style = properties.and_then(|own| own.child("pStyle")).and_then(|style| style.attribute("val"));
        let style = style.unwrap_or_default();
        let level = properties.and_then(outline_level).or_else(|| self.styles.level(&style));
        if let Some(level) = level.filter(|level| (1..=9).contains(level)) {
            return BlockKind::Heading { level };
        }
        let listed = properties.and_then(is_listed).unwrap_or_else(|| self.styles.is_listed(&style));
        if listed { BlockKind::ListItem } else { BlockKind::Paragraph }
    }

    fn block(&mut self, text: &str, kind: BlockKind) {
        if text.trim().is_empty() || !self.has_room(text) {
            return;
        }
        let span = self.composer.push(text);
        self.composer.push("\n");
        self.add(kind, span);
    }

    fn add(&mut self, kind: BlockKind, span: model::Span) {
        let number = u32::try_from(self.blocks.len()).unwrap_or(u32::MAX).saturating_add(1);
        self.blocks.push(Block { number, kind, span });
    }

    fn has_room(&mut self, text: &str) -> bool {
        let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        self.cut |= self.composer.len().saturating_add(characters).saturating_add(1) > self.room;
        !self.cut
    }

    fn chart(&mut self, id: &str) {
        let Some(chart) = self.charts.get(id) else { return };
        for title in &chart.titles {
            self.block(title, BlockKind::Paragraph);
        }
        self.rows(&chart.cells, BlockKind::TableRow, true);
    }

    fn table(&mut self, table: &Element<'_>, kind: Kind) {
        let mut cells = Vec::new();
        let mut hanging = Vec::new();
        for (row, element) in (0u32..).zip(content_elements(table, "tr")) {
            if element.child("trPr").is_some_and(|properties| properties.child("del").is_some()) {
                continue;
            }
            let mut column = number_in(element, &["trPr", "gridBefore"]);
            for cell in content_elements(element, "tc") {
                let text = one_line(&self.cell(cell, &mut hanging));
                if !text.is_empty() {
                    cells.push((CellRef { row, column }, text));
                }
                column = column.saturating_add(number_in(cell, &["tcPr", "gridSpan"]).max(1));
            }
        }
        let block = if kind == Kind::Aside { BlockKind::Aside } else { BlockKind::TableRow };
        self.rows(&cells, block, kind == Kind::Body);
        if kind == Kind::Body {
            hanging.iter().for_each(|id| self.chart(id));
        }
    }

    /// The words of a cell: its paragraphs, text boxes and the tables in it, one after the other.
    fn cell(&mut self, cell: &Element<'_>, charts: &mut Vec<String>) -> String {
        let mut words = String::new();
        for child in cell.elements() {
            match child.name() {
                "p" => {
                    let said = said(child, self.styles, &mut self.fields);
                    self.count(&said);
                    words.push_str(&said.text);
                    words.push(' ');
                    for hanging in said.boxes {
                        words.push_str(&self.cell(hanging, charts));
                    }
                    charts.extend(said.charts);
                }
                "tcPr" | "trPr" | "tblPr" | "tblGrid" | "sdtPr" | "del" | "moveFrom" => {}
                _ => words.push_str(&self.cell(child, charts)),
            }
        }
        words
    }

    /// Adds rows of cells as blocks, and as a table if it is one.
    fn rows(&mut self, cells: &[(CellRef, String)], kind: BlockKind, as_table: bool) {
        let mut placed = Vec::new();
        for row in cells.chunk_by(|left, right| left.0.row == right.0.row) {
            let width: usize = row.iter().map(|(_, text)| text.len() + 1).sum();
            if self.cut || self.composer.len() as usize + width > self.room as usize {
                self.cut = true;
                break;
            }
            let start = self.composer.len();
            for (index, (at, text)) in row.iter().enumerate() {
                if index > 0 {
                    self.composer.push("\t");
                }
                placed.push(TableCell { at: *at, span: self.composer.push(text) });
            }
            self.add(kind, model::Span::new(start, self.composer.len()));
            self.composer.push("\n");
        }
        let last = |side: fn(&CellRef) -> u32| placed.iter().map(|cell| side(&cell.at)).max().unwrap_or(0) + 1;
        if as_table && !placed.is_empty() {
            let (rows, columns) = (last(|at| at.row), last(|at| at.column));
            self.tables.push(Table { rows, columns, cells: placed });
        }
    }
}

/// Rows of a table or cells of a row, also those within content controls and insertions.
fn content_elements<'a, 'x>(parent: &'a Element<'x>, name: &str) -> Vec<&'a Element<'x>> {
    let mut found = Vec::new();
    for child in parent.elements() {
        match child.name() {
            own if own == name => found.push(child),
            "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo" => found.extend(content_elements(child, name)),
            _ => {}
        }
    }
    found
}

/// A small number in the attribute `val`; tables have at most 63 columns in Word.
fn number_in(element: &Element<'_>, path: &[&str]) -> u32 {
    element.at(path).and_then(|found| found.number::<u32>("val")).unwrap_or(0).min(1_000)
}
