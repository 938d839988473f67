//! The words of shapes: paragraphs, tables, diagrams.

use model::CellRef;

use crate::package::chart::one_line;
use crate::package::{Element, text_of};

/// The paragraphs below an element that say something.
pub(super) fn paragraphs(body: &Element<'_>) -> Vec<String> {
    body.below("p").into_iter().map(paragraph).filter(|text| !text.is_empty()).collect()
}

fn paragraph(paragraph: &Element<'_>) -> String {
    let mut text = String::new();
    collect(paragraph, &mut text);
    let lines: Vec<&str> = text.split(['\n', '\u{b}']).map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

fn collect(element: &Element<'_>, text: &mut String) {
    for child in element.elements() {
        match child.name() {
            "t" => text.push_str(&text_of(&child.text())),
            "br" => text.push('\n'),
            "tab" => text.push('\t'),
            "fld" if child.attribute("type").as_deref() == Some("slidenum") => {}
            "pPr" | "rPr" | "endParaRPr" => {}
            _ => collect(child, text),
        }
    }
}

/// The cells of a table that hold something, by row, then column; what lies under a merge does not count.
pub(super) fn table(table: &Element<'_>) -> Vec<(CellRef, String)> {
    let mut cells = Vec::new();
    for (row, element) in (0..).zip(table.all("tr")) {
        for (column, cell) in (0..).zip(element.all("tc")) {
            let merged = ["hMerge", "vMerge"]
                .iter()
                .any(|name| cell.attribute(name).is_some_and(|value| matches!(value.as_str(), "1" | "true")));
            let text = one_line(&cell.child("txBody").map(paragraphs).unwrap_or_default().join(" "));
            if !merged && !text.is_empty() {
                cells.push((CellRef { row, column }, text));
            }
        }
    }
    cells
}
