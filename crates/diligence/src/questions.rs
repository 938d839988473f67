//! Questions to the company: one for each disagreement, failed check and gap, from fixed sentences.

use model::{Disagreement, Gap, Outcome, Question, Reason, Severity, Verdict};

use crate::book::Book;
use crate::checks::{Checked, fact_token};
use crate::ontology::ontology;
use crate::template::Template;

/// The questions, the most pressing first, none twice. Figures are placeholders with ids. `cites` gives the token of a
/// check's place.
pub fn questions(
    book: &Book<'_>,
    rows: &[Disagreement],
    checks: &[Checked],
    gaps: &[Gap],
    template: &Template,
) -> Vec<(Question, Option<usize>)> {
    let mut asked: Vec<(Question, Option<usize>)> = Vec::new();
    for row in rows.iter().filter(|row| matters(row.verdict)) {
        let text = disagreement(book, row);
        asked.push((Question { text, reason: Reason::Disagreement, priority: priority(row.severity) }, None));
    }
    for (at, checked) in checks.iter().enumerate().filter(|(_, checked)| checked.check.outcome == Outcome::Fail) {
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

fn disagreement(book: &Book<'_>, row: &Disagreement) -> String {
    let title = ontology().title(row.metric.as_str());
    let role = |id| {
        book.fact(id).and_then(|fact| book.entry(fact.place.document)).map_or("document", |entry| entry.role.title())
    };
    let lower = |text: &str| text.to_lowercase();
    let (claim, reference) = (fact_token(row.claim), fact_token(row.reference));
    let (says, other) = (lower(role(row.claim)), lower(role(row.reference)));
    let when = if row.period.is_known() { format!(" for {}", row.period) } else { String::new() };
    let ask = match row.verdict {
        Verdict::UnitSuspect => "Is one of them in another unit?",
        Verdict::PeriodDiffers => "For which dates are they, and what happened in between?",
        _ => "Which is right, and what explains the difference?",
    };
    format!("{title}: {claim} in the {says}, {reference} in the {other}{when}. {ask}")
}

fn priority(severity: Severity) -> u8 {
    match severity {
        Severity::Blocker | Severity::High => 1,
        Severity::Medium => 2,
        Severity::Low | Severity::Info => 3,
    }
}
