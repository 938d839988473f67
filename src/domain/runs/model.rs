//! Runs and what they tell. No IO.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::{DealId, EndpointId, RunId, UserId, WorkState};
use crate::domain::accounts::Person;
use crate::domain::settings::{ModelEndpoint, Reach};

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

/// The model that writes sentences for a run, as it was when the run was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RunModel)]
pub struct Writer {
    /// Its endpoint.
    pub endpoint: EndpointId,
    /// What the fund calls it.
    pub name: String,
    /// Host and port of its endpoint.
    pub host: String,
    /// The model.
    pub model: String,
    /// Where it runs.
    pub reach: Reach,
}

impl From<ModelEndpoint> for Writer {
    fn from(known: ModelEndpoint) -> Self {
        Self { endpoint: known.id, host: known.host(), name: known.name, model: known.model, reach: known.reach }
    }
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
    /// The model that writes sentences; none if code alone makes the report.
    pub writer: Option<Writer>,
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
    /// A model writes sentences for its sections, and code checks them. Only in runs with a model; counts sections.
    Writing,
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
        /// Documents, or sections, that it is done with.
        done: u32,
        /// All of them.
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
    /// What a model has written of a section so far. The newest of a section counts; removed once the section is final.
    Draft {
        /// The section's id.
        section: String,
        /// Its title.
        title: String,
        /// Finished sentences.
        sentences: Vec<DraftSentence>,
        /// The beginning of the next one, which nobody has checked.
        open: String,
    },
    /// A model is done with a section, or there is nothing of it.
    Written {
        /// The section's id.
        section: String,
        /// Its title.
        title: String,
        /// Sentences that were kept: their quotes and figures are checked.
        sentences: Vec<String>,
        /// How many failed a check and were dropped.
        dropped: u32,
        /// Why the section stays without.
        problem: Option<String>,
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

impl RunEvent {
    /// How far a stage is.
    pub(super) fn stage(stage: Stage, done: u32, of: u32) -> Self {
        let state = if done >= of { StageState::Done } else { StageState::Running };
        Self::Stage { stage, state, done, of }
    }
}

/// A sentence that a model has just written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DraftSentence {
    /// The sentence with its figures filled in.
    pub text: String,
    /// What the checks say.
    pub state: DraftState,
}

/// What the checks say of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DraftState {
    /// Its quotes stand in the documents and its figures in the ledger.
    Verified,
    /// It failed a check and will not be in the report.
    Dropped,
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
