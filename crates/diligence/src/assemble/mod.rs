//! The report: sections in their fixed order, labels in the order of appearance, and the ledger of what is shown.

mod company;
mod figures;
mod labels;
mod sections;
mod summary;
#[cfg(test)]
pub mod tests;

use chrono::{DateTime, Utc};
use model::{
    Check, Coverage, Disagreement, Engine, Gap, Question, Report, ReportBlock, Section, Status, TemplateName, Verdict,
};

use self::company::company_name;
use self::labels::Labels;
use self::sections::Room;
use crate::book::Book;
use crate::calculate::calculate;
use crate::checks::checks;
use crate::compare::compare;
use crate::gaps::gaps;
use crate::input::staged;
use crate::questions::questions;
use crate::template::Template;
use crate::{Input, Source};

/// The report on a data room, from its documents alone: [`survey`](crate::survey()), [`Room`](crate::Room),
/// [`facts`](crate::facts()) and [`report`] one after the other.
pub fn analyse(inputs: &[Input], template: &Template, company: Option<&str>, prepared_at: DateTime<Utc>) -> Report {
    report(&staged(inputs.to_vec()), template, company, prepared_at)
}

/// The report on a data room whose figures were read. `company` is its name if it is known. The same sources give the
/// same report, whatever their order; one version counts once; `prepared_at` is only shown.
pub fn report(sources: &[Source], template: &Template, company: Option<&str>, prepared_at: DateTime<Utc>) -> Report {
    let book = Book::of(sources);
    let calcs = calculate(&book);
    let rows = compare(&book, &calcs);
    let checked = checks(&book, &calcs);
    let gaps = gaps(&book, &calcs, template);
    let name = company_name(&book, company);
    let found = template.required.len() - gaps.len();
    let mut labels = Labels::new(&book, &calcs);
    let room = Room { book: &book, calcs: &calcs, rows: &rows, checked: &checked, template };
    let mut sections =
        vec![room.summary(&mut labels, &name, found), room.disagreements(&mut labels), room.key_figures(&mut labels)];
    for (id, title, homes) in [
        ("traction", "Traction", &["traction"][..]),
        ("financials", "Financials", &["financials", "balance"][..]),
        ("round", "Cap table and round", &["round"][..]),
        ("market", "Market", &["market"][..]),
        ("team_product", "Team and product", &["team"][..]),
    ] {
        let mut section = room.figures_and_words(&mut labels, id, title, homes);
        if id == "round"
            && let Some(holders) = room.holders(&mut labels)
        {
            let empty = || Section { id: id.to_owned(), title: title.to_owned(), blocks: Vec::new() };
            section.get_or_insert_with(empty).blocks.push(holders);
        }
        sections.extend(section);
    }
    sections.extend(room.contracts(&mut labels));
    sections.extend(last_sections(&room, &gaps, &mut labels));
    let status = status(&book, &rows, template, gaps.len());
    let (facts, calcs, citations) = labels.ledger();
    let status = Status { needs_review: reviews(&facts), ..status };
    Report {
        schema: Report::SCHEMA.to_owned(),
        company: name,
        prepared_at,
        template: TemplateName {
            id: template.id.clone(),
            title: template.title.clone(),
            version: template.version.clone(),
        },
        status,
        documents: book.entries.clone(),
        sections,
        facts,
        calcs,
        citations,
    }
}

/// Checks, what was not found, questions.
fn last_sections(room: &Room<'_>, gaps: &[Gap], labels: &mut Labels<'_>) -> Vec<Section> {
    let checked = room.checked;
    let items: Vec<Check> = checked
        .iter()
        .map(|one| Check { detail: labels.text(&one.check.detail, &one.places), ..one.check.clone() })
        .collect();
    let mut sections = vec![section("checks", "Checks", ReportBlock::Checks { items })];
    let missing = if gaps.is_empty() {
        ReportBlock::Paragraph { text: "Every figure that the template asks for was found.".to_owned() }
    } else {
        ReportBlock::Gaps { items: gaps.to_vec() }
    };
    sections.push(section("not_found", "Not found", missing));
    let asked: Vec<Question> = questions(room.book, room.calcs, room.rows, checked, gaps, room.template)
        .into_iter()
        .map(|(question, check)| {
            let places = check.and_then(|at| checked.get(at)).map_or(&[][..], |checked| &checked.places);
            Question { text: labels.text(&question.text, places), ..question }
        })
        .collect();
    let block = if asked.is_empty() {
        ReportBlock::Paragraph { text: "There are no questions.".to_owned() }
    } else {
        ReportBlock::Questions { items: asked }
    };
    sections.push(section("questions", "Questions", block));
    sections
}

fn section(id: &str, title: &str, block: ReportBlock) -> Section {
    Section { id: id.to_owned(), title: title.to_owned(), blocks: vec![block] }
}

fn status(book: &Book<'_>, rows: &[Disagreement], template: &Template, missing: usize) -> Status {
    let contradicted = rows.iter().filter(|row| row.verdict == Verdict::Contradicted).count();
    let read = book.documents().fold(0u32, |sum, document| sum.saturating_add(document.reading.read));
    let unreadable = book.sources.len() - book.documents().count();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Status {
        engine: Engine::Extractive,
        coverage: Coverage {
            found: number(template.required.len() - missing),
            required: number(template.required.len()),
        },
        contradictions: number(contradicted),
        needs_review: 0,
        parts_read: read,
        unreadable: number(unreadable),
    }
}

/// Figures that the report shows and a person should look at.
fn reviews(facts: &[model::FactEntry]) -> u32 {
    u32::try_from(facts.iter().filter(|entry| entry.fact.needs_review.is_some()).count()).unwrap_or(u32::MAX)
}
