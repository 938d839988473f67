//! Fixed words of every paper. The honest sentences and the status lines are not branding: no theme changes them.

use model::{Assisted, DocumentKind, Engine, Outcome, Reason, Report, Severity, SubjectKind, Verdict};
use serde::Serialize;

use crate::text;

/// What kind of paper it is.
pub(crate) const TITLE: &str = "Due diligence report";
/// Who may read it.
pub(crate) const CONFIDENTIAL: &str = "Confidential";
/// Marks a figure that code has reckoned, where documents stand side by side.
pub(crate) const RECOMPUTED: &str = "Recomputed";
/// Most characters of the name of a model or endpoint.
const MODEL: usize = 80;
/// The one accent colour of PDF and Word, as RRGGBB.
pub(crate) const ACCENT: &str = "1F3F66";

/// Good, bad or open, beside a word that says the same: colour alone never carries meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tone {
    Good,
    Bad,
    Doubt,
    Quiet,
}

impl Tone {
    /// Text colour as RRGGBB, at least 4.5:1 on white (WCAG 2.2 AA).
    pub(crate) fn colour(self) -> &'static str {
        match self {
            Self::Good => "1E6B43",
            Self::Bad => "A3261F",
            Self::Doubt => "8A5A00",
            Self::Quiet => "5B6470",
        }
    }
}

/// A judgement of code: sign, words and tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Sign {
    pub(crate) mark: &'static str,
    pub(crate) word: &'static str,
    pub(crate) tone: Tone,
}

pub(crate) fn verdict(verdict: Verdict) -> Sign {
    let (mark, word, tone) = match verdict {
        Verdict::Confirmed => ("✓", "Confirmed", Tone::Good),
        Verdict::Rounding => ("≈", "Within rounding", Tone::Good),
        Verdict::UnitSuspect => ("?", "Unit in doubt", Tone::Doubt),
        Verdict::PeriodDiffers => ("↔", "Different dates", Tone::Doubt),
        Verdict::Contradicted => ("≠", "Contradicted", Tone::Bad),
    };
    Sign { mark, word, tone }
}

pub(crate) fn outcome(outcome: Outcome) -> Sign {
    let (mark, word, tone) = match outcome {
        Outcome::Pass => ("✓", "Pass", Tone::Good),
        Outcome::Fail => ("✗", "Fail", Tone::Bad),
        Outcome::NotApplicable => ("–", "Not applicable", Tone::Quiet),
    };
    Sign { mark, word, tone }
}

pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "For information",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Blocker => "Blocker",
    }
}

pub(crate) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Disagreement => "documents disagree",
        Reason::Check => "a check failed",
        Reason::Gap => "not found",
    }
}

pub(crate) fn subject(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Company => "the company",
        SubjectKind::Competitor => "competitor",
        SubjectKind::Market => "market",
        SubjectKind::Customer => "customer",
        SubjectKind::Holder => "holder",
    }
}

pub(crate) fn kind(kind: Option<DocumentKind>) -> &'static str {
    match kind {
        Some(DocumentKind::Pdf) => "PDF",
        Some(DocumentKind::Xlsx) => "Workbook",
        Some(DocumentKind::Csv) => "CSV",
        Some(DocumentKind::Docx) => "Word",
        Some(DocumentKind::Pptx) => "Presentation",
        Some(DocumentKind::Image) => "Image",
        Some(DocumentKind::Text) => "Text",
        None => "Not read",
    }
}

/// The lines of the status box, in order.
pub(crate) fn status(report: &Report) -> Vec<(&'static str, String)> {
    let status = &report.status;
    let coverage = status.coverage;
    let share = (u64::from(coverage.found) * 100 + u64::from(coverage.required) / 2)
        .checked_div(u64::from(coverage.required))
        .map_or_else(String::new, |percent| format!(" ({percent}\u{a0}%)"));
    let mut lines = vec![("Engine", engine(&status.engine))];
    lines.extend(sentences(&status.engine));
    lines.extend([
        ("Coverage", format!("{} of {} required figures{share}", coverage.found, coverage.required)),
        ("Contradictions", status.contradictions.to_string()),
        ("Need review", counted(status.needs_review, "figure")),
        (
            "Documents",
            format!("{}, {} read", counted_len(report.documents.len(), "document"), counted(status.parts_read, "part")),
        ),
        ("Unreadable", counted(status.unreadable, "document")),
    ]);
    lines
}

fn engine(engine: &Engine) -> String {
    match engine {
        Engine::Extractive => "Extractive (no language model)".to_owned(),
        Engine::Assisted(assisted) => {
            let (model, endpoint) = (text::line(&assisted.model, MODEL), text::line(&assisted.endpoint, MODEL));
            format!("Extractive, with sentences of {model} at {endpoint} ({})", reach(assisted))
        }
    }
}

fn reach(assisted: &Assisted) -> &'static str {
    if assisted.external { "external" } else { "local" }
}

/// What came of the sentences, and why some are missing.
fn sentences(engine: &Engine) -> Vec<(&'static str, String)> {
    let Engine::Assisted(assisted) = engine else { return Vec::new() };
    let problem = assisted.problem.as_ref().map(|problem| ("Problem", text::line(problem, text::SOURCE)));
    let count = ("Sentences", format!("{} kept, {} dropped by checks", assisted.kept, assisted.dropped));
    std::iter::once(count).chain(problem).collect()
}

/// The label of sentences that a language model wrote.
pub(crate) fn written_by(engine: &Engine) -> String {
    let who = match engine {
        Engine::Extractive => String::new(),
        Engine::Assisted(assisted) => format!(" ({}, {})", text::line(&assisted.model, MODEL), reach(assisted)),
    };
    format!("Written by a language model{who}; quotes and figures checked by code, not reviewed by a person.")
}

/// What is said of sentences that are not shown; `None` if there are none.
pub(crate) fn left_out(kept: usize, dropped: u32) -> Option<String> {
    let what = if kept == 0 { "of a language model " } else { "" };
    match dropped {
        0 => None,
        1 => Some(format!("1 sentence {what}failed a check and was left out.")),
        _ => Some(format!("{dropped} sentences {what}failed a check and were left out.")),
    }
}

/// What the first page says of the report's limits.
pub(crate) fn limits(engine: &Engine) -> &'static [&'static str] {
    match engine {
        Engine::Assisted(assisted) if assisted.kept > 0 => &[
            "This report contains verbatim excerpts and computed figures, and sentences that a language model wrote, which are marked. Figures, excerpts, comparisons and checks are the work of code alone.",
            "Code has checked that the quotes behind each sentence of the model stand in the documents and that its figures are figures of this report. No person has reviewed these sentences; they can still leave out, overstate or misread what a document says.",
            NOTHING_MORE,
        ],
        Engine::Extractive | Engine::Assisted(_) => &[
            "This report contains verbatim excerpts and computed figures. It contains no judgement on team, strategy or product.",
            NOTHING_MORE,
        ],
    }
}

const NOTHING_MORE: &str = "It gives no recommendation and no score. What it does not show was not found in the documents listed at its end; that does not mean that it does not exist.";

fn counted(number: u32, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

fn counted_len(number: usize, word: &str) -> String {
    counted(u32::try_from(number).unwrap_or(u32::MAX), word)
}
