//! The value of a cell from what is stored of it (ECMA-376 part 1, 18.18.11), and how it is shown.

use chrono::NaiveDate;
use model::CellValue;

use super::sheet::Context;
use super::styles::Format;
use crate::package::number::{FormatKind, read};
use crate::package::text_of;

/// What a cell holds.
#[derive(Debug, PartialEq)]
pub(super) enum Stored {
    /// A value and how it is shown.
    Value(CellValue, String),
    /// A shared text that is not in the file.
    LostString,
    /// Nothing.
    Nothing,
}

/// The value of a cell of a type; without a type it is a number.
pub(super) fn value_of(kind: &str, stored: Option<&str>, format: Option<&Format>, context: &Context<'_>) -> Stored {
    let Some(stored) = stored else { return Stored::Nothing };
    match kind {
        "s" => {
            let index = stored.trim().parse().ok();
            index.and_then(|index| context.strings.get(index)).map_or(Stored::LostString, text)
        }
        "inlineStr" => text(stored),
        "str" => text(&text_of(stored)),
        "b" => match stored.trim() {
            "" => Stored::Nothing,
            "1" | "true" => Stored::Value(CellValue::Bool(true), "TRUE".to_owned()),
            _ => Stored::Value(CellValue::Bool(false), "FALSE".to_owned()),
        },
        "e" if !stored.trim().is_empty() => Stored::Value(CellValue::Error(one_line(stored)), one_line(stored)),
        "d" => date(stored).unwrap_or_else(|| text(stored)),
        _ => {
            let kind = format.map_or(FormatKind::Plain, |format| format.kind);
            read(stored, kind, context.epoch).map_or_else(|| text(stored), |(value, shown)| Stored::Value(value, shown))
        }
    }
}

fn date(stored: &str) -> Option<Stored> {
    let day: NaiveDate = stored.trim().get(..10)?.parse().ok()?;
    Some(Stored::Value(CellValue::Date(day), day.to_string()))
}

fn text(stored: &str) -> Stored {
    let shown = one_line(stored);
    if shown.is_empty() { Stored::Nothing } else { Stored::Value(CellValue::Text(stored.to_owned()), shown) }
}

/// A text as one line of a row: line breaks and tabs would look like further rows and cells.
pub(crate) fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|found| if found.is_control() { ' ' } else { found }).collect();
    line.trim().to_owned()
}
