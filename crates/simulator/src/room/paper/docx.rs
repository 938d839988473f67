//! A paper as a Word document.

use std::io::Cursor;

use docx_rs::{
    AlignmentType, BreakType, Docx, Paragraph, Run, RunFonts, Style, StyleType, Table, TableCell, TableRow, WidthType,
};

use super::tree::{Paper, Part};
use crate::render::RenderError;
use crate::room::RoomError;

/// The bytes of the document.
pub(super) fn write(paper: &Paper) -> Result<Vec<u8>, RoomError> {
    let heading = |id: &str, name: &str, size| Style::new(id, StyleType::Paragraph).name(name).size(size).bold();
    let mut document = Docx::new()
        .created_at("2026-01-15T09:00:00Z")
        .updated_at("2026-01-15T09:00:00Z")
        .default_fonts(RunFonts::new().ascii("Calibri").hi_ansi("Calibri"))
        .default_size(22)
        .add_style(heading("Title", "Title", 36))
        .add_style(heading("Heading1", "heading 1", 26))
        .add_paragraph(styled("Title", &paper.title))
        .add_paragraph(words(&paper.subtitle));
    for part in &paper.parts {
        document = match part {
            Part::Heading(name) => document.add_paragraph(styled("Heading1", name)),
            Part::Words(text) => document.add_paragraph(words(&text.words)),
            Part::Table(rows, totals) => document.add_table(table(rows, totals)),
            Part::Break => document.add_paragraph(Paragraph::new().add_run(Run::new().add_break(BreakType::Page))),
            Part::Hidden(hidden) => {
                let run = Run::new().add_text(hidden).vanish();
                document.add_paragraph(Paragraph::new().add_run(run))
            }
        };
    }
    let mut bytes = Cursor::new(Vec::new());
    document.build().pack(&mut bytes).map_err(|error| RenderError::Word(error.to_string()))?;
    Ok(bytes.into_inner())
}

fn styled(style: &str, words: &str) -> Paragraph {
    Paragraph::new().style(style).add_run(Run::new().add_text(words))
}

fn words(words: &str) -> Paragraph {
    Paragraph::new().add_run(Run::new().add_text(words))
}

fn table(table: &crate::room::deck::tree::Table, totals: &[usize]) -> Table {
    let columns = table.head.len().max(1);
    let width = 9_000 / columns;
    let row = |cells: &[crate::room::text::Text], bold: bool| {
        let cells = cells.iter().enumerate().map(|(at, text)| {
            let run = Run::new().add_text(&text.words);
            let paragraph = Paragraph::new().add_run(if bold { run.bold() } else { run });
            let paragraph = if at > 0 { paragraph.align(AlignmentType::Right) } else { paragraph };
            TableCell::new().width(width, WidthType::Dxa).add_paragraph(paragraph)
        });
        TableRow::new(cells.collect())
    };
    let mut rows = vec![row(&table.head, true)];
    rows.extend(table.rows.iter().enumerate().map(|(at, cells)| row(cells, totals.contains(&at))));
    Table::new(rows).set_grid(vec![width; columns])
}
