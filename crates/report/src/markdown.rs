//! GitHub Flavored Markdown in which text from documents stays text: every character that Markdown or HTML gives a
//! meaning is escaped, addresses do not become links, and line ends inside cells become `<br>`, the one tag there is.

use model::Report;

use crate::ledger::{Line, Piece};
use crate::paper::{Paper, PaperBlock, PaperExcerpt, PaperQuestion, PaperSection, Source, TieOut};
use crate::wording::{self, Sign};
use crate::{RenderError, compose};

/// The Markdown of a report.
pub(crate) fn render(report: &Report) -> Result<Vec<u8>, RenderError> {
    let paper = compose::paper(report)?;
    let mut page = Page::default();
    page.front(&paper);
    for section in &paper.sections {
        page.section(section);
    }
    page.heading(2, "Sources");
    page.sources(&paper.sources);
    page.heading(2, "Documents");
    page.table(
        &["Document", "Role", "Kind", "Reading"],
        "----",
        paper.documents.iter().map(|it| vec![escape(&it.name), escape(it.role), escape(it.kind), escape(&it.reading)]),
    );
    Ok(page.written.into_bytes())
}

#[derive(Default)]
struct Page {
    written: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.written.push_str(line);
        self.written.push('\n');
    }

    /// A paragraph of its own.
    fn block(&mut self, text: &str) {
        if !self.written.is_empty() {
            self.written.push('\n');
        }
        self.line(text);
    }

    fn heading(&mut self, level: usize, title: &str) {
        self.block(&format!("{} {}", "#".repeat(level), escape(title)));
    }

    fn front(&mut self, paper: &Paper) {
        self.heading(1, &format!("{} – {}", paper.company, wording::TITLE));
        let about = [paper.date.as_str(), paper.template.as_str(), wording::CONFIDENTIAL].map(escape);
        self.block(&about.join(" · "));
        self.table(
            &["Status", "Value"],
            "--",
            paper.status.iter().map(|(name, value)| vec![escape(name), escape(value)]),
        );
        for limit in paper.limits {
            self.block(&escape(limit));
        }
    }

    fn section(&mut self, section: &PaperSection) {
        self.heading(2, &section.title);
        if section.parts.is_empty() {
            self.nothing();
        }
        for part in &section.parts {
            if let Some(heading) = part.heading {
                self.heading(3, heading);
            }
            self.part(&part.block);
        }
    }

    fn nothing(&mut self) {
        self.block("Nothing to show.");
    }

    fn part(&mut self, block: &PaperBlock) {
        match block {
            PaperBlock::Paragraph(text) => self.block(&line(text)),
            PaperBlock::Written(own) => {
                own.label.iter().for_each(|label| self.block(&format!("*{}*", escape(label))));
                if !own.text.is_empty() {
                    self.block(&line(&own.text));
                }
                own.left_out.iter().for_each(|said| self.block(&format!("*{}*", escape(said))));
            }
            PaperBlock::Figures(rows) => self.table(
                &["Figure", "Value", "Period", "Basis", "Source"],
                "-r---",
                rows.iter().map(|row| {
                    let notes = row.notes.iter().map(|note| format!("<br>{}", line(note)));
                    let title = std::iter::once(escape(&row.title)).chain(notes).collect::<String>();
                    vec![title, escape(&row.value), escape(&row.period), escape(row.basis), marks(&row.cites)]
                }),
            ),
            PaperBlock::TieOut(rows) => self.tie_outs(rows),
            PaperBlock::Excerpts(rows) if rows.is_empty() => self.nothing(),
            PaperBlock::Excerpts(rows) => rows.iter().for_each(|row| self.excerpt(row)),
            PaperBlock::Checks(rows) => self.table(
                &["Result", "Check", "Rule"],
                "---",
                rows.iter().map(|row| {
                    let detail =
                        if row.detail.is_empty() { String::new() } else { format!("<br>{}", line(&row.detail)) };
                    vec![judged(row.outcome, row.severity), escape(&row.title) + &detail, escape(&row.rule)]
                }),
            ),
            PaperBlock::Gaps(rows) => self.table(
                &["Item", "Searched"],
                "--",
                rows.iter().map(|row| vec![escape(&row.title), escape(&row.searched)]),
            ),
            PaperBlock::Questions(rows) => self.questions(rows),
        }
    }

    fn tie_outs(&mut self, rows: &[TieOut]) {
        let statements = rows.iter().flat_map(|row| {
            row.statements.iter().enumerate().map(move |(at, it)| {
                let role = it.role.map(|role| format!(" ({role})")).unwrap_or_default();
                let place = format!("{}, {} {}{role}", escape(&it.document), escape(&it.locator), marks(&it.cite));
                let value = escape(&it.value);
                if at > 0 {
                    return vec![String::new(), value, place, String::new(), String::new()];
                }
                let title = format!("**{}**<br>{}", escape(&row.title), escape(&row.when));
                vec![title, value, place, judged(row.verdict, row.severity), escape(&row.difference)]
            })
        });
        self.table(&["Figure", "States", "Document", "Verdict", "Difference"], "-r--r", statements);
    }

    fn excerpt(&mut self, row: &PaperExcerpt) {
        if !row.topic.is_empty() {
            self.block(&format!("**{}**", escape(&row.topic)));
        }
        self.block(&quoted(&row.quote));
        let place = format!("> — {}, {} {}", escape(&row.document), escape(&row.locator), marks(&row.cite));
        self.line(&format!(">\n{place}"));
    }

    fn questions(&mut self, rows: &[PaperQuestion]) {
        if rows.is_empty() {
            return self.nothing();
        }
        for (at, row) in rows.iter().enumerate() {
            let text = format!("{}. {} ({})", row.number, line(&row.text), row.reason);
            if at == 0 { self.block(&text) } else { self.line(&text) }
        }
    }

    fn sources(&mut self, sources: &[Source]) {
        for source in sources {
            self.heading(3, &source.label);
            self.block(&format!("{}, {}", escape(&source.document), escape(&source.locator)));
            if !source.quote.is_empty() {
                self.block(&quoted(&source.quote));
            }
        }
        if sources.is_empty() {
            self.nothing();
        }
    }

    /// A table; `columns` has a letter a column, `r` for figures.
    fn table(&mut self, head: &[&str], columns: &str, rows: impl Iterator<Item = Vec<String>>) {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return self.nothing();
        }
        let rule = columns.chars().map(|column| if column == 'r' { " ---: |" } else { " --- |" });
        self.block(&format!("| {} |", head.join(" | ")));
        self.line(&format!("|{}", rule.collect::<String>()));
        for row in rows {
            self.line(&format!("| {} |", row.join(" | ")));
        }
    }
}

