//! Who did and who saw what, for compliance.

use std::collections::HashMap;

use actix_web::get;
use actix_web::web::{Data, Json, Query};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::base::{AuditId, DealId, Error, FieldError, PageRequest, RequestId, Result, UserId};
use crate::domain::accounts::{Directory, Person};
use crate::domain::audit::{Action, AuditEntry, AuditFilter, Outcome};
use crate::http::caller::SignedIn;

/// Which entries, which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListAudit {
    deal: Option<DealId>,
    actor: Option<UserId>,
    /// As in `deal.read`.
    action: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// One entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    id: AuditId,
    at: DateTime<Utc>,
    /// Who; absent for somebody who was not signed in and for the console.
    actor: Option<Person>,
    /// `anonymous`, `user` or `console`.
    actor_kind: String,
    action: String,
    object_kind: String,
    object_id: Option<uuid::Uuid>,
    deal_id: Option<DealId>,
    /// For those who may open the deal.
    deal_name: Option<String>,
    outcome: Outcome,
    request_id: RequestId,
    /// Place in the chain; absent until it was sealed.
    sealed_seq: Option<i64>,
    /// What is particular to it.
    #[schema(value_type = Object)]
    details: serde_json::Value,
}

impl Entry {
    fn new(entry: AuditEntry, people: &Directory, deals: &HashMap<DealId, String>) -> Self {
        Self {
            deal_name: entry.deal_id.and_then(|id| deals.get(&id).cloned()),
            id: entry.id,
            at: entry.at,
            actor: entry.actor_id.map(|id| people.person(id)),
            actor_kind: entry.actor,
            action: entry.action,
            object_kind: entry.object_kind,
            object_id: entry.object_id,
            deal_id: entry.deal_id,
            outcome: entry.outcome,
            request_id: entry.request_id,
            sealed_seq: entry.seq,
            details: entry.details,
        }
    }
}

/// A page of entries, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryPage {
    items: Vec<Entry>,
    next_cursor: Option<String>,
}

/// Who did and saw what
#[utoipa::path(tag = "audit", params(ListAudit), responses((status = 200, body = EntryPage)))]
#[get("/audit")]
pub async fn list_audit(app: Data<App>, SignedIn(cx): SignedIn, query: Query<ListAudit>) -> Result<Json<EntryPage>> {
    let ListAudit { deal, actor, action, limit, cursor } = query.into_inner();
    let filter = AuditFilter { deal, actor, action: action.as_deref().map(parse).transpose()? };
    let page = app.audit.list(&cx, filter, &PageRequest { limit, cursor }).await?;
    let deals = app.deals.names(&cx, page.items.iter().filter_map(|entry| entry.deal_id)).await?;
    let page = page.map(|entry| Entry::new(entry, app.accounts.directory(), &deals));
    Ok(Json(EntryPage { items: page.items, next_cursor: page.next_cursor }))
}

fn parse(word: &str) -> Result<Action> {
    Action::parse(word).ok_or_else(|| {
        let message = "There is no action with this name.".to_owned();
        Error::invalid(vec![FieldError { field: "action".to_owned(), message }])
    })
}
