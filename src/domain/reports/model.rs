//! Versions of a report, and the files made of them. No IO.

use chrono::{DateTime, Utc};
use report::Format;
use serde::{Deserialize, Serialize};

use crate::base::{DealId, ExportId, Page, ReportId, RunId, UserId, WorkState};
use crate::domain::accounts::Person;

/// What lists show of a version, kept beside it so that a list opens no tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The company.
    pub company: String,
    /// Required figures that were found.
    pub found: u32,
    /// Figures that the template asks for.
    pub required: u32,
    /// Pairs of statements that contradict each other.
    pub contradictions: u32,
    /// Figures that a person should look at.
    pub needs_review: u32,
    /// Documents of the report.
    pub documents: u32,
    /// Those of them that could not be read.
    pub unreadable: u32,
}

impl Summary {
    /// The summary of a tree.
    pub fn of(report: &model::Report) -> Self {
        Self {
            company: report.company.clone(),
            found: report.status.coverage.found,
            required: report.status.coverage.required,
            contradictions: report.status.contradictions,
            needs_review: report.status.needs_review,
            documents: u32::try_from(report.documents.len()).unwrap_or(u32::MAX),
            unreadable: report.status.unreadable,
        }
    }
}

/// A version without its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Names it.
    pub id: ReportId,
    /// The deal that it belongs to.
    pub deal: DealId,
    /// Its number within the deal, from 1.
    pub number: i32,
    /// What lists show of it.
    pub summary: Summary,
    /// Who had it made.
    pub created_by: UserId,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// A version on its way to the store.
#[derive(Debug)]
pub struct NewVersion {
    /// Names it.
    pub id: ReportId,
    /// The deal that it belongs to.
    pub deal: DealId,
    /// The run that made it.
    pub run: RunId,
    /// Keyed tag of everything that it follows from.
    pub inputs: Vec<u8>,
    /// The tree.
    pub report: model::Report,
    /// Who had it made.
    pub created_by: UserId,
}

/// A version as its reader sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportHeader {
    /// The version.
    pub report: Report,
    /// Who had it made.
    pub created_by: Person,
}

/// A version as its reader sees it.
#[derive(Debug)]
pub struct ReportView {
    /// What it is.
    pub header: ReportHeader,
    /// Its tree, JSON of [`model::Report`], as it was written.
    pub tree: Vec<u8>,
}

/// A page of versions.
#[derive(Debug)]
pub struct ReportList {
    /// The page, newest first.
    pub page: Page<ReportHeader>,
    /// Versions of the deal, on all pages.
    pub total: i64,
}

/// A version in one format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Names it.
    pub id: ExportId,
    /// The version.
    pub report: ReportId,
    /// The deal of the version.
    pub deal: DealId,
    /// The format.
    pub format: Format,
    /// How far it is.
    pub state: WorkState,
    /// Why there is no file.
    pub sentence: Option<String>,
    /// Size of the file in bytes, once it is made.
    pub bytes: Option<i64>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it came to rest.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A file to be taken away.
#[derive(Debug)]
pub struct ReportFile {
    /// A name that says what it is.
    pub name: String,
    /// Its format.
    pub format: Format,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file name that every system takes, from a company's name.
pub(super) fn file_name(company: &str, number: i32, format: Format) -> String {
    let safe = |found: char| if found.is_alphanumeric() || " .,-_()&".contains(found) { found } else { ' ' };
    let cleaned: String = company.chars().map(safe).collect();
    let words: Vec<&str> = cleaned.split_whitespace().collect();
    let company: String = words.join(" ").chars().take(80).collect();
    let company = company.trim_matches(['.', ' ']);
    let company = if company.is_empty() { "Company" } else { company };
    format!("{company} - report v{number}.{}", format.extension())
}
