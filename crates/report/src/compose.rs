//! From the report tree to paper: labels become figures and marks, blocks get their headings, questions their numbers.

use model::{
    Basis, CalcEntry, Check, CitationEntry, DocumentEntry, Engine, FactEntry, FigureId, FigureRow, Outcome, Report,
    ReportBlock, Section, Subject, TieOutRow, Unit, Verdict, WrittenSentence,
};

use crate::ledger::{Ledger, Line, Piece};
use crate::paper::{
    KeyFigure, Paper, PaperBlock, PaperCheck, PaperDocument, PaperExcerpt, PaperGap, PaperPart, PaperQuestion,
    PaperSection, PaperWritten, Source, Statement, TieOut,
};
use crate::{RenderError, text, wording};

/// The paper of a report.
pub(crate) fn paper(report: &Report) -> Result<Paper, RenderError> {
    let mut desk = Desk { ledger: Ledger::of(report)?, engine: &report.status.engine, asked: 0 };
    Ok(Paper {
        company: text::line(&report.company, text::NAME),
        date: report.prepared_at.format("%-d %B %Y").to_string(),
        template: text::line(&format!("{}, version {}", report.template.title, report.template.version), text::NAME),
        status: wording::status(report),
        limits: wording::limits(&report.status.engine),
        sections: report.sections.iter().map(|section| desk.section(section)).collect::<Result<_, _>>()?,
        sources: report.citations.iter().map(|citation| desk.source(citation)).collect::<Result<_, _>>()?,
        documents: report.documents.iter().map(document).collect(),
    })
}

struct Desk<'a> {
    ledger: Ledger<'a>,
    engine: &'a Engine,
    /// Questions so far.
    asked: usize,
}

/// Beyond this many, the inputs of a calculation are not all listed beside it; the JSON export and the web have them.
const MANY_INPUTS: usize = 6;
const SOME_INPUTS: usize = 3;

