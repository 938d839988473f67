//! The journal of calls: what was sent to which model, for compliance and for who works on the deal.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::model::Writer;
use super::{Runs, store};
use crate::base::{CallId, Ctx, DealId, DocumentId, Page, PageRequest, Permission, Result, RunId, UserId};
use crate::domain::accounts::Person;
use crate::domain::audit::{Action, Object, Record};
use crate::domain::deals::MemberRole;
use crate::infra::db::Transact as _;

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ModelCallState)]
pub enum CallState {
    /// It went out; no answer is known of.
    Sent,
    /// It was answered.
    Answered,
    /// It was not.
    Failed,
}

impl CallState {
    /// The word in the database and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Answered => "answered",
            Self::Failed => "failed",
        }
    }

    /// The state with this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Sent, Self::Answered, Self::Failed].into_iter().find(|state| state.as_str() == word)
    }
}

/// What went out, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sent {
    /// Title of the section that was asked about.
    pub(super) section: String,
    /// To whom.
    pub(super) writer: Writer,
    /// Characters of the whole prompt.
    pub(super) prompt_characters: u32,
    /// Stretches of documents within it.
    pub(super) passages: Vec<SentPassage>,
}

/// A stretch of a document that went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SentPassage {
    pub(super) document: DocumentId,
    /// Which page, sheet, slide or text, from 1.
    pub(super) part: u32,
    /// Characters of the part's text, from and to.
    pub(super) start: u32,
    pub(super) end: u32,
}

/// How a call ended, as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CallOutcome {
    /// Why there is no answer.
    pub(super) sentence: Option<String>,
    pub(super) prompt_tokens: Option<u32>,
    pub(super) answer_tokens: Option<u32>,
    /// How often it was sent.
    pub(super) attempts: u32,
    pub(super) milliseconds: u64,
}

impl CallOutcome {
    /// Of a call whose answer nobody has heard.
    pub(super) fn unheard(sentence: &str) -> Self {
        Self { sentence: Some(sentence.to_owned()), ..Self::default() }
    }
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) id: CallId,
    pub(super) deal: DealId,
    pub(super) run: RunId,
    pub(super) started_by: UserId,
    pub(super) sent_at: DateTime<Utc>,
    pub(super) sent: Sent,
    pub(super) state: CallState,
    pub(super) outcome: Option<CallOutcome>,
}

/// A call as its reader sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModelCall)]
pub struct CallView {
    id: CallId,
    at: DateTime<Utc>,
    deal_id: DealId,
    /// For those who may open the deal.
    deal_name: Option<String>,
    run_id: RunId,
    /// Who started the run.
    started_by: Person,
    /// Title of the section that was asked about.
    section: String,
    #[serde(flatten)]
    writer: Writer,
    state: CallState,
    /// Why there is no answer.
    sentence: Option<String>,
    /// Characters of the whole prompt.
    prompt_characters: u32,
    prompt_tokens: Option<u32>,
    answer_tokens: Option<u32>,
    /// How often it was sent, further attempts included.
    attempts: Option<u32>,
    milliseconds: Option<u64>,
    /// Stretches of documents within the prompt.
    passages: Vec<Passage>,
}

/// A stretch of a document that was sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SentPassage)]
pub struct Passage {
    document_id: DocumentId,
    /// Its file name, for those who may open the deal; absent also if it was removed.
    document: Option<String>,
    /// Which page, sheet, slide or text, from 1.
    part: u32,
    /// How much of it.
    characters: u32,
}

/// Names for who may read them.
#[derive(Default)]
struct Names {
    deals: HashMap<DealId, String>,
    documents: HashMap<DocumentId, (DealId, String)>,
}

impl Runs {
    /// A page of what was sent about a deal, newest first. Reading is recorded.
    pub async fn calls(&self, cx: &Ctx, deal: DealId, page: &PageRequest) -> Result<Page<CallView>> {
        let (limit, last) = (page.limit()?, page.after::<CallId>()?);
        let mut conn = self.db.write().await?;
        let rows = conn
            .transaction(async |conn| {
                self.deals.require(conn, cx, deal, MemberRole::Reader).await?;
                let rows = store::calls::calls(conn, &self.vault, Some(deal), last, limit + 1).await?;
                let object = Object::within(deal, "deal", deal.0);
                self.audit.record(conn, cx, read(object, rows.len().min(limit))).await?;
                Ok::<_, crate::base::Error>(rows)
            })
            .await?;
        drop(conn);
        let deals = HashMap::from([(deal, self.deals.name(deal).await?)]);
        let ids: BTreeSet<DocumentId> = rows.iter().flat_map(documents).collect();
        let documents = self.documents.names(&ids.into_iter().collect::<Vec<_>>()).await?;
        Ok(self.shown(rows, limit, &Names { deals, documents }))
    }

    /// A page of what was sent about any deal, newest first: for compliance. Names are told to members alone.
    pub async fn all_calls(&self, cx: &Ctx, page: &PageRequest) -> Result<Page<CallView>> {
        cx.require(Permission::AuditRead)?;
        let (limit, last) = (page.limit()?, page.after::<CallId>()?);
        let mut conn = self.db.write().await?;
        let rows = conn
            .transaction(async |conn| {
                let rows = store::calls::calls(conn, &self.vault, None, last, limit + 1).await?;
                self.audit.record(conn, cx, read(Object::all("model_call"), rows.len().min(limit))).await?;
                Ok::<_, crate::base::Error>(rows)
            })
            .await?;
        drop(conn);
        let deals = self.deals.names(cx, rows.iter().map(|call| call.deal)).await?;
        Ok(self.shown(rows, limit, &Names { deals, ..Names::default() }))
    }

    fn shown(&self, rows: Vec<Call>, limit: usize, names: &Names) -> Page<CallView> {
        Page::cut(rows, limit, |call| call.id).map(|call| self.call_view(call, names))
    }

    fn call_view(&self, call: Call, names: &Names) -> CallView {
        let outcome = call.outcome.unwrap_or_default();
        let passages = call.sent.passages.into_iter().map(|passage| Passage {
            document_id: passage.document,
            document: names.documents.get(&passage.document).map(|(_, name)| name.clone()),
            part: passage.part,
            characters: passage.end.saturating_sub(passage.start),
        });
        CallView {
            id: call.id,
            at: call.sent_at,
            deal_id: call.deal,
            deal_name: names.deals.get(&call.deal).cloned(),
            run_id: call.run,
            started_by: self.people.person(call.started_by),
            section: call.sent.section,
            writer: call.sent.writer,
            state: call.state,
            sentence: outcome.sentence,
            prompt_characters: call.sent.prompt_characters,
            prompt_tokens: outcome.prompt_tokens,
            answer_tokens: outcome.answer_tokens,
            attempts: (outcome.attempts > 0).then_some(outcome.attempts),
            milliseconds: (outcome.milliseconds > 0).then_some(outcome.milliseconds),
            passages: passages.collect(),
        }
    }
}

fn documents(call: &Call) -> impl Iterator<Item = DocumentId> {
    call.sent.passages.iter().map(|passage| passage.document)
}

fn read(object: Object, rows: usize) -> Record {
    Record::done(Action::ModelCallsRead, object).with(json!({ "rows": rows }))
}
