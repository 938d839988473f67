//! Worksheets with formulas that carry their results, so that a reader that does not reckon sees the numbers too.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use crate::{Company, Month, MonthBooks, Span};

/// What stands in a cell.
pub(super) enum Cell {
    /// A number that somebody typed in; it is written in blue, as modellers do.
    Typed(Decimal),
    /// A formula and its result.
    Formula(String, Decimal),
    /// Nothing.
    Empty,
}

/// How a line's numbers are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// Whole euros, negative ones in parentheses.
    Euros,
    /// Percent with one digit.
    Percent,
    /// A whole number.
    Count,
    /// One digit.
    OneDigit,
}

impl Show {
    fn number_format(self) -> &'static str {
        match self {
            Self::Euros => "#,##0;(#,##0);\"-\"",
            Self::Percent => "0.0%",
            Self::Count => "#,##0",
            Self::OneDigit => "0.0",
        }
    }

    /// What the unit column says.
    fn unit(self) -> &'static str {
        match self {
            Self::Euros => "EUR",
            Self::Percent => "%",
            Self::Count => "#",
            Self::OneDigit => "months",
        }
    }
}

/// A line: its label, how its numbers are shown, and whether it is a total.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// What stands in the first column.
    pub(super) label: &'static str,
    /// How the numbers are shown.
    pub(super) show: Show,
    /// Bold with a line above.
    pub(super) total: bool,
}

impl Line {
    pub(super) const fn euros(label: &'static str) -> Self {
        Self { label, show: Show::Euros, total: false }
    }

    pub(super) const fn total(label: &'static str) -> Self {
        Self { label, show: Show::Euros, total: true }
    }

    pub(super) const fn shown(label: &'static str, show: Show) -> Self {
        Self { label, show, total: false }
    }
}

const NAVY: Color = Color::RGB(0x0012_2B4A);
const INPUT_BLUE: Color = Color::RGB(0x001F_4FD8);
const BAND: Color = Color::RGB(0x00E8_EEF6);

/// The first row of figures, from 0.
const FIRST_ROW: u32 = 5;
/// The column of the first month, from 0.
const FIRST_MONTH: u16 = 2;

/// A workbook with fixed properties.
pub(super) fn workbook(title: &str, author: &str) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 9, 1)?.and_hms(9, 0, 0)?;
    let properties = DocProperties::new().set_title(title).set_author(author).set_creation_datetime(&made);
    workbook.set_properties(&properties);
    Ok(workbook)
}

/// A date as Excel keeps it.
pub(super) fn date(day: chrono::NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    use chrono::Datelike;
    let small = |part: u32| u8::try_from(part).unwrap_or_default();
    ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or_default(), small(day.month()), small(day.day()))
}

/// The heading of a sheet.
pub(super) fn title(sheet: &mut Worksheet, name: &str, heading: &str, note: &str) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let bold = Format::new().set_bold().set_font_size(14).set_font_color(NAVY);
    sheet.write_string_with_format(0, 0, heading, &bold)?;
    sheet.write_string_with_format(1, 0, note, &Format::new().set_italic().set_font_color(Color::Gray))?;
    sheet.set_column_width(0, 38)?;
    sheet.set_column_width(1, 9)?;
    sheet.set_screen_gridlines(false);
    Ok(())
}

/// The dark band over a table.
pub(super) fn head() -> Format {
    Format::new()
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(NAVY)
        .set_align(FormatAlign::Right)
        .set_border_bottom(FormatBorder::Thin)
}

/// The name of a section within a sheet.
pub(super) fn section(sheet: &mut Worksheet, row: u32, name: &str) -> Result<(), XlsxError> {
    let format = Format::new().set_bold().set_font_color(NAVY).set_background_color(BAND);
    sheet.write_string_with_format(row, 0, name, &format)?;
    Ok(())
}