impl Desk<'_> {
    fn section(&mut self, section: &Section) -> Result<PaperSection, RenderError> {
        let title = text::line(&section.title, text::NAME);
        let mut parts = Vec::with_capacity(section.blocks.len());
        for block in &section.blocks {
            let alone = section.blocks.len() == 1 && matches!(block, ReportBlock::TieOut { .. });
            let heading = heading(block).filter(|heading| !alone && !heading.eq_ignore_ascii_case(&title));
            parts.push(PaperPart { heading, block: self.block(block)? });
        }
        Ok(PaperSection { title, parts })
    }

    fn block(&mut self, block: &ReportBlock) -> Result<PaperBlock, RenderError> {
        Ok(match block {
            ReportBlock::Paragraph { text } => PaperBlock::Paragraph(self.ledger.line(text)?),
            ReportBlock::Written { sentences, dropped } => PaperBlock::Written(self.written(sentences, *dropped)?),
            ReportBlock::Figures { rows } => PaperBlock::Figures(each(rows, |row| self.key_figure(row))?),
            ReportBlock::TieOut { rows } => PaperBlock::TieOut(each(rows, |row| self.tie_out(row))?),
            ReportBlock::Excerpts { items } => PaperBlock::Excerpts(each(items, |item| {
                let citation = self.ledger.citation(&item.cite)?;
                Ok(PaperExcerpt {
                    topic: text::line(&item.topic, text::NAME),
                    quote: text::quote(&citation.place.quote, text::EXCERPT),
                    document: self.document_name(citation)?,
                    locator: locator(citation),
                    cite: vec![self.ledger.cite(&item.cite)?],
                })
            })?),
            ReportBlock::Checks { items } => PaperBlock::Checks(each(items, |check| self.check(check))?),
            ReportBlock::Gaps { items } => PaperBlock::Gaps(each(items, |gap| {
                let (title, searched) = (text::line(&gap.title, text::NAME), text::line(&gap.searched, text::EXCERPT));
                Ok(PaperGap { title, searched })
            })?),
            ReportBlock::Questions { items } => {
                let mut questions = Vec::with_capacity(items.len());
                for question in items {
                    self.asked += 1;
                    let text = self.ledger.line(&question.text)?;
                    questions.push(PaperQuestion {
                        number: self.asked,
                        text,
                        reason: wording::reason(question.reason),
                    });
                }
                PaperBlock::Questions(questions)
            }
        })
    }

    /// Sentences of a model under their fixed label, the citations of each behind it.
    fn written(&self, sentences: &[WrittenSentence], dropped: u32) -> Result<PaperWritten, RenderError> {
        let mut text = Line::new();
        for (at, sentence) in sentences.iter().enumerate() {
            if at > 0 {
                text.push(Piece::Words(" ".to_owned()));
            }
            text.extend(self.ledger.line(&sentence.text)?);
            for label in &sentence.cites {
                text.push(Piece::Words("\u{a0}".to_owned()));
                text.push(self.ledger.cite(label)?);
            }
        }
        let label = (!sentences.is_empty()).then(|| wording::written_by(self.engine));
        Ok(PaperWritten { label, text, left_out: wording::left_out(sentences.len(), dropped) })
    }

    fn key_figure(&self, row: &FigureRow) -> Result<KeyFigure, RenderError> {
        let cites = each(&row.cites, |label| self.ledger.cite(label))?;
        let remark = row.note.iter().map(|note| words(&text::line(note, text::EXCERPT)));
        let title = text::line(&row.title, text::NAME);
        Ok(match self.ledger.find_fact(&row.figure) {
            Some(entry) => KeyFigure {
                title: of_whom(title, &entry.fact.subject),
                value: text::line(&entry.shown, text::NAME),
                period: entry.fact.period.to_string(),
                basis: entry.fact.basis.as_str(),
                cites,
                notes: remark.chain(cautions(entry)).collect(),
            },
            None => {
                let entry = self.ledger.calc(&row.figure)?;
                KeyFigure {
                    title,
                    value: text::line(&entry.shown, text::NAME),
                    period: entry.calc.period.to_string(),
                    basis: "calculated",
                    cites,
                    notes: std::iter::once(self.reckoning(entry)?).chain(remark).collect(),
                }
            }
        })
    }

    /// `cash ÷ net burn per month, from €1.9m [E3] and €212k [E4]`; of many inputs some stand for all.
    fn reckoning(&self, entry: &CalcEntry) -> Result<Line, RenderError> {
        let mut said = words(&text::line(&entry.calc.expression, text::EXCERPT));
        let all = entry.inputs.len();
        let shown = if all > MANY_INPUTS { SOME_INPUTS } else { all };
        let opening = if all > shown { format!(", from {all} figures such as ") } else { ", from ".to_owned() };
        for (at, label) in entry.inputs.iter().take(shown).enumerate() {
            let joint = match at {
                0 => &opening,
                _ if at + 1 == shown => " and ",
                _ => ", ",
            };
            let input = self.ledger.fact(label)?;
            said.push(Piece::Words(joint.to_owned()));
            said.push(Piece::Figure(text::line(&input.shown, text::NAME)));
            said.push(Piece::Words("\u{a0}".to_owned()));
            said.push(self.ledger.cite(&input.cite)?);
        }
        Ok(said)
    }

    fn tie_out(&self, row: &TieOutRow) -> Result<TieOut, RenderError> {
        let compared = &row.disagreement;
        let agree = matches!(compared.verdict, Verdict::Confirmed | Verdict::Rounding);
        let role = |id: FigureId| match id {
            id if id == compared.reference => Some("trusted most"),
            id if id == compared.claim && !agree => Some("differs most"),
            _ => None,
        };
        let statements = each(&row.figures, |label| match self.ledger.find_fact(label) {
            Some(entry) => self.stated(entry, role(FigureId::Fact(entry.fact.id))),
            None => {
                let entry = self.ledger.calc(label)?;
                self.recomputed(entry, role(FigureId::Calc(entry.calc.id)))
            }
        })?;
        Ok(TieOut {
            title: text::line(&row.title, text::NAME),
            when: when(compared.period, compared.basis),
            statements,
            verdict: wording::verdict(compared.verdict),
            severity: (!agree).then(|| wording::severity(compared.severity)),
            difference: text::line(&row.difference, text::NAME),
        })
    }

    fn stated(&self, entry: &FactEntry, role: Option<&'static str>) -> Result<Statement, RenderError> {
        let citation = self.ledger.citation(&entry.cite)?;
        Ok(Statement {
            value: text::line(&entry.shown, text::NAME),
            document: self.document_name(citation)?,
            locator: locator(citation),
            cite: vec![self.ledger.cite(&entry.cite)?],
            role,
        })
    }

    /// What is reckoned beside what is stated: the formula stands where the others have their place, and some of its
    /// inputs are cited.
    fn recomputed(&self, entry: &CalcEntry, role: Option<&'static str>) -> Result<Statement, RenderError> {
        let inputs = entry.inputs.iter().take(SOME_INPUTS).map(|label| self.ledger.fact(label));
        let inputs: Vec<&FactEntry> = inputs.collect::<Result<_, _>>()?;
        let names = each(&inputs, |input| self.document_name(self.ledger.citation(&input.cite)?))?;
        let source = names.first().map(|name| format!(" from {name}")).unwrap_or_default();
        let mut cite = each(&inputs, |input| self.ledger.cite(&input.cite))?;
        cite.dedup();
        Ok(Statement {
            value: text::line(&entry.shown, text::NAME),
            document: format!("{}{source}", wording::RECOMPUTED),
            locator: text::line(&entry.calc.expression, text::EXCERPT),
            cite,
            role,
        })
    }

    fn check(&self, check: &Check) -> Result<PaperCheck, RenderError> {
        Ok(PaperCheck {
            rule: text::line(&check.rule, text::NAME),
            title: text::line(&check.title, text::NAME),
            outcome: wording::outcome(check.outcome),
            severity: (check.outcome == Outcome::Fail).then(|| wording::severity(check.severity)),
            detail: self.ledger.line(&check.detail)?,
        })
    }

    fn source(&self, citation: &CitationEntry) -> Result<Source, RenderError> {
        Ok(Source {
            label: citation.label.clone(),
            document: self.document_name(citation)?,
            locator: locator(citation),
            quote: text::quote(&citation.place.quote, text::SOURCE),
        })
    }

    fn document_name(&self, citation: &CitationEntry) -> Result<String, RenderError> {
        Ok(text::line(&self.ledger.document(citation)?.name, text::NAME))
    }
}

