//! A paper as a PDF by Typst.

use serde_json::{Value, json};
use typst::foundations::Datetime;

use super::tree::{Paper, Part};
use crate::render::{RenderError, typeset};
use crate::room::RoomError;
use crate::room::text::Text;

/// The bytes of the PDF.
pub(super) fn write(paper: &Paper) -> Result<Vec<u8>, RoomError> {
    let made = Datetime::from_ymd_hms(2026, 1, 15, 9, 0, 0);
    let made = made.ok_or_else(|| RenderError::Typeset("date".to_owned()))?;
    let figures = json!({
        "title": paper.title,
        "subtitle": paper.subtitle,
        "parts": paper.parts.iter().map(part).collect::<Vec<_>>(),
    });
    Ok(typeset::pdf(include_str!("paper.typ"), &figures, made)?)
}

fn part(part: &Part) -> Value {
    let words = |texts: &[Text]| texts.iter().map(|text| text.words.clone()).collect::<Vec<_>>();
    match part {
        Part::Heading(name) => json!({ "kind": "heading", "words": name }),
        Part::Words(text) => json!({ "kind": "words", "words": text.words }),
        Part::Table(table, totals) => json!({
            "kind": "table",
            "head": words(&table.head),
            "rows": table.rows.iter().map(|row| words(row)).collect::<Vec<_>>(),
            "totals": totals,
        }),
        Part::Break => json!({ "kind": "break" }),
        Part::Hidden(hidden) => json!({ "kind": "hidden", "words": hidden }),
    }
}
