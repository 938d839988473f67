//! Questions to the company: one for each disagreement, failed check and gap, from fixed sentences.

use model::{Calc, Disagreement, Fact, FactId, FigureId, Gap, Outcome, Question, Reason, Run, Severity, Verdict, runs};

use crate::book::Book;
use crate::checks::{Checked, calc_token, fact_token};
use crate::ontology::ontology;
use crate::template::Template;

/// The questions, the most pressing first, none twice: what a disagreement asks a check does not ask again. Figures are placeholders with ids. `cites` gives the token of a
/// check's place.
pub fn questions(
    book: &Book<'_>,
    calcs: &[Calc],
    rows: &[Disagreement],
    checks: &[Checked],
    gaps: &[Gap],
    template: &Template,
) -> Vec<(Question, Option<usize>)> {
    let mut asked: Vec<(Question, Option<usize>)> = Vec::new();
    for row in rows.iter().filter(|row| matters(row.verdict)) {
        let text = disagreement(book, calcs, row);
        asked.push((Question { text, reason: Reason::Disagreement, priority: priority(row.severity) }, None));
    }
    for (at, checked) in checks.iter().enumerate().filter(|(_, checked)| checked.check.outcome == Outcome::Fail) {
        if is_asked(book, rows, &checked.check.detail) {
            continue;
        }
        let text = format!("{} Please explain or correct.", checked.check.detail);
        asked.push((Question { text, reason: Reason::Check, priority: priority(checked.check.severity) }, Some(at)));
    }
    for gap in gaps {
        let own = template.required.iter().find(|required| required.metric == gap.item);
        let text = own.map_or_else(|| format!("Please send {}.", gap.title), |required| required.question.clone());
        asked.push((Question { text, reason: Reason::Gap, priority: 3 }, None));
    }
    asked.sort_by_key(|(question, _)| question.priority);
    let mut seen: Vec<String> = Vec::new();
    asked.retain(|(question, _)| {
        let new = !seen.contains(&question.text);
        seen.push(question.text.clone());
        new
    });
    asked
}

/// True for what the company should explain.
fn matters(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::UnitSuspect | Verdict::PeriodDiffers | Verdict::Contradicted)
}

fn disagreement(book: &Book<'_>, calcs: &[Calc], row: &Disagreement) -> String {
    let title = ontology().title(row.metric.as_str());
    let (claim, reference) = (told(book, calcs, row.claim), told(book, calcs, row.reference));
    let when = if row.period.is_known() { format!(" for {}", row.period) } else { String::new() };
    let ask = match row.verdict {
        Verdict::UnitSuspect => "Is one of them in another unit?",
        Verdict::PeriodDiffers => "For which dates are they, and what happened in between?",
        _ => "Which is right, and what explains the difference?",
    };
    format!("{title}: {claim}, {reference}{when}. {ask}")
}

/// `€4.2m in the deck`, `104 % recomputed from the customer list`.
fn told(book: &Book<'_>, calcs: &[Calc], id: FigureId) -> String {
    let role = |document| book.entry(document).map_or("document", |entry| entry.role.title()).to_lowercase();
    match id {
        FigureId::Fact(id) => {
            let source =
                book.fact(id).map_or_else(String::new, |fact| format!(" in the {}", role(fact.place.document)));
            format!("{}{source}", fact_token(id))
        }
        FigureId::Calc(id) => {
            let source = calcs.iter().find(|calc| calc.id == id).and_then(|calc| book.source(calc));
            let source = source.map_or_else(String::new, |document| format!(" from the {}", role(document)));
            format!("{} recomputed{source}", calc_token(id))
        }
    }
}

/// True if a check doubts a claim that a question on a disagreement names already.
fn is_asked(book: &Book<'_>, rows: &[Disagreement], detail: &str) -> bool {
    let told: Vec<&Fact> = runs(detail)
        .into_iter()
        .filter_map(|run| if let Run::Fact(id) = run { id.parse().ok() } else { None })
        .filter_map(|id| book.fact(FactId(id)))
        .collect();
    rows.iter().filter(|row| matters(row.verdict)).any(|row| {
        let FigureId::Fact(claim) = row.claim else { return false };
        book.fact(claim).is_some_and(|claim| {
            told.iter().any(|fact| {
                fact.metric == claim.metric
                    && fact.figure == claim.figure
                    && fact.place.document == claim.place.document
            })
        })
    })
}

fn priority(severity: Severity) -> u8 {
    match severity {
        Severity::Blocker | Severity::High => 1,
        Severity::Medium => 2,
        Severity::Low | Severity::Info => 3,
    }
}
