//! Searching: whose deals, which words, under which names.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use index::{Index, Query, Results};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use uuid::Uuid;
use vault::Vault;

use super::model::{Asked, Found, Hit, Kind, SearchState, Source};
use super::turns::Turns;
use crate::base::{Ctx, DealId, DocumentId, Error, ErrorCode, Page, PageRequest, Result};
use crate::domain::audit::{Action, Audit, Object, Record};
use crate::domain::deals::Deals;
use crate::domain::documents::Documents;
use crate::domain::reports::Reports;
use crate::infra::db::Db;
use crate::infra::entropy::Entropy;

/// Letters of a search that are recorded.
const RECORDED: usize = 500;
/// Searches that go on at a time.
const PLACES: usize = 4;
/// How long one waits for its place.
const PATIENCE: Duration = Duration::from_secs(3);

/// The search over documents and reports.
#[derive(Clone)]
pub struct Search {
    pub(super) db: Db,
    pub(super) vault: Arc<Vault>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) folder: Arc<PathBuf>,
    pub(super) documents: Documents,
    pub(super) reports: Reports,
    /// The index, once it is open.
    pub(super) index: watch::Sender<Option<Arc<Index>>>,
    /// Whether everything that waited when it was opened is in it.
    pub(super) complete: Arc<AtomicBool>,
    pub(super) turns: Turns,
    places: Arc<Semaphore>,
    audit: Audit,
    deals: Deals,
}

/// What the search is built on.
#[derive(Clone)]
pub struct Foundation {
    /// Its mark.
    pub db: Db,
    /// The key of its index.
    pub vault: Arc<Vault>,
    /// Ids of its work.
    pub entropy: Arc<dyn Entropy>,
    /// The folder of its index.
    pub folder: PathBuf,
}

impl Search {
    /// The search over what these domains have. Nothing is opened yet.
    pub fn new(on: Foundation, audit: Audit, deals: Deals, documents: Documents, reports: Reports) -> Self {
        let Foundation { db, vault, entropy, folder } = on;
        Self {
            db,
            vault,
            entropy,
            folder: Arc::new(folder),
            documents,
            reports,
            index: watch::Sender::new(None),
            complete: Arc::default(),
            turns: Turns::default(),
            places: Arc::new(Semaphore::new(PLACES)),
            audit,
            deals,
        }
    }

    /// Looks for words in the deals that the actor is a member of. That it was done is recorded, with the words.
    pub async fn find(&self, cx: &Ctx, asked: Asked, page: &PageRequest) -> Result<Found> {
        cx.user()?;
        let (limit, offset) = (page.limit()?, page.after::<usize>()?.unwrap_or_default());
        let mut names = self.deals.mine(cx).await?;
        if let Some(deal) = asked.deal {
            names.retain(|id, _| *id == deal);
            if names.is_empty() {
                return Err(Error::not_found("deal"));
            }
        }
        let Some(index) = self.index.borrow().clone() else {
            return Ok(Found {
                state: SearchState::Loading,
                total: 0,
                page: Page { items: Vec::new(), next_cursor: None },
            });
        };
        let state = if self.complete.load(Ordering::Acquire) { SearchState::Ready } else { SearchState::Loading };
        let words: String = asked.text.chars().take(RECORDED).collect();
        let object =
            asked.deal.map_or(Object::all("search"), |deal| Object { deal: Some(deal), ..Object::all("search") });
        let kind = asked.kind.map(Kind::as_str);
        let deals: Vec<Uuid> = names.keys().map(|id| id.0).collect();
        let place = place(&self.places, PATIENCE).await?;
        let Results { total, hits } = ask(place, index, asked.text, deals, kind, limit + 1, offset).await?;
        let about = json!({ "words": words, "kind": kind, "hits": total });
        self.audit.record_alone(cx, Record::done(Action::Searched, object).with(about)).await?;
        let Page { items, next_cursor } = Page::cut(hits, limit, |_| offset + limit);
        Ok(Found { state, total, page: Page { items: self.named(items, &names).await?, next_cursor } })
    }

    /// The hits under the names that things have now. A document that was removed meanwhile is left out.
    async fn named(&self, hits: Vec<index::Hit>, deals: &HashMap<DealId, String>) -> Result<Vec<Hit>> {
        let kinds: Vec<(index::Hit, Kind)> = hits
            .into_iter()
            .filter_map(|hit| Some((Kind::parse(&hit.kind)?, hit)))
            .map(|(kind, hit)| (hit, kind))
            .collect();
        let documents: Vec<DocumentId> =
            kinds.iter().filter(|(_, kind)| *kind != Kind::Report).map(|(hit, _)| DocumentId(hit.source)).collect();
        let names = self.documents.names(&documents).await?;
        Ok(kinds.into_iter().filter_map(|(hit, kind)| view(hit, kind, deals, &names)).collect())
    }
}

fn view(
    hit: index::Hit,
    kind: Kind,
    deals: &HashMap<DealId, String>,
    names: &HashMap<DocumentId, (DealId, String)>,
) -> Option<Hit> {
    let deal = DealId(hit.deal);
    let deal_name = deals.get(&deal)?.clone();
    let source = if kind == Kind::Report {
        Source::Report { number: hit.part, section: hit.name }
    } else {
        let id = DocumentId(hit.source);
        let (_, name) = names.get(&id).filter(|(home, _)| *home == deal)?;
        let place = kind.place(hit.part, hit.name.as_deref());
        Source::Document { id, name: name.clone(), part: hit.part, place, span: hit.span }
    };
    Some(Hit { deal, deal_name, source, kind, snippet: hit.snippet })
}

/// Waits for a place among the searches that go on.
pub(super) async fn place(places: &Arc<Semaphore>, patience: Duration) -> Result<OwnedSemaphorePermit> {
    match tokio::time::timeout(patience, Arc::clone(places).acquire_owned()).await {
        Ok(place) => place.map_err(Error::internal),
        Err(_) => {
            let detail = "Many searches are going on at the moment. Search again in a few seconds.";
            Err(Error::new(ErrorCode::Unavailable, detail).retry_after(PATIENCE))
        }
    }
}

/// Searching is work for the processor, so it gets a thread that may block. It keeps its place until it ends, also when
/// nobody waits for it any more.
async fn ask(
    place: OwnedSemaphorePermit,
    index: Arc<Index>,
    text: String,
    deals: Vec<Uuid>,
    kind: Option<&'static str>,
    limit: usize,
    offset: usize,
) -> Result<Results> {
    let asking = tokio::task::spawn_blocking(move || {
        let _place = place;
        index.search(&Query { text: &text, deals: &deals, kind, limit, offset })
    });
    asking.await.map_err(Error::internal)?.map_err(Error::internal)
}
