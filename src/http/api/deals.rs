//! Deals: the golden endpoints.

use std::collections::BTreeMap;

use actix_web::http::header::LOCATION;
use actix_web::web::{Bytes, Data, Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::base::{DealId, Error, ErrorCode, PageRequest, Result, UserId};
use crate::domain::accounts::Person;
use crate::domain::deals::{
    self, DealFilter, DealList, DealSort, DealView, ImportMode, ImportReport, Industry, MemberRole, Stage,
};
use crate::http::caller::{IfMatch, SignedIn};
use crate::http::tagged::{digested, versioned};

/// A deal in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DealSummary {
    id: DealId,
    name: String,
    industry: Industry,
    stage: Stage,
    /// What you may do with it.
    my_role: MemberRole,
    owners: Vec<Person>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// What `If-Match` takes.
    version: i64,
}

/// A deal with its members.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deal {
    #[serde(flatten)]
    summary: DealSummary,
    members: Vec<Member>,
    /// Stages that it may go to now.
    stage_moves: Vec<Stage>,
}

/// Somebody who may open a deal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Member {
    user: Person,
    role: MemberRole,
    added_at: DateTime<Utc>,
}

/// A page of deals.
#[derive(Debug, Serialize, ToSchema)]
pub struct DealPage {
    items: Vec<DealSummary>,
    /// Deals that fit, on all pages.
    total: usize,
    next_cursor: Option<String>,
    /// Deals in each stage that fit the rest of the filter.
    stages: BTreeMap<Stage, usize>,
}

impl From<deals::DealSummary> for DealSummary {
    fn from(summary: deals::DealSummary) -> Self {
        let deals::DealSummary { deal, my_role, owners } = summary;
        Self {
            id: deal.id,
            name: deal.name,
            industry: deal.industry,
            stage: deal.stage,
            my_role,
            owners,
            created_at: deal.created_at,
            updated_at: deal.updated_at,
            version: deal.version,
        }
    }
}

impl From<DealView> for Deal {
    fn from(view: DealView) -> Self {
        let members =
            view.members.into_iter().map(|one| Member { user: one.person, role: one.role, added_at: one.added_at });
        Self { stage_moves: view.summary.deal.stage.moves(), members: members.collect(), summary: view.summary.into() }
    }
}

impl From<DealList> for DealPage {
    fn from(list: DealList) -> Self {
        let page = list.page.map(DealSummary::from);
        Self { items: page.items, total: list.total, next_cursor: page.next_cursor, stages: list.stages }
    }
}

fn answer(response: actix_web::HttpResponseBuilder, view: DealView) -> HttpResponse {
    let version = view.summary.deal.version;
    versioned(response, version, &Deal::from(view))
}

/// Which deals, in which order, which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListDeals {
    /// Part of the name.
    q: Option<String>,
    stage: Option<Stage>,
    industry: Option<Industry>,
    /// Most recently changed first unless said.
    #[param(inline)]
    sort: Option<DealSort>,
    /// Rows on the page, 1 to 200; 50 unless said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A new deal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeal {
    name: String,
    industry: Industry,
    /// The inbox unless said.
    stage: Option<Stage>,
}

/// What changes; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DealChange {
    name: Option<String>,
    industry: Option<Industry>,
    stage: Option<Stage>,
}

/// What a member may do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    role: MemberRole,
}

/// Whether an import writes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportParams {
    mode: ImportMode,
}

/// Deals that you are a member of
#[utoipa::path(tag = "deals", params(ListDeals), responses((status = 200, body = DealPage)))]
#[get("/deals")]
pub async fn list_deals(
    req: HttpRequest,
    app: Data<App>,
    SignedIn(cx): SignedIn,
    query: Query<ListDeals>,
) -> Result<HttpResponse> {
    let ListDeals { q, stage, industry, sort, limit, cursor } = query.into_inner();
    let filter = DealFilter { name: q, stage, industry, sort: sort.unwrap_or_default() };
    let list = app.deals.list(&cx, &filter, &PageRequest { limit, cursor }).await?;
    digested(&req, &DealPage::from(list))
}

/// Make a deal; you own it
#[utoipa::path(tag = "deals", responses((status = 201, body = Deal)))]
#[post("/deals")]
pub async fn create_deal(app: Data<App>, SignedIn(cx): SignedIn, body: Json<NewDeal>) -> Result<HttpResponse> {
    let NewDeal { name, industry, stage } = body.into_inner();
    let view = app.deals.create(&cx, deals::NewDeal { name, industry, stage }).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, format!("/api/v1/deals/{}", view.summary.deal.id)));
    Ok(answer(response, view))
}

/// One deal
#[utoipa::path(tag = "deals", params(("id" = DealId, Path)), responses((status = 200, body = Deal)))]
#[get("/deals/{id}")]
pub async fn get_deal(app: Data<App>, SignedIn(cx): SignedIn, id: Path<DealId>) -> Result<HttpResponse> {
    Ok(answer(HttpResponse::Ok(), app.deals.open(&cx, id.into_inner()).await?))
}

/// Change name, industry or stage
#[utoipa::path(
    tag = "deals",
    params(("id" = DealId, Path), ("If-Match" = String, Header, description = "ETag of what was read")),
    responses((status = 200, body = Deal))
)]
#[patch("/deals/{id}")]
pub async fn change_deal(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    IfMatch(version): IfMatch,
    id: Path<DealId>,
    body: Json<DealChange>,
) -> Result<HttpResponse> {
    let DealChange { name, industry, stage } = body.into_inner();
    let change = deals::DealChange { name, industry, stage };
    Ok(answer(HttpResponse::Ok(), app.deals.change(&cx, id.into_inner(), version, change).await?))
}

/// Import deals from a CSV file
#[utoipa::path(
    tag = "deals",
    params(ImportParams),
    request_body(content = String, content_type = "text/csv", description = "Columns name, industry and stage"),
    responses((status = 200, body = ImportReport))
)]
#[post("/deals/import")]
pub async fn import_deals(
    req: HttpRequest,
    app: Data<App>,
    SignedIn(cx): SignedIn,
    query: Query<ImportParams>,
    file: Bytes,
) -> Result<Json<ImportReport>> {
    let kind = req.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("text/csv") {
        return Err(Error::new(ErrorCode::UnsupportedMedia, "Send the file as text/csv. Nothing was imported."));
    }
    Ok(Json(app.deals.import(&cx, &file, query.mode).await?))
}

/// Give somebody access, or change what they may do
#[utoipa::path(
    tag = "deals",
    params(("id" = DealId, Path), ("user_id" = UserId, Path)),
    responses((status = 200, body = Deal))
)]
#[put("/deals/{id}/members/{user_id}")]
pub async fn set_member(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, UserId)>,
    body: Json<MemberChange>,
) -> Result<HttpResponse> {
    let (id, user) = path.into_inner();
    Ok(answer(HttpResponse::Ok(), app.deals.set_member(&cx, id, user, body.role).await?))
}

/// Take somebody's access
#[utoipa::path(tag = "deals", params(("id" = DealId, Path), ("user_id" = UserId, Path)), responses((status = 204)))]
#[delete("/deals/{id}/members/{user_id}")]
pub async fn remove_member(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(DealId, UserId)>,
) -> Result<HttpResponse> {
    let (id, user) = path.into_inner();
    app.deals.remove_member(&cx, id, user).await?;
    Ok(HttpResponse::NoContent().finish())
}
