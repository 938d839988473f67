//! Word by docx-rs: styles, tables with header rows, bookmarks and links between marks and sources, so that the paper
//! can be worked on. Text from documents is text of runs; there are no fields but the page number, so no formula.

mod package;
mod styles;
mod table;

use docx_rs::{
    BreakType, Docx, Footer, Header, Hyperlink, HyperlinkType, IndentLevel, NumPages, NumberingId, PageNum, Paragraph,
    Run, Shading, Tab, TabValueType,
};
use model::Report;

use crate::ledger::{Line, Piece};
use crate::paper::{Paper, PaperBlock, PaperExcerpt, PaperQuestion, PaperSection, PaperWritten, Source};
use crate::wording::{self, Sign};
use crate::{Format, RenderError, compose};
use table::Sheet;

/// The numbering of the questions in `numbering.xml`.
const QUESTIONS: usize = 2;

/// The Word document of a report.
pub(crate) fn render(report: &Report) -> Result<Vec<u8>, RenderError> {
    let paper = compose::paper(report)?;
    let mut docx = front(styles::apply(Docx::new(), QUESTIONS), &paper);
    for section in &paper.sections {
        docx = draw_section(docx, section);
    }
    docx = sources(docx.add_paragraph(styled("Heading1", "Sources")), &paper.sources);
    docx = documents(docx.add_paragraph(styled("Heading1", "Documents")), &paper);
    package::write(docx.build(), &paper, report.prepared_at)
        .map_err(|_| RenderError::writer(Format::Docx, "the package could not be put together"))
}

fn front(docx: Docx, paper: &Paper) -> Docx {
    let about = [paper.date.as_str(), paper.template.as_str(), wording::CONFIDENTIAL].join(" · ");
    let docx = docx
        .header(Header::new().add_paragraph(styled("Small", &format!("{} – {}", paper.company, wording::TITLE))))
        .footer(Footer::new().add_paragraph(foot()))
        .add_paragraph(styled("Kicker", wording::TITLE))
        .add_paragraph(styled("Title", &paper.company))
        .add_paragraph(styled("Subtitle", &about));
    let status = paper.status.iter().fold(Sheet::new(&[30, 138], &["Status", "Value"]), |sheet, (name, value)| {
        sheet.row(vec![cell(name), vec![Paragraph::new().style("TableText").add_run(text(value).bold())]])
    });
    paper.limits.iter().fold(status.end(docx), |docx, limit| docx.add_paragraph(styled("Small", limit)))
}

fn foot() -> Paragraph {
    Paragraph::new()
        .style("Small")
        .add_tab(Tab::new().val(TabValueType::Right).pos(styles::TEXT_WIDTH))
        .add_run(text(wording::CONFIDENTIAL).add_tab())
        .add_run(text("Page "))
        .add_page_num(PageNum::new())
        .add_run(text(" of "))
        .add_num_pages(NumPages::new())
}

fn draw_section(docx: Docx, section: &PaperSection) -> Docx {
    let docx = docx.add_paragraph(styled("Heading1", &section.title));
    if section.parts.is_empty() {
        return nothing(docx);
    }
    section.parts.iter().fold(docx, |docx, part| {
        let docx = match part.heading {
            Some(heading) => docx.add_paragraph(styled("Heading2", heading)),
            None => docx,
        };
        draw_block(docx, &part.block)
    })
}

fn draw_block(docx: Docx, block: &PaperBlock) -> Docx {
    match block {
        PaperBlock::Paragraph(text) => docx.add_paragraph(pieces(Paragraph::new(), text)),
        PaperBlock::Written(own) => written(docx, own),
        PaperBlock::Figures(rows) => table::key_figures(rows).end(docx),
        PaperBlock::TieOut(rows) => table::tie_outs(rows).end(docx),
        PaperBlock::Excerpts(rows) if rows.is_empty() => nothing(docx),
        PaperBlock::Excerpts(rows) => rows.iter().fold(docx, excerpt),
        PaperBlock::Checks(rows) => table::checks(rows).end(docx),
        PaperBlock::Gaps(rows) => table::gaps(rows).end(docx),
        PaperBlock::Questions(rows) if rows.is_empty() => nothing(docx),
        PaperBlock::Questions(rows) => rows.iter().fold(docx, question),
    }
}

