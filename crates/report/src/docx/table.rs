//! Tables of the Word document: fixed columns, a header row that is repeated on every page, rows that are not broken.

use docx_rs::{
    AlignmentType, Docx, HeightRule, Paragraph, Table, TableCell, TableLayoutType, TableRow, VMergeType, WidthType,
};

use super::{cell, fill, judged, nothing, pieces, styled, text};
use crate::paper::{KeyFigure, PaperCheck, PaperGap, Statement, TieOut};

/// docx-rs has no word for "repeat this row": header rows get a height that nothing else has, and the package writer
/// puts the right element in its place.
pub(super) const HEADER_HEIGHT: f32 = 1.0;

/// Twentieths of a point in a millimetre.
const MILLIMETRE: f32 = 56.693;

/// A table that is being written.
pub(super) struct Sheet {
    widths: Vec<usize>,
    rows: Vec<TableRow>,
}

impl Sheet {
    /// A table with columns in millimetres and their titles.
    pub(super) fn new(millimetres: &[u16], titles: &[&str]) -> Self {
        let widths: Vec<usize> = millimetres.iter().map(|width| (f32::from(*width) * MILLIMETRE) as usize).collect();
        let cells = titles.iter().zip(&widths).map(|(title, width)| {
            TableCell::new()
                .width(*width, WidthType::Dxa)
                .shading(fill("F4F6F8"))
                .add_paragraph(styled("TableHead", title).keep_next(true))
        });
        let header = TableRow::new(cells.collect()).row_height(HEADER_HEIGHT).height_rule(HeightRule::AtLeast);
        Self { rows: vec![header.cant_split()], widths }
    }

    /// A row of cells, each with its paragraphs.
    pub(super) fn row(self, cells: Vec<Vec<Paragraph>>) -> Self {
        self.merged(cells.into_iter().map(|cell| (cell, None)).collect())
    }

    fn merged(mut self, cells: Vec<(Vec<Paragraph>, Option<VMergeType>)>) -> Self {
        let cells = cells.into_iter().zip(&self.widths).map(|((paragraphs, merge), width)| {
            let empty = if paragraphs.is_empty() { vec![styled("TableText", "")] } else { paragraphs };
            let filled = empty.into_iter().fold(TableCell::new(), TableCell::add_paragraph);
            let sized = filled.width(*width, WidthType::Dxa);
            if let Some(merge) = merge { sized.vertical_merge(merge) } else { sized }
        });
        self.rows.push(TableRow::new(cells.collect()).cant_split());
        self
    }

    /// Puts the table into the document; without rows, a sentence.
    pub(super) fn end(self, docx: Docx) -> Docx {
        if self.rows.len() == 1 {
            return nothing(docx);
        }
        let width = self.widths.iter().sum();
        let table =
            Table::without_borders(self.rows).set_grid(self.widths).style("ReportTable").layout(TableLayoutType::Fixed);
        // Two tables without a paragraph between them would become one.
        docx.add_table(table.width(width, WidthType::Dxa)).add_paragraph(styled("Small", ""))
    }
}

pub(super) fn key_figures(rows: &[KeyFigure]) -> Sheet {
    let sheet = Sheet::new(&[68, 30, 26, 22, 22], &["Figure", "Value", "Period", "Basis", "Source"]);
    rows.iter().fold(sheet, |sheet, row| {
        let mut title = cell(&row.title);
        title.extend(row.notes.iter().map(|note| pieces(Paragraph::new().style("TableNote"), note)));
        sheet.row(vec![title, number(&row.value), cell(&row.period), cell(row.basis), marks(&row.cites)])
    })
}

pub(super) fn tie_outs(rows: &[TieOut]) -> Sheet {
    let sheet = Sheet::new(&[38, 28, 50, 32, 20], &["Figure", "States", "Document", "Verdict", "Difference"]);
    rows.iter().fold(sheet, |sheet, row| {
        row.statements.iter().enumerate().fold(sheet, |sheet, (at, statement)| {
            let (title, verdict, difference, merge) = if at == 0 {
                let title = vec![
                    Paragraph::new().style("TableText").add_run(text(&row.title).bold()),
                    styled("TableNote", &row.when),
                ];
                (title, judged(row.verdict, row.severity), number(&row.difference), VMergeType::Restart)
            } else {
                (Vec::new(), Vec::new(), Vec::new(), VMergeType::Continue)
            };
            sheet.merged(vec![
                (title, Some(merge)),
                (number(&statement.value), None),
                (vec![said(statement)], None),
                (verdict, Some(merge)),
                (difference, Some(merge)),
            ])
        })
    })
}

fn said(statement: &Statement) -> Paragraph {
    let place = text(&format!("{}, {} ", statement.document, statement.locator));
    let paragraph = pieces(Paragraph::new().style("TableText").add_run(place), &statement.cite);
    match statement.role {
        Some(role) => paragraph.add_run(text(&format!(" {role}")).italic()),
        None => paragraph,
    }
}

pub(super) fn checks(rows: &[PaperCheck]) -> Sheet {
    rows.iter().fold(Sheet::new(&[36, 112, 20], &["Result", "Check", "Rule"]), |sheet, row| {
        let mut check = cell(&row.title);
        if !row.detail.is_empty() {
            check.push(pieces(Paragraph::new().style("TableNote"), &row.detail));
        }
        sheet.row(vec![judged(row.outcome, row.severity), check, cell(&row.rule)])
    })
}

pub(super) fn gaps(rows: &[PaperGap]) -> Sheet {
    rows.iter().fold(Sheet::new(&[58, 110], &["Item", "Searched"]), |sheet, row| {
        sheet.row(vec![cell(&row.title), cell(&row.searched)])
    })
}

fn number(shown: &str) -> Vec<Paragraph> {
    vec![styled("TableText", shown).align(AlignmentType::Right)]
}

fn marks(line: &crate::ledger::Line) -> Vec<Paragraph> {
    let spaced = line.iter().enumerate().fold(Paragraph::new().style("TableText"), |paragraph, (at, piece)| {
        let paragraph = if at == 0 { paragraph } else { paragraph.add_run(text(" ")) };
        pieces(paragraph, &vec![piece.clone()])
    });
    vec![spaced]
}
