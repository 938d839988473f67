//! Sheets as a workbook. Formulas carry their results, so that a reader that does not reckon sees the numbers too.

use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook};

use super::grid::{Cell, Content, Look, Sheet};
use crate::room::RoomError;

/// The sheets as the bytes of a workbook with fixed properties.
///
/// # Errors
///
/// If a name or number is none that Excel takes.
pub fn workbook(title: &str, sheets: &[Sheet], theme: Color) -> Result<Vec<u8>, RoomError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 1, 15)?.and_hms(9, 0, 0)?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    for sheet in sheets {
        let page = book.add_worksheet();
        page.set_name(&sheet.name)?;
        for (column, width) in &sheet.widths {
            page.set_column_width(*column, *width)?;
        }
        for ((row, column), cell) in &sheet.cells {
            let format = format(cell, theme);
            match &cell.content {
                Content::Words(words) => page.write_string_with_format(*row, *column, words, &format)?,
                Content::Number(value) => {
                    page.write_number_with_format(*row, *column, value.to_f64().unwrap_or_default(), &format)?
                }
                Content::Formula(formula, result) => {
                    let formula = Formula::new(formula).set_result(result.round_dp(10).normalize().to_string());
                    page.write_formula_with_format(*row, *column, formula, &format)?
                }
                Content::Day(day) => {
                    let day = ExcelDateTime::parse_from_str(&day.to_string())?;
                    page.write_datetime_with_format(*row, *column, day, &format)?
                }
            };
        }
        for (row, first, last) in &sheet.merged {
            if let Some(Cell { content: Content::Words(words), look, .. }) = sheet.cells.get(&(*row, *first)) {
                let format = looks(*look, theme).set_align(FormatAlign::Center);
                page.merge_range(*row, *first, *row, *last, words, &format)?;
            }
        }
        if let Some((row, column)) = sheet.frozen {
            page.set_freeze_panes(row, column)?;
        }
        if sheet.hidden {
            page.set_hidden(true);
        }
    }
    Ok(book.save_to_buffer()?)
}

fn format(cell: &Cell, theme: Color) -> Format {
    let format = looks(cell.look, theme);
    match cell.content {
        Content::Number(_) if !cell.look.bold && !cell.look.band => format.set_font_color(Color::RGB(0x001F_4FD8)),
        _ => format,
    }
}

fn looks(look: Look, theme: Color) -> Format {
    let mut format = Format::new();
    if look.bold || look.band {
        format = format.set_bold();
    }
    if look.band {
        format = format.set_background_color(theme).set_font_color(Color::White);
    }
    if look.faint {
        format = format.set_italic().set_font_color(Color::Gray);
    }
    if look.ruled {
        format = format.set_border_top(FormatBorder::Thin);
    }
    if look.right {
        format = format.set_align(FormatAlign::Right);
    }
    if !look.format.is_empty() {
        format = format.set_num_format(look.format);
    }
    format
}
