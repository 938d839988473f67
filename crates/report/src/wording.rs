//! Fixed words of every paper. The honest sentences and the status lines are not branding: no theme changes them.

use model::{DocumentKind, Engine, Outcome, Reason, Report, Severity, SubjectKind, Verdict};
use serde::Serialize;

/// What kind of paper it is.
pub(crate) const TITLE: &str = "Due diligence report";
/// Who may read it.
pub(crate) const CONFIDENTIAL: &str = "Confidential";
/// Marks a figure that code has reckoned, where documents stand side by side.
pub(crate) const RECOMPUTED: &str = "Recomputed";
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
    vec![
        ("Engine", engine(&status.engine).to_owned()),
        ("Coverage", format!("{} of {} required figures{share}", coverage.found, coverage.required)),
        ("Contradictions", status.contradictions.to_string()),
        ("Need review", counted(status.needs_review, "figure")),
        (
            "Documents",
            format!("{}, {} read", counted_len(report.documents.len(), "document"), counted(status.parts_read, "part")),
        ),
        ("Unreadable", counted(status.unreadable, "document")),
    ]
}

fn engine(engine: &Engine) -> &'static str {
    match engine {
        Engine::Extractive => "Extractive (no language model)",
    }
}

/// What the first page says of the report's limits.
pub(crate) fn limits(engine: &Engine) -> &'static [&'static str] {
    match engine {
        Engine::Extractive => &[
            "This report contains verbatim excerpts and computed figures. It contains no judgement on team, strategy or product.",
            "It gives no recommendation and no score. What it does not show was not found in the documents listed at its end; that does not mean that it does not exist.",
        ],
    }
}

fn counted(number: u32, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

fn counted_len(number: usize, word: &str) -> String {
    counted(u32::try_from(number).unwrap_or(u32::MAX), word)
}