fn written(docx: Docx, own: &PaperWritten) -> Docx {
    let said = |docx: Docx, line: &String| docx.add_paragraph(styled("Small", line));
    let docx = own.label.iter().fold(docx, |docx, label| docx.add_paragraph(styled("Small", label).keep_next(true)));
    let docx = if own.text.is_empty() { docx } else { docx.add_paragraph(pieces(Paragraph::new(), &own.text)) };
    own.left_out.iter().fold(docx, said)
}

fn excerpt(docx: Docx, row: &PaperExcerpt) -> Docx {
    let docx = if row.topic.is_empty() { docx } else { docx.add_paragraph(styled("Topic", &row.topic)) };
    let place = Paragraph::new().style("QuoteSource").add_run(text(&format!("{}, {} ", row.document, row.locator)));
    docx.add_paragraph(lines(Paragraph::new().style("Quote").keep_next(true), &row.quote))
        .add_paragraph(pieces(place, &row.cite))
}

fn question(docx: Docx, row: &PaperQuestion) -> Docx {
    let numbered = Paragraph::new().numbering(NumberingId::new(QUESTIONS), IndentLevel::new(0));
    let reason = text(&format!(" ({})", row.reason)).color(wording::Tone::Quiet.colour());
    docx.add_paragraph(pieces(numbered, &row.text).add_run(reason))
}

fn sources(docx: Docx, sources: &[Source]) -> Docx {
    let sheet = Sheet::new(&[16, 52, 100], &["Mark", "Place", "Quote"]);
    let rows = sources.iter().enumerate().fold(sheet, |sheet, (at, source)| {
        let mark = Paragraph::new()
            .style("TableText")
            .add_bookmark_start(at + 1, bookmark(&source.label))
            .add_run(text(&format!("[{}]", source.label)).bold())
            .add_bookmark_end(at + 1);
        let place = cell(&format!("{}, {}", source.document, source.locator));
        sheet.row(vec![vec![mark], place, vec![lines(Paragraph::new().style("TableText"), &source.quote)]])
    });
    rows.end(docx)
}

fn documents(docx: Docx, paper: &Paper) -> Docx {
    let sheet = Sheet::new(&[58, 26, 24, 60], &["Document", "Role", "Kind", "Reading"]);
    let rows = paper
        .documents
        .iter()
        .fold(sheet, |sheet, it| sheet.row(vec![cell(&it.name), cell(it.role), cell(it.kind), cell(&it.reading)]));
    rows.end(docx)
}

fn nothing(docx: Docx) -> Docx {
    docx.add_paragraph(styled("Small", "Nothing to show."))
}

fn text(text: &str) -> Run {
    Run::new().add_text(text)
}

fn styled(style: &str, words: &str) -> Paragraph {
    Paragraph::new().style(style).add_run(text(words))
}

/// The one paragraph of a cell.
fn cell(words: &str) -> Vec<Paragraph> {
    vec![styled("TableText", words)]
}

/// A text with its line ends.
fn lines(paragraph: Paragraph, words: &str) -> Paragraph {
    words.lines().enumerate().fold(paragraph, |paragraph, (at, line)| {
        let run = if at == 0 { Run::new() } else { Run::new().add_break(BreakType::TextWrapping) };
        paragraph.add_run(run.add_text(line))
    })
}

fn pieces(paragraph: Paragraph, line: &Line) -> Paragraph {
    line.iter().fold(paragraph, |paragraph, piece| match piece {
        Piece::Words(words) | Piece::Figure(words) => paragraph.add_run(text(words)),
        Piece::Cite(label) => {
            let mark = text(&format!("[{label}]")).style("Hyperlink");
            paragraph.add_hyperlink(Hyperlink::new(bookmark(label), HyperlinkType::Anchor).add_run(mark))
        }
    })
}

/// Sign, word and how much it matters; the word says what the colour says.
fn judged(sign: Sign, severity: Option<&str>) -> Vec<Paragraph> {
    let word = text(&format!("{}\u{a0}{}", sign.mark, sign.word)).bold().color(sign.tone.colour());
    let mut said = vec![Paragraph::new().style("TableText").add_run(word)];
    said.extend(severity.map(|severity| styled("TableNote", severity)));
    said
}

/// The name of a source's bookmark: a label is a short word of ASCII letters and digits.
fn bookmark(label: &str) -> String {
    format!("source_{label}")
}

fn fill(colour: &str) -> Shading {
    Shading::new().color("auto").fill(colour)
}