fn each<T, U>(items: &[T], one: impl FnMut(&T) -> Result<U, RenderError>) -> Result<Vec<U>, RenderError> {
    items.iter().map(one).collect()
}

fn heading(block: &ReportBlock) -> Option<&'static str> {
    Some(match block {
        ReportBlock::Paragraph { .. } | ReportBlock::Written { .. } => return None,
        ReportBlock::Figures { .. } => "Key figures",
        ReportBlock::TieOut { .. } => "Documents side by side",
        ReportBlock::Excerpts { .. } => "What the documents say",
        ReportBlock::Checks { .. } => "Checks",
        ReportBlock::Gaps { .. } => "Not found",
        ReportBlock::Questions { .. } => "Questions",
    })
}

fn words(text: &str) -> Line {
    vec![Piece::Words(text.to_owned())]
}

fn of_whom(title: String, subject: &Subject) -> String {
    match (&subject.name, *subject == Subject::COMPANY) {
        (_, true) => title,
        (None, _) => format!("{title} ({})", wording::subject(subject.kind)),
        (Some(name), _) => format!("{title} ({}: {})", wording::subject(subject.kind), text::line(name, text::NAME)),
    }
}

fn cautions(entry: &FactEntry) -> Vec<Line> {
    let unknown_currency = matches!(entry.fact.figure.unit, Unit::Money { currency: None });
    let currency = unknown_currency.then(|| words("Currency not given."));
    let review = entry.fact.needs_review.as_ref();
    let review = review.map(|why| words(&format!("Needs review: {}", text::line(why, text::EXCERPT))));
    currency.into_iter().chain(review).collect()
}

fn when(period: model::Period, basis: Basis) -> String {
    format!("{period}, {}", basis.as_str())
}

fn locator(citation: &CitationEntry) -> String {
    text::line(&citation.place.locator(), text::NAME)
}

fn document(entry: &DocumentEntry) -> PaperDocument {
    PaperDocument {
        name: text::line(&entry.name, text::NAME),
        role: entry.role.title(),
        kind: wording::kind(entry.kind),
        reading: text::line(&entry.reading, text::EXCERPT),
    }
}
