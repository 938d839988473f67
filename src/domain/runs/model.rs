//! Runs and what they tell. No IO.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::{DealId, RunId, UserId, WorkState};
use crate::domain::accounts::Person;

/// How a run ended, as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// What there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sentence: Option<String>,
    /// Number of the version that holds its result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) report_number: Option<i32>,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Names it.
    pub id: RunId,
    /// The deal.
    pub deal: DealId,
    /// How far it is.
    pub state: WorkState,
    /// What there is to say of its end.
    pub sentence: Option<String>,
    /// Number of the version that holds its result.
    pub report_number: Option<i32>,
    /// Who started it.
    pub started_by: UserId,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it came to rest.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A run as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunView {
    /// The run.
    pub run: Run,
    /// Who started it.
    pub started_by: Person,
}

/// A stretch of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RunStage)]
pub enum Stage {
    /// All documents are read.
    Documents,
    /// Each document is looked through: what it is, of when, in which currency.
    Survey,
    /// The figures of each document are read.
    Figures,
    /// Figures are compared, reckoned and checked, and the report is written.
    Report,
}

/// How far a stage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RunStageState)]
pub enum StageState {
    /// It goes on.
    Running,
    /// It is done.
    Done,
}

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum RunEvent {
    /// How far a stage is; the last word on each holds.
    Stage {
        /// Which.
        stage: Stage,
        /// How far.
        state: StageState,
        /// Documents that it is done with.
        done: u32,
        /// All documents.
        of: u32,
    },
    /// Documents are still being read; the run goes on by itself.
    Waiting {
        /// How many.
        documents: u32,
    },
    /// The figures of a document were read, or could not be.
    Document {
        /// Its file name.
        name: String,
        /// Figures in it.
        figures: u32,
        /// Why it could not be judged.
        problem: Option<String>,
    },
    /// A key figure as one document states it: a first look while the run goes on.
    Figure {
        /// What it measures.
        title: String,
        /// The figure.
        shown: String,
        /// For when.
        about: String,
        /// The document's file name.
        document: String,
        /// Where in it.
        place: String,
    },
    /// A section of the report is ready.
    Section {
        /// Its id.
        id: String,
        /// Its title.
        title: String,
    },
    /// The run has come to rest. The last event.
    Ended {
        /// How.
        state: WorkState,
        /// What there is to say.
        sentence: Option<String>,
        /// Number of the version that holds its result.
        report_number: Option<i32>,
    },
}

/// An event as it is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Told {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    #[serde(flatten)]
    pub event: RunEvent,
}