/// Writes a cell of a line.
pub(super) fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, line: Line) -> Result<(), XlsxError> {
    let mut format = Format::new().set_num_format(line.show.number_format());
    if line.total {
        format = format.set_bold().set_border_top(FormatBorder::Thin);
    }
    match cell {
        Cell::Typed(value) => {
            let format = if line.total { format } else { format.set_font_color(INPUT_BLUE) };
            sheet.write_number_with_format(row, column, value.to_f64().unwrap_or_default(), &format)?;
        }
        Cell::Formula(formula, result) => {
            let formula = Formula::new(formula).set_result(result.round_dp(10).normalize().to_string());
            sheet.write_formula_with_format(row, column, formula, &format)?;
        }
        Cell::Empty => {}
    }
    Ok(())
}

/// Writes a line's label and unit.
pub(super) fn label(sheet: &mut Worksheet, row: u32, line: Line) -> Result<(), XlsxError> {
    let plain = Format::new();
    let format = if line.total { plain.set_bold().set_border_top(FormatBorder::Thin) } else { plain };
    sheet.write_string_with_format(row, 0, line.label, &format)?;
    sheet.write_string_with_format(row, 1, line.show.unit(), &format.set_font_color(Color::Gray))?;
    Ok(())
}

/// The name of a month's column: `C` is the first.
pub(super) fn column(month: Month) -> String {
    letters(month_column(month))
}

/// The letters of a column, from 0.
pub(super) fn letters(column: u16) -> String {
    let letter = |at: u16| char::from(b'A' + u8::try_from(at).unwrap_or_default());
    if column < 26 { letter(column).to_string() } else { format!("{}{}", letter(column / 26 - 1), letter(column % 26)) }
}

fn month_column(month: Month) -> u16 {
    FIRST_MONTH + u16::try_from(month.0).unwrap_or_default()
}

/// A sheet with a column for each month.
pub(super) struct MonthSheet<'a> {
    sheet: &'a mut Worksheet,
    company: &'a Company,
    row: u32,
}

impl<'a> MonthSheet<'a> {
    /// Heading, months and the row that says which months are actual and which are forecast.
    pub(super) fn new(
        sheet: &'a mut Worksheet,
        company: &'a Company,
        name: &str,
        heading: &str,
    ) -> Result<Self, XlsxError> {
        title(
            sheet,
            name,
            &format!("{}: {heading}", company.name),
            "All amounts in EUR. Fiscal year = calendar year.",
        )?;
        sheet.write_string_with_format(3, 0, "Month ending", &head().set_align(FormatAlign::Left))?;
        sheet.write_string_with_format(3, 1, "Unit", &head())?;
        let format = head().set_num_format("mmm yy");
        let actual = Format::new().set_align(FormatAlign::Right).set_font_color(Color::Gray);
        let forecast = Format::new().set_align(FormatAlign::Right).set_italic().set_font_color(Color::Orange);
        for month in Span::MODEL.months() {
            let at = month_column(month);
            sheet.write_datetime_with_format(3, at, date(month.end())?, &format)?;
            let (word, format) = if month.is_actual() { ("Actual", &actual) } else { ("Forecast", &forecast) };
            sheet.write_string_with_format(4, at, word, format)?;
            sheet.set_column_width(at, 11)?;
        }
        sheet.set_freeze_panes(FIRST_ROW, FIRST_MONTH)?;
        Ok(Self { sheet, company, row: FIRST_ROW })
    }

    /// A section's name; leaves a line free before it.
    pub(super) fn section(&mut self, name: &str) -> Result<(), XlsxError> {
        if self.row > FIRST_ROW {
            self.row += 1;
        }
        section(self.sheet, self.row, name)?;
        self.row += 1;
        Ok(())
    }

    /// A line over all months. The closure gets the month's books and the name of its column. Returns the line's row
    /// as formulas name it.
    pub(super) fn line(&mut self, line: Line, cell: impl Fn(&MonthBooks, &str) -> Cell) -> Result<u32, XlsxError> {
        label(self.sheet, self.row, line)?;
        for books in &self.company.books {
            let name = column(books.month);
            write(self.sheet, self.row, month_column(books.month), &cell(books, &name), line)?;
        }
        self.row += 1;
        Ok(self.row)
    }

    /// The row that the next line gets, as formulas name it.
    pub(super) fn next(&self) -> u32 {
        self.row + 1
    }
}