fn quoted(quote: &str) -> String {
    let lines: Vec<String> = quote.lines().map(|line| format!("> {}", escape(line))).collect();
    // Two spaces at a line's end would be lost in many editors; a backslash breaks the line too.
    lines.join("\\\n")
}

fn judged(sign: Sign, severity: Option<&str>) -> String {
    let severity = severity.map(|word| format!("<br>{}", escape(word))).unwrap_or_default();
    format!("{} {}{severity}", escape(sign.mark), escape(sign.word))
}

fn line(pieces: &Line) -> String {
    pieces.iter().map(piece).collect()
}

fn marks(pieces: &Line) -> String {
    pieces.iter().map(piece).collect::<Vec<_>>().join(" ")
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Words(text) | Piece::Figure(text) => escape(text),
        // The heading `### E3` of the source has this anchor.
        Piece::Cite(label) => format!("[\\[{label}\\]](#{})", label.to_ascii_lowercase()),
    }
}

/// Text as text. Signs with a meaning anywhere get a backslash (CommonMark 2.4), those with a meaning at the start of a
/// line only there. `&`, `<` and `>` become entities, so that a reader who knows only HTML sees no tag; what GitHub makes
/// links of by itself (addresses, mentions) gets an entity inside.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut before = None;
    let mut start = LineStart::Blank;
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let spaced = next.is_none_or(char::is_whitespace);
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '@' => safe.push_str("&#64;"),
            ':' if !spaced => safe.push_str("&#58;"),
            '.' if matches!(before, Some('w' | 'W')) => safe.push_str("&#46;"),
            '\n' => safe.push_str("<br>"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '#' => safe.extend(['\\', c]),
            '-' | '+' if start == LineStart::Blank && (spaced || next == Some(c)) => safe.extend(['\\', c]),
            '=' if start == LineStart::Blank => safe.extend(['\\', c]),
            '.' | ')' if start == LineStart::Number && spaced => safe.extend(['\\', c]),
            _ => safe.push(c),
        }
        start = start.after(c);
        before = Some(c);
    }
    safe
}

/// What a line has so far, as far as it can still become a list, a rule or a heading.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineStart {
    Blank,
    Number,
    Words,
}

impl LineStart {
    fn after(self, c: char) -> Self {
        match self {
            _ if c == '\n' => Self::Blank,
            Self::Blank if c.is_whitespace() => Self::Blank,
            Self::Blank | Self::Number if c.is_ascii_digit() => Self::Number,
            _ => Self::Words,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn signs_are_escaped_where_they_mean_something() {
        assert_eq!(escape("ARR +31.3 % (12.5 m) - a.b"), "ARR +31.3 % (12.5 m) - a.b");
        assert_eq!(
            escape("1. one\n12) two\n- x\n+ y\n---\n=="),
            "1\\. one<br>12\\) two<br>\\- x<br>\\+ y<br>\\---<br>\\=="
        );
        assert_eq!(escape("[x](y) `z` **b** a|b #1 ~~s~~ $m$"), r"\[x\](y) \`z\` \*\*b\*\* a\|b \#1 \~\~s\~\~ \$m\$");
        assert_eq!(escape("<a>&amp;"), "&lt;a&gt;&amp;amp;");
        assert_eq!(
            escape("https://a.b www.a.b x@y.z :+1: a: b"),
            "https&#58;//a.b www&#46;a.b x&#64;y.z &#58;+1: a: b"
        );
    }

    proptest! {
        #[test]
        fn no_text_opens_a_tag_a_cell_or_a_span(text in "[-\\\\`*_\\[\\]()#+.!|~$<>&@:=a1 \n]{0,40}") {
            let safe = escape(&text);
            let bare = safe.replace("\\\\", "").replace("<br>", "");
            let mut before = ' ';
            for c in bare.chars() {
                prop_assert!(c != '<' && c != '>' && c != '\n', "{safe}");
                prop_assert!(!"`*_[]|~$".contains(c) || before == '\\', "{safe}");
                before = c;
            }
        }
    }
}
