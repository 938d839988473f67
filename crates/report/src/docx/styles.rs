//! Page, styles and numbering of the Word document. Sizes are half points, distances twentieths of a point.

use docx_rs::{
    AbstractNumbering, BorderType, Docx, Level, LevelJc, LevelText, LineSpacing, NumberFormat, Numbering, PageMargin,
    ParagraphBorder, ParagraphBorderPosition, RunFonts, SpecialIndentType, Start, Style, StyleType, TableBorder,
    TableBorderPosition, TableBorders, TableCellMargins, TableProperty, WidthType,
};

use crate::wording::{ACCENT, Tone};

/// Width of the text: A4 without margins of 21 mm.
pub(super) const TEXT_WIDTH: usize = 9_524;

const FONT: &str = "Calibri";
const RULE: &str = "CFD5DC";

/// The document with its page, styles and the numbering of questions.
pub(super) fn apply(docx: Docx, questions: usize) -> Docx {
    let fonts = RunFonts::new().ascii(FONT).hi_ansi(FONT).cs(FONT);
    let margins = PageMargin::new().left(1_191).right(1_191).top(1_361).bottom(1_247).header(600).footer(600);
    let paged = docx
        .page_size(11_906, 16_838)
        .page_margin(margins)
        .default_fonts(fonts)
        .default_size(20)
        .default_line_spacing(LineSpacing::new().after(100))
        .add_abstract_numbering(AbstractNumbering::new(questions).add_level(question()))
        .add_numbering(Numbering::new(questions, questions));
    styles().into_iter().fold(paged, Docx::add_style)
}

fn question() -> Level {
    let level = Level::new(0, Start::new(1), NumberFormat::new("decimal"), LevelText::new("%1."), LevelJc::new("left"));
    level.indent(Some(400), Some(SpecialIndentType::Hanging(400)), None, None)
}

fn styles() -> Vec<Style> {
    vec![
        paragraph("Kicker", "Kicker", 18).bold().color(ACCENT).line_spacing(spacing(0, 0)),
        paragraph("Title", "Title", 52).bold().line_spacing(spacing(0, 60)),
        paragraph("Subtitle", "Subtitle", 18).color(Tone::Quiet.colour()).line_spacing(spacing(0, 240)),
        heading("Heading1", "heading 1", 30, 0).color(ACCENT).line_spacing(spacing(400, 120)),
        heading("Heading2", "heading 2", 22, 1).line_spacing(spacing(240, 80)),
        quote(),
        paragraph("QuoteSource", "Quote Source", 17)
            .color(Tone::Quiet.colour())
            .indent(Some(240), None, None, None)
            .line_spacing(spacing(0, 200)),
        keep(paragraph("Topic", "Topic", 17).bold().color(ACCENT).line_spacing(spacing(120, 40))),
        paragraph("Small", "Small", 17).color(Tone::Quiet.colour()).line_spacing(spacing(0, 80)),
        paragraph("TableText", "Table Text", 18).line_spacing(spacing(20, 20)),
        paragraph("TableNote", "Table Note", 16).color(Tone::Quiet.colour()).line_spacing(spacing(0, 20)),
        paragraph("TableHead", "Table Head", 16).bold().color(ACCENT).line_spacing(spacing(20, 20)),
        Style::new("Hyperlink", StyleType::Character).name("Hyperlink").color(ACCENT),
        table(),
    ]
}

fn paragraph(id: &str, name: &str, size: usize) -> Style {
    Style::new(id, StyleType::Paragraph).name(name).based_on("Normal").size(size).q_format(true)
}

fn heading(id: &str, name: &str, size: usize, level: usize) -> Style {
    keep(paragraph(id, name, size).next("Normal").bold().outline_lvl(level))
}

/// No heading stands alone at the foot of a page.
fn keep(mut style: Style) -> Style {
    style.paragraph_property = style.paragraph_property.keep_next(true).keep_lines(true);
    style
}

fn quote() -> Style {
    let mut quote = paragraph("Quote", "Quote", 20).italic().indent(Some(240), None, None, None);
    let bar = ParagraphBorder::new(ParagraphBorderPosition::Left).val(BorderType::Single).size(12).space(8);
    quote.paragraph_property = quote.paragraph_property.set_border(bar.color(ACCENT));
    quote.line_spacing(spacing(40, 40))
}

fn table() -> Style {
    let rule = |position| TableBorder::new(position).border_type(BorderType::Single).size(4).color(RULE);
    let borders = TableBorders::with_empty()
        .set(rule(TableBorderPosition::Top))
        .set(rule(TableBorderPosition::Bottom))
        .set(rule(TableBorderPosition::InsideH));
    let margins = TableCellMargins::new().margin_left(60, WidthType::Dxa).margin_right(60, WidthType::Dxa);
    let property = TableProperty::new().set_borders(borders).set_margins(margins);
    Style::new("ReportTable", StyleType::Table).name("Report Table").based_on("TableNormal").table_property(property)
}

fn spacing(before: u32, after: u32) -> LineSpacing {
    LineSpacing::new().before(before).after(after)
}
