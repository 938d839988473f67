//! Language models: the fund's endpoints, which of them a deal may use, and what was sent to them.

use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, delete, get, post, put};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::PageParams;
use crate::app::App;
use crate::base::{DealId, EndpointId, Page, Result};
use crate::domain::runs::{self, CallView};
use crate::domain::settings::{self, Reach, TestResult};
use crate::http::caller::SignedIn;

/// An endpoint with one model. Its key is never told.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelEndpoint {
    id: EndpointId,
    /// What the fund calls it.
    name: String,
    /// The URL before `/chat/completions`.
    base_url: String,
    /// Host and port.
    host: String,
    /// The model that is asked for.
    model: String,
    reach: Reach,
    has_key: bool,
    created_at: DateTime<Utc>,
    /// How it answered when it was last tried.
    last_test: Option<TestResult>,
}

impl From<settings::ModelEndpoint> for ModelEndpoint {
    fn from(known: settings::ModelEndpoint) -> Self {
        Self {
            host: known.host(),
            id: known.id,
            name: known.name,
            base_url: known.base_url,
            model: known.model,
            reach: known.reach,
            has_key: known.has_key,
            created_at: known.created_at,
            last_test: known.last_test,
        }
    }
}

/// All endpoints, the oldest first; at most 50.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelEndpoints {
    items: Vec<ModelEndpoint>,
}

/// A new endpoint.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewModelEndpoint {
    name: String,
    base_url: String,
    model: String,
    reach: Reach,
    #[schema(value_type = Option<String>)]
    key: Option<Zeroizing<String>>,
}

/// A model as a deal sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DealModel {
    id: EndpointId,
    name: String,
    host: String,
    model: String,
    reach: Reach,
    /// Whether it may write about the deal.
    permitted: bool,
}

/// The models of the fund as a deal sees them.
#[derive(Debug, Serialize, ToSchema)]
pub struct DealModels {
    /// Whether the deal's text may go to external models.
    external_allowed: bool,
    endpoints: Vec<DealModel>,
}

impl From<runs::DealModels> for DealModels {
    fn from(models: runs::DealModels) -> Self {
        let endpoints = models.endpoints.into_iter().map(|one| DealModel {
            id: one.writer.endpoint,
            name: one.writer.name,
            host: one.writer.host,
            model: one.writer.model,
            reach: one.writer.reach,
            permitted: one.permitted,
        });
        Self { external_allowed: models.external_allowed, endpoints: endpoints.collect() }
    }
}

/// What a deal permits.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DealModelsChange {
    external_allowed: bool,
}

/// A page of calls, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelCallPage {
    items: Vec<CallView>,
    next_cursor: Option<String>,
}

impl From<Page<CallView>> for ModelCallPage {
    fn from(page: Page<CallView>) -> Self {
        Self { items: page.items, next_cursor: page.next_cursor }
    }
}

/// The fund's language models
#[utoipa::path(tag = "models", responses((status = 200, body = ModelEndpoints)))]
#[get("/settings/models")]
pub async fn list_models(app: Data<App>, SignedIn(cx): SignedIn) -> Result<Json<ModelEndpoints>> {
    let items = app.settings.models(&cx).await?.into_iter().map(ModelEndpoint::from).collect();
    Ok(Json(ModelEndpoints { items }))
}

/// Add a language model
#[utoipa::path(tag = "models", responses((status = 201, body = ModelEndpoint)))]
#[post("/settings/models")]
pub async fn add_model(app: Data<App>, SignedIn(cx): SignedIn, body: Json<NewModelEndpoint>) -> Result<HttpResponse> {
    let NewModelEndpoint { name, base_url, model, reach, key } = body.into_inner();
    let added = app.settings.add_model(&cx, settings::NewEndpoint { name, base_url, model, reach, key }).await?;
    let location = format!("/api/v1/settings/models/{}", added.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(ModelEndpoint::from(added)))
}

/// Ask a language model for a word; nothing of any document is sent
#[utoipa::path(tag = "models", params(("id" = EndpointId, Path)), responses((status = 200, body = ModelEndpoint)))]
#[post("/settings/models/{id}/test")]
pub async fn test_model(app: Data<App>, SignedIn(cx): SignedIn, id: Path<EndpointId>) -> Result<Json<ModelEndpoint>> {
    Ok(Json(app.settings.test_model(&cx, id.into_inner(), app.outside.clock.as_ref()).await?.into()))
}

/// Remove a language model with its key
#[utoipa::path(tag = "models", params(("id" = EndpointId, Path)), responses((status = 204)))]
#[delete("/settings/models/{id}")]
pub async fn remove_model(app: Data<App>, SignedIn(cx): SignedIn, id: Path<EndpointId>) -> Result<HttpResponse> {
    app.settings.remove_model(&cx, id.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Which models may write about a deal
#[utoipa::path(tag = "models", params(("id" = DealId, Path)), responses((status = 200, body = DealModels)))]
#[get("/deals/{id}/models")]
pub async fn get_deal_models(app: Data<App>, SignedIn(cx): SignedIn, id: Path<DealId>) -> Result<Json<DealModels>> {
    Ok(Json(app.runs.models(&cx, id.into_inner()).await?.into()))
}

/// Allow a deal's text to go to external models, or take that back
#[utoipa::path(tag = "models", params(("id" = DealId, Path)), responses((status = 200, body = DealModels)))]
#[put("/deals/{id}/models")]
pub async fn set_deal_models(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    id: Path<DealId>,
    body: Json<DealModelsChange>,
) -> Result<Json<DealModels>> {
    Ok(Json(app.runs.allow_external_models(&cx, id.into_inner(), body.external_allowed).await?.into()))
}

/// What was sent to models about a deal
#[utoipa::path(
    tag = "models",
    params(("id" = DealId, Path), PageParams),
    responses((status = 200, body = ModelCallPage))
)]
#[get("/deals/{id}/model-calls")]
pub async fn list_deal_calls(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    id: Path<DealId>,
    page: Query<PageParams>,
) -> Result<Json<ModelCallPage>> {
    Ok(Json(app.runs.calls(&cx, id.into_inner(), &page.into_inner().into()).await?.into()))
}

/// What was sent to models about any deal, for compliance
#[utoipa::path(tag = "models", params(PageParams), responses((status = 200, body = ModelCallPage)))]
#[get("/model-calls")]
pub async fn list_calls(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    page: Query<PageParams>,
) -> Result<Json<ModelCallPage>> {
    Ok(Json(app.runs.all_calls(&cx, &page.into_inner().into()).await?.into()))
}
